"""Wrong settings: one line names the variable, its value and what is accepted."""

import pytest

from services import settings
from services.chassis.errors import StartRefused
from services.chassis.languages import TAG
from services.setting_values import CONTENT_TYPES
from services.settings import Settings, SettingsInvalid
from tests.unit.conftest import variable

pytestmark = pytest.mark.usefixtures("nothing_is_set")

ANY_TEXT = {
    "data_dir", "host", "s3_access_key", "s3_secret_key", "provider_allow_hosts", "default_skill",
    "admin_username",
}  # fmt: skip
"""What is only known to be wrong where it is used."""

_INTEGER = "Input should be a valid integer, unable to parse string as an integer"
_NUMBER = "Input should be a valid number, unable to parse string as a number"
_NO_TOKEN = "none may look like an access token, three parts that begin with eyJ"
_AT_LEAST_1 = "Input should be greater than or equal to 1"
_POSTGRES = "a URL postgresql://USER:PASSWORD@HOST:PORT/NAME"
_ADDRESS = "host:port or unix:path"
_S3_ENDPOINT = "a URL http(s)://HOST:PORT, or HOST:PORT"
_WEB = "an ASCII URL http(s)://HOST[:PORT][/PATH]"
_NETWORKS = "a list of IP addresses and networks, such as 10.0.0.0/8"
_BUCKET = "a bucket's name: 3 to 63 of a-z, 0-9, '.' and '-'"
_TYPES = f"a list of {', '.join(CONTENT_TYPES)}"
_LEVELS = "Input should be 'debug', 'info', 'warning' or 'error'"
_FORMATS = "Input should be 'auto', 'json' or 'text'"
WRONG = [
    ("port", "http", _INTEGER),
    ("port", "-1", "Input should be greater than or equal to 0"),
    ("port", "65536", "Input should be less than or equal to 65535"),
    ("public_base_url", "hub.example", _WEB),
    ("public_base_url", "ftp://hub.example", _WEB),
    ("public_base_url", "http://hub.example?page=1", _WEB),
    ("api_keys", "a key with spaces and ünlauts", "each must be printable ASCII without spaces"),
    ("public_base_url", "http://例え.jp/", _WEB),
    ("public_base_url", "http://hub.example:99999999", _WEB),
    ("public_base_url", "http://[zz]/", _WEB),
    ("trusted_proxies", "10.0.0.0/8,proxy.example", _NETWORKS),
    ("trusted_proxies", "10.0.0.0/33", _NETWORKS),
    ("api_keys", "x" * 15, "each must have at least 16 characters"),
    ("api_keys", f"{'x' * 16},short", "each must have at least 16 characters"),
    ("api_keys", "eyJhbGciOiJIUzI1NiJ9.eyJh.x-_", _NO_TOKEN),
    ("api_keys", f"{'x' * 16},eyJhbGciOiJIUzI1NiJ9..", _NO_TOKEN),
    ("admin_password", "x" * 7, "8 to 256 characters"),
    ("admin_password", "x" * 257, "8 to 256 characters"),
    ("jwt_secrets", f"{'x' * 32},{'x' * 31}", "each must have at least 32 characters"),
    ("access_token_minutes", "0", _AT_LEAST_1),
    ("access_token_minutes", "1441", "Input should be less than or equal to 1440"),
    ("access_token_minutes", "0.5", _INTEGER),
    ("refresh_token_days", "0", _AT_LEAST_1),
    ("refresh_token_days", "3651", "Input should be less than or equal to 3650"),
    ("secret_keys", "x" * 31, "each must have at least 32 characters"),
    ("database_url", "sqlite:///var/hub.sqlite3", _POSTGRES),
    ("database_url", "postgresql://", _POSTGRES),
    ("database_url", "postgresql://hub:hunter2@db:port/hub", _POSTGRES),
    ("database_url", "postgresql://hub:hunter2@one:5432,two:5432/hub", _POSTGRES),
    ("storage", "gcs", "Input should be 'local' or 's3'"),
    ("s3_endpoint", "minio:port", _S3_ENDPOINT),
    ("s3_endpoint", "ftp://minio", _S3_ENDPOINT),
    ("s3_endpoint", "http://minio:9000/bucket", _S3_ENDPOINT),
    ("s3_endpoint", "http://127.0.0.1:99999", _S3_ENDPOINT),
    ("s3_endpoint", "http://[zz]:80", _S3_ENDPOINT),
    ("s3_endpoint", "mínio:9000", _S3_ENDPOINT),
    ("s3_secure", "perhaps", "on or off"),
    ("s3_bucket", "a..b", _BUCKET),
    ("s3_bucket", "a.-b", _BUCKET),
    ("s3_bucket", "1.2.3.4", _BUCKET),
    ("s3_bucket", "Upper", _BUCKET),
    ("s3_region", "ü x", "letters, digits, '.', '_' and '-'"),
    ("internal_token", "tök en", "printable ASCII without spaces and commas"),
    ("listen", "50051", _ADDRESS),
    ("listen", "127.0.0.1:65536", _ADDRESS),
    ("listen", "unix:", _ADDRESS),
    ("accounts_address", "accounts", _ADDRESS),
    ("assets_address", ":50052", _ADDRESS),
    ("providers_address", "providers:http", _ADDRESS),
    ("skills_address", "skills:99999", _ADDRESS),
    ("local_provider", "perhaps", "on or off"),
    ("local_models", "sometimes", "on or off"),
    ("provider_concurrency", "0", _AT_LEAST_1),
    ("provider_rpm", "0", _AT_LEAST_1),
    ("provider_rpm", "none", _INTEGER),
    ("default_language", "english!", TAG),
    ("default_language", "und", f"{TAG}; und names no language, or several"),
    ("default_language", " en ", TAG),
    ("default_language", "i-klingon", TAG),
    ("default_language", "en_US", f"{TAG}; write en-US, with a hyphen"),
    ("max_upload_bytes", "10MB", _INTEGER),
    ("max_upload_bytes", "0", _AT_LEAST_1),
    ("max_upload_bytes", "9" * 40, f"Input should be less than or equal to {2**40}"),
    ("max_pixels", "0", _AT_LEAST_1),
    ("allowed_content_types", "image/bmp", _TYPES),
    ("allowed_content_types", "image/png, IMAGE/GIF", _TYPES),
    ("allowed_content_types", " , ", _TYPES),
    ("worker_concurrency", "-1", "Input should be greater than or equal to 0"),
    ("run_wait_seconds", "0", "Input should be greater than 0"),
    ("run_wait_seconds", "inf", "Input should be a finite number"),
    ("run_wait_seconds", "soon", _NUMBER),
    ("step_timeout_seconds", "-1", "Input should be greater than 0"),
    ("step_timeout_seconds", "nan", "Input should be a finite number"),
    ("execution_retention_days", "0", _AT_LEAST_1),
    ("grpc_reflection", "perhaps", "on or off"),
    ("log_level", "INFO", _LEVELS),
    ("log_format", "xml", _FORMATS),
]
S3 = {
    "NEKOHUB_S3_ENDPOINT": "minio:9000",
    "NEKOHUB_S3_ACCESS_KEY": "hub",
    "NEKOHUB_S3_SECRET_KEY": "hunter2",
}
MASKED = {
    "api_keys", "admin_password", "jwt_secrets", "secret_keys", "database_url", "s3_secret_key",
    "internal_token",
}  # fmt: skip


def line() -> str:
    """What a start with this environment says."""
    with pytest.raises(SettingsInvalid) as refused:
        settings.load()
    assert isinstance(refused.value, StartRefused)
    assert refused.value.__cause__ is None
    told = str(refused.value)
    assert told.splitlines() == [told]
    return told


def test_every_setting_is_tried_with_something_wrong() -> None:
    assert {name for name, _, _ in WRONG} | ANY_TEXT == set(Settings.model_fields)


@pytest.mark.parametrize(("name", "value", "accepted"), WRONG)
def test_a_wrong_value_is_one_line(
    name: str, value: str, accepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(name), value)
    shown = "***" if name in MASKED else repr(value)

    assert line() == f"{variable(name)}={shown} is not accepted: {accepted}"


def test_a_wrong_value_that_was_given_is_shown() -> None:
    with pytest.raises(SettingsInvalid, match=r"^NEKOHUB_PORT='70000' is not accepted: .*65535$"):
        settings.load(port=70000)
    with pytest.raises(SettingsInvalid, match=r"^NEKOHUB_SECRET_KEY=\*\*\* is not accepted: "):
        settings.load(secret_keys=("short",))


def test_of_several_wrong_values_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_LOG_LEVEL", "loud")
    monkeypatch.setenv("NEKOHUB_PORT", "http")

    assert line().startswith("NEKOHUB_PORT='http' is not accepted: ")


def test_a_long_or_broken_value_stays_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_STORAGE", "two\nlines" + "x" * 1000)

    assert line().startswith(f"NEKOHUB_STORAGE='two\\nlines{'x' * 91}' is not accepted: ")


@pytest.mark.parametrize("missing", S3)
def test_s3_needs_all_it_needs(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEKOHUB_STORAGE", "s3")
    for name, value in S3.items():
        monkeypatch.setenv(name, "" if name == missing else value)

    assert line() == f"{missing} is not set: NEKOHUB_STORAGE=s3 needs it"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = "planted-" + "x" * 40
    for name in MASKED - {"database_url"}:
        monkeypatch.setenv(variable(name), planted)
    monkeypatch.setenv("NEKOHUB_DATABASE_URL", f"postgresql://hub:{planted}@db/hub")
    loaded = settings.load()

    assert planted not in f"{loaded!r} {loaded} {[loaded]}"
    assert loaded.database_url is not None
    assert planted in loaded.database_url
