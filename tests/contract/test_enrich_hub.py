"""The client of `nekohub enrich` with a server that is not always well."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.errors import ProcessUseless
from services.enrich.hub import Hub, HubAway, NotAllowed, Patience, Refused
from services.enrich.pictures import Terms, enrich
from services.enrich.progress import Progress
from tests.conftest import free_port
from tests.fakes import Asked, FakeOpenAI, Scripted, fake_openai, served

KEY = "planted-key-0123456789"
NOW = {"Retry-After": "0"}
EVIL = {"error": {"code": "evil", "message": "no\x1b[2J\n"}}


class Uneven(FakeOpenAI):
    """Answers everything but what has to do with `/away`."""

    async def _reply(self, asked: Asked) -> Scripted:
        if asked.path.endswith("/away"):
            return Scripted(503, EVIL, NOW)
        return Scripted(body={"data": 1})


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    """What answers in place of a hub."""
    async with fake_openai() as running:
        yield running


def no_note(text: str) -> None:
    """Nobody listens."""


def client_of(server: FakeOpenAI, patience: Patience | None = None) -> tuple[Hub, list[str]]:
    """A client with a key, and what it says."""
    notes: list[str] = []
    hub = Hub(server.base_url.removesuffix("/v1"), patience or Patience(), 4, notes.append)
    hub.show(KEY)
    return hub, notes


@pytest.mark.parametrize(
    "trouble",
    [*(Scripted(status, EVIL, NOW) for status in (429, 502, 503, 504)), Scripted(resets=True)],
    ids=lambda trouble: str(trouble.status),
)
async def test_what_passes_is_asked_again(server: FakeOpenAI, trouble: Scripted) -> None:
    server.script(trouble, Scripted(body={"data": 7}))
    client, notes = client_of(server)
    async with client:
        assert await client.data("GET", "/x") == 7
    assert [asked.path for asked in server.requests] == ["/api/v1/x"] * 2
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    (note,) = notes
    assert note.isprintable()


@pytest.mark.parametrize("status", [400, 404, 409, 413, 415, 422, 500])
async def test_a_refusal_is_told_and_not_repeated(server: FakeOpenAI, status: int) -> None:
    server.script(Scripted(status, EVIL))
    client, _ = client_of(server)
    async with client:
        with pytest.raises(Refused) as refused:
            await client.data("GET", "/x")
    assert (refused.value.code, refused.value.message) == ("evil", "no\\x1b[2J")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (Scripted(401, EVIL), NotAllowed, "does not take this API key: no"),
        (Scripted(403, EVIL), NotAllowed, "does not take this API key: no"),
        (Scripted(200, "<html>"), HubAway, "is no NekoHub"),
        (Scripted(200, [1]), HubAway, "is no NekoHub"),
        (Scripted(503, "<html>", NOW), HubAway, "has not answered for 0 s: HTTP status 503"),
    ],
)
async def test_what_ends_everything(
    server: FakeOpenAI, reply: Scripted, error: type[ProcessUseless], told: str
) -> None:
    server.script(reply)
    client, _ = client_of(server, Patience(away=0))
    async with client:
        with pytest.raises(error, match=told) as raised:
            await client.data("GET", "/x")
    assert KEY not in str(raised.value)
    assert str(raised.value).isprintable()


async def test_a_hub_that_answers_others_is_not_away() -> None:
    async with served(Uneven()) as server:
        client, _ = client_of(server, Patience(away=0.3))
        async with client, asyncio.TaskGroup() as group:
            asking = group.create_task(refusal(client))
            while not asking.done():
                assert await client.data("GET", "/x") == 1
        assert "has not taken this for 0.3 s" in asking.result()


async def refusal(client: Hub) -> str:
    """What is said of a request that is never taken."""
    with pytest.raises(Refused) as refused:
        await client.data("GET", "/away")
    return refused.value.message


async def test_no_hub_is_told_at_once() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    async with Hub(address, Patience(), 4, no_note) as client:
        with pytest.raises(HubAway, match=f"no hub answers at {address}: .*`nekohub serve`"):
            await client.most_bytes()


async def test_files_are_given_up_with_the_hub(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    items = [tmp_path / f"{place}.jpg" for place in range(9)]
    for item in items:
        item.write_bytes(b"a picture")
    ended: list[int] = []
    async with Hub(address, Patience(away=0), 4, no_note) as client:
        with pytest.raises(HubAway, match=f"the hub at {address} has not answered for 0 s"):
            await enrich(
                client,
                items,
                Terms("enrich", 100, 2),
                Progress(),
                lambda place, _: ended.append(place),
            )
    assert ended == []


@pytest.mark.parametrize(
    "reply", [Scripted(404, "<html>"), Scripted(200, {"data": {}}), Scripted(302, "", NOW)]
)
async def test_what_is_no_hub_is_told(server: FakeOpenAI, reply: Scripted) -> None:
    server.script(reply)
    client, _ = client_of(server)
    async with client:
        with pytest.raises(HubAway, match="is no NekoHub"):
            await client.most_bytes()
