"""The running hub does what its OpenAPI document says, for whatever can be made of the document."""

import asyncio
import os
import sys
from pathlib import Path

from gateway.routes.table import TABLE
from tests.e2e.hub_process import Hub

ROOT = Path(__file__).parents[2]
OURS = Path(__file__).with_name("schemathesis")


async def test_nothing_is_found(hub: Hub, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        "--config-file",
        OURS / "schemathesis.toml",
        "--no-color",
        "run",
        f"{hub.url}/openapi.json",
        "--header",
        f"Authorization: Bearer {hub.api_key()}",
        cwd=tmp_path,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.e2e.schemathesis.hooks"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, output.decode()
    # The route that it has the document from is no test's.
    heads = [endpoint for endpoint in TABLE if endpoint.tells_head]
    assert f"Tested: {len(TABLE) + len(heads) - 1}\n" in output.decode()
    assert [line for line in hub.log().splitlines() if "Traceback" in line] == []
