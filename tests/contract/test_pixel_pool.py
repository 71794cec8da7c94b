"""The pixel pool with real processes and hostile tasks."""

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.pixels.errors import (
    DecoderDied,
    PictureTooDemanding,
    PictureUnreadable,
    PixelWorkFailed,
)
from services.chassis.pixels.pool import PixelPool
from tests.contract import pixel_work


@pytest.fixture
async def pool() -> AsyncIterator[PixelPool]:
    async with PixelPool(size=2) as pool:
        yield pool


async def test_a_function_gets_its_arguments_and_gives_its_result(pool: PixelPool) -> None:
    assert await pool.run(pixel_work.echo, "ä.png", text="a\nb") == {
        "path": "ä.png",
        "text": "a\nb",
    }


async def test_a_child_is_kept_for_the_next_task(pool: PixelPool) -> None:
    await pool.warm()
    first = await pool.run(pixel_work.process_id, "")
    assert await pool.run(pixel_work.process_id, "") == first != os.getpid()


async def test_two_tasks_run_at_once(pool: PixelPool, tmp_path: Path) -> None:
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    both = await asyncio.gather(
        pool.run(pixel_work.meet, here, other=there), pool.run(pixel_work.meet, there, other=here)
    )
    assert all(both)


async def test_more_tasks_than_children_wait_for_their_turn(pool: PixelPool) -> None:
    texts = [str(number) for number in range(20)]
    answers = await asyncio.gather(*(pool.run(pixel_work.echo, "", text=text) for text in texts))
    assert [answer["text"] for answer in answers] == texts


@pytest.mark.parametrize(
    ("function", "how"), [(pixel_work.kill_yourself, "SIGKILL"), (pixel_work.leave, "exit code 3")]
)
async def test_a_child_that_dies_fails_its_task_only(
    pool: PixelPool, tmp_path: Path, function: object, how: str
) -> None:
    fifo = tmp_path / "pid"
    os.mkfifo(fifo)
    neighbour = asyncio.create_task(pool.run(pixel_work.tell_and_hang, fifo))
    await asyncio.to_thread(fifo.read_text)
    with pytest.raises(DecoderDied, match=f"made its decoder crash .{how}"):
        await pool.run(function, "")  # type: ignore[arg-type]
    assert not neighbour.done()
    assert await pool.run(pixel_work.echo, "next") == {"path": "next", "text": ""}
    neighbour.cancel()
    with pytest.raises(asyncio.CancelledError):
        await neighbour


async def test_a_child_that_died_while_idle_is_replaced(pool: PixelPool) -> None:
    first = await pool.run(pixel_work.process_id, "")
    watch = os.pidfd_open(first)
    os.kill(first, 9)
    await asyncio.to_thread(select.select, [watch], [], [])
    os.close(watch)
    for _ in range(2):
        try:
            assert await pool.run(pixel_work.process_id, "") != first
        except DecoderDied:
            continue  # its end had not been noticed yet
        break
    else:
        pytest.fail("the dead child was asked twice")


async def test_memory_over_the_limit_is_refused() -> None:
    async with PixelPool(size=1, address_space_bytes=512 * 1024**2) as pool:
        with pytest.raises(PictureTooDemanding, match="memory"):
            await pool.run(pixel_work.eat_memory, "", size=1024**3)
        assert await pool.run(pixel_work.eat_memory, "", size=1024**2) == 1024**2


async def test_a_task_over_the_deadline_is_ended() -> None:
    async with PixelPool(size=1, deadline_seconds=0.2) as pool:
        pid = await pool.run(pixel_work.process_id, "")
        with pytest.raises(PictureTooDemanding, match=r"longer than the 0\.2 s"):
            await pool.run(pixel_work.hang, "")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_cancelling_kills_the_child_and_frees_its_place(tmp_path: Path) -> None:
    fifo = tmp_path / "pid"
    os.mkfifo(fifo)
    async with PixelPool(size=1) as pool:
        task = asyncio.create_task(pool.run(pixel_work.tell_and_hang, fifo))
        pid = int(await asyncio.to_thread(fifo.read_text))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await pool.run(pixel_work.process_id, "") != pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_errors_keep_their_type_and_hide_paths(pool: PixelPool) -> None:
    with pytest.raises(PictureUnreadable, match=r"^the picture is a poem$"):
        await pool.run(pixel_work.refuse, "")
    with pytest.raises(PixelWorkFailed, match="KeyError: 'no such thing'"):
        await pool.run(pixel_work.stumble, "")
    with pytest.raises(PixelWorkFailed, match="FileNotFoundError") as failed:
        await pool.run(pixel_work.miss, "")
    assert "secret-name" not in str(failed.value)


async def test_stray_output_and_input_do_no_harm(pool: PixelPool) -> None:
    assert await pool.run(pixel_work.chatter, "") == ""
    assert (await pool.run(pixel_work.echo, "still here"))["path"] == "still here"


async def test_a_child_does_not_see_the_settings(
    pool: PixelPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEKOHUB_SECRET_KEY", "x" * 32)
    assert "NEKOHUB_SECRET_KEY" not in await pool.run(pixel_work.environment, "")


async def test_a_closed_pool_says_so() -> None:
    async with PixelPool(size=1) as pool:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        await pool.run(pixel_work.echo, "")


WITH_UVLOOP = """
import sys, uvloop
from services.chassis.pixels.errors import DecoderDied
from services.chassis.pixels.pool import PixelPool
from tests.contract import pixel_work

async def main():
    async with PixelPool(size=1) as pool:
        try:
            await pool.run(pixel_work.kill_yourself, "")
        except DecoderDied:
            pass
        print(await pool.run(pixel_work.process_id, ""), flush=True)
        sys.stdin.read()

uvloop.run(main())
"""


def test_children_end_with_their_parent_also_under_uvloop() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", WITH_UVLOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([child], [], [], 30)
    os.close(child)
    assert ended
