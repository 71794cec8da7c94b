"""One running hub for tests that leave nothing for the others to trip over."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.hub_process import Client, Hub, running_hub
from tests.fakes import FakeOpenAI, fake_openai


@pytest.fixture(scope="module")
async def fake() -> AsyncIterator[FakeOpenAI]:
    """A scripted OpenAI-compatible server."""
    async with fake_openai() as running:
        yield running


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub of the module's own."""
    async with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[Client]:
    """A client with the hub's API key."""
    async with hub.client() as made:
        yield made
