"""The pixel pool with real processes and hostile tasks."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.pixels import presets
from services.chassis.pixels.errors import (
    DecoderDied,
    NoDecoder,
    PictureTooDemanding,
    PictureUnreadable,
    PixelWorkFailed,
)
from services.chassis.pixels.pool import MOST_DEATHS, PixelPool
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
    with pytest.raises(DecoderDied, match=f"killed its decoder twice .{how}. and was given up"):
        await pool.run(function, "")  # type: ignore[arg-type]
    assert not neighbour.done()
    assert await pool.run(pixel_work.echo, "next") == {"path": "next", "text": ""}
    neighbour.cancel()
    with pytest.raises(asyncio.CancelledError):
        await neighbour


async def test_a_picture_is_given_to_two_children_and_no_more(
    pool: PixelPool, tmp_path: Path
) -> None:
    with pytest.raises(DecoderDied, match="SIGSEGV"):
        await pool.run(pixel_work.crash, tmp_path / "notes")
    assert (tmp_path / "notes").read_text() == "died\n" * MOST_DEATHS


async def test_a_picture_whose_first_child_died_is_given_to_a_fresh_one(
    pool: PixelPool, tmp_path: Path
) -> None:
    idle = await asyncio.gather(
        pool.run(pixel_work.meet, tmp_path / "here", other=str(tmp_path / "there")),
        pool.run(pixel_work.meet, tmp_path / "there", other=str(tmp_path / "here")),
    )
    assert all(idle)
    known = {await pool.run(pixel_work.process_id, "")}
    assert await pool.run(pixel_work.crash_once, tmp_path / "notes") not in known
    assert (tmp_path / "notes").read_text() == "died\n"


async def test_a_child_that_died_while_idle_is_replaced(pool: PixelPool) -> None:
    for _ in range(10):
        child = await pool.run(pixel_work.process_id, "")
        watch = os.pidfd_open(child)
        os.kill(child, signal.SIGKILL)
        # In the loop's own thread, which so cannot notice before the next task.
        select.select([watch], [], [])
        os.close(watch)
        assert await pool.run(pixel_work.process_id, "") != child


@pytest.mark.parametrize(
    ("program", "how"),
    [("/bin/false", "exit code 1"), ("/nowhere/python", "No such file or directory")],
)
async def test_children_that_cannot_start_are_not_the_picture_s_fault(
    monkeypatch: pytest.MonkeyPatch, program: str, how: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    async with PixelPool(size=1) as pool:
        with pytest.raises(NoDecoder, match=f"no decoder could be started .{how}.;"):
            await pool.run(pixel_work.echo, "")


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


async def test_a_picture_that_was_deleted_is_nobodys_mistake(
    pool: PixelPool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PictureUnreadable, match=r"^the picture is gone$"):
        await pool.run(presets.preview, tmp_path / "gone", target="", max_pixels=100)
    assert capfd.readouterr().err == ""


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
