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


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to talk to one model behind one base URL."""

    base_url: BaseUrl
    answer_format: AnswerFormat = AnswerFormat.JSON_SCHEMA
    token_field: TokenField = TokenField.MAX_TOKENS

    def after(self, error: EndpointError) -> "Dialect | None":
        """The next dialect to try when an endpoint complains; None if it complains of other things
        or nothing is left to try.
        """
        if error.blames_token_limit and self.token_field in _AFTER_FIELD:
            return replace(self, token_field=_AFTER_FIELD[self.token_field])
        if error.blames_schema and self.answer_format in _AFTER_FORMAT:
            return replace(self, answer_format=_AFTER_FORMAT[self.answer_format])
        return None

    def versioned(self) -> "Dialect | None":
        """The same at `/v1`; None if the base URL names a version already."""
        if self.base_url.is_versioned:
            return None
        return replace(self, base_url=self.base_url.versioned())


class Dialects:
    """The dialects of all (base URL, model) pairs met so far, in this process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Dialect] = {}

    def of(self, base_url: BaseUrl, model_name: str) -> Dialect:
        """What is known to work, or the dialect to start with."""
        return self._known.get((base_url.text, model_name), Dialect(base_url))

    def learn(self, base_url: BaseUrl, model_name: str, dialect: Dialect) -> None:
        """Remembers what worked."""
        self._known[base_url.text, model_name] = dialect
