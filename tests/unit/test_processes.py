"""What a process is told before it starts: a whole hub's own keys, a part's shared ones."""

import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services import settings
from services.doctor import present_settings
from services.processes import embedded_settings, require_scaled
from services.settings import SettingsInvalid

pytestmark = pytest.mark.usefixtures("nothing_is_set")

API_KEY, SECRET_KEY = "an-api-key-of-the-tests", "a secret key of the tests that is long enough"
COMPLETE: dict[str, Any] = {
    "internal_token": "a-token",
    "secret_keys": (SECRET_KEY,),
    "jwt_secrets": (SECRET_KEY,),
    "database_url": "postgresql://db/hub",
}


def test_a_hub_makes_its_own_keys(tmp_path: Path) -> None:
    first = embedded_settings(data_dir=tmp_path / "deep" / "var")
    again = embedded_settings(data_dir=tmp_path / "deep" / "var")

    assert first == again
    assert stat.S_IMODE((tmp_path / "deep" / "var").stat().st_mode) == 0o700
    for keys, name in (
        (first.secret_keys, "secret-key"),
        (first.api_keys, "api-key"),
        (first.jwt_secrets, "jwt-secret"),
    ):
        written = (tmp_path / "deep" / "var" / name).read_text().strip()
        assert keys == (SecretStr(written),)


def test_a_hub_takes_the_keys_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("NEKOHUB_JWT_SECRET", SECRET_KEY)
    monkeypatch.setenv("NEKOHUB_API_KEYS", API_KEY)
    hub = embedded_settings(data_dir=tmp_path)

    assert hub.secret_keys == hub.jwt_secrets == (SecretStr(SECRET_KEY),)
    assert hub.api_keys == (SecretStr(API_KEY),)
    assert list(tmp_path.iterdir()) == []


def test_a_hub_has_the_built_in_engine_and_may_ask_this_machine(tmp_path: Path) -> None:
    hub = embedded_settings(data_dir=tmp_path)

    assert hub.local_provider is True
    assert hub.provider_allow_hosts == ("loopback",)


def test_a_hub_does_without_them_when_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEKOHUB_LOCAL_PROVIDER", "off")
    monkeypatch.setenv("NEKOHUB_PROVIDER_ALLOW_HOSTS", "10.0.0.0/8")
    hub = embedded_settings(data_dir=tmp_path)

    assert hub.local_provider is False
    assert hub.provider_allow_hosts == ("10.0.0.0/8",)


def test_the_command_line_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_DATA_DIR", str(tmp_path / "environment"))
    hub = embedded_settings(data_dir=tmp_path / "given", port=0, host=None)

    assert (hub.data_dir, hub.port, hub.host) == (tmp_path / "given", 0, "127.0.0.1")
    assert not (tmp_path / "environment").exists()


@pytest.mark.parametrize("path", ["file", "file/below", "/proc/hub"])
def test_a_folder_that_cannot_be_used_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsInvalid) as refused:
        embedded_settings(data_dir=tmp_path / path)

    assert str(refused.value) == (
        f"NEKOHUB_DATA_DIR={str(tmp_path / path)!r} is not accepted: a folder that this user may "
        "write to"
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("secret-key", b"cut sho", "it must have at least 32 characters"),
        ("jwt-secret", b"", "it must have at least 32 characters"),
        ("api-key", b"\n", "it must have at least 16 characters"),
        ("api-key", b"an api key with blanks", "it must be printable ASCII without spaces"),
        ("jwt-secret", b"\xff" * 40, "it must be ASCII"),
    ],
)
def test_a_broken_key_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, why: str
) -> None:
    embedded_settings(data_dir=tmp_path)
    path = tmp_path / name
    path.write_bytes(content)
    told = (
        f"NEKOHUB_DATA_DIR={str(tmp_path)!r} is not accepted: {path} cannot be used: {why}; put it "
        "back as it was, or remove it, and the next start makes another"
    )
    monkeypatch.setenv("NEKOHUB_DATA_DIR", str(tmp_path))
    for load in (embedded_settings, present_settings):
        with pytest.raises(SettingsInvalid) as refused:
            load()
        assert str(refused.value) == told
    assert path.read_bytes() == content


@pytest.mark.parametrize("part", ["gateway", "accounts", "assets", "providers", "skills", "worker"])
def test_a_part_with_all_it_shares_may_start(part: str) -> None:
    require_scaled(settings.load(**COMPLETE), part)


@pytest.mark.parametrize(
    ("missing", "variable", "parts"),
    [
        (
            "internal_token",
            "NEKOHUB_INTERNAL_TOKEN",
            {"gateway", "accounts", "assets", "providers", "skills", "worker"},
        ),
        ("secret_keys", "NEKOHUB_SECRET_KEY", {"providers"}),
        ("jwt_secrets", "NEKOHUB_JWT_SECRET", {"gateway", "accounts"}),
        ("database_url", "NEKOHUB_DATABASE_URL", {"skills", "worker"}),
    ],
)
def test_a_part_without_what_it_shares_is_refused(
    missing: str, variable: str, parts: set[str]
) -> None:
    incomplete = settings.load(**(COMPLETE | {missing: None}))

    for part in ("gateway", "accounts", "assets", "providers", "skills", "worker"):
        if part in parts:
            with pytest.raises(SettingsInvalid, match=rf"^{variable} is not set: .+$"):
                require_scaled(incomplete, part)
        else:
            require_scaled(incomplete, part)
