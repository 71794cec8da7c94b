"""Pictures that kill their decoders are given up; the others do not mind who dies around them."""

import asyncio
import io
import os
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from tests.e2e.hub_process import DECODER, Client, Hub, running_hub
from tests.e2e.poison.sitecustomize import POISONOUS

FOLDER = Path(__file__).with_name("poison")
GIVEN_UP = (
    r"the picture killed its decoder twice \((SIGSEGV|SIGKILL)\) and was given up; the file is "
    r"damaged or hostile"
)


def _jpeg(size: tuple[int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "green").save(made, "JPEG")
    return made.getvalue()


def _kill_decoders(hub: Hub) -> int:
    """Kills whatever decoders there are at this moment."""
    decoders = hub.running(DECODER)
    for each in decoders:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    return len(decoders)


async def _ran(client: Client, asset_id: str, skill: str) -> Any:
    return await client.data("POST", f"/assets/{asset_id}/skills/{skill}/run", json={})


async def test_a_poisonous_picture_is_given_up_and_healthy_ones_are_not(tmp_path: Path) -> None:
    async with (
        running_hub(tmp_path / "hub", PYTHONPATH=str(FOLDER)) as hub,
        hub.client() as client,
    ):
        poison = (await client.upload(_jpeg(POISONOUS), runEnrichment="false"))["id"]

        async def poisoned(skill: str) -> list[str]:
            run = await _ran(client, poison, skill)
            assert run["succeeded"] is False
            return [step["errorMessage"] for step in run["steps"]]

        killed = 0

        async def healthy(_: int) -> None:
            nonlocal killed
            picture = (await client.upload(_jpeg((99, 9)), runEnrichment="false"))["id"]
            # Once while all are idle, or work on something else, and once while this one is made.
            killed += _kill_decoders(hub)
            for skill in ("thumbnail", "enrich"):
                running = asyncio.create_task(_ran(client, picture, skill))
                killed += _kill_decoders(hub)
                assert (await running)["succeeded"] is True

        for number in range(5):
            _, thumbnail, enrich = await asyncio.gather(
                healthy(number), poisoned("thumbnail"), poisoned("enrich")
            )
            assert len(thumbnail) == 1
            assert len(enrich) == 3
            for message in (*thumbnail, *enrich):
                assert re.fullmatch(GIVEN_UP, message)
        assert killed > 0
        assert (await client.get("/assets")).status_code == 200
