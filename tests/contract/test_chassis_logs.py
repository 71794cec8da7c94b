"""Logs of a whole process: JSON lines, or text at a terminal."""

import asyncio
import json
import os
import pty
import sys
from typing import Any

import pytest

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PROGRAM = f"""
import logging, sys, warnings
from services.chassis import logs, trace

logging.basicConfig(stream=sys.stdout)
logs.configure(sys.argv[1], sys.argv[2])
with trace.traced("00-{TRACE_ID}-b7ad6b7169203331-01"):
    for level in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("services.x"), level)(level)
    logging.getLogger("httpx").info("a library")
    logging.getLogger("httpx").warning("a library in trouble")
"""


async def written(level: str, style: str, stderr: int | None = None) -> tuple[str, str]:
    """What a process that logs writes to its two outputs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, level, style,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE if stderr is None else stderr,
    )  # fmt: skip
    stdout, told = await process.communicate()
    assert process.returncode == 0
    return stdout.decode(), (told or b"").decode()


def read(text: str) -> list[dict[str, Any]]:
    """Lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]


async def test_without_a_terminal_lines_are_json() -> None:
    stdout, stderr = await written("info", "auto")

    assert stdout == ""
    assert [(line["level"], line["message"]) for line in read(stderr)] == [
        ("info", "info"),
        ("warning", "warning"),
        ("error", "error"),
        ("warning", "a library in trouble"),
    ]
    assert {line["traceId"] for line in read(stderr)} == {TRACE_ID}


async def test_at_a_terminal_lines_are_text() -> None:
    ours, theirs = pty.openpty()
    try:
        await written("error", "auto", theirs)
        shown = os.read(ours, 10_000).decode()
    finally:
        os.close(theirs)
        os.close(ours)

    assert shown.splitlines() == [shown.strip()]
    assert shown.strip().endswith(f"ERROR   services.x: error  [{TRACE_ID}]")


@pytest.mark.parametrize(("level", "first"), [("debug", "debug"), ("error", "error")])
async def test_the_level_is_the_least_that_is_logged(level: str, first: str) -> None:
    _, stderr = await written(level, "json")

    assert read(stderr)[0]["message"] == first
    # Libraries tell what they do only when it is trouble, and not below the level either.
    libraries = [line["message"] for line in read(stderr) if line["logger"] == "httpx"]
    assert libraries == (["a library in trouble"] if level == "debug" else [])


async def test_text_can_be_asked_for_without_a_terminal() -> None:
    _, stderr = await written("error", "text")

    assert stderr.strip().endswith(f"ERROR   services.x: error  [{TRACE_ID}]")
