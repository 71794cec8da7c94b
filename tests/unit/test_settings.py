"""Every setting: its default and what it may be."""

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from services import settings
from services.settings import Settings
from tests.unit.conftest import variable

pytestmark = pytest.mark.usefixtures("nothing_is_set")

DEFAULTS: dict[str, Any] = {
    "data_dir": Path("var"),
    "host": "127.0.0.1",
    "port": 5121,
    "public_base_url": "",
    "trusted_proxies": (),
    "api_keys": (),
    "admin_username": "admin",
    "admin_password": SecretStr(""),
    "jwt_secrets": (),
    "access_token_minutes": 15,
    "refresh_token_days": 30,
    "secret_keys": (),
    "database_url": None,
    "storage": "local",
    "s3_endpoint": "",
    "s3_secure": True,
    "s3_access_key": "",
    "s3_secret_key": SecretStr(""),
    "s3_bucket": "nekohub",
    "s3_region": "us-east-1",
    "listen": "",
    "accounts_address": "127.0.0.1:50051",
    "assets_address": "127.0.0.1:50052",
    "providers_address": "127.0.0.1:50053",
    "skills_address": "127.0.0.1:50054",
    "internal_token": SecretStr(""),
    "local_provider": False,
    "local_models": True,
    "provider_allow_hosts": (),
    "provider_concurrency": 8,
    "provider_rpm": None,
    "default_skill": "enrich",
    "default_language": "en",
    "max_upload_bytes": 10_485_760,
    "max_pixels": 50_000_000,
    "allowed_content_types": (
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/avif",
    ),
    "worker_concurrency": 32,
    "run_wait_seconds": 300.0,
    "step_timeout_seconds": 300.0,
    "execution_retention_days": 30,
    "grpc_reflection": False,
    "log_level": "info",
    "log_format": "auto",
}
RIGHT = [
    ("data_dir", "/srv/neko hub", Path("/srv/neko hub")),
    ("host", "::", "::"),
    ("port", "0", 0),
    ("public_base_url", "https://hub.example/neko", "https://hub.example/neko"),
    ("trusted_proxies", "10.1.2.3/8, ::1,", ("10.0.0.0/8", "::1/128")),
    ("database_url", "postgres://hub@db/hub", "postgres://hub@db/hub"),
    ("database_url", "postgresql:///hub?host=/run/db", "postgresql:///hub?host=/run/db"),
    (
        "database_url",
        "postgresql://hub:p#w/d?@[::1]:5432/hub",
        "postgresql://hub:p#w/d?@[::1]:5432/hub",
    ),
    ("s3_endpoint", "minio:9000", "minio:9000"),
    ("s3_endpoint", "https://s3.example/", "https://s3.example/"),
    ("listen", "unix:/run/hub/assets", "unix:/run/hub/assets"),
    ("listen", "[::]:0", "[::]:0"),
    ("assets_address", "assets.hub.svc:50052", "assets.hub.svc:50052"),
    ("admin_username", "Zoë", "Zoë"),
    ("admin_password", "pass wörd", SecretStr("pass wörd")),
    ("access_token_minutes", "1", 1),
    ("refresh_token_days", "3650", 3650),
    ("provider_rpm", "60", 60),
    ("worker_concurrency", "0", 0),
    ("run_wait_seconds", "0.5", 0.5),
    ("allowed_content_types", "image/png", ("image/png",)),
    ("allowed_content_types", " image/png ,,image/gif,image/png,", ("image/png", "image/gif")),
    ("provider_allow_hosts", "loopback, 10.0.0.0/8", ("loopback", "10.0.0.0/8")),
    ("log_level", "debug", "debug"),
]


def test_the_defaults() -> None:
    assert settings.load().model_dump() == DEFAULTS
    assert list(Settings.model_fields) == list(DEFAULTS)


@pytest.mark.parametrize(("name", "value", "meant"), RIGHT)
def test_a_right_value_is_taken(
    name: str, value: str, meant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(name), value)

    assert getattr(settings.load(), name) == meant


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_empty_value_counts_as_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), "")

    assert getattr(settings.load(), name) == DEFAULTS[name]
    assert settings.load().model_fields_set == set()


@pytest.mark.parametrize("name", ["s3_secure", "local_provider", "local_models", "grpc_reflection"])
@pytest.mark.parametrize("value", ["on", "On", "true", "TRUE", "1", "yes"])
def test_a_switch_is_switched_on(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), value)
    assert getattr(settings.load(), name) is True


@pytest.mark.parametrize("name", ["s3_secure", "local_provider", "local_models", "grpc_reflection"])
@pytest.mark.parametrize("value", ["off", "OFF", "false", "0", "no"])
def test_a_switch_is_switched_off(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), value)
    assert getattr(settings.load(), name) is False


def test_several_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_SECRET_KEY", f" {'n' * 32} , {'o' * 40} ,")
    monkeypatch.setenv("NEKOHUB_API_KEYS", "k" * 16)
    loaded = settings.load()

    assert [key.get_secret_value() for key in loaded.secret_keys] == ["n" * 32, "o" * 40]
    assert [key.get_secret_value() for key in loaded.api_keys] == ["k" * 16]


@pytest.mark.parametrize("name", ["SECRET_KEYS", "SECRET_KEY", "PORT", "API_KEYS", "LISTEN"])
def test_other_programs_variables_are_not_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "of another program")

    assert settings.load().model_dump() == DEFAULTS


def test_unknown_variables_of_ours_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_OF_A_LATER_VERSION", "x")

    assert settings.load().model_dump() == DEFAULTS


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_PORT", "1")
    monkeypatch.setenv("NEKOHUB_HOST", "hub.example")
    loaded = settings.load(port=2, host=None)

    assert (loaded.port, loaded.host) == (2, "hub.example")


def test_s3_with_all_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_STORAGE", "s3")
    monkeypatch.setenv("NEKOHUB_S3_ENDPOINT", "minio:9000")
    monkeypatch.setenv("NEKOHUB_S3_ACCESS_KEY", "hub")
    monkeypatch.setenv("NEKOHUB_S3_SECRET_KEY", "hunter2")

    assert settings.load().storage == "s3"


def test_local_storage_needs_nothing_of_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_STORAGE", "local")
    monkeypatch.setenv("NEKOHUB_S3_ENDPOINT", "minio:9000")

    assert settings.load().storage == "local"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings.load(), "port", 1)  # noqa: B010 - mypy knows that it cannot be set


def test_each_service_has_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = settings.load(data_dir=tmp_path)
    assert embedded.database_url_of("assets") == f"sqlite:///{tmp_path}/assets.sqlite3"
    assert embedded.database_url_of("skills") == f"sqlite:///{tmp_path}/skills.sqlite3"

    monkeypatch.chdir(tmp_path)
    assert settings.load().database_url_of("skills") == f"sqlite:///{tmp_path}/var/skills.sqlite3"

    scaled = settings.load(database_url="postgresql://db/hub")
    assert scaled.database_url_of("assets") == "postgresql://db/hub"


def test_grpc_is_calmed_unless_somebody_wants_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRPC_ENABLE_FORK_SUPPORT", raising=False)
    settings.calm_grpc()
    assert os.environ["GRPC_ENABLE_FORK_SUPPORT"] == "0"

    monkeypatch.setenv("GRPC_ENABLE_FORK_SUPPORT", "1")
    settings.calm_grpc()
    assert os.environ["GRPC_ENABLE_FORK_SUPPORT"] == "1"


def test_they_can_be_handed_on_with_all_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    one = settings.load(
        data_dir=Path("some where"),
        secret_keys=(SecretStr("s" * 32), SecretStr("t" * 32)),
        api_keys=(SecretStr("a" * 16),),
        internal_token=SecretStr("token"),
        database_url="postgresql://hub:planted@127.0.0.1/hub",
        provider_allow_hosts=("loopback", "10.0.0.0/8"),
        local_provider=True,
        provider_rpm=7,
        run_wait_seconds=0.5,
    )
    line = settings.dumped(one)
    assert "\n" not in line
    monkeypatch.setenv("NEKOHUB_SECRET_KEY", "u" * 32)
    monkeypatch.setenv("NEKOHUB_MAX_PIXELS", "1")
    assert settings.restored(line) == one
