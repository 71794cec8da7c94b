"""/api/v1/auth: signing in and out, and going on with a session."""

from __future__ import annotations

from nekohub.accounts.v1 import accounts_pb2 as pb
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from gateway import json, session
from gateway.auth import Principal
from gateway.client_address import client_address
from gateway.context import Gateway
from gateway.convert import accounts as convert
from gateway.convert.accounts import SessionJson, UserJson
from gateway.endpoint import Endpoint
from gateway.routes.paths import API
from services.chassis.errors import InvalidArgument


class LoginBody(json.SmallBody):
    """Who signs in."""

    username: str
    """In any letter case."""
    password: SecretStr
    session: bool = False
    """Whether the tokens are set as cookies too, for a browser."""


class RefreshTokenBody(json.SmallBody):
    """A refresh token; that of the session's cookie if there is none."""

    refresh_token: SecretStr | None = None


class LogoutBody(RefreshTokenBody):
    """Which session ends: that of a refresh token, or of the session's cookie."""

    everywhere: bool = False
    """Whether all other sessions of its user end as well."""


NO_TOKEN = RefreshTokenBody()
THIS_SESSION = LogoutBody()


async def login(gateway: Gateway, request: Request, body: LoginBody) -> json.Data[SessionJson]:
    """Sign in.

    More than 10 failures a minute, for one name or from one address, are too many. With `session`
    the tokens are also set as cookies that no script can read: every route takes the one in place
    of the header, and where it changes something needs `X-NekoHub-CSRF: 1` beside it. A page in a
    browser, whose requests have an `Origin`, is then told no tokens: they are null.
    """
    opened = await gateway.stubs.accounts.Login(
        pb.LoginRequest(
            username=body.username,
            password=body.password.get_secret_value(),
            client_address=client_address(request.scope, gateway.config.trusted_proxies),
        )
    )
    return _answer(gateway, request, opened.session, with_cookies=body.session)


async def refresh(
    gateway: Gateway, request: Request, body: RefreshTokenBody = NO_TOKEN
) -> json.Data[SessionJson]:
    """Go on with a session, with new tokens.

    A refresh token works once; who uses one again ends the session. Without one in the body it is
    taken from the session's cookie, which needs `X-NekoHub-CSRF: 1`, and both cookies are
    renewed; a page is told no tokens then.
    """
    renewed = await gateway.stubs.accounts.Refresh(
        pb.RefreshRequest(refresh_token=_refresh_token(request, body))
    )
    return _answer(gateway, request, renewed.session, with_cookies=body.refresh_token is None)


async def logout(gateway: Gateway, request: Request, body: LogoutBody = THIS_SESSION) -> Response:
    """Sign out: end the session of a refresh token.

    Without one in the body it is taken from the session's cookie, which needs `X-NekoHub-CSRF: 1`.
    With `everywhere` all sessions of its user end. The cookies are cleared.
    """
    await gateway.stubs.accounts.Logout(
        pb.LogoutRequest(refresh_token=_refresh_token(request, body), everywhere=body.everywhere)
    )
    response = json.nothing()
    session.clear_cookies(response, gateway.config.public_base_url)
    return response


async def me(gateway: Gateway, request: Request) -> json.Data[UserJson]:
    """Read the user that has signed in."""
    principal: Principal = request.state.principal
    found = await gateway.stubs.accounts.GetUser(pb.GetUserRequest(user_id=principal.id))
    return json.data(convert.user(found.user))


def _refresh_token(request: Request, body: RefreshTokenBody) -> str:
    if body.refresh_token is not None:
        return body.refresh_token.get_secret_value()
    token = session.cookie(request.scope, session.REFRESH_COOKIE)
    if not token:
        raise InvalidArgument(
            "REQUEST_INVALID", "field 'refreshToken' is missing, and there is no session's cookie"
        )
    session.require_csrf(request.scope)
    return token


def _answer(
    gateway: Gateway, request: Request, opened: pb.Session, *, with_cookies: bool
) -> json.Data[SessionJson]:
    content = convert.session(opened)
    if with_cookies and session.is_of_page(request.scope):
        content |= {"accessToken": None, "refreshToken": None}
    response = json.data(content)
    if with_cookies:
        session.set_cookies(response, opened, gateway.config.public_base_url)
    return response


ROUTES = (
    Endpoint(
        "POST",
        f"{API}/auth/login",
        login,
        None,
        ("401 auth_invalid_credentials", "401 auth_user_inactive", "429 auth_rate_limited"),
    ),
    Endpoint(
        "POST",
        f"{API}/auth/refresh",
        refresh,
        None,
        (
            "401 auth_refresh_token_invalid",
            "401 auth_refresh_token_reused",
            "403 auth_csrf_missing",
        ),
    ),
    Endpoint("POST", f"{API}/auth/logout", logout, None, statuses=(204,), signed_in=True),
    Endpoint("GET", f"{API}/auth/me", me, None, ("404 user_not_found",), signed_in=True),
)
