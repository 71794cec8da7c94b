"""What one process of NekoHub runs: the whole hub, one service, the gateway, or a worker.

A part is imported when it is run: gRPC must not be before `calm_grpc`, and no process waits for
what it does not run.
"""

import fcntl
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from services import keys, settings
from services.chassis.errors import StartRefused
from services.settings import Settings, SettingsInvalid

if TYPE_CHECKING:
    from services.chassis.pixels.pool import PixelPool
    from services.chassis.server import Service

PARTS = ("gateway", "accounts", "assets", "providers", "skills")
WITH_DATABASE = ("accounts", "assets", "providers", "skills")
GENERATED = {"secret-key": "secret_keys", "api-key": "api_keys", "jwt-secret": "jwt_secrets"}
"""The files of keys that an embedded hub makes, with the settings in whose place they are."""
_PORTS = {"accounts": 50051, "assets": 50052, "providers": 50053, "skills": 50054}
Running = AbstractAsyncContextManager[Any]


class DataDirTaken(StartRefused):
    """Another hub works in this data directory."""


def embedded_settings(**given: Any) -> Settings:
    """The settings of a whole hub, with keys of its own where none are given."""
    one = settings.load(**given)
    if one.worker_concurrency == 0 and one.database_url is None:
        raise SettingsInvalid(
            "NEKOHUB_WORKER_CONCURRENCY='0' is not accepted: at least 1 for a hub on SQLite, where "
            "no other process could execute"
        )
    _require_folder(one.data_dir)
    return settings.load(**given, **embedded_defaults(one), **own_keys(one, keys.kept))


def own_keys(one: Settings, read: Callable[[Path, str], str | None]) -> dict[str, tuple[str]]:
    """What `read` finds in DATA_DIR in place of settings that are not set.

    Raises SettingsInvalid, naming the file, for what cannot be used.
    """
    own = {}
    with usable_files(one.data_dir):
        for name, field in GENERATED.items():
            if getattr(one, field):
                continue
            try:
                key = read(one.data_dir, name)
            except UnicodeDecodeError:
                raise _unusable(one.data_dir, name, "it must be ASCII") from None
            if key is None:
                continue
            if fault := settings.fault_of_key(field, key):
                raise _unusable(one.data_dir, name, fault)
            own[field] = (key,)
    return own


def _unusable(data_dir: Path, name: str, fault: str) -> SettingsInvalid:
    return SettingsInvalid(
        f"NEKOHUB_DATA_DIR={str(data_dir)!r} is not accepted: {data_dir / name} cannot be used: "
        f"{fault}; put it back as it was, or remove it, and the next start makes another"
    )


def embedded_defaults(one: Settings) -> dict[str, Any]:
    """What a whole hub has, in place of the usual default, where nothing is set."""
    defaults = {"local_provider": True, "provider_allow_hosts": ("loopback",)}
    return {name: value for name, value in defaults.items() if name not in one.model_fields_set}


def _require_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(path, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise SettingsInvalid(
            f"NEKOHUB_DATA_DIR={str(path)!r} is not accepted: a folder that this user may write to"
        )


@contextmanager
def usable_files(data_dir: Path) -> Iterator[None]:
    """Raises SettingsInvalid when a file of DATA_DIR cannot be used."""
    try:
        yield
    except OSError as error:
        raise SettingsInvalid(
            f"NEKOHUB_DATA_DIR={str(data_dir)!r} is not accepted: {error.filename} cannot be used: "
            f"{error.strerror}"
        ) from None


def require_scaled(one: Settings, part: str) -> None:
    """Refuses a part that lacks what it must share with the others. Raises SettingsInvalid."""
    if not one.internal_token.get_secret_value():
        raise SettingsInvalid(
            "NEKOHUB_INTERNAL_TOKEN is not set: give every service the same secret"
        )
    if part == "providers" and not one.secret_keys:
        raise SettingsInvalid(
            "NEKOHUB_SECRET_KEY is not set: give a secret of at least 32 characters"
        )
    if part in ("gateway", "accounts") and not one.jwt_secrets:
        raise SettingsInvalid(
            "NEKOHUB_JWT_SECRET is not set: give accounts and the gateway the same secret of at "
            "least 32 characters"
        )
    if part in ("skills", "worker") and one.database_url is None:
        raise SettingsInvalid(
            "NEKOHUB_DATABASE_URL is not set: services of their own share work through Postgres; "
            "give postgresql://…"
        )


@asynccontextmanager
async def hub(one: Settings) -> AsyncIterator[str]:
    """The whole hub; gives its address. What it makes is its user's alone."""
    from gateway.embedded import serving_all

    # DATA_DIR may have been there before, and open to all.
    os.umask(0o077)
    with usable_files(one.data_dir):
        lock_file = (one.data_dir / "lock").open("w")
    with lock_file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataDirTaken(
                f"{one.data_dir} is in use by another hub; stop it, or choose another folder with "
                "--data-dir or NEKOHUB_DATA_DIR"
            ) from None
        async with serving_all(one) as url:
            _say(f"NekoHub is ready at {url}")
            key = one.data_dir / "api-key"
            if key.exists() and SecretStr(keys.kept(one.data_dir, key.name)) in one.api_keys:
                _say(f"API key in {key}")
            password = one.data_dir / keys.ADMIN_PASSWORD
            if password.exists():
                _say(f"console at {url}/login, name {one.admin_username}, password in {password}")
            yield url


@asynccontextmanager
async def part(name: str, one: Settings) -> AsyncIterator[None]:
    """One service, or the gateway, with the others elsewhere."""
    if name == "gateway":
        from gateway import app, server

        async with AsyncExitStack() as stack:
            listener = await stack.enter_async_context(server.listening(one.host, one.port))
            application = await stack.enter_async_context(app.assembled(one, listener.url))
            await stack.enter_async_context(server.serving(application, listener))
            _say(f"gateway is ready at {listener.url}")
            yield
        return
    from services.chassis.pixels.pool import PixelPool
    from services.chassis.server import serving

    async with AsyncExitStack() as stack:
        pixels = await stack.enter_async_context(PixelPool())
        service = await stack.enter_async_context(_assembled(name, one, pixels))
        address = await stack.enter_async_context(
            serving(
                service,
                one.listen or f"127.0.0.1:{_PORTS[name]}",
                token=one.internal_token.get_secret_value(),
                reflection=one.grpc_reflection,
            )
        )
        _say(f"{name} is ready at {address}")
        yield


@asynccontextmanager
async def worker(one: Settings) -> AsyncIterator[None]:
    """The skills service's execution without its API."""
    from services.chassis.pixels.pool import PixelPool
    from services.skills import app

    async with PixelPool() as pixels, app.assembled(one, pixels):
        _say("worker is ready")
        yield


async def worker_is_alive(one: Settings) -> bool:
    """Whether a worker of this host, or container, executes."""
    from services.chassis import database
    from services.skills import engine, heartbeat

    async with database.opened(one.database_url_of("skills"), "skills") as opened:
        return await heartbeat.alive(opened, engine.host())


async def migrate(one: Settings) -> None:
    """Brings every database up to date."""
    from services.chassis import migrations

    for name in WITH_DATABASE:
        await migrations.upgrade(one.database_url_of(name), name, f"services.{name}")
        _say(f"{name} is up to date")


def _assembled(
    name: str, one: Settings, pixels: "PixelPool"
) -> AbstractAsyncContextManager["Service"]:
    from services.accounts import app as accounts
    from services.assets import app as assets
    from services.providers import app as providers
    from services.skills import app as skills

    if name == "accounts":
        return accounts.assembled(one)
    if name == "assets":
        return assets.assembled(one, pixels)
    if name == "providers":
        return providers.assembled(one, pixels)
    return skills.assembled(one, pixels)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
