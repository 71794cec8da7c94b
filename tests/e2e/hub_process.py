"""A hub as people run it: the command, in a process of its own, with signals."""

import asyncio
import fcntl
import io
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import ExifTags, Image

from tests.fakes import FakeOpenAI

CAT = Path("services/samples/cat.jpg").resolve()
PROGRAM = "services"
"""What `python -m` runs."""
SKILLS = "services.skills_child"
FIRST = frozenset({"NEKOHUB_DATABASE_URL", "NEKOHUB_ADMIN_USERNAME", "NEKOHUB_ADMIN_PASSWORD"})
"""Settings that the first start heeds."""
SUITE = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
"""What all processes of a suite have in common; "" for tests that run in one."""
DECODER = "services.chassis.pixels.child"


@dataclass
class Hub:
    """One data directory and, while it runs, the process that serves it."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    url: str = ""
    port: int = 0
    """0 takes a free one, another at each start."""
    printed: bytes = b""
    """What it wrote to stdout after it was ready, once it has ended."""
    _process: asyncio.subprocess.Process | None = None

    async def start(self, *, program: str = PROGRAM) -> "Hub":
        """Starts the command and waits until it says that it is ready."""
        self._process = await command(
            "serve",
            "--port",
            str(self.port),
            folder=self.folder,
            program=program,
            **self.settings,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            async for line in self._process.stdout:
                if line.startswith(b"NekoHub is ready at "):
                    self.url = line.decode().rsplit(maxsplit=1)[-1]
                    return self
        raise AssertionError(f"the hub ended before it was ready: {self.log()}")

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and gives the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(20):
            output, _ = await self._process.communicate()
        self.printed += output
        code = self._process.returncode
        assert code is not None
        self._process = None
        return code

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def running(self, module: str) -> list[int]:
        """Those below the process that run `-m module`."""
        return running(self.pid, module)

    def api_key(self) -> str:
        """The key that it made at its first start."""
        return (self.folder / "api-key").read_text().strip()

    def client(self, **headers: str) -> "Client":
        """A REST client with the key."""
        return Client(self.url, {"Authorization": f"Bearer {self.api_key()}"} | headers)

    async def end(self) -> None:
        """Ends what still runs."""
        if self._process is not None:
            await self.stop(signal.SIGKILL)

    def log(self) -> str:
        """What it has logged."""
        return _log_of(self.folder).read_text()


class Client(httpx.AsyncClient):
    """A REST client that unwraps envelopes."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        super().__init__(base_url=f"{url}/api/v1", headers=headers, timeout=60)

    async def data(self, method: str, path: str, *, status: int = 200, **request: Any) -> Any:
        """The `data` of an answer that must have this status."""
        response = await self.request(method, path, **request)
        assert response.status_code == status, response.text
        return response.json()["data"]

    async def error(self, method: str, path: str, *, status: int, **request: Any) -> Any:
        """The `error` of an answer that must have this status."""
        response = await self.request(method, path, **request)
        assert response.status_code == status, response.text
        assert response.json()["error"]["status"] == status
        return response.json()["error"]

    async def upload(self, content: bytes | None = None, **fields: str) -> Any:
        """Uploads a picture, a cat of its own unless one is given, and gives the asset."""
        files = {"file": ("cat.jpg", content or another_cat(), "image/jpeg")}
        return await self.data("POST", "/assets", status=202, files=files, data=fields)

    async def use(self, fake: FakeOpenAI) -> Any:
        """Makes a scripted server the active AI provider."""
        profile = {
            "name": "fake",
            "apiBaseUrl": fake.base_url,
            "apiKey": "sk-planted-0123456789",
            "modelName": "fake-vision-1",
        }
        return await self.data("POST", "/system/ai/providers", status=201, json=profile)

    async def enriched(self, asset_id: str) -> Any:
        """The asset, once its latest execution has ended."""

        def has_ended(asset: Any) -> bool:
            latest = asset["latestExecutionSummary"]
            return latest is not None and latest["completedAtUtc"] is not None

        return await self.once(has_ended, f"/assets/{asset_id}")

    async def ended(self, execution_id: str) -> Any:
        """The execution, once it has ended."""
        path = f"/executions/{execution_id}"
        return await self.once(lambda found: found["completedAtUtc"] is not None, path)

    async def once(self, is_so: Callable[[Any], bool], path: str) -> Any:
        """What is read at a path, once it is as it should be."""
        async with asyncio.timeout(30):
            while not is_so(found := await self.data("GET", path)):
                await asyncio.sleep(0.05)
        return found


def another_cat() -> bytes:
    """The cat with a mark that no other has: equal pictures are asked about once."""
    with Image.open(CAT) as cat:
        for left, colour in enumerate(secrets.token_bytes(12)):
            cat.paste((colour, 128, 255 - colour), (16 * left, 0, 16 * left + 16, 16))
        target = io.BytesIO()
        cat.save(target, "JPEG", quality=90)
    return target.getvalue()


def located_cat() -> bytes:
    """A cat that tells where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)}
    )
    target = io.BytesIO()
    with Image.open(io.BytesIO(another_cat())) as cat:
        cat.save(target, "JPEG", exif=exif)
    return target.getvalue()


def running(root: int, module: str) -> list[int]:
    """Processes below one, as Linux tells them in /proc, that run `-m module`."""
    found, below = [], [root]
    for pid in below:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                below += map(int, (task / "children").read_text().split())
            if f"-m\0{module}\0" in Path(f"/proc/{pid}/cmdline").read_text():
                found.append(pid)
    return found


async def command(
    *arguments: str, folder: Path, program: str = PROGRAM, **settings: str
) -> asyncio.subprocess.Process:
    """Starts `nekohub` with nothing in its environment but what is given.

    The built-in engine only measures, unless a test is about more: it starts in no time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    with _log_of(folder).open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            *arguments,
            env=known | {"NEKOHUB_DATA_DIR": str(folder), "NEKOHUB_LOCAL_MODELS": "off"} | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str]:
    """The exit code and what was printed, once a command has ended by itself."""
    try:
        async with asyncio.timeout(20):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, output.decode()


def _log_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


@asynccontextmanager
async def running_hub(folder: Path, **settings: str) -> AsyncIterator[Hub]:
    """A hub that has started; it is ended, however the test ends.

    In the whole suite one in a new folder has started and stopped before: it is there sooner.
    """
    if SUITE and not settings.keys() & FIRST and not (folder.exists() and any(folder.iterdir())):
        shutil.copytree(await _stopped(), folder, dirs_exist_ok=True)
    hub = Hub(folder, settings)
    try:
        yield await hub.start()
    finally:
        await hub.end()


async def _stopped() -> Path:
    """The folder of a hub that has done nothing; the first of all test processes makes it."""
    folder = Path(tempfile.gettempdir(), f"stopped-{SUITE}")
    with folder.with_suffix(".lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not folder.exists():
            hub = Hub(folder.with_suffix(".new"))
            await hub.start()
            assert await hub.stop() == 0
            hub.folder.rename(folder)
    return folder
