"""Reading the error out of whatever an endpoint answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

UNREADABLE = "unreadable_reply"
"""The code of our own for a body that is no chat completion."""

_NESTED = ("error", "errors", "detail", "details", "message", "msg", "title", "reason")
_DEPTH = 4
_TOLD_CHARACTERS = 4000
_RAW_BYTES = 65_536
_SEARCHED = 4000
"""Characters of a body in which words about size are looked for, which takes time."""
_NO_PICTURES = re.compile(
    r"(image|vision|multimodal)[^.\n]{0,60}\b(not |un)support"
    r"|\b(not |n't )support[^.\n]{0,40}(image|vision|multimodal)"
    r"|support image input|only supported by certain models"
    r"|unknown variant .?image_url",
    re.IGNORECASE,
)
_PICTURE_SIZE = re.compile(
    # What the path to the picture in the request is followed by, or what names its measures.
    r"\b(image|picture|photo)[\w.\[\]'\"]{0,60}+[^.\n]{0,80}?\b(exceed|oversized"
    r"|too[ _-](large|big|long)|(larger|bigger) than|is below \d|size|dimensions?|resolution|width"
    r"|height|pixels)"
    r"|image_(too_large|size)|too many pixels"
    r"|\b(too large|too big|exceed\w*)\b[^.\n]{0,40}\b(image|picture)"
    r"|\b(payload|request (body|entity))\b[^.\n]{0,40}(too large|exceed)",
    re.IGNORECASE,
)
_TOO_SMALL = re.compile(r"too small|must be (larger|greater|bigger)|\bminimum\b", re.IGNORECASE)
_CONTEXT = re.compile(
    r"context[ _-]?(length|size|window|limit)|\btoo many (input |prompt )?tokens"
    r"|input token count|\b(prompt|input) is too long",
    re.IGNORECASE,
)
_DECLINED = ("content_filter", "content_policy_violation", "moderation_blocked")
_SPENT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_balance")


@dataclass(frozen=True, slots=True)
class EndpointError:
    """What an endpoint says went wrong."""

    text: str
    """What it told people; "" when it told nothing that can be read."""
    code: str
    """Its `code` or `type` in lower case, "" for none."""
    raw: str
    """The body's start in lower case, for finding out which field displeases; never shown."""

    @property
    def blames_pictures(self) -> bool:
        """Whether the model cannot take pictures."""
        return not self.blames_picture_size and _NO_PICTURES.search(self.raw) is not None

    @property
    def blames_picture_size(self) -> bool:
        """Whether a picture with fewer pixels may be taken."""
        start = self.raw[:_SEARCHED]
        return (
            not start.lstrip().startswith("<")  # a page's own pictures have measures too
            and _PICTURE_SIZE.search(start) is not None
            and _TOO_SMALL.search(start) is None
        )

    @property
    def blames_context(self) -> bool:
        """Whether prompt and picture together are too long for the model."""
        return _CONTEXT.search(self.raw[:_SEARCHED]) is not None

    @property
    def is_refusal(self) -> bool:
        """Whether the content was declined."""
        return any(word in self.code for word in _DECLINED)

    @property
    def is_spent(self) -> bool:
        """Whether the account has nothing left, so that waiting is no use."""
        return any(word in self.code for word in _SPENT)

    @property
    def blames_address(self) -> bool:
        """Whether a call that claims to have succeeded reached no chat completions at all."""
        return self.code == UNREADABLE or "unexpected endpoint" in self.raw

    @property
    def blames_schema(self) -> bool:
        """Whether `response_format` or what is in it is not understood."""
        words = ("response_format", "response_schema", "json_schema", "json_object")
        return any(word in self.raw for word in (*words, "structured output", "grammar"))

    @property
    def blames_token_limit(self) -> bool:
        """Whether the field that limits the answer's length is not understood."""
        return "max_tokens" in self.raw or "max_completion_tokens" in self.raw

    @property
    def blames_dialect(self) -> bool:
        """Whether what is asked for, or how, is not understood."""
        return self.blames_schema or self.blames_token_limit


def read_error(body: bytes) -> EndpointError:
    """Reads the body of a failed call: an object, a string or a list as error, or anything else.

    Text that is no JSON is not repeated: it may be a page that is nobody's business.
    """
    raw = body[:_RAW_BYTES].decode("utf-8", "replace").lower()
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return EndpointError("", "", raw)
    return EndpointError(_told(document), _code(document), raw)


def error_in(document: Any) -> EndpointError | None:
    """The error inside the body of a call that claims to have succeeded, if there is one."""
    if isinstance(document, dict) and document.get("error"):
        return read_error(orjson.dumps(document))
    return None


def _told(document: Any) -> str:
    return "; ".join(dict.fromkeys(_texts(document, _DEPTH)))[:_TOLD_CHARACTERS]


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif depth == 0:
        return
    elif isinstance(value, list):
        for item in value[:8]:
            yield from _texts(item, depth - 1)
    elif isinstance(value, dict):
        if isinstance(place := value.get("loc"), list):
            yield ".".join(map(str, place))
        for name in _NESTED:
            if value.get(name):
                yield from _texts(value[name], depth - 1)


def _code(document: Any) -> str:
    found: list[str] = []
    for holder in (document, document.get("error") if isinstance(document, dict) else None):
        if isinstance(holder, dict):
            found += [str(holder[name]).lower() for name in ("code", "type") if holder.get(name)]
    return " ".join(found)
