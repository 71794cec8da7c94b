"""Whether a model gives a file's name in place of a text."""

import re

from services.chassis.normal_form import normalized

NAMED = "it is the name of a file"
_FILE = re.compile(
    # What cameras and telephones call their pictures, and what is named like a file.
    r"(?:img|dsc[nf]?|pxl|dji|gopr|mvi)[-_ ]?\d{4}[\w-]*+|"
    r"(?:file ?name: ?|(?:screen ?shot|bildschirmfoto) (?:[\d._atum-]*+ ++)*+)?\S+"
    r"\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|tiff?|tga|hei[cf]|svg|ico|dng|cr2|nef)",
    re.IGNORECASE,
)


def is_file_name(text: str, file_name: str) -> bool:
    """Whether a text is a file's name, this one's or another. Plain words that are also this
    one's, such as "Cat" of Cat.jpg, are none.
    """
    if is_name_without_end(text, file_name):
        return any(not (letter.isalpha() or letter == " ") for letter in _stem(file_name))
    given = _folded(text)
    return given == _folded(file_name) or _FILE.fullmatch(given.rstrip(".")) is not None


def is_name_without_end(text: str, file_name: str) -> bool:
    """Whether a text is this file's name up to its extension, or the words that it consists of."""
    return _folded(text).rstrip(".") == _stem(file_name)


def _stem(file_name: str) -> str:
    name = _folded(file_name)
    return name.rpartition(".")[0] or name


def _folded(text: str) -> str:
    return " ".join(normalized(text).casefold().split())
