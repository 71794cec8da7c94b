"""The only reader of the environment: every setting, typed, checked, with its default."""

import json
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.chassis.errors import StartRefused
from services.setting_values import (
    CONTENT_TYPES,
    Address,
    ApiKeys,
    Bucket,
    ContentTypes,
    HeaderSecret,
    Language,
    LongSecrets,
    Networks,
    Password,
    Port,
    PostgresUrl,
    Region,
    S3Endpoint,
    Switch,
    Texts,
    WebUrl,
)

_SECRET = ("KEY", "KEYS", "TOKEN", "SECRET", "PASSWORD", "DATABASE_URL")
"""How the names of those variables end whose values are not shown."""
_MOST = 2**40
"""Beyond any picture; larger numbers do not fit everywhere."""


class SettingsInvalid(StartRefused):
    """A setting is wrong; the message is one line that names it and what it may be."""


class Settings(BaseSettings):
    """What an instance is told. Frozen; modules are passed the values that they need."""

    model_config = SettingsConfigDict(
        env_prefix="NEKOHUB_", frozen=True, populate_by_name=True, extra="ignore",
        env_ignore_empty=True, hide_input_in_errors=True,
    )  # fmt: skip

    data_dir: Path = Path("./var")
    """Where an embedded hub keeps its databases, files and generated keys."""
    host: str = "127.0.0.1"
    """What the gateway binds."""
    port: Port = 5121
    """The gateway's port; 0 takes a free one."""
    public_base_url: WebUrl = ""
    """Start of every public URL; http://HOST:PORT when empty."""
    trusted_proxies: Networks = ()
    """Comma-separated addresses and networks of proxies whose X-Forwarded-For is believed. It says
    which address has failed to sign in too often.
    """
    api_keys: ApiKeys = ()
    """Comma-separated, at least 16 characters each, every one with all permissions. An embedded hub
    without one makes one at its first start, in DATA_DIR/api-key.
    """
    admin_username: str = "admin"
    """Name of the superAdmin, who is made once, for a database of accounts that has none."""
    admin_password: Password = SecretStr("")
    """The first password of the superAdmin, 8 to 256 characters. An embedded hub without one makes
    one, in DATA_DIR/admin-password; services on their own have no superAdmin without it.
    """
    jwt_secrets: LongSecrets = Field((), validation_alias=AliasChoices("NEKOHUB_JWT_SECRET"))
    """Signs access tokens: comma-separated, at least 32 characters each; the first signs, all
    verify. An embedded hub without one makes one, in DATA_DIR/jwt-secret; accounts and the gateway
    on their own need the same.
    """
    access_token_minutes: int = Field(15, ge=1, le=1440)
    """How long an access token works, in minutes."""
    refresh_token_days: int = Field(30, ge=1, le=3650)
    """How long a refresh token works, in days; each one that is used is replaced by a new one."""
    secret_keys: LongSecrets = Field((), validation_alias=AliasChoices("NEKOHUB_SECRET_KEY"))
    """Encrypts the keys of AI provider profiles: comma-separated, at least 32 characters each; the
    first encrypts, all decrypt. An embedded hub without one makes one, in DATA_DIR/secret-key;
    the providers service on its own needs it.
    """
    database_url: PostgresUrl | None = Field(None, repr=False)
    """postgresql://…, where each service has a schema of its own. Unset: a SQLite file for each
    under DATA_DIR; skills and workers on their own need Postgres.
    """
    storage: Literal["local", "s3"] = "local"
    """Where objects are kept: local, under DATA_DIR, or s3."""
    s3_endpoint: S3Endpoint = ""
    """A URL, or host:port."""
    s3_secure: bool = True
    """Whether a host:port is asked over TLS; a URL says so itself."""
    s3_access_key: str = ""
    """Name of the S3 account."""
    s3_secret_key: SecretStr = SecretStr("")
    """Secret of the S3 account."""
    s3_bucket: Bucket = "nekohub"
    """Made at the first start if it is not there."""
    s3_region: Region = "us-east-1"
    """Region of the bucket."""
    listen: Address = ""
    """What a service on its own binds, host:port or unix:path; when empty its default port on
    loopback.
    """
    accounts_address: Address = "127.0.0.1:50051"
    """Where the others find accounts, host:port or unix:path; an embedded hub has its own."""
    assets_address: Address = "127.0.0.1:50052"
    """Where the others find assets."""
    providers_address: Address = "127.0.0.1:50053"
    """Where the others find providers."""
    skills_address: Address = "127.0.0.1:50054"
    """Where the others find skills."""
    internal_token: HeaderSecret = SecretStr("")
    """What services show each other. An embedded hub makes its own; services on their own need one
    and the same.
    """
    local_provider: Switch = False
    """Whether a new providers database gets an active profile of the built-in engine, once ever. On
    in an embedded hub unless it is set.
    """
    local_models: Switch = True
    """Whether the built-in engine uses the models of the extra `local`, where it is installed."""
    provider_allow_hosts: Texts = ()
    """Comma-separated private hosts, addresses and networks that an apiBaseUrl may name, or the
    word loopback, which is the value in an embedded hub unless it is set.
    """
    provider_concurrency: int = Field(8, ge=1, le=10_000)
    """Calls that one profile may have in flight, over all processes."""
    provider_rpm: int | None = Field(None, ge=1, le=_MOST)
    """Calls that one profile may start in any minute, over all processes; no limit when unset."""
    default_skill: str = "enrich"
    """What an upload runs, unless a workflow is auto-run, and a run that names no skill."""
    default_language: Language = "en"
    """The language of AI text unless a run asks for another: a BCP 47 tag such as de or pt-BR."""
    max_upload_bytes: int = Field(10_485_760, ge=1, le=_MOST)
    """Bytes of the largest file."""
    max_pixels: int = Field(50_000_000, ge=1, le=_MOST)
    """Width times height of the largest picture."""
    allowed_content_types: ContentTypes = CONTENT_TYPES
    """Comma-separated picture types that an upload may have."""
    worker_concurrency: int = Field(32, ge=0, le=10_000)
    """Executions at once in one process; with 0 the skills service only accepts them."""
    run_wait_seconds: float = Field(300, gt=0, le=86_400, allow_inf_nan=False)
    """How long a synchronous run is waited for, in seconds."""
    step_timeout_seconds: float = Field(300, gt=0, le=86_400, allow_inf_nan=False)
    """How long one step may take, in seconds; a model has as long again for its answer. Waiting
    for a turn at a provider, or for a service that is away, is not counted.
    """
    execution_retention_days: int = Field(30, ge=1, le=36_500)
    """How long the engine's records of runs that have ended are kept. The executions themselves
    stay as long as their assets.
    """
    grpc_reflection: Switch = False
    """Whether services describe themselves to gRPC tools."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe of what is logged: debug, info, warning or error."""
    log_format: Literal["auto", "json", "text"] = "auto"
    """json, text, or auto: text at a terminal, JSON elsewhere."""

    @model_validator(mode="after")
    def _s3_is_complete(self) -> "Settings":
        needed = {
            "NEKOHUB_S3_ENDPOINT": self.s3_endpoint,
            "NEKOHUB_S3_ACCESS_KEY": self.s3_access_key,
            "NEKOHUB_S3_SECRET_KEY": self.s3_secret_key.get_secret_value(),
        }
        for variable, value in needed.items():
            if self.storage == "s3" and not value:
                raise ValueError(f"{variable} is not set: NEKOHUB_STORAGE=s3 needs it")
        return self

    def database_url_of(self, service: str) -> str:
        """Where a service keeps its tables: a file of its own, or a schema of the one Postgres."""
        if self.database_url is not None:
            return self.database_url
        # Quoted, because a folder's name may look like a part of a URL.
        return f"sqlite:///{quote(f'{self.data_dir.resolve() / service}.sqlite3')}"

    def hub_url(self) -> str:
        """Where a client on this machine finds the hub."""
        if self.public_base_url:
            return self.public_base_url.rstrip("/")
        # Who listens everywhere is found nearby.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def calm_grpc() -> None:
    """Tells gRPC that this process never forks; it would log a line at every child's start.

    To be called before gRPC is imported.
    """
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")


def load(**given: Any) -> Settings:
    """Reads the environment; what is given wins. Raises SettingsInvalid for the first wrong one."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsInvalid(_line(error)) from None


def fault_of_key(field: str, key: str) -> str:
    """Why a key could not stand in that field, "" if it could."""
    given: dict[str, Any] = {field: (key,)}
    try:
        Settings(**given)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            if each["loc"][:1] in ((field,), (_variable(field),)):
                return each["msg"].removeprefix("Value error, ").replace("each", "it", 1)
    return ""


def dumped(one: Settings) -> str:
    """All settings as one line of JSON, secrets included: for a process of ours and nobody else."""
    return json.dumps(one.model_dump(), default=_revealed)


def restored(line: str) -> Settings:
    """The settings of such a line, whatever the environment says."""
    return Settings(**json.loads(line))


def _revealed(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    told = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:  # what several settings together lack
        return told
    name = _variable(str(first["loc"][0]))
    value = str(first["input"])
    # What stands before an "@" may be a secret too.
    shown = "***" if name.endswith(_SECRET) or "@" in value else repr(value[:100])
    accepted = "on or off" if first["type"] == "bool_parsing" else told
    return f"{name}={shown} is not accepted: {accepted}"


def _variable(place: str) -> str:
    field = Settings.model_fields.get(place)
    if field is None:
        return place
    alias = field.validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"NEKOHUB_{place.upper()}"
