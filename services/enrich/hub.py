"""The HTTP API of a hub, for a client that has patience with it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from services.chassis.errors import ProcessUseless
from services.results import Json, shown

AGAIN = frozenset((429, 502, 503, 504))
"""Statuses that pass: a limit, or something between us and an answer is away."""
_FIRST_PAUSE, _LONGEST_PAUSE, _LONGEST_TOLD_PAUSE = 0.5, 5.0, 60.0
_TIMEOUT = httpx.Timeout(120, connect=10, pool=None)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things are waited for, in seconds."""

    away: float = 300
    """A hub that does not answer."""
    begin: float = 300
    """A run of which the hub knows nothing yet."""
    still: float = 1800
    """A run of which nothing new is told."""


class HubAway(ProcessUseless):
    """There is no hub, or not any more; the line says where it was looked for."""


class NotAllowed(ProcessUseless):
    """The hub does not let this key do it."""


class Refused(Exception):
    """The hub has answered, and said no to this one request."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Hub:
    """Requests to one hub. A request is sent again while the hub is away or has too much to do.

    Every method raises Refused for a request that the hub refuses, NotAllowed, and HubAway when
    nothing has been answered for too long.
    """

    def __init__(
        self, url: str, patience: Patience, connections: int, note: Callable[[str], None]
    ) -> None:
        self.url = url
        self.patience = patience
        self._note = note
        self._answered_at = float("-inf")
        self._is_away = False
        self._http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=connections),
        )

    async def __aenter__(self) -> "Hub":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def show(self, key: str) -> None:
        """Lets all further requests bear this API key."""
        self._http.headers["authorization"] = f"Bearer {key}"

    async def most_bytes(self) -> int:
        """Of one file; needs no key. Raises HubAway at once if nobody listens."""
        path = "/system/bootstrap"
        try:
            response = await self._http.get(path)
        except httpx.RequestError as error:
            raise HubAway(
                f"no hub answers at {self.url}: {_why(error)}; start one with `nekohub serve`, or "
                "name another with --url"
            ) from None
        if response.status_code in AGAIN:
            response = await self._patiently(lambda: self._sent("GET", path))
        try:
            return int(self._data(response)["maxUploadSizeBytes"])
        except (KeyError, TypeError, ValueError, Refused):
            raise self._no_hub() from None

    async def data(self, method: str, path: str, **request: Any) -> Any:
        """The `data` of an answer."""
        return self._data(await self._patiently(lambda: self._sent(method, path, **request)))

    async def posted(
        self, path: str, headers: Mapping[str, str], body: Callable[[], Any]
    ) -> tuple[Json, bool]:
        """The `data` of an answer, and whether it repeats an earlier one.

        `body` is called for each try.
        """
        response = await self._patiently(
            lambda: self._sent("POST", path, headers=headers, content=body())
        )
        return self._data(response), response.headers.get("idempotent-replayed") == "true"

    async def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        return await self._http.request(method, path, **request)

    async def _patiently(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        began = time.monotonic()
        for attempt in count():
            told = 0.0
            try:
                response = await send()
            except httpx.RequestError as error:
                why = _why(error)
            else:
                if response.status_code not in AGAIN:
                    self._answered_at = time.monotonic()
                    self._is_away = False
                    return response
                why, told = _message(response)[1], _told_pause(response)
            if time.monotonic() - began > self.patience.away:
                raise self._given_up(began, why)
            if not self._is_away:
                self._is_away = True
                self._note(f"the hub is asked again until it answers: {why}")
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(attempt, 10))
            await asyncio.sleep(max(told, pause * random.uniform(0.5, 1)))
        raise AssertionError("there is always another attempt")

    def _given_up(self, began: float, why: str) -> Exception:
        waited = f"for {self.patience.away:g} s"
        if self._answered_at < began:
            return HubAway(f"the hub at {self.url} has not answered {waited}: {why}")
        return Refused("", f"the hub has not taken this {waited}: {why}")

    def _no_hub(self) -> HubAway:
        return HubAway(f"what answers at {self.url} is no NekoHub")

    def _data(self, response: httpx.Response) -> Any:
        if response.is_success:
            try:
                return response.json()["data"]
            except (ValueError, KeyError, TypeError):
                raise self._no_hub() from None
        code, message = _message(response)
        if response.status_code in (401, 403):
            raise NotAllowed(
                f"the hub at {self.url} does not take this API key: {message}; give another with "
                "--api-key or NEKOHUB_API_KEYS"
            )
        raise Refused(code, message)


def _message(response: httpx.Response) -> tuple[str, str]:
    try:
        error = response.json()["error"]
        return str(error["code"]), shown(str(error["message"]))
    except (ValueError, KeyError, TypeError):
        return "", f"HTTP status {response.status_code}"


def _why(error: httpx.RequestError) -> str:
    return shown(str(error) or type(error).__name__)


def _told_pause(response: httpx.Response) -> float:
    told = response.headers.get("retry-after", "")
    return min(float(told), _LONGEST_TOLD_PAUSE) if told.isascii() and told.isdecimal() else 0.0
