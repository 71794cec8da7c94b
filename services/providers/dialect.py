"""What an endpoint understands, as it has taught us."""

from dataclasses import dataclass, replace
from enum import Enum

from services.providers.base_url import BaseUrl
from services.providers.endpoint_errors import EndpointError


class AnswerFormat(Enum):
    """How an answer's schema is asked for, best first."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    PROMPT = "prompt"


class TokenField(Enum):
    """How the field that limits an answer's length is called, oldest first."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"
    NONE = ""


_AFTER_FORMAT = {
    AnswerFormat.JSON_SCHEMA: AnswerFormat.JSON_OBJECT,
    AnswerFormat.JSON_OBJECT: AnswerFormat.PROMPT,
}
_AFTER_FIELD = {
    TokenField.MAX_TOKENS: TokenField.MAX_COMPLETION_TOKENS,
    TokenField.MAX_COMPLETION_TOKENS: TokenField.NONE,
}

_ABOUT_SIZE = (200, 400, 422, 500)
"""The statuses with which endpoints refuse a picture or a context as too large, beside 413."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to talk to one model behind one base URL."""

    base_url: BaseUrl
    answer_format: AnswerFormat = AnswerFormat.JSON_SCHEMA
    token_field: TokenField = TokenField.MAX_TOKENS
    image_side: int | None = None
    """Pixels of the longest side that a picture may have; None if none was found too large."""

    def after(self, error: EndpointError) -> "Dialect | None":
        """The next dialect to try when an endpoint complains; None if it complains of other things
        or nothing is left to try.
        """
        if error.blames_token_limit and self.token_field in _AFTER_FIELD:
            return replace(self, token_field=_AFTER_FIELD[self.token_field])
        if error.blames_schema and self.answer_format in _AFTER_FORMAT:
            return replace(self, answer_format=_AFTER_FORMAT[self.answer_format])
        return None

    def wants_less(self, status: int, error: EndpointError) -> bool:
        """Whether an endpoint that complains may take a smaller picture.

        That an answer may not be so long is for `after`, as long as that knows what to do.
        """
        if status == 413 or (status in _ABOUT_SIZE and error.blames_picture_size):
            return True
        has_field = error.blames_token_limit and self.token_field in _AFTER_FIELD
        return status in _ABOUT_SIZE and error.blames_context and not has_field

    def versioned(self) -> "Dialect | None":
        """The same at `/v1`; None if the base URL names a version already."""
        if self.base_url.is_versioned:
            return None
        return replace(self, base_url=self.base_url.versioned())
