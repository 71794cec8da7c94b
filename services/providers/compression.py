"""Unpacking answers that were compressed although they were asked not to be."""

import zlib

_ZLIB = ("gzip", "x-gzip", "deflate")
_OTHERS = ("br", "zstd", "compress")


class CompressionUnreadable(ValueError):
    """The content cannot be unpacked. The message says how it was packed, or nothing: what a server
    writes may be anything.
    """


def decompressed(content: bytes | bytearray, encoding: str, most: int) -> bytes:
    """What was packed, or as much of it as may be unpacked. Raises CompressionUnreadable."""
    if encoding not in _ZLIB:
        raise CompressionUnreadable(f" (with {encoding})" if encoding in _OTHERS else "")
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        plain = unpacking.decompress(content, most)
    except zlib.error:
        plain = b""
    if not unpacking.eof and len(plain) < most:
        raise CompressionUnreadable(f" (with broken {encoding})")
    return plain
