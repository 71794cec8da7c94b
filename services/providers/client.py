"""HTTP calls to an endpoint: within its profile's limits, repeated when that may help, bounded."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache

import httpx

from services.providers.addresses import AddressPolicy
from services.providers.bodies import read_body
from services.providers.calls import Calls
from services.providers.connection import NoHttp
from services.providers.endpoint_errors import EndpointError, read_error
from services.providers.failures import ProviderRefused, ProviderUnreachable, bounded, with_advice
from services.providers.limits import Limits
from services.providers.model import Endpoint
from services.providers.protocols import (
    address_advice,
    refused_tls,
    speaks_no_http,
    speaks_tls,
    wants_tls,
)
from services.providers.redaction import Redactor
from services.providers.replies import Body
from services.providers.retry import RETRIED_STATUSES, RetryPolicy, asked_delay
from services.providers.spending import Meter
from services.providers.transport import AddressRefused, CheckedTransport
from services.providers.verdicts import answered, in_passing, odd, too_early, too_slow, unreachable

_REDIRECTS = (301, 302, 303, 307, 308)
_SOON = 3600.0
"""Seconds. A shorter wait than this does not bring a day's quota back, whatever is asked for."""
_TIMEOUTS = httpx.Timeout(connect=5.0, read=120.0, write=30.0, pool=None).as_dict()


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole response; never one that a retry may still turn into another."""

    status: int
    """Of an error that came as a success, the one that it names."""
    content: Body | EndpointError
    """An error if the call failed."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """An attempt that may be repeated."""

    what: str
    advice: str
    status: int | None = None
    asked: float | None = None
    limit: EndpointError | None = None
    """What the endpoint said of a limit, if one was reached."""

    @property
    def is_day_spent(self) -> bool:
        """Whether it would be asked in vain for the rest of the day."""
        return self.limit is not None and self.limit.is_day_spent


class EndpointClient:
    """Posts to one endpoint over connections that are kept."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        policy: AddressPolicy,
        limits: Limits,
        retries: RetryPolicy,
        meter: Meter,
    ) -> None:
        """Takes whom to ask, where connections may go, how much at once, how persistently, and what
        counts.
        """
        self._endpoint = endpoint
        self._limits = limits
        self.meter = meter
        """What counts the calls."""
        self._retries = retries
        self._hastier_retries = retries.hastier()
        self._given_up: ProviderUnreachable | None = None
        """What the last question met that was given up."""
        self._given_up_at = -math.inf
        """On the event loop's clock."""
        self._redactor = Redactor(endpoint.api_key)
        # Not a client of httpx: it follows redirects and keeps cookies, and costs as much again.
        self._transport = CheckedTransport(policy)
        self._headers = [
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"keep-alive"),
            (b"Content-Type", b"application/json"),
            (b"User-Agent", f"python-httpx/{httpx.__version__}".encode()),
        ]
        if key := endpoint.api_key.get_secret_value().encode():
            # Azure takes a bearer token for one of Entra ID, which a key is not.
            is_azure = endpoint.base_url.is_azure
            self._headers.append(
                (b"api-key", key) if is_azure else (b"Authorization", b"Bearer " + key)
            )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()

    @asynccontextmanager
    async def posted(
        self, url: str, body: bytes, idempotency_key: str, made: Calls
    ) -> AsyncIterator[HttpReply]:
        """Posts JSON and gives the response, whatever its status, once a retry would not help.

        With the block the call ends; what `made` holds of it then counts. Raises
        ProviderRefused when the connection itself is refused for good, ProviderUnreachable when
        every attempt failed, and BudgetExhausted when none may be made.
        """
        clock = asyncio.get_running_loop().time
        retries = self._retries if made.is_last_hope else self._hastier_retries
        asked_at = clock()
        spent = 0.0
        attempt = 1
        while True:
            async with AsyncExitStack() as stack:
                with made.limit.paused():
                    has_waited = await stack.enter_async_context(
                        self._limits.slot(self._endpoint.target)
                    )
                    self._check_hope(made, asked_at)
                    has_waited = has_waited or attempt > 1
                    await self.meter.check(self._endpoint.target, has_waited=has_waited)
                start = clock()
                made.begin(start)
                try:
                    result = await self._attempt(
                        url, body, idempotency_key, made, retries.attempt_seconds
                    )
                    if isinstance(result, HttpReply):
                        yield result
                        return
                finally:
                    spent += clock() - start
                    if made.end():
                        with made.limit.paused():
                            made.cost += await self.meter.count(made.skill_name, *made.told)
            made.trouble = result.what
            delay = retries.delay(attempt, result.asked)
            if result.is_day_spent and delay < _SOON:
                if result.asked is not None and delay <= retries.longest_wait:
                    self._limits.slow_down(delay, self._endpoint.target)
                raise self._unreachable(result, attempt)
            if delay > retries.longest_wait:
                raise self._too_early(result, attempt, delay, made.is_last_hope)
            if result.status == 429:
                self._limits.slow_down(delay, self._endpoint.target)
            if attempt >= retries.attempts or spent + delay >= retries.total:
                raise self._unreachable(result, attempt)
            await self._limits.rest(delay, self._endpoint.target)
            spent += delay
            attempt += 1

    def _check_hope(self, made: Calls, asked_at: float) -> None:
        """Raises what another question met, if this one waited for its turn meanwhile and there is
        somebody else to ask.
        """
        if self._given_up is not None and self._given_up_at >= asked_at and not made.is_last_hope:
            raise ProviderUnreachable(str(self._given_up))

    def give_up(self, message: str) -> ProviderUnreachable:
        """The failure of a question, which those that wait for their turn hear of."""
        self._given_up = ProviderUnreachable(message)
        self._given_up_at = asyncio.get_running_loop().time()
        return ProviderUnreachable(message)

    async def _attempt(
        self, url: str, body: bytes, idempotency_key: str, made: Calls, seconds: float
    ) -> "HttpReply | _Failed":
        try:
            async with asyncio.timeout(seconds):
                return await self._sent(url, body, idempotency_key, made)
        except AddressRefused as error:
            made.is_sent = False
            raise ProviderRefused(
                f"the address of {self._endpoint.label} is not allowed: {error}"
            ) from None
        except (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError):
            if made.is_answered:
                return _Failed(
                    "began an answer and did not end it in time", too_slow(self._endpoint)
                )
            return _Failed("did not answer in time", unreachable(self._endpoint))
        except httpx.ConnectTimeout:
            made.is_sent = False
            return _Failed("could not be connected to in time", unreachable(self._endpoint))
        except httpx.ConnectError as error:
            made.is_sent = False
            if (refused := refused_tls(error, self._endpoint)) is not None:
                raise refused from None
            why = error or "connection refused"
            return _Failed(f"could not be connected to ({why})", unreachable(self._endpoint))
        except NoHttp as error:
            if (refused := speaks_no_http(error.begin, self._endpoint)) is not None:
                raise refused from None
            return _Failed("answered with no HTTP that can be read", address_advice(self._endpoint))
        except httpx.TransportError:
            return _Failed("broke the connection off", unreachable(self._endpoint))

    async def _sent(
        self, url: str, body: bytes, idempotency_key: str, made: Calls
    ) -> "HttpReply | _Failed":
        parsed = _parsed(url)
        headers = [
            (b"Host", parsed.netloc),
            *self._headers,
            (b"Content-Length", str(len(body)).encode()),
        ]
        if idempotency_key:
            headers.append((b"Idempotency-Key", idempotency_key.encode()))
        # From a stream and raw headers, httpx makes a request in a seventh of the time.
        request = httpx.Request(
            "POST",
            parsed,
            headers=headers,
            stream=httpx.ByteStream(body),
            extensions={"timeout": _TIMEOUTS},
        )
        response = await self._transport.handle_async_request(request)
        made.is_answered = True
        try:
            content = await read_body(response, self._endpoint.label)
        finally:
            await response.aclose()
        reply = Body(content)
        made.told = reply.tokens
        return self._judged(response, reply, made.is_last_hope)

    def _judged(
        self, response: httpx.Response, body: Body, is_last_hope: bool
    ) -> "HttpReply | _Failed":
        status = response.status_code
        if response.is_success:
            error = body.error()
            if error is None:
                if body.is_cut_off():
                    return _Failed("broke its answer off", unreachable(self._endpoint))
                return HttpReply(status, body)
            status = error.status or status
        elif status in _REDIRECTS:
            raise self._redirected(response)
        elif not 400 <= status < 600:
            raise odd(status, self._endpoint)
        elif wants_tls(status, body.raw, self._endpoint):
            raise speaks_tls(self._endpoint)
        else:
            error = read_error(body.raw)
        if status not in RETRIED_STATUSES or error.is_lasting(status) or _is_answer(status, error):
            return HttpReply(status, error)
        return _Failed(
            answered(status, error, self._redactor),
            in_passing(status, error, self._endpoint, is_last_hope),
            status,
            asked_delay(response.headers) or error.wait,
            error if status == 429 else None,
        )

    def _redirected(self, response: httpx.Response) -> ProviderRefused:
        place = response.headers.get("location", "").partition("?")[0].partition("#")[0]
        where = bounded(self._redactor.message(place), 200) or "elsewhere"
        return ProviderRefused(
            f"the AI provider redirects to {where} (HTTP {response.status_code}), which is not "
            "followed, so that the key goes nowhere else; put the final address into apiBaseUrl "
            f"of {self._endpoint.label}"
        )

    def _unreachable(self, last: _Failed, attempts: int) -> ProviderUnreachable:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        return self.give_up(with_advice(f"the AI provider {last.what} ({tries})", last.advice))

    def _too_early(
        self, last: _Failed, attempts: int, delay: float, is_last_hope: bool
    ) -> ProviderUnreachable:
        advice = too_early(delay, last.limit, self._endpoint, is_last_hope)
        what = f"{last.what} and asks to wait {delay:.0f} s"
        return self._unreachable(_Failed(what, advice), attempts)


def _is_answer(status: int, error: EndpointError) -> bool:
    """Whether a server that fails says of what in the request."""
    return status in (500, 501) and (
        error.blames_schema
        or error.blames_context
        or error.blames_picture_size
        or error.blames_system_prompt
    )


@lru_cache(64)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)
