"""Reads picture headers from bytes that arrive piece by piece, without decoding a pixel."""

from services.assets.headers.header import Header
from services.assets.headers.reader import HeaderReader
from services.assets.headers.refusals import (
    DimensionsTooLarge,
    FileEmpty,
    FileInvalid,
    TypeNotAllowed,
)

__all__ = [
    "DimensionsTooLarge",
    "FileEmpty",
    "FileInvalid",
    "Header",
    "HeaderReader",
    "TypeNotAllowed",
]
