"""The process of skills in an embedded hub, as whoever starts it sees it."""

import asyncio
import fcntl
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from pydantic import SecretStr

from services import settings
from services.chassis.channel import channel
from services.chassis.errors import ProcessUseless
from services.settings import Settings
from services.skills_process import SkillsProcess
from tests.e2e.hub_process import SKILLS, running

SECONDS = 20
TOKEN = "a-token-of-this-test"


def _settings(folder: Path, **given: Any) -> Settings:
    return settings.load(
        data_dir=folder,
        internal_token=SecretStr(TOKEN),
        skills_address=f"unix:{folder}/skills",
        assets_address=f"unix:{folder}/assets",
        providers_address=f"unix:{folder}/providers",
        **given,
    )


@asynccontextmanager
async def _child(one: Settings, parent: int | None = None) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.skills_child",
        str(parent or os.getpid()),
        stdin=PIPE,
        stdout=PIPE,
        env={"PATH": os.environ["PATH"]},
    )
    try:
        assert process.stdin is not None
        process.stdin.write(settings.dumped(one).encode() + b"\n")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answer(process: Process) -> Any:
    assert process.stdout is not None
    async with asyncio.timeout(SECONDS):
        return json.loads(await process.stdout.readline())


async def _serves(folder: Path) -> bool:
    async with channel(f"unix:{folder}/skills", token=TOKEN) as to_skills:
        health = health_pb2_grpc.HealthStub(to_skills)  # type: ignore[no-untyped-call]
        answer = await health.Check(health_pb2.HealthCheckRequest())
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def _code(process: Process) -> int:
    async with asyncio.timeout(SECONDS):
        return await process.wait()


async def test_it_serves_with_the_settings_it_was_given_and_ends_with_its_stdin(
    tmp_path: Path,
) -> None:
    async with _child(_settings(tmp_path)) as process:
        assert await _answer(process) == {"ready": True}
        assert await _serves(tmp_path)
        # A terminal sends it to both, and the parent is the one to act.
        process.send_signal(signal.SIGINT)
        assert await _serves(tmp_path)
        assert process.stdin is not None
        process.stdin.close()
        assert await _code(process) == 0


async def test_it_ends_in_order_when_told_to(tmp_path: Path) -> None:
    async with _child(_settings(tmp_path)) as process:
        assert await _answer(process) == {"ready": True}
        process.send_signal(signal.SIGTERM)
        assert await _code(process) == 0


async def test_a_parent_that_ends_before_it_has_said_anything(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.skills_child", "1", stdin=PIPE, stdout=PIPE
    )
    async with asyncio.timeout(SECONDS):
        output, _ = await process.communicate(b"")
    assert (process.returncode, output) == (0, b"")


async def test_one_whose_parent_has_gone_serves_nobody(tmp_path: Path) -> None:
    async with _child(_settings(tmp_path), parent=2**22 + 1) as process:
        assert process.stdout is not None
        async with asyncio.timeout(SECONDS):
            assert await process.stdout.read() == b""
        assert await _code(process) == 0
    assert not (tmp_path / "skills.sqlite3").exists()


async def test_one_that_dies_before_it_is_told_its_settings(tmp_path: Path) -> None:
    async with SkillsProcess.started() as child:
        for each in running(os.getpid(), SKILLS):
            os.kill(each, signal.SIGKILL)
        with pytest.raises(ProcessUseless, match=r"ended \(SIGKILL\) before it was ready"):
            async with child.serving(_settings(tmp_path)):
                pass


async def test_what_it_refuses_it_tells_its_parent(tmp_path: Path) -> None:
    async with _child(_settings(tmp_path, default_skill="nope")) as process:
        answer = await _answer(process)
        assert answer["refused"].startswith("NEKOHUB_DEFAULT_SKILL='nope' is not accepted")
        assert await _code(process) == 2


async def test_it_waits_for_the_end_of_another_that_serves_in_the_same_folder(
    tmp_path: Path,
) -> None:
    async with _child(_settings(tmp_path)) as first, _child(_settings(tmp_path)) as second:
        answers = [asyncio.create_task(_answer(each)) for each in (first, second)]
        await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        done = [each.done() for each in answers]
        assert sum(done) == 1
        ready, waiting = (first, second) if done[0] else (second, first)
        with (tmp_path / "skills.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ready.send_signal(signal.SIGTERM)
        assert await _code(ready) == 0
        assert await answers[done.index(False)] == {"ready": True}
        waiting.send_signal(signal.SIGTERM)
        assert await _code(waiting) == 0
