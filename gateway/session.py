"""A browser's session: its tokens in cookies that scripts cannot read, and a header beside them.

A browser sends cookies by itself, whichever page makes it ask. A page of another origin cannot add
the header, though, because this gateway never says that it may.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from nekohub.accounts.v1.accounts_pb2 import Session
from starlette.responses import Response
from starlette.types import Scope

from gateway.body import header
from gateway.routes.paths import API
from services.chassis.clock import datetime_of, now
from services.chassis.errors import PermissionDenied

ACCESS_COOKIE = "nekohub_session"
"""Holds the access token; every route takes it in place of the header `Authorization`."""
REFRESH_COOKIE = "nekohub_refresh"
"""Holds the refresh token, for the routes below /auth only."""
CSRF_HEADER = "X-NekoHub-CSRF"
SAFE_METHODS = frozenset({"GET", "HEAD"})
"""They change nothing, and their answers cannot be read by a page of another origin."""


def cookie(scope: Scope, name: str) -> str:
    """The value of the first cookie of this name, "" if there is none."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    for key, value in headers:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                found, _, content = pair.partition("=")
                if found.strip() == name:
                    return content.strip()
    return ""


def require_csrf(scope: Scope) -> None:
    """Refuses what a page of another origin could have asked with this browser's cookies.

    Raises AUTH_CSRF_MISSING.
    """
    if scope["method"] in SAFE_METHODS:
        return
    if header(scope["headers"], CSRF_HEADER.lower().encode()) != "1":
        raise PermissionDenied(
            "AUTH_CSRF_MISSING", f"with a session cookie this needs the header '{CSRF_HEADER}: 1'"
        )


def is_of_page(scope: Scope) -> bool:
    """Whether a page in a browser has sent this: what it posts has an `Origin`."""
    headers = scope["headers"]
    return header(headers, b"origin") != "" or header(headers, b"sec-fetch-site") != ""


def set_cookies(response: Response, session: Session, base_url: str) -> None:
    """Has the browser keep the session's tokens, until the refresh token expires."""
    seconds = int((datetime_of(session.refresh_expire_time) - now()).total_seconds())
    _set(response, base_url, session.access_token, session.refresh_token, max(seconds, 0))


def clear_cookies(response: Response, base_url: str) -> None:
    """Has the browser forget them."""
    _set(response, base_url, "", "", 0)


def _set(response: Response, base_url: str, access: str, refresh: str, seconds: int) -> None:
    base = urlsplit(base_url)
    for name, value, path in (
        (ACCESS_COOKIE, access, "/"),
        # Where a browser sees it, behind a proxy that adds a path.
        (REFRESH_COOKIE, refresh, f"{base.path}{API}/auth"),
    ):
        response.set_cookie(
            name, value, max_age=seconds, path=path, secure=base.scheme == "https",
            httponly=True, samesite="strict",
        )  # fmt: skip
