"""Checks an installation, and mends what a crash may leave.

It needs no hub that runs and disturbs none: it only reads, unless it is told to mend, and makes no
folder, key or database that is not there.
"""

import stat
from collections import Counter
from contextlib import aclosing
from functools import partial
from pathlib import Path

import grpc
import sqlalchemy as sa
from grpc_health.v1 import health_pb2, health_pb2_grpc
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.context import SERVICES
from services import keys, processes, settings
from services.accounts import doctor as accounts
from services.assets import doctor as assets
from services.chassis import database_check
from services.chassis.channel import channel
from services.chassis.database_check import reason
from services.chassis.errors import HubError
from services.chassis.finding import Finding, Findings, Verdict, note, well, wrong
from services.providers import doctor as providers
from services.settings import Settings
from services.skills import doctor as skills

_HEALTH_SECONDS = 5.0
_PRIVATE = (*processes.GENERATED, keys.ADMIN_PASSWORD)


def present_settings() -> Settings:
    """The settings of the installation that the environment names. Raises SettingsInvalid.

    An embedded hub has its own keys, if they are there, and what is not set is as in `serve`.
    """
    one = settings.load()
    if _is_scaled(one):
        for part in processes.PARTS:
            processes.require_scaled(one, part)
    else:
        own = processes.own_keys(one, keys.found)
        one = settings.load(**processes.embedded_defaults(one), **own)
    accounts.require_settings(one)
    providers.require_settings(one)
    skills.require_settings(one)
    return one


async def examined(one: Settings, *, fix: bool) -> Findings:
    """Checks everything, one finding after the other; mends what can be mended if `fix`."""
    for finding in _settings(one):
        yield finding
    usable, is_new = set(), True
    for name in processes.WITH_DATABASE:
        finding = await database_check.examined(one.database_url_of(name), name)
        yield finding
        is_new = is_new and finding.verdict is Verdict.NOTE
        if finding.verdict is Verdict.WELL:
            usable.add(name)
    if one.database_url is None:
        path = Path(sa.make_url(one.database_url_of("engine")).database or "")
        yield await database_check.file_examined(path, "the engine")
    stored = await assets.storage(one, is_new=is_new)
    yield stored
    if _is_scaled(one):
        for name in SERVICES:
            yield await _address(one, name)
    gone = partial(assets.gone, one) if "assets" in usable else None
    checks = {}
    if "accounts" in usable:
        checks["accounts"] = accounts.examined(one)
    if "providers" in usable:
        checks["providers"] = providers.examined(one, fix=fix)
    if "assets" in usable and stored.verdict is Verdict.WELL:
        checks["assets"] = assets.examined(one, fix=fix)
    if "skills" in usable:
        checks["skills"] = skills.examined(one, fix=fix, gone=gone)
    for name, found in checks.items():
        async with aclosing(_unbroken(name, found)) as findings:
            async for finding in findings:
                yield finding


def summary(findings: list[Finding]) -> str:
    """The last line."""
    counts = Counter(each.verdict for each in findings)
    faults, notes = counts[Verdict.WRONG], counts[Verdict.NOTE]
    parts = ["all is well"]
    if faults:
        parts = [f"{faults} of {len(findings)} wrong ({Verdict.WRONG})"]
    if mended := sum(each.mended for each in findings):
        parts.append(f"{mended} mended")
    if notes:
        parts.append(f"{notes} to know of ({Verdict.NOTE})")
    return ", ".join(parts)


def _is_scaled(one: Settings) -> bool:
    return bool(one.internal_token.get_secret_value()) and one.database_url is not None


def _settings(one: Settings) -> list[Finding]:
    if _is_scaled(one):
        found = [well("settings", "accepted; of services on their own")]
        if not one.api_keys:
            found.append(note("API keys", "NEKOHUB_API_KEYS is not set: nobody may call the hub"))
        return found
    found = [well("settings", f"accepted; of an embedded hub in {one.data_dir}")]
    return found + _data_dir(one.data_dir)


def _data_dir(path: Path) -> list[Finding]:
    if not path.is_dir():
        return [note("data folder", f"{path} is not there yet; the first start makes it")]
    found = []
    if (mode := _mode(path)) & 0o077:
        found.append(
            note("data folder", f"others may look into it (mode {mode:o}): chmod 700 {path}")
        )
    for name in _PRIVATE:
        if (path / name).exists() and (mode := _mode(path / name)) & 0o077:
            found.append(
                wrong(name, f"others may read it (mode {mode:o}): chmod 600 {path / name}")
            )
    return found or [well("data folder", "only its owner may look into it")]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def _address(one: Settings, name: str) -> Finding:
    address = getattr(one, f"{name}_address")
    token = one.internal_token.get_secret_value()
    async with channel(address, token=token) as opened:
        health = health_pb2_grpc.HealthStub(opened)  # type: ignore[no-untyped-call]
        try:
            answer = await health.Check(
                health_pb2.HealthCheckRequest(service=SERVICES[name]), timeout=_HEALTH_SECONDS
            )
        except grpc.aio.AioRpcError as error:
            return wrong(f"address of {name}", _no_health(name, address, error.code()))
    if answer.status != health_pb2.HealthCheckResponse.SERVING:
        return wrong(f"address of {name}", f"{address} cannot serve now; its log says why")
    return well(f"address of {name}", f"{address} serves")


def _no_health(name: str, address: str, code: grpc.StatusCode) -> str:
    if code is grpc.StatusCode.UNAUTHENTICATED:
        return f"{address} has another NEKOHUB_INTERNAL_TOKEN; give every service the same"
    if code is grpc.StatusCode.NOT_FOUND:
        return f"{address} is another service; see NEKOHUB_{name.upper()}_ADDRESS"
    return (
        f"{address} does not answer ({code.name}); run nekohub serve {name}, or see "
        f"NEKOHUB_{name.upper()}_ADDRESS"
    )


async def _unbroken(name: str, findings: Findings) -> Findings:
    """The findings, with one at the end if what is looked at goes away meanwhile."""
    try:
        async for finding in findings:
            yield finding
    except DBAPIError as error:
        yield wrong(name, f"the check has broken off: {reason(error)}")
    except (HubError, SQLAlchemyError, OSError) as error:
        yield wrong(name, f"the check has broken off: {error}")
