"""Reading the body of a chat completion."""

from dataclasses import dataclass
from typing import Any

import orjson

from services.providers.endpoint_errors import EndpointError, error_in


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
    input_tokens: int
    output_tokens: int

    @property
    def is_cut(self) -> bool:
        """Whether the answer ended because it was too long."""
        return self.finish_reason in ("length", "max_tokens")

    @property
    def is_declined(self) -> bool:
        """Whether the provider or its filter declined."""
        return bool(self.refusal) or self.finish_reason in ("content_filter", "refusal", "safety")


def read_reply(body: bytes) -> Reply:
    """Reads a chat completion. Raises ReplyUnreadable or ReplyIsError."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ReplyUnreadable("it is not JSON") from None
    return _reply(document, "message")


def read_streamed_reply(body: bytes) -> Reply:
    """Reads a chat completion that came as server-sent events, put together.

    Raises ReplyUnreadable or ReplyIsError.
    """
    if not body.lstrip().startswith((b"data:", b":", b"event:")):
        return read_reply(body)
    parts: list[Reply] = []
    for line in body.splitlines():
        if not line.startswith(b"data:") or line[5:].strip() in (b"", b"[DONE]"):
            continue
        try:
            document = orjson.loads(line[5:])
        except orjson.JSONDecodeError:
            raise ReplyUnreadable("an event of the stream is not JSON") from None
        if isinstance(document, dict) and document.get("choices") == []:
            document["choices"] = [{"delta": {}}]  # the last event tells only the usage
        parts.append(_reply(document, "delta"))
    return Reply(
        text="".join(part.text for part in parts),
        refusal="".join(part.refusal for part in parts),
        finish_reason=next((p.finish_reason for p in reversed(parts) if p.finish_reason), ""),
        model=next((part.model for part in parts if part.model), ""),
        input_tokens=max((part.input_tokens for part in parts), default=0),
        output_tokens=max((part.output_tokens for part in parts), default=0),
    )


def _reply(document: Any, message_field: str) -> Reply:
    error = error_in(document)
    if error is not None:
        raise ReplyIsError(error)
    if not isinstance(document, dict):
        raise ReplyUnreadable("it is JSON, but not an object")
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ReplyUnreadable("it has no `choices`")
    message = choices[0].get(message_field)
    if not isinstance(message, dict):
        raise ReplyUnreadable(f"its first choice has no `{message_field}`")
    usage = document.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Reply(
        text=_content(message.get("content")),
        refusal=_string(message.get("refusal")),
        finish_reason=_string(choices[0].get("finish_reason")).lower(),
        model=_string(document.get("model"))[:200],
        input_tokens=_count(counts.get("prompt_tokens")),
        output_tokens=_count(counts.get("completion_tokens")),
    )


def _content(content: Any) -> str:
    """The text of a content that is a string, null, or a list of parts."""
    if isinstance(content, list):
        return "".join(
            _string(part.get("text")) if isinstance(part, dict) else _string(part)
            for part in content
        )
    return _string(content)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**53 else 0
