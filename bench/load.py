"""Closed-loop load: a connection for each request, which it asks again as soon as it was answered.

Run as `python -m bench.load`, in a process of its own, so that it costs the measured side nothing.
Reads one JSON line {"host", "port", "requests", "seconds"} from stdin, writes one
{"perSecond", "p50", "p99", "bytes"}, milliseconds.
"""

import asyncio
import json
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
import uvloop

from bench.processes import pin

ANSWER_SECONDS = 30.0
"""How long the last answers may take."""


class Connection(asyncio.Protocol):
    """Sends the same request again and again until `until`, and notes how long each took."""

    def __init__(self, request: bytes, until: float, done: asyncio.Future[None]) -> None:
        """Takes the request's bytes, a time of `perf_counter`, and what to tell the end."""
        self.request, self.until, self.done = request, until, done
        self.seconds: list[float] = []
        self.length = 0
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the first request."""
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Reads on in the answer."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Counts the body's bytes."""
        self.length += len(body)

    def on_message_complete(self) -> None:
        """Notes the time, and asks again."""
        now = time.perf_counter()
        self.seconds.append(now - self.sent)
        if (status := self.parser.get_status_code()) != 200:
            self._end(RuntimeError(f"answered {status} under load"))
        elif now >= self.until:
            self._end(None)
        else:
            self.parser = httptools.HttpResponseParser(self)
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Ends early when the other side hangs up."""
        self._end(error or ConnectionError("the connection was closed under load"))

    def _send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def _end(self, error: Exception | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
            self.transport.close()


async def loaded(task: dict[str, Any]) -> dict[str, float]:
    """Loads a server as the task says and gives what came of it."""
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    every = []
    for request in task["requests"]:
        connection = Connection(request.encode(), start + task["seconds"], loop.create_future())
        await loop.create_connection(lambda made=connection: made, task["host"], task["port"])  # type: ignore[misc]
        every.append(connection)
    async with asyncio.timeout(task["seconds"] + ANSWER_SECONDS):
        await asyncio.gather(*(connection.done for connection in every))
    took = time.perf_counter() - start
    seconds = sorted(second for connection in every for second in connection.seconds)
    return {
        "perSecond": len(seconds) / took,
        "p50": statistics.median(seconds) * 1000,
        "p99": seconds[int(len(seconds) * 0.99)] * 1000,
        "bytes": sum(connection.length for connection in every) / len(seconds),
    }


async def measured(
    urls: Sequence[str], headers: Mapping[str, str], *, seconds: float, core: int
) -> dict[str, float]:
    """Loads URLs of one server from another process, kept on one core: a connection for each."""
    parts = urlsplit(urls[0])
    task = {
        "host": parts.hostname,
        "port": parts.port,
        "requests": [_request(url, headers) for url in urls],
        "seconds": seconds,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", stdin=PIPE, stdout=PIPE
    )
    pin(process.pid, core)
    output, _ = await process.communicate(json.dumps(task).encode())
    if process.returncode:
        raise RuntimeError(f"the load on {parts.path} failed")
    found: dict[str, float] = json.loads(output)
    return found


def _request(url: str, headers: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""])


if __name__ == "__main__":
    print(json.dumps(uvloop.run(loaded(json.loads(sys.stdin.read())))))
