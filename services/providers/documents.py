"""Reading JSON that came from an endpoint, however sloppily it was written."""

import json
from typing import Any

import orjson


def read_document(body: bytes) -> Any:
    """The value of a JSON text.

    Some servers begin it with a byte order mark, write NaN, or break characters in two: such a text
    is read all the same, with null for NaN and a mark for what was no character.

    Raises ValueError.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
        whole = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return orjson.loads(whole)
