"""The body of a chat completion request."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from services.providers.dialect import AnswerFormat, Dialect, TokenField
from services.providers.model import Endpoint
from services.providers.question import Question

_JSON_ONLY = (
    "Answer with one JSON object and nothing else. It must satisfy this JSON schema:\n{schema}"
)
_CORRECTION = "That does not satisfy the JSON schema: {fault}.\n" + _JSON_ONLY


@dataclass(frozen=True, slots=True)
class Correction:
    """An unusable answer and what is wrong with it."""

    answer: str
    fault: str


class RequestBody:
    """One question to one endpoint; the picture is encoded once, however often it is asked."""

    def __init__(self, endpoint: Endpoint, question: Question) -> None:
        self._endpoint = endpoint
        self._question = question
        self._schema = orjson.dumps(question.schema).decode()
        self._strict_schema = _strict(question.schema)
        self._picture = f"data:image/jpeg;base64,{base64.b64encode(question.jpeg).decode()}"

    @property
    def picture_bytes(self) -> int:
        """How many of a body are the picture's."""
        return len(self._picture)

    def encoded(
        self,
        dialect: Dialect,
        *,
        max_tokens: int,
        correction: Correction | None,
        stream: bool,
    ) -> bytes:
        """The body in the given dialect; no field is sent that it need not have."""
        body: dict[str, Any] = {
            "model": self._endpoint.model_name,
            "messages": self._messages(dialect.answer_format, correction),
        }
        if dialect.answer_format is AnswerFormat.JSON_SCHEMA:
            name = self._question.schema_name
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": self._strict_schema},
            }
        elif dialect.answer_format is AnswerFormat.JSON_OBJECT:
            body["response_format"] = {"type": "json_object"}
        if dialect.token_field is not TokenField.NONE:
            body[dialect.token_field.value] = max_tokens
        if stream:
            body["stream"] = True
        return orjson.dumps(body)

    def _messages(
        self, answer_format: AnswerFormat, correction: Correction | None
    ) -> list[dict[str, Any]]:
        prompt = self._question.prompt
        if answer_format is not AnswerFormat.JSON_SCHEMA:
            prompt = f"{prompt}\n\n{_JSON_ONLY.format(schema=self._schema)}"
        messages: list[dict[str, Any]] = [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": prompt},
                    {"type": "image_url", "image_url": {"url": self._picture}},
                ],
            }
        ]
        if self._endpoint.system_prompt:
            messages.insert(0, {"role": "system", "content": self._endpoint.system_prompt})
        if correction is not None:
            fault = _CORRECTION.format(fault=correction.fault, schema=self._schema)
            messages += [
                {"role": "assistant", "content": correction.answer},
                {"role": "user", "content": fault},
            ]
        return messages


def request_key(question_key: str, url: str, body: bytes) -> str:
    """The same for what is sent again, also after a restart, and for nothing else.

    64 characters are as many as every endpoint takes. The beginning is for those who look for a run
    in an endpoint's log.
    """
    if not question_key:
        return ""
    digest = hashlib.sha256(f"{question_key}\0{url}\0".encode())
    digest.update(body)
    return f"{question_key[:36]}.{digest.hexdigest()[:27]}"


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without `minLength`, which strict endpoints refuse; answers are checked here."""
    kept = {key: value for key, value in schema.items() if key != "minLength"}
    if "items" in schema:
        kept["items"] = _strict(schema["items"])
    if "properties" in schema:
        kept["properties"] = {name: _strict(inner) for name, inner in schema["properties"].items()}
    return kept
