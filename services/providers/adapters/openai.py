"""Asking a model behind an OpenAI-compatible chat completions endpoint."""

import asyncio
import logging
from dataclasses import dataclass, replace

from services.chassis.pixels.pool import PixelPool
from services.chassis.time_limit import TimeLimit
from services.providers.answers import NoObject, object_in
from services.providers.calls import Calls
from services.providers.client import EndpointClient, HttpReply
from services.providers.dialect import Dialect, TokenField
from services.providers.endpoint_errors import UNREADABLE, EndpointError
from services.providers.estimates import Exchanged
from services.providers.failures import (
    ProviderFailure,
    ProviderRefused,
    Usage,
    bounded,
    with_advice,
)
from services.providers.memory import Memory
from services.providers.model import Endpoint
from services.providers.question import Answer, Question
from services.providers.redaction import Redactor
from services.providers.replies import Reply, ReplyIsError, ReplyUnreadable
from services.providers.request_body import Correction, RequestBody, request_key
from services.providers.schema import SchemaMismatch, fitted
from services.providers.smaller_picture import SIDES, smaller_picture
from services.providers.verdicts import cut_off, declined, no_content, too_large, too_slow, verdict

_REFUSED_STREAMS = (400, 403, 422)
MAX_TOKENS = 2048
"""Of an answer; asked for twice as many, once, when that was not enough."""
CORRECTED_CHARACTERS = 8000
"""Of an unusable answer that is shown to the model again."""
EXCERPT_CHARACTERS = 160
"""Of an unusable answer that is kept for a person to see."""
TOLD_CHARACTERS = 4000
"""Of what a model wrote that are searched for a key, to show fewer of them."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Talk:
    """One question's exchange: what is sent next and what was used so far."""

    question: Question
    body: RequestBody
    dialect: Dialect
    calls: Calls
    remembered: Dialect | None
    """What it began with, if that was not the beginning of all."""
    max_tokens: int = MAX_TOKENS
    correction: Correction | None = None
    stream: bool = False
    model_name: str = ""
    """As the endpoint named it last; "" if it named none."""
    first_verdict: ProviderRefused | None = None
    """Of the base URL as it was given, when `/v1` is tried after it."""

    @property
    def usage(self) -> Usage:
        """What the question took so far."""
        calls = self.calls
        return Usage(
            calls.count, calls.input_tokens, calls.output_tokens, self.model_name, calls.cost
        )

    def encoded(self) -> tuple[bytes, str]:
        """The next body and its idempotency key."""
        body = self.body.encoded(
            self.dialect,
            max_tokens=self.max_tokens,
            correction=self.correction,
            stream=self.stream,
        )
        url = self.dialect.base_url.completions
        return body, request_key(self.question.idempotency_key, url, body)


class OpenAIAdapter:
    """Answers questions through one endpoint."""

    def __init__(
        self, endpoint: Endpoint, client: EndpointClient, memory: Memory, pool: PixelPool
    ) -> None:
        """Takes whom to ask, its connections, what is known of it, and who makes pictures small."""
        self._endpoint = endpoint
        self._client = client
        self._memory = memory
        self._pool = pool
        self._redactor = Redactor(endpoint.api_key)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def describe(self, question: Question) -> Answer:
        """Asks until an answer satisfies the schema or nothing is left that could help.

        Raises ProviderRefused or ProviderUnreachable.
        """
        calls = Calls(
            TimeLimit(question.timeout_seconds), question.is_last_hope, question.skill_name
        )
        remembered = await self._memory.dialect()
        talk = _Talk(
            question=question,
            body=RequestBody(self._endpoint, question),
            dialect=remembered or Dialect(self._endpoint.base_url),
            calls=calls,
            remembered=remembered,
        )
        try:
            async with calls.limit:
                if talk.dialect.image_side is not None:
                    await self._shrink(talk, [talk.dialect.image_side])
                return await self._answer(talk, question)
        except ProviderFailure as failure:
            failure.usage = talk.usage
            raise
        except TimeoutError:
            in_vain = self._client.give_up(self._late(calls, question.timeout_seconds))
            in_vain.usage = talk.usage
            raise in_vain from None

    def _late(self, calls: Calls, seconds: float) -> str:
        met = "began an answer and did not end it" if calls.is_answered else calls.trouble
        late = f"the AI provider gave no answer within {seconds:g} s"
        late = f"{late}; it {met}" if met else late
        return with_advice(late, too_slow(self._endpoint))

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
            raise declined(self._redactor.message(reply.refusal[:TOLD_CHARACTERS]), self._endpoint)
        if reply.is_cut:
            self._ask_for_more(talk)
            return None
        if not reply.text.strip():
            self._ask_for_stream(talk)
            return None
        try:
            # Reading may put a key together that the text has not, and fitting may cut one short.
            output = fitted(self._redactor.answer(object_in(reply.text)), question.schema)
        except (NoObject, SchemaMismatch) as fault:
            self._ask_again(talk, reply.text, str(fault))
            return None
        return Answer(
            output=output,
            model_name=talk.model_name or self._endpoint.model_name,
            base_url=talk.dialect.base_url.text,
            input_tokens=talk.calls.input_tokens,
            output_tokens=talk.calls.output_tokens,
            requests=talk.calls.count,
            cost=talk.calls.cost,
            latency_ms=round(1000 * (asyncio.get_running_loop().time() - talk.calls.first_start)),
        )

    def _ask_for_more(self, talk: _Talk) -> None:
        if talk.max_tokens > MAX_TOKENS:
            has_limit = talk.dialect.token_field is not TokenField.NONE
            raise cut_off(talk.max_tokens if has_limit else None, self._endpoint)
        talk.max_tokens *= 2

    def _ask_for_stream(self, talk: _Talk) -> None:
        """Some servers lose the content of a thinking model unless it is streamed."""
        if talk.stream:
            raise no_content(self._endpoint)
        talk.stream = True

    def _ask_again(self, talk: _Talk, text: str, fault: str) -> None:
        if talk.correction is not None:
            raise ProviderRefused(
                f"the model's answer does not satisfy the schema, asked twice: {fault}; choose a "
                f"more able model than {self._endpoint.model_name!r} for {self._endpoint.label}",
                excerpt=bounded(self._redactor.message(text[:TOLD_CHARACTERS]), EXCERPT_CHARACTERS),
            )
        talk.correction = Correction(self._redactor.output(text)[:CORRECTED_CHARACTERS], fault)

    async def _reply(self, talk: _Talk) -> Reply:
        """The model's reply, in whatever dialect the endpoint turns out to understand.

        Raises ProviderRefused or ProviderUnreachable.
        """
        while True:
            body, key = talk.encoded()
            url = talk.dialect.base_url.completions
            try:
                async with self._client.posted(url, body, key, talk.calls) as response:
                    reply = self._read(response)
                    call = Exchanged(body, talk.body.picture_bytes, reply.text)
                    talk.calls.told = self._client.meter.believed(talk.calls.told, call)
            except ReplyIsError as failure:
                talk.dialect = await self._next_dialect(talk, response.status, failure.error)
                continue
            with talk.calls.limit.paused():
                await self._memory.doubt_blindness()
                if talk.dialect != talk.remembered:
                    await self._memory.learn(talk.dialect)
            talk.model_name = self._redactor.output(reply.model)
            return reply

    def _read(self, response: HttpReply) -> Reply:
        if isinstance(response.content, EndpointError):
            raise ReplyIsError(response.content)
        try:
            return response.content.reply()
        except ReplyUnreadable as fault:
            raise ReplyIsError(EndpointError(str(fault), UNREADABLE, "")) from None

    async def _next_dialect(self, talk: _Talk, status: int, error: EndpointError) -> Dialect:
        """The dialect to try next. Raises ProviderRefused when none is left."""
        fault = verdict(status, error, self._endpoint, self._redactor)
        # Some take no schema together with a picture, and are asked without it first.
        is_blind = error.blames_pictures and not (
            error.blames_schema and talk.dialect.after(error) is not None
        )
        if is_blind:
            with talk.calls.limit.paused():
                await self._memory.learn_blindness(talk.dialect)
        if is_blind or error.is_refusal:
            raise fault
        following: Dialect | None = None
        # OpenRouter's 404 is also of models whose providers take no schema, or may not be asked.
        is_unroutable = status == 404 and (error.blames_schema or error.hindrance is not None)
        is_about_dialect = status in (200, 400, 422, 500, 501) or is_unroutable
        if (status in (404, 405) and not is_unroutable) or error.blames_address:
            if talk.first_verdict is not None:
                raise fault if error.text and not error.is_page else talk.first_verdict
            talk.first_verdict = fault
            following = talk.dialect.versioned() or self._begun_anew(talk)
            is_about_dialect = False
        elif talk.dialect.wants_less(status, error):
            fault = too_large(status, error, SIDES[-1], self._endpoint, self._redactor)
            following = await self._smaller(talk)
        if following is None and is_about_dialect:
            following = talk.dialect.after(error)
            if following is None and error.blames_dialect:
                following = self._begun_anew(talk)
        if following is None:
            # A stream was asked for, in vain, only because there was no content without.
            is_about_stream = talk.stream and status in _REFUSED_STREAMS
            raise no_content(self._endpoint) if is_about_stream else fault
        logger.info(
            "%s: HTTP %d; asking %s for %s, %r, pictures of %s",
            self._endpoint.label,
            status,
            following.base_url.text,
            following.answer_format.value,
            following.token_field.value,
            following.image_side or "any size",
        )
        return following

    async def _smaller(self, talk: _Talk) -> Dialect | None:
        """Makes the picture smaller for the next call; None if it is small enough already."""
        former = talk.dialect.image_side
        sides = [side for side in SIDES if former is None or side < former]
        side = await self._shrink(talk, sides)
        return None if side is None else replace(talk.dialect, image_side=side)

    async def _shrink(self, talk: _Talk, sides: list[int]) -> int | None:
        with talk.calls.limit.paused():
            smaller = await smaller_picture(self._pool, talk.question.jpeg, sides)
        if smaller is None:
            return None
        talk.body = RequestBody(self._endpoint, replace(talk.question, jpeg=smaller.jpeg))
        return smaller.side

    def _begun_anew(self, talk: _Talk) -> Dialect | None:
        """The dialect to begin with, once, if a remembered one led nowhere: a server may have been
        exchanged behind its address.
        """
        first = Dialect(self._endpoint.base_url)
        if talk.remembered is None or talk.remembered == first:
            return None
        talk.remembered = None
        talk.first_verdict = None
        talk.body = RequestBody(self._endpoint, talk.question)
        self._memory.begin_anew()
        return first
