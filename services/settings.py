"""The only reader of the environment: every setting, typed, checked, with its default."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.chassis.errors import StartRefused

CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
_SCHEMA_NAME = re.compile(r"^postgres(ql)?://.+", re.DOTALL)


class SettingsInvalid(StartRefused):
    """A setting is wrong; the message is one line that names it and what it may be."""


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in (piece.strip() for piece in value.split(",")) if part)
    return value


def _switch(value: object) -> object:
    return {"on": True, "off": False}.get(value.lower(), value) if isinstance(value, str) else value


def _at_least(length: int) -> Any:
    def check(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in secrets:
            if len(secret.get_secret_value()) < length:
                raise ValueError(f"each must have at least {length} characters")
        return secrets

    return AfterValidator(check)


def _known_types(types: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in types if name not in CONTENT_TYPES]
    if unknown or not types:
        raise ValueError(f"a list of {', '.join(CONTENT_TYPES)}")
    return tuple(dict.fromkeys(types))


def _postgres(url: str | None) -> str | None:
    if url is not None and not _SCHEMA_NAME.match(url):
        raise ValueError("a URL that starts with postgresql://")
    return url


Listed = BeforeValidator(_listed)
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, Listed]
Texts = Annotated[tuple[str, ...], NoDecode, Listed]
Switch = Annotated[bool, BeforeValidator(_switch)]


class Settings(BaseSettings):
    """What an instance is told. Frozen; modules are passed the values that they need."""

    model_config = SettingsConfigDict(
        env_prefix="NEKOHUB_", frozen=True, populate_by_name=True, extra="ignore",
        env_ignore_empty=True, hide_input_in_errors=True,
    )  # fmt: skip

    data_dir: Path = Path("./var")
    host: str = "127.0.0.1"
    port: int = Field(5121, ge=0, le=65535)
    public_base_url: str = ""
    """Start of every public URL; http://HOST:PORT when empty."""
    api_keys: Annotated[Secrets, _at_least(16)] = ()
    secret_keys: Annotated[Secrets, _at_least(32)] = Field(
        (), validation_alias=AliasChoices("secret_keys", "NEKOHUB_SECRET_KEY")
    )
    database_url: Annotated[str | None, AfterValidator(_postgres)] = None
    storage: Literal["local", "s3"] = "local"
    s3_endpoint: str = ""
    s3_secure: bool = True
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "nekohub"
    s3_region: str = "us-east-1"
    listen: str = ""
    """What one service binds; its default port on loopback when empty."""
    accounts_address: str = "127.0.0.1:50051"
    assets_address: str = "127.0.0.1:50052"
    providers_address: str = "127.0.0.1:50053"
    skills_address: str = "127.0.0.1:50054"
    internal_token: SecretStr = SecretStr("")
    local_provider: Switch = False
    provider_allow_hosts: Texts = ()
    provider_concurrency: int = Field(8, ge=1)
    provider_rpm: int | None = Field(None, ge=1)
    default_skill: str = "enrich"
    max_upload_bytes: int = Field(10_485_760, ge=1)
    max_pixels: int = Field(50_000_000, ge=1)
    allowed_content_types: Annotated[Texts, AfterValidator(_known_types)] = CONTENT_TYPES
    worker_concurrency: int = Field(32, ge=0)
    run_wait_seconds: float = Field(300, gt=0)
    step_timeout_seconds: float = Field(300, gt=0)
    default_language: str = "en"
    grpc_reflection: Switch = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    def database_url_of(self, service: str) -> str:
        """Where a service keeps its tables: a file of its own, or a schema of the one Postgres."""
        if self.database_url is not None:
            return self.database_url
        return f"sqlite:///{self.data_dir.resolve() / service}.sqlite3"

    def base_url(self) -> str:
        """Start of every public URL, without a slash at its end."""
        return (self.public_base_url or f"http://{self.host}:{self.port}").rstrip("/")


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


def _line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    name = place if place.startswith("NEKOHUB_") else f"NEKOHUB_{place.upper()}"
    value = os.environ.get(name, "")
    secret = any(word in name for word in ("KEY", "TOKEN", "SECRET", "PASSWORD", "DATABASE_URL"))
    shown = "***" if secret else repr(value[:100])
    return f"{name}={shown} is not accepted: {first['msg'].removeprefix('Value error, ')}"
