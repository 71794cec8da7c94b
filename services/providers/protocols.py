"""Endpoints that speak another protocol than their base URL says: TLS, none, or no HTTP."""

import re
import ssl

from services.providers.failures import ProviderRefused
from services.providers.model import Endpoint

_TLS_RECORD = b"\x15\x03"
"""What a server that waits for TLS says of plain text: an alert."""
_STATUS_LINE = b"HTTP/"
_WANTS_TLS = re.compile(
    rb"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server"
    rb"|speaking plain HTTP to an SSL",
    re.IGNORECASE,
)
"""What nginx, Go and Apache say of it with HTTP 400."""
_SEARCHED_BYTES = 2000
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST")
"""What OpenSSL says of a server that answers in plain text."""


def wants_tls(status: int, content: bytes, endpoint: Endpoint) -> bool:
    """Whether an answer in plain text says that it should have been asked by TLS."""
    is_plain = endpoint.base_url.origin.scheme == "http"
    return is_plain and status == 400 and _WANTS_TLS.search(content[:_SEARCHED_BYTES]) is not None


def speaks_tls(endpoint: Endpoint) -> ProviderRefused:
    """The failure of an endpoint that was asked without TLS and wants it."""
    return ProviderRefused(
        f"{endpoint.base_url.text} speaks TLS; check whether apiBaseUrl of {endpoint.label} must "
        "begin with https://"
    )


def speaks_no_http(begin: bytes, endpoint: Endpoint) -> ProviderRefused | None:
    """The failure of an answer that began so; None if it may be HTTP that went wrong once."""
    if begin.startswith(_TLS_RECORD):
        return speaks_tls(endpoint)
    if begin.startswith(_STATUS_LINE):
        return None
    return ProviderRefused(
        f"what answers at {endpoint.base_url.text} does not speak HTTP; {address_advice(endpoint)}"
    )


def address_advice(endpoint: Endpoint) -> str:
    """What to do about an endpoint that is none."""
    return f"check address and port in apiBaseUrl of {endpoint.label}"


def refused_tls(error: BaseException, endpoint: Endpoint) -> ProviderRefused | None:
    """The failure of a connection that could not be made for reasons of TLS; None for others."""
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ProviderRefused(
            f"the TLS certificate of {endpoint.base_url.text} is not trusted "
            f"({cause.verify_message}); check apiBaseUrl of {endpoint.label}"
        )
    if isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS:
        return ProviderRefused(
            f"{endpoint.base_url.text} does not speak TLS; check whether apiBaseUrl of "
            f"{endpoint.label} must begin with http://"
        )
    return None
