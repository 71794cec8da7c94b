"""What the value of a setting may look like: types that read it, and refuse what is none."""

import re
from ipaddress import ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from services.chassis.languages import language_tag
from services.chassis.token_form import looks_like_token

CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
_POSTGRES = re.compile(
    r"postgres(ql)?://(?=.)([^:/@]*(:[^@]*)?@)?(\[[^]]+\]|[^/:?]*)(:\d+)?([/?].*)?"
)
BASE_URL = "an ASCII URL http(s)://HOST[:PORT][/PATH]"
"""What is accepted as the address of a hub."""
_WEB = re.compile(r"https?://[^/\s?#@]+(/[^\s?#]*)?", re.ASCII)
"""Without a user and a password: clients would send these in place of the key, and show them."""
_TOKEN = re.compile(r"[\x21-\x2b\x2d-\x7e]+")
"""What fits into a header; a comma ends it in a list."""
_BUCKET = re.compile(r"(?!.*(\.\.|\.-|-\.))(?![\d.]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[A-Za-z0-9._-]+")
_S3_ENDPOINT = re.compile(r"(https?://)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d+)?/?")
_ADDRESS = re.compile(r"unix:.+|.+:(\d+)")
_MOST_PORT = 65535
_PASSWORD = (8, 256)
"""Fewest and most characters."""


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


def _printable(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if not all(_TOKEN.fullmatch(secret.get_secret_value()) for secret in secrets):
        raise ValueError("each must be printable ASCII without spaces")
    return secrets


def _no_tokens(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    if any(looks_like_token(secret.get_secret_value()) for secret in secrets):
        raise ValueError("none may look like an access token, three parts that begin with eyJ")
    return secrets


def _password(secret: SecretStr) -> SecretStr:
    fewest, most = _PASSWORD
    if secret and not fewest <= len(secret.get_secret_value()) <= most:
        raise ValueError(f"{fewest} to {most} characters")
    return secret


def _header(secret: SecretStr) -> SecretStr:
    if secret and not _TOKEN.fullmatch(secret.get_secret_value()):
        raise ValueError("printable ASCII without spaces and commas")
    return secret


def _networks(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(ip_network(name, strict=False)) for name in names)
    except ValueError:
        raise ValueError("a list of IP addresses and networks, such as 10.0.0.0/8") from None


def _known_types(types: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in types if name not in CONTENT_TYPES]
    if unknown or not types:
        raise ValueError(f"a list of {', '.join(CONTENT_TYPES)}")
    return tuple(dict.fromkeys(types))


def _like(form: re.Pattern[str], meaning: str) -> Any:
    def check(value: str) -> str:
        if value and not form.fullmatch(value):
            raise ValueError(meaning)
        return value

    return AfterValidator(check)


def _url(form: re.Pattern[str], meaning: str) -> Any:
    def check(value: str) -> str:
        if value and not _is_url(form, value):
            raise ValueError(meaning)
        return value

    return AfterValidator(check)


def is_base_url(value: str) -> bool:
    """Whether a hub can be there: whether it is a BASE_URL."""
    return _is_url(_WEB, value)


def _is_url(form: re.Pattern[str], value: str) -> bool:
    return value.isascii() and form.fullmatch(value) is not None and _is_web(value)


def _is_web(value: str) -> bool:
    try:
        parts = urlsplit(value if "://" in value else f"//{value}")
        return bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


def _address(value: str) -> str:
    form = _ADDRESS.fullmatch(value)
    if value and (form is None or int(form[1] or 0) > _MOST_PORT):
        raise ValueError("host:port or unix:path")
    return value


_Listed = BeforeValidator(_listed)
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, _Listed]
Texts = Annotated[tuple[str, ...], NoDecode, _Listed]
"""Comma-separated."""
Switch = Annotated[bool, BeforeValidator(_switch)]
"""on or off."""
Address = Annotated[str, AfterValidator(_address)]
"""host:port or unix:path."""
Port = Annotated[int, Field(ge=0, le=_MOST_PORT)]
WebUrl = Annotated[str, _url(_WEB, BASE_URL)]
Networks = Annotated[Texts, AfterValidator(_networks)]
PostgresUrl = Annotated[str, _like(_POSTGRES, "a URL postgresql://USER:PASSWORD@HOST:PORT/NAME")]
S3Endpoint = Annotated[str, _url(_S3_ENDPOINT, "a URL http(s)://HOST:PORT, or HOST:PORT")]
Bucket = Annotated[str, _like(_BUCKET, "a bucket's name: 3 to 63 of a-z, 0-9, '.' and '-'")]
Region = Annotated[str, _like(_REGION, "letters, digits, '.', '_' and '-'")]
Language = Annotated[str, AfterValidator(language_tag)]
"""A BCP 47 tag, in its usual spelling."""
ContentTypes = Annotated[Texts, AfterValidator(_known_types)]
ApiKeys = Annotated[Secrets, _at_least(16), AfterValidator(_printable), AfterValidator(_no_tokens)]
LongSecrets = Annotated[Secrets, _at_least(32)]
"""Secrets that keys are derived from."""
Password = Annotated[SecretStr, AfterValidator(_password)]
HeaderSecret = Annotated[SecretStr, AfterValidator(_header)]
