"""Asking a model behind an OpenAI-compatible chat completions endpoint."""

import asyncio
import logging
from dataclasses import dataclass

from services.chassis.time_limit import TimeLimit
from services.providers.answers import NoObject, object_in
from services.providers.client import Calls, EndpointClient, HttpReply
from services.providers.dialect import Dialect, Dialects
from services.providers.endpoint_errors import UNREADABLE, EndpointError, read_error
from services.providers.failures import (
    ProviderFailure,
    ProviderRefused,
    Usage,
    bounded,
)
from services.providers.model import Endpoint
from services.providers.question import Answer, Question
from services.providers.redaction import Redactor
from services.providers.replies import (
    Reply,
    ReplyIsError,
    ReplyUnreadable,
    read_reply,
    read_streamed_reply,
)
from services.providers.request_body import Correction, RequestBody
from services.providers.schema import SchemaMismatch, fitted
from services.providers.verdicts import verdict

MAX_TOKENS = 2048
"""Of an answer; asked for twice as many, once, when that was not enough."""
CORRECTED_CHARACTERS = 8000
"""Of an unusable answer that is shown to the model again."""
EXCERPT_CHARACTERS = 160
"""Of an unusable answer that is kept for a person to see."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Talk:
    """One question's exchange: what is sent next and what was used so far."""

    body: RequestBody
    dialect: Dialect
    calls: Calls
    idempotency_key: str
    max_tokens: int = MAX_TOKENS
    correction: Correction | None = None
    stream: bool = False
    bodies: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    model_name: str = ""
    """As the endpoint named it last; "" if it named none."""
    first_verdict: ProviderRefused | None = None
    """Of the base URL as it was given, when `/v1` is tried after it."""

    @property
    def usage(self) -> Usage:
        """What the question took so far."""
        return Usage(self.calls.count, self.input_tokens, self.output_tokens, self.model_name)

    def encoded(self) -> tuple[bytes, str]:
        """The next body and its idempotency key: another body must not have the same key."""
        self.bodies += 1
        key = self.idempotency_key
        if key and self.bodies > 1:
            key = f"{key}.{self.bodies}"
        return self.body.encoded(
            self.dialect,
            max_tokens=self.max_tokens,
            correction=self.correction,
            stream=self.stream,
        ), key


class OpenAIAdapter:
    """Answers questions through one endpoint."""

    def __init__(self, endpoint: Endpoint, client: EndpointClient, dialects: Dialects) -> None:
        """Takes whom to ask, its connections, and what is known of dialects."""
        self._endpoint = endpoint
        self._client = client
        self._dialects = dialects
        self._redactor = Redactor(endpoint.api_key)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def describe(self, question: Question) -> Answer:
        """Asks until an answer satisfies the schema or nothing is left that could help.

        Raises ProviderRefused or ProviderUnreachable.
        """
        calls = Calls(TimeLimit(question.timeout_seconds), question.is_last_hope)
        talk = _Talk(
            body=RequestBody(self._endpoint, question),
            dialect=self._dialects.of(self._endpoint.base_url, self._endpoint.model_name),
            calls=calls,
            idempotency_key=question.idempotency_key,
        )
        try:
            async with calls.limit:
                return await self._answer(talk, question)
        except ProviderFailure as failure:
            failure.usage = talk.usage
            raise
        except TimeoutError:
            late = f"the AI provider gave no answer within {question.timeout_seconds:g} s"
            in_vain = self._client.give_up(f"{late}; it {calls.trouble}" if calls.trouble else late)
            in_vain.usage = talk.usage
            raise in_vain from None

    async def _answer(self, talk: _Talk, question: Question) -> Answer:
        while True:
            reply = await self._reply(talk)
            answer = self._usable(reply, talk, question)
            if answer is not None:
                return answer

    def _usable(self, reply: Reply, talk: _Talk, question: Question) -> Answer | None:
        """The answer in a reply; None when the talk was changed so that it is worth another call.

        Raises ProviderRefused.
        """
        if reply.is_declined:
            said = bounded(self._redactor.message(reply.refusal), 300) or "a content filter did"
            raise ProviderRefused(f"the provider declined: {said}")
        if reply.is_cut:
            self._ask_for_more(talk)
            return None
        if not reply.text.strip():
            self._ask_for_stream(talk)
            return None
        text = self._redactor.output(reply.text)
        try:
            output = fitted(object_in(text), question.schema)
        except (NoObject, SchemaMismatch) as fault:
            self._ask_again(talk, text, str(fault))
            return None
        return Answer(
            output=output,
            model_name=talk.model_name or self._endpoint.model_name,
            base_url=talk.dialect.base_url.text,
            input_tokens=talk.input_tokens,
            output_tokens=talk.output_tokens,
            requests=talk.calls.count,
            latency_ms=round(1000 * (asyncio.get_running_loop().time() - talk.calls.first_start)),
        )

    def _ask_for_more(self, talk: _Talk) -> None:
        if talk.max_tokens > MAX_TOKENS:
            raise ProviderRefused(
                f"the model's answer was cut off at {talk.max_tokens} tokens; choose a model that "
                f"thinks or writes less than {self._endpoint.model_name!r}"
            )
        talk.max_tokens *= 2

    def _ask_for_stream(self, talk: _Talk) -> None:
        """Some servers lose the content of a thinking model unless it is streamed."""
        if talk.stream:
            raise ProviderRefused(
                f"the model returned no content; choose another model than "
                f"{self._endpoint.model_name!r} for {self._endpoint.label}"
            )
        talk.stream = True

    def _ask_again(self, talk: _Talk, text: str, fault: str) -> None:
        if talk.correction is not None:
            raise ProviderRefused(
                f"the model's answer does not satisfy the schema, asked twice: {fault}; choose a "
                f"more able model than {self._endpoint.model_name!r} for {self._endpoint.label}",
                excerpt=bounded(self._redactor.message(text), EXCERPT_CHARACTERS),
            )
        talk.correction = Correction(text[:CORRECTED_CHARACTERS], fault)

    async def _reply(self, talk: _Talk) -> Reply:
        """The model's reply, in whatever dialect the endpoint turns out to understand.

        Raises ProviderRefused or ProviderUnreachable.
        """
        while True:
            body, key = talk.encoded()
            url = talk.dialect.base_url.completions
            response = await self._client.post(url, body, key, talk.calls)
            try:
                reply = self._read(response, talk)
            except ReplyIsError as failure:
                talk.dialect = self._next_dialect(talk, response.status, failure.error)
                continue
            self._dialects.learn(self._endpoint.base_url, self._endpoint.model_name, talk.dialect)
            talk.input_tokens += reply.input_tokens
            talk.output_tokens += reply.output_tokens
            talk.model_name = self._redactor.output(reply.model)
            return reply

    def _read(self, response: HttpReply, talk: _Talk) -> Reply:
        if not response.is_success:
            raise ReplyIsError(read_error(response.body))
        try:
            return (read_streamed_reply if talk.stream else read_reply)(response.body)
        except ReplyUnreadable as fault:
            raise ReplyIsError(EndpointError(str(fault), UNREADABLE, "")) from None

    def _next_dialect(self, talk: _Talk, status: int, error: EndpointError) -> Dialect:
        """The dialect to try next. Raises ProviderRefused when none is left."""
        fault = verdict(status, error, self._endpoint, self._redactor)
        if status in (404, 405) or error.blames_address:
            if talk.first_verdict is not None:
                raise talk.first_verdict
            talk.first_verdict = fault
            following = None if error.blames_pictures else talk.dialect.versioned()
        elif status in (200, 400, 422):
            following = talk.dialect.after(error)
        else:
            following = None
        if following is None:
            raise fault
        logger.info(
            "%s: HTTP %d; asking %s for %s, %r",
            self._endpoint.label,
            status,
            following.base_url.text,
            following.answer_format.value,
            following.token_field.value,
        )
        return following
