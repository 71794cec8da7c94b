"""No password, token or hash is logged, told or kept as it is."""

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.accounts.tables import metadata
from services.chassis.database import opened
from tests.contract.accounts_hub import (
    ADMIN_PASSWORD,
    API_KEY,
    JWT_SECRET,
    KEY_ACTOR,
    PASSWORD,
    acting,
    failure,
    running,
    settings_for,
)

GUESS = "planted-guess"
OTHER = "another-planted-password"


async def test_no_secret_is_logged_or_told_or_kept(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path, database_url)
    tokens: list[str] = []
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        async with running(settings) as hub:
            user = await hub.create("zoë")
            session = await hub.login("zoë")
            second = await hub.refresh(session.refresh_token)
            tokens += [session.refresh_token, second.refresh_token]
            tokens += [session.access_token, second.access_token]
            by = acting(user)
            for call in (
                hub.login("zoë", GUESS),
                hub.refresh(session.refresh_token),
                hub.refresh(second.refresh_token),
                hub.create("zoë", by=by, password=OTHER),
                hub.create(role="superAdmin", password=OTHER),
                hub.reset(await hub.admin(), OTHER),
                hub.create(password="planted"),
                hub("VerifyApiKey", api_key=GUESS),
            ):
                failed = await failure(call)
                told.append(f"{failed.reason} {failed.message} {failed.metadata}")
            asked = {"actor": KEY_ACTOR, "user_id": user.id, "request_id": "request-1"}
            await hub("ResetPassword", new_password=OTHER, **asked)
            await hub("ResetPassword", new_password=OTHER, **asked)

    secrets = [PASSWORD, ADMIN_PASSWORD, GUESS, OTHER, API_KEY, JWT_SECRET, *tokens]
    logged = "\n".join(
        f"{record.getMessage()} {record.args} {record.exc_text}"
        for record in caplog.records
        if record.name.partition(".")[0] in ("services", "sqlalchemy")
    )
    for secret in secrets:
        assert secret not in logged
        assert secret not in "\n".join(told)
    assert "$argon2" not in logged + "\n".join(told)

    kept = ""
    async with opened(settings.database_url_of("accounts"), "accounts") as database:
        for table in metadata.sorted_tables:
            rows = await database.rows(sa.select(table))
            kept += "\n".join(repr(dict(row)) for row in rows)
    assert kept.count("$argon2id$") == 2
    assert not any(secret in kept for secret in secrets)
