"""Reading JSON that came from an endpoint, however sloppily it was written."""

import json
import math
from typing import Any

import orjson

_LONG = 19
"""Digits of a whole number that may need more than 64 bits."""


def read_document(body: bytes) -> Any:
    """The value of a JSON text.

    Some servers begin it with a byte order mark, write NaN or numbers without bounds, or break
    characters in two: such a text is read all the same, with null for what is no number, or too
    large for one, and a mark for what was no character.

    Raises ValueError.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        document = json.loads(
            body.decode("utf-8-sig", "replace"),
            parse_constant=lambda _: None,
            parse_float=_number,
            parse_int=lambda digits: int(digits) if len(digits) < _LONG else _number(digits),
        )
        whole = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return orjson.loads(whole)


def _number(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
