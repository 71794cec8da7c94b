"""The address of an OpenAI-compatible API, and when two addresses are the same origin."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import httpx

LOCAL = "local://"
"""Stands for the built-in engine, which has no address."""

_COMPLETIONS = "/chat/completions"
_FORBIDDEN = re.compile(r"[\s\\\x00-\x1f\x7f]")
_VERSION = re.compile(r"/v\d+[a-z0-9]*(/|$)")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_AZURE = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_PATHS = {
    **dict.fromkeys(_AZURE, "/openai/v1"),
    "generativelanguage.googleapis.com": "/v1beta/openai",
    "openrouter.ai": "/api/v1",
}
"""Where services have it that do not have it at `/v1`, by the end of their hosts."""


class InvalidBaseUrl(ValueError):
    """The text is no base URL. The message continues a sentence that names the field."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a key is bound to."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A checked and normalised base URL: no trailing slash, no `/chat/completions`."""

    text: str
    origin: Origin

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what a person wrote, a full `…/chat/completions` included.

        Raises InvalidBaseUrl.
        """
        return cls(*_normalised(text))

    @property
    def is_local(self) -> bool:
        """Whether it stands for the built-in engine."""
        return self.text == LOCAL

    @property
    def is_versioned(self) -> bool:
        """Whether its path names a version, such as `/v1` or `/v1beta/openai`, or is the one that
        its service is known to have.
        """
        path = httpx.URL(self.text).path
        usual = self._usual_path
        return path == usual if usual else _VERSION.search(path) is not None

    @property
    def is_azure(self) -> bool:
        """Whether it is of an Azure resource, which takes keys in a header of its own."""
        return self.origin.host.endswith(_AZURE)

    @property
    def completions(self) -> str:
        """Where questions are posted to."""
        return self.text + _COMPLETIONS

    def versioned(self) -> "BaseUrl":
        """The same with `/v1` at the end, where servers that lack it here usually have it, or with
        the path that its service is known to have.
        """
        usual = self._usual_path
        if usual:
            return BaseUrl(str(httpx.URL(self.text).copy_with(path=usual)), self.origin)
        return BaseUrl(f"{self.text}/v1", self.origin)

    @property
    def _usual_path(self) -> str:
        host = self.origin.host
        return next((path for end, path in _PATHS.items() if host.endswith(end)), "")


@lru_cache(256)
def _normalised(text: str) -> tuple[str, Origin]:
    # A saved one is read with each question.
    if text.lower().rstrip("/") == "local:":
        return LOCAL, Origin("local", "", 0)
    url = _parsed(text)
    # Not `path`: decoded and encoded again, it may be another one, or none.
    path = url.raw_path.rstrip(b"/").removesuffix(_COMPLETIONS.encode()).rstrip(b"/")
    port = url.port or _DEFAULT_PORTS[url.scheme]
    origin = Origin(url.scheme, url.raw_host.decode("ascii").rstrip("."), port)
    return str(url.copy_with(raw_path=path or b"/")).rstrip("/"), origin


def _parsed(text: str) -> httpx.URL:
    if _FORBIDDEN.search(text):
        raise InvalidBaseUrl("must not contain spaces, backslashes or control characters")
    try:
        url = httpx.URL(text)
        host = url.host
    except (httpx.InvalidURL, UnicodeError):  # the latter from a host that is no IDNA name
        raise InvalidBaseUrl("is not a URL; use for example https://api.openai.com/v1") from None
    if url.scheme not in _DEFAULT_PORTS:
        raise InvalidBaseUrl("must start with http://, https:// or local://")
    if not host or "%" in host:
        raise InvalidBaseUrl("names no host; use for example https://api.openai.com/v1")
    if url.userinfo:
        raise InvalidBaseUrl("must not contain a user name or password; the key goes into apiKey")
    if "api-version" in text or (url.host.endswith(_AZURE) and "?" in text):
        raise InvalidBaseUrl(
            "must not contain a query such as api-version; use for example "
            "https://your-resource.openai.azure.com/openai/v1, with the name of your deployment "
            "as modelName"
        )
    if "?" in text or "#" in text:
        raise InvalidBaseUrl("must not contain a query or fragment; the key goes into apiKey")
    if url.port is not None and not 1 <= url.port <= 65535:
        raise InvalidBaseUrl(f"has the port {url.port}; ports go from 1 to 65535")
    return url
