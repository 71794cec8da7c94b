"""A scripted OpenAI-compatible server, over real HTTP on a loopback port."""

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

MODEL = "fake-vision-1"
ANSWERS: dict[str, dict[str, Any]] = {
    "caption": {"caption": "A tabby cat sitting on a wooden floor."},
    "alt-text": {"altText": "Tabby cat on a wooden floor."},
    "structured-metadata": {
        "title": "Tabby cat",
        "tags": ["cat", "tabby", "indoors"],
        "objects": ["cat", "floor"],
        "colors": ["brown", "grey"],
        "scene": "indoors",
        "text": "",
    },
}
"""What is answered, by the schema's name, unless a script says otherwise."""
CAPTIONS = frozenset({"caption"})
"""What the other steps of `enrich` come after."""
_PLAIN = {"array": [], "string": "text", "integer": 1, "number": 1, "boolean": True, "null": None}


@dataclass(frozen=True, slots=True)
class Scripted:
    """One reply. A body that is neither bytes nor str is sent as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    resets: bool = False
    """Whether the connection is reset in place of a reply."""
    wire: bytes = b""
    """What is written in place of all that, before the connection is closed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: dict[str, Any]

    @property
    def images(self) -> list[bytes]:
        """The pictures in the messages, decoded."""
        return [
            base64.b64decode(part["image_url"]["url"].partition(",")[2])
            for part in self._parts()
            if part["type"] == "image_url"
        ]

    @property
    def text(self) -> str:
        """All text of the messages."""
        return "\n".join(part["text"] for part in self._parts() if part["type"] == "text")

    @property
    def schema_name(self) -> str:
        """The name of the schema asked for; guessed from the prompt when it came in there."""
        named = self.body.get("response_format", {}).get("json_schema", {}).get("name")
        if named:
            return str(named)
        marks = {"altText": "alt-text", "tags": "structured-metadata", "caption": "caption"}
        return next((name for mark, name in marks.items() if f'"{mark}"' in self.text), "")

    @property
    def plain_answer(self) -> dict[str, Any]:
        """The plainest object that satisfies the schema asked for."""
        schema = self.body["response_format"]["json_schema"]["schema"]
        return {name: _plain(part) for name, part in schema["properties"].items()}

    def _parts(self) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        for message in self.body.get("messages", []):
            content = message["content"]
            parts += [{"type": "text", "text": content}] if isinstance(content, str) else content
        return parts


def completion(content: Any, *, finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of a chat completion; an object as content is sent as JSON text."""
    text = json.dumps(content) if isinstance(content, dict) else content
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }


class FakeOpenAI:
    """What the server was asked, and what it is going to answer."""

    def __init__(self) -> None:
        self.base_url = ""
        """Ends with /v1; other paths are answered with 404."""
        self.requests: list[Asked] = []
        self.answers: dict[str, dict[str, Any] | Scripted] = {**ANSWERS}
        """Any other schema is answered with the plainest object that satisfies it."""
        self.refusal: Callable[[Asked], Scripted | None] = lambda asked: None
        """What it says, whatever the script, to a request that it does not take."""
        self.gate: asyncio.Event | None = None
        """While it is there and not set, requests are journaled and replies held back."""
        self.let_through: frozenset[str] = frozenset()
        """Names of schemas that are answered all the same."""
        self.in_flight = 0
        self.most_in_flight = 0
        self._arrival = asyncio.Condition()
        self._readers: set[asyncio.StreamReader] = set()
        self._script: deque[Scripted] = deque()

    def script(self, *replies: Scripted) -> None:
        """Queues replies that are given before any default one."""
        self._script.extend(replies)

    def script_nothing(self) -> None:
        """Forgets the replies that nobody has asked for."""
        self._script.clear()

    async def arrived(self, count: int) -> None:
        """Waits until so many requests have arrived."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    @property
    def connected(self) -> int:
        """Connections whose clients have not hung up."""
        return sum(not reader.at_eof() for reader in self._readers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection."""
        self._readers.add(reader)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answered(await _read(reader), reader, writer):
                pass
        writer.close()

    async def _answered(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers one request, and says whether its connection goes on."""
        return await self._sent(await self._reply(asked), writer)

    async def _sent(self, reply: Scripted, writer: asyncio.StreamWriter) -> bool:
        if reply.resets:
            writer.transport.abort()
            return False
        writer.write(reply.wire or _encoded(reply))
        await writer.drain()
        return not reply.wire

    async def _reply(self, asked: Asked) -> Scripted:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            async with self._arrival:
                self.requests.append(asked)
                self._arrival.notify_all()
            if self.gate is not None and asked.schema_name not in self.let_through:
                await self.gate.wait()
            if (refusal := self.refusal(asked)) is not None:
                return refusal
            if self._script:
                return self._script.popleft()
            if asked.path != "/v1/chat/completions":
                return Scripted(404, "404 page not found", {"Content-Type": "text/plain"})
            answer = self.answers.get(asked.schema_name) or asked.plain_answer
            return answer if isinstance(answer, Scripted) else Scripted(body=completion(answer))
        finally:
            self.in_flight -= 1


Fake = TypeVar("Fake", bound=FakeOpenAI)


@asynccontextmanager
async def fake_openai() -> AsyncIterator[FakeOpenAI]:
    """Serves on a free loopback port; other processes can reach it too."""
    async with served(FakeOpenAI()) as fake:
        yield fake


@asynccontextmanager
async def served(fake: Fake) -> AsyncIterator[Fake]:
    """Serves one that was made already."""
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(fake.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    fake.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


def _plain(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if kind == "object":
        return {name: _plain(part) for name, part in schema["properties"].items()}
    return _PLAIN[kind]


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(head[0].split(" ")[1], headers, json.loads(body or b"{}"))


def _encoded(reply: Scripted) -> bytes:
    body = reply.body
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        **reply.headers,
        "Content-Length": str(len(body)),
    }
    known = HTTPStatus.__members__.values()
    phrase = HTTPStatus(reply.status).phrase if reply.status in known else "Unheard Of"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
