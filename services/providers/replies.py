"""Reading the body of a chat completion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from services.providers.documents import read_document
from services.providers.endpoint_errors import PAGE, UNREADABLE, EndpointError, error_in, told_in
from services.providers.pages import title_of
from services.providers.tokens import tokens_in

_BEGINNINGS = (b"data:", b":", b"event:", b"id:", b"retry:", b"error:")
"""How a stream of server-sent events begins. The last is no field of those, but some write it."""
MOST_EVENTS = 2500
"""Of a stream that are read: one for each token of an answer, and some more."""
_DECLINED = ("content_filter", "refusal", "safety", "prohibited_content", "recitation", "blocklist")
_TOO_MANY = f"it is a stream of more than {MOST_EVENTS} events"
_NO_EVENT = "an event of the stream is not JSON"
_NO_CHOICES = "it has no `choices`"
_FINISHED = re.compile(rb'"finish_reason"\s*:\s*"')


class ReplyUnreadable(ValueError):
    """A successful call's body is no chat completion. The message says what it is instead."""


class ReplyIsError(ValueError):
    """A successful call's body holds an error."""

    def __init__(self, error: EndpointError) -> None:
        super().__init__(error.text)
        self.error = error


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered."""

    text: str
    """"" when there was no content."""
    refusal: str
    """Why the model declined; "" if it did not say."""
    finish_reason: str
    """"" if unknown."""
    model: str
    """As the endpoint names it; "" if it does not."""

    @property
    def is_cut(self) -> bool:
        """Whether the answer ended because it was too long."""
        return self.finish_reason in ("length", "max_tokens")

    @property
    def is_declined(self) -> bool:
        """Whether the provider or its filter declined."""
        return bool(self.refusal) or self.finish_reason.startswith(_DECLINED)


class Body:
    """The body of a response, read once.

    What it says of tokens is of any; the rest is of a call that claims to have succeeded.
    """

    def __init__(self, raw: bytes) -> None:
        """Reads it: as JSON, or as a stream of events, as far as it can be read."""
        self.raw = raw
        """As it came."""
        self.tokens = (0, 0)
        """Those that the call took, sent and received, as far as it tells them."""
        self._is_stream = raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINNINGS)
        self._documents: list[Any] = []
        self._fault = ""
        try:
            for document in _events(raw) if self._is_stream else _whole(raw):
                self._documents.append(document)
                sent, received = tokens_in(document)
                self.tokens = (max(self.tokens[0], sent), max(self.tokens[1], received))
        except ReplyUnreadable as fault:
            self._fault = str(fault)

    def error(self) -> EndpointError | None:
        """The error in it, if there is one; a page is one too."""
        if self._fault and (title := title_of(self.raw)) is not None:
            return EndpointError(title, f"{UNREADABLE} {PAGE}", "")
        found = (error_in(document) for document in self._documents)
        return next((error for error in found if error is not None), None)

    def is_cut_off(self) -> bool:
        """Whether it is a stream that ended before the answer did, or in the midst of an event."""
        if not self._is_stream or b"[DONE]" in self.raw or self._fault == _TOO_MANY:
            return False
        last = self.raw.rstrip().rpartition(b"\n")[2]
        is_half = last.startswith(b"data:") and not last.endswith(b"}")
        return is_half or _FINISHED.search(self.raw) is None

    def reply(self) -> Reply:
        """The chat completion, be it whole or a stream of events, whatever was asked for.

        Raises ReplyUnreadable.
        """
        if self._fault:
            raise ReplyUnreadable(self._fault)
        if not self._is_stream:
            return _reply(self._documents[0], "message")
        parts = [_reply(_event(document), "delta") for document in self._documents]
        return Reply(
            text="".join(part.text for part in parts),
            refusal="".join(part.refusal for part in parts),
            finish_reason=next((p.finish_reason for p in reversed(parts) if p.finish_reason), ""),
            model=next((part.model for part in parts if part.model), ""),
        )


def _whole(body: bytes) -> Iterator[Any]:
    try:
        yield read_document(body)
    except ValueError:
        raise ReplyUnreadable("it is not JSON" if body.strip() else "it is empty") from None


def _events(body: bytes) -> Iterator[Any]:
    found: list[tuple[bool, bytes]] = []
    name = b""
    for line in body.removeprefix(b"\xef\xbb\xbf").splitlines():
        field, _, value = line.partition(b":")
        name = value.strip() if field == b"event" else name if line.strip() else b""
        if field in (b"data", b"error") and value.strip() not in (b"", b"[DONE]"):
            found.append((b"error" in (field, name), value))
    is_too_long = len(found) > MOST_EVENTS
    # What it took is told last, or nearly so.
    for is_error, value in found[-3:] if is_too_long else found:
        try:
            document = read_document(value)
        except ValueError:
            raise ReplyUnreadable(_TOO_MANY if is_too_long else _NO_EVENT) from None
        yield {"error": document} if is_error else document
    if is_too_long:
        raise ReplyUnreadable(_TOO_MANY)


def _event(document: Any) -> Any:
    """An event as one with a choice that has a delta: some tell only the usage, or the end."""
    if not isinstance(document, dict):
        return document
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict) or first.get("index") not in (None, 0):
        first = {}  # another answer to the same question
    delta = first.get("delta")
    return document | {"choices": [first | {"delta": delta if isinstance(delta, dict) else {}}]}


def _reply(document: Any, message_field: str) -> Reply:
    if not isinstance(document, dict):
        raise ReplyUnreadable("it is JSON, but not an object")
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        said = told_in(document)
        raise ReplyUnreadable(f"it has no `choices`, but says: {said}" if said else _NO_CHOICES)
    message = choices[0].get(message_field)
    finish_reason = _string(choices[0].get("finish_reason")).lower()
    if message is None and finish_reason:
        message = {}  # nothing was written before the end
    if not isinstance(message, dict):
        raise ReplyUnreadable(f"its first choice has no `{message_field}`")
    return Reply(
        text=_content(message.get("content")) or _arguments(message.get("tool_calls")),
        refusal=_refusal(message),
        finish_reason=finish_reason,
        model=_string(document.get("model")).replace("\0", "")[:200],
    )


def _content(content: Any) -> str:
    """The text of a content that is a string, null, a list of parts, or the object itself."""
    if isinstance(content, list):
        return "".join(_part(part) for part in content)
    if isinstance(content, dict):
        return _string(content.get("text")) or _written(content)
    return _string(content)


def _written(content: dict[str, Any]) -> str:
    try:
        return orjson.dumps(content).decode()
    except orjson.JSONEncodeError:
        return ""  # nested deeper than any answer is


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return _string(part)
    if part.get("type") in ("thinking", "reasoning", "redacted_thinking"):
        return ""
    return _string(part.get("text"))


def _arguments(calls: Any) -> str:
    """What a model calls a tool with: proxies ask for an object by offering one."""
    if not isinstance(calls, list) or not calls or not isinstance(calls[0], dict):
        return ""
    function = calls[0].get("function")
    return _content(function.get("arguments")) if isinstance(function, dict) else ""


def _refusal(message: dict[str, Any]) -> str:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    told = [part.get("refusal") for part in parts if isinstance(part, dict)]
    return "".join(map(_string, [message.get("refusal"), *told]))


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
