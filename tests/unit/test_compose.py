"""docker-compose.yml: what its services are given is what their processes need."""

import re
import tomllib
from typing import Any

import pytest
import sqlalchemy as sa

from docs.settings import all_settings
from services import processes, settings
from tests.compose import DOCKERFILE, FILE, OPTIONAL, PARTS, REQUIRED, ROOT, environment, services

NEEDS = {
    "gateway": {"accounts", "assets", "providers", "skills"},
    "accounts": set(),
    "assets": {"skills"},
    "providers": set(),
    "skills": {"assets", "providers"},
    "worker": {"assets", "providers"},
}
"""Whom each part calls."""
BEHAVIOUR = {
    "NEKOHUB_PROVIDER_CONCURRENCY": "9",
    "NEKOHUB_PROVIDER_RPM": "9",
    "NEKOHUB_DEFAULT_SKILL": "thumbnail",
    "NEKOHUB_DEFAULT_LANGUAGE": "de",
    "NEKOHUB_MAX_UPLOAD_BYTES": "9",
    "NEKOHUB_MAX_PIXELS": "9",
    "NEKOHUB_ALLOWED_CONTENT_TYPES": "image/png",
    "NEKOHUB_WORKER_CONCURRENCY": "9",
    "NEKOHUB_RUN_WAIT_SECONDS": "9",
    "NEKOHUB_STEP_TIMEOUT_SECONDS": "9",
    "NEKOHUB_EXECUTION_RETENTION_DAYS": "9",
    "NEKOHUB_GRPC_REFLECTION": "on",
    "NEKOHUB_LOG_LEVEL": "error",
    "NEKOHUB_LOG_FORMAT": "text",
}
"""What every part is told, with values that are not the defaults."""
OF_FEW = {
    "NEKOHUB_PUBLIC_BASE_URL": {"gateway"},
    "NEKOHUB_TRUSTED_PROXIES": {"gateway"},
    "NEKOHUB_API_KEYS": {"accounts"},
    "NEKOHUB_ADMIN_USERNAME": {"accounts"},
    "NEKOHUB_ADMIN_PASSWORD": {"accounts"},
    "NEKOHUB_JWT_SECRET": {"accounts", "gateway"},
    "NEKOHUB_ACCESS_TOKEN_MINUTES": {"accounts"},
    "NEKOHUB_REFRESH_TOKEN_DAYS": {"accounts"},
    "NEKOHUB_SECRET_KEY": {"providers"},
    "NEKOHUB_LOCAL_PROVIDER": {"providers"},
    "NEKOHUB_LOCAL_MODELS": {"providers"},
    "NEKOHUB_PROVIDER_ALLOW_HOSTS": {"providers"},
    "NEKOHUB_S3_SECRET_KEY": {"assets"},
}
"""What is the user's to say to these parts only."""
FIXED = {
    "NEKOHUB_DATA_DIR": "the image names it, and no part keeps anything there",
    "NEKOHUB_HOST": "the image names it",
    "NEKOHUB_PORT": "the file publishes the default one",
    "NEKOHUB_DATABASE_URL": "the file has a Postgres",
    "NEKOHUB_STORAGE": "the file has a MinIO",
    "NEKOHUB_S3_ENDPOINT": "the file has a MinIO",
    "NEKOHUB_S3_SECURE": "the endpoint is a URL, which says so itself",
    "NEKOHUB_S3_ACCESS_KEY": "the file has a MinIO",
    "NEKOHUB_S3_BUCKET": "the file has a MinIO",
    "NEKOHUB_S3_REGION": "the file has a MinIO",
    "NEKOHUB_LISTEN": "the parts find each other by it",
    "NEKOHUB_ACCOUNTS_ADDRESS": "the parts find each other by it",
    "NEKOHUB_ASSETS_ADDRESS": "the parts find each other by it",
    "NEKOHUB_PROVIDERS_ADDRESS": "the parts find each other by it",
    "NEKOHUB_SKILLS_ADDRESS": "the parts find each other by it",
}
"""Settings that .env cannot change, and why."""
SERVICES = services()
HUB = [pytest.param(name, SERVICES[name], id=name) for name in PARTS]
ALL = [pytest.param(name, each, id=name) for name, each in SERVICES.items()]


@pytest.fixture
def loaded(
    name: str, service: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> settings.Settings:
    """The settings that a service's process reads."""
    for variable in settings.Settings.model_fields:
        monkeypatch.delenv(f"NEKOHUB_{variable.upper()}", raising=False)
    for variable, value in environment(service).items():
        monkeypatch.setenv(variable, value)
    return settings.load()


def listening(name: str) -> str:
    """Where others find a service."""
    port = environment(SERVICES[name])["NEKOHUB_LISTEN"].rpartition(":")[2]
    return f"{name}:{port}"


@pytest.mark.parametrize(("name", "service"), HUB)
def test_a_part_is_given_what_it_needs(
    name: str, service: dict[str, Any], loaded: settings.Settings
) -> None:
    processes.require_scaled(loaded, name)
    assert service["command"] == (["worker"] if name == "worker" else ["serve", name])


def test_every_setting_can_be_given_or_is_fixed_for_a_reason() -> None:
    shared = BEHAVIOUR.keys() | {"NEKOHUB_INTERNAL_TOKEN"}
    known = [each.variable for each in all_settings()]
    assert sorted(known) == sorted([*shared, *OF_FEW, *FIXED])
    text = FILE.read_text(encoding="utf-8")
    passed = {*REQUIRED.findall(text), *(name for name, _ in OPTIONAL.findall(text))}
    assert passed == {*shared, *OF_FEW, "POSTGRES_PASSWORD"}
    for variable, names in OF_FEW.items():
        assert {name for name in PARTS if variable in SERVICES[name]["environment"]} == names


@pytest.mark.parametrize("name", PARTS)
def test_every_part_hears_of_what_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in environment(services(**BEHAVIOUR)[name]).items():
        monkeypatch.setenv(variable, value)
    loaded = settings.load()
    for variable in BEHAVIOUR:
        field = variable.removeprefix("NEKOHUB_").lower()
        assert getattr(loaded, field) != settings.Settings.model_fields[field].default


@pytest.mark.parametrize(("name", "service"), HUB)
def test_what_is_not_given_is_the_default(
    name: str, service: dict[str, Any], loaded: settings.Settings
) -> None:
    for variable in BEHAVIOUR:
        assert environment(service)[variable] == ""
        field = variable.removeprefix("NEKOHUB_").lower()
        assert getattr(loaded, field) == settings.Settings.model_fields[field].default


@pytest.mark.parametrize(("name", "service"), HUB)
def test_a_part_finds_those_that_it_calls(
    name: str, service: dict[str, Any], loaded: settings.Settings
) -> None:
    given = {each for each in NEEDS["gateway"] if f"{each}_address" in loaded.model_fields_set}
    assert given == NEEDS[name]
    for other in given:
        assert getattr(loaded, f"{other}_address") == listening(other)


@pytest.mark.parametrize(("name", "service"), HUB)
def test_the_database_and_the_objects_are_those_of_the_file(
    name: str, service: dict[str, Any], loaded: settings.Settings
) -> None:
    if loaded.database_url is not None:
        url, server = sa.make_url(loaded.database_url), environment(SERVICES["postgres"])
        assert (url.host, url.port) == ("postgres", 5432)
        assert (url.username, url.password, url.database) == (
            server["POSTGRES_USER"],
            server["POSTGRES_PASSWORD"],
            server["POSTGRES_DB"],
        )
    if name == "assets":
        server = environment(SERVICES["minio"])
        assert (loaded.storage, loaded.s3_endpoint) == ("s3", "http://minio:9000")
        assert (loaded.s3_access_key, loaded.s3_secret_key.get_secret_value()) == (
            server["MINIO_ROOT_USER"],
            server["MINIO_ROOT_PASSWORD"],
        )


@pytest.mark.parametrize(("name", "service"), ALL)
def test_a_service_waits_for_those_that_can_say_they_are_healthy(
    name: str, service: dict[str, Any]
) -> None:
    for other, wait in service.get("depends_on", {}).items():
        assert wait == {"condition": "service_healthy"}
        assert SERVICES[other]["healthcheck"]["test"]


@pytest.mark.parametrize(("name", "service"), ALL)
def test_a_service_can_do_little_if_it_is_taken_over(name: str, service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert any(path.partition(":")[0] == "/tmp" for path in service["tmpfs"])
    assert service["cap_drop"] == ["ALL"]
    assert ("cap_add" in service) == (name == "postgres")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert ("ports" in service) == (name == "gateway")
    assert ("outside" in service["networks"]) == (name in ("gateway", "providers"))


@pytest.mark.parametrize(("name", "service"), ALL)
def test_an_image_is_of_one_version(name: str, service: dict[str, Any]) -> None:
    image, _, tag = service["image"].partition(":")
    if name in PARTS:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert (image, tag) == (project["name"], project["version"])
    else:
        assert re.search(r"\d+\.\d+|\d{4}-\d{2}-\d{2}", tag)


def test_every_secret_has_to_be_given_and_the_example_names_it() -> None:
    text = FILE.read_text(encoding="utf-8")
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(re.findall(r"^#?(\w+)=(.*)$", "\n".join(lines), re.MULTILINE))
    required = set(REQUIRED.findall(text))
    optional = {name for name, _ in OPTIONAL.findall(text)}
    assert example.keys() == required | optional
    assert not any(example[name] for name in required)
    for line in text.splitlines():
        variable, _, value = line.strip().partition(": ")
        if re.fullmatch(r"\w*(SECRET_KEY|JWT_SECRET|API_KEYS|TOKEN|PASSWORD)", variable):
            assert REQUIRED.fullmatch(value), line


def test_the_image_is_built_from_one_version_and_runs_as_nobody() -> None:
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    bases = {line.split()[1] for line in lines if line.startswith("FROM ")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", bases.pop())
    last = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last
    assert "STOPSIGNAL SIGTERM" in last
    assert not any(line.startswith("VOLUME") for line in last)
    assert 'ENTRYPOINT ["nekohub"]' in last
    assert 'CMD ["serve"]' in last


def test_what_the_image_copies_is_there_and_let_in() -> None:
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    text = DOCKERFILE.read_text(encoding="utf-8")
    copied = [
        source
        for arguments in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for source in arguments.split()[:-1]
    ]
    assert len(copied) >= 8
    for source in copied:
        assert (ROOT / source).exists()
        assert any(source == each or source.startswith(f"{each}/") for each in allowed)
