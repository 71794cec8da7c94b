"""Reading the error out of whatever an endpoint answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.providers.complaints import (
    ANSWER_LENGTH,
    BUSY,
    CONTEXT,
    DAY,
    DAYS_QUOTA,
    DECLINED,
    DECLINED_TEXT,
    HINDRANCES,
    KEY,
    LOADING,
    MINUTE,
    NO_PICTURES,
    PASSING,
    PICTURE_SIZE,
    RIGHTS,
    SCHEMA,
    SPENT,
    SPENT_TEXT,
    STATUSES,
    SYSTEM,
    TOO_SMALL,
    Hindrance,
)
from services.providers.documents import read_document
from services.providers.pages import title_of
from services.providers.waits import wait_in

UNREADABLE = "unreadable_reply"
"""The code of our own for a body that is no chat completion."""
_SUCCESSES = ("", "0", "200", "ok", "success")
"""Codes of errors that are none, which some write beside an answer."""
PAGE = "page_reply"
"""The code of our own for a page in place of JSON."""

_NESTED = (
    *("error", "errors", "detail", "details", "message", "msg", "title", "reason", "reasons"),
    *("description", "error_description", "error_message", "errorMessage", "metadata", "raw"),
)
_CODES = ("code", "type", "status", "reason")
_ECHOES = frozenset({"input", "ctx", "flagged_input", "failed_generation", "request"})
"""What repeats a request or an answer, and so names fields that nobody complains of."""
_PASSING = frozenset({408, 425, 429, 502, 503, 504, 529})
_DEPTH = 8
_TOLD_CHARACTERS = 4000
_RAW_BYTES = 16_384
_SEARCHED = 4000
"""Characters of a body in which words about size are looked for, which takes time."""


@dataclass(frozen=True, slots=True)
class EndpointError:
    """What an endpoint says went wrong."""

    text: str
    """What it told people; "" when it told nothing that can be read."""
    code: str
    """Its codes and types in lower case, "" for none."""
    raw: str
    """All its words in lower case, for finding out what displeases; never shown."""
    status: int = 0
    """The HTTP status that it names or stands for; 0 if it does not."""
    wait: float | None = None
    """Seconds that it asks to wait; None if it does not."""

    @property
    def blames_pictures(self) -> bool:
        """Whether the model cannot take pictures."""
        return (
            not self.blames_picture_size
            and PASSING.search(self.raw) is None
            and NO_PICTURES.search(self.raw) is not None
        )

    @property
    def blames_picture_size(self) -> bool:
        """Whether a picture with fewer pixels may be taken."""
        start = self.raw[:_SEARCHED]
        return PICTURE_SIZE.search(start) is not None and TOO_SMALL.search(start) is None

    @property
    def blames_context(self) -> bool:
        """Whether prompt and picture together are too long for the model."""
        return CONTEXT.search(self.raw[:_SEARCHED]) is not None

    @property
    def blames_key(self) -> bool:
        """Whether the key is none."""
        return KEY.search(self.raw) is not None

    @property
    def blames_rights(self) -> bool:
        """Whether the key may not do this."""
        return RIGHTS.search(self.raw) is not None

    @property
    def hindrance(self) -> Hindrance | None:
        """What stands between the key and the model, if it says so."""
        found = (each for each, words in HINDRANCES.items() if words.search(self.raw))
        return next(found, None)

    @property
    def blames_system_prompt(self) -> bool:
        """Whether the model takes no system prompt."""
        return SYSTEM.search(self.raw) is not None

    @property
    def is_refusal(self) -> bool:
        """Whether the content was declined."""
        if self._has(*DECLINED):
            return True
        return not self._has(*SPENT) and DECLINED_TEXT.search(self.raw) is not None

    @property
    def is_spent(self) -> bool:
        """Whether the account has nothing left, so that waiting is no use."""
        return self._has(*SPENT) or SPENT_TEXT.search(self.raw) is not None

    def is_lasting(self, status: int) -> bool:
        """Whether it says of itself that the same request fails again, whatever its status.

        Where that tells of trouble that passes, only codes are believed: words may be about a limit
        of the minute, or about what is under repair.
        """
        if status in _PASSING:
            return self._has(*SPENT, *DECLINED)
        return self.blames_pictures or self.is_spent or self.is_refusal

    @property
    def is_of_day(self) -> bool:
        """Whether a limit of the day is reached."""
        return DAY.search(self.raw) is not None

    @property
    def is_day_spent(self) -> bool:
        """Whether it names a quota of the day, so that a retry within minutes is no use."""
        return DAYS_QUOTA.search(self.raw) is not None and MINUTE.search(self.raw) is None

    @property
    def is_page(self) -> bool:
        """Whether a page came in place of JSON: something else answered."""
        return self._has(PAGE)

    @property
    def is_loading(self) -> bool:
        """Whether the model will be there in a while."""
        return LOADING.search(self.raw) is not None

    @property
    def is_busy(self) -> bool:
        """Whether the server is there and has too much to do."""
        return BUSY.search(self.raw) is not None

    @property
    def blames_address(self) -> bool:
        """Whether a call that claims to have succeeded reached no chat completions at all."""
        return self._has(UNREADABLE) or "unexpected endpoint" in self.raw

    @property
    def blames_schema(self) -> bool:
        """Whether `response_format` or what is in it is not understood."""
        return SCHEMA.search(self.raw) is not None

    @property
    def blames_token_limit(self) -> bool:
        """Whether the field that limits the answer's length is not understood, or leaves too little
        of the context.
        """
        return ANSWER_LENGTH.search(self.raw) is not None

    @property
    def blames_dialect(self) -> bool:
        """Whether what is asked for, or how, is not understood."""
        return self.blames_schema or self.blames_token_limit

    def _has(self, *codes: str) -> bool:
        return any(code in self.code for code in codes)


def read_error(body: bytes) -> EndpointError:
    """Reads the body of a failed call: an object, a string or a list as error, or anything else.

    Text that is no JSON is not repeated: it may be a page that is nobody's business, but for its
    title. Nor are reasons looked for in a page, whose own pictures have measures too.
    """
    try:
        return _error(read_document(body))
    except ValueError:
        title = title_of(body)
        if title is not None:
            return EndpointError(title, PAGE, "")
        return EndpointError("", "", body[:_RAW_BYTES].decode("utf-8", "replace").lower())


def error_in(document: Any) -> EndpointError | None:
    """The error inside the body of a call that claims to have succeeded, if there is one."""
    if isinstance(document, list):
        document = document[0] if document else None
    if not isinstance(document, dict):
        return None
    choices = document.get("choices")
    if document.get("error"):
        error = _error(document)
        says_something = error.text or error.code.lower() not in _SUCCESSES
        return error if says_something or not choices else None
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return _error_of_choice(choices[0])
    is_error = document.get("object") == "error" or document.get("type") == "error"
    return _error(document) if is_error else None


def _error_of_choice(choice: dict[str, Any]) -> EndpointError | None:
    if not choice.get("error") and choice.get("finish_reason") != "error":
        return None
    error = _error({"error": choice.get("error")})
    return EndpointError(error.text, error.code, error.raw, error.status or 500)


def told_in(document: Any) -> str:
    """What a document tells people, wherever servers use to write that; "" for nothing."""
    return "; ".join(dict.fromkeys(_texts(document, _DEPTH)))[:_TOLD_CHARACTERS]


def _error(document: Any) -> EndpointError:
    codes = list(_codes(document))
    raw = "\n".join(_words(document, _DEPTH))[:_RAW_BYTES].lower()
    status = next(_statuses(codes), 0)
    return EndpointError(told_in(document), " ".join(codes), raw, status, wait_in(document))


def _texts(value: Any, depth: int) -> Iterator[str]:
    value = _unpacked(value)
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


def _words(value: Any, depth: int) -> Iterator[str]:
    value = _unpacked(value)
    if isinstance(value, str):
        yield value
    elif depth == 0:
        return
    elif isinstance(value, list):
        for item in value[:64]:
            yield from _words(item, depth - 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _ECHOES:
                yield from _words(inner, depth - 1)


def _unpacked(value: Any) -> Any:
    """What a proxy passed on as a string of JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return read_document(value.encode())
        except ValueError:
            return value
    return value


def _codes(document: Any, depth: int = 3) -> Iterator[str]:
    if isinstance(document, list):
        document = document[0] if document else None
    if isinstance(document, dict) and depth > 0:
        for name in _CODES:
            if isinstance(document.get(name), (str, int)):
                yield str(document[name])[:100].lower()
        for name in ("error", "innererror"):
            yield from _codes(document.get(name), depth - 1)


def _statuses(codes: list[str]) -> Iterator[int]:
    for code in codes:
        if code.isdecimal() and len(code) == 3 and 400 <= int(code) < 600:
            yield int(code)
        elif code in STATUSES:
            yield STATUSES[code]
