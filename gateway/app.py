"""The gateway's composition root."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network

from starlette.applications import Starlette
from starlette.middleware import Middleware

from gateway.auth import Authenticator
from gateway.console.routes import ROUTES as CONSOLE
from gateway.console.routes import missing
from gateway.context import Config, Gateway, Stubs
from gateway.errors import ErrorMiddleware
from gateway.linger import LingerMiddleware
from gateway.reads import Reads
from gateway.revocations import Revocations
from gateway.routes.table import TABLE
from gateway.routing import routes
from gateway.trace import TraceMiddleware
from services.chassis.channel import channel
from services.chassis.tokens import AccessTokens
from services.settings import Settings


def create_app(stubs: Stubs, config: Config, authenticator: Authenticator) -> Starlette:
    """The application over `stubs`; `gateway.server.serving` runs it."""
    gateway = Gateway(stubs, config, Reads(stubs))
    app = Starlette(
        routes=routes(gateway, authenticator, (*TABLE, *CONSOLE)),
        middleware=[
            Middleware(TraceMiddleware, gateway.metrics),
            Middleware(LingerMiddleware, gateway),
            Middleware(ErrorMiddleware, gateway),
        ],
    )
    app.state.gateway = gateway
    app.router.redirect_slashes = False
    app.router.default = missing(gateway)
    return app


@asynccontextmanager
async def assembled(settings: Settings, url: str) -> AsyncIterator[Starlette]:
    """The application over one channel per service, which are closed on exit.

    `url` is where it is served, the start of public URLs unless the settings name another.
    """
    addresses = {
        "accounts": settings.accounts_address,
        "assets": settings.assets_address,
        "providers": settings.providers_address,
        "skills": settings.skills_address,
    }
    token = settings.internal_token.get_secret_value()
    async with AsyncExitStack() as stack:
        channels = {
            name: await stack.enter_async_context(channel(address, token=token))
            for name, address in addresses.items()
        }
        config = Config(
            public_base_url=(settings.public_base_url or url).rstrip("/"),
            max_upload_bytes=settings.max_upload_bytes,
            allowed_content_types=settings.allowed_content_types,
            run_wait_seconds=settings.run_wait_seconds,
            trusted_proxies=tuple(ip_network(each) for each in settings.trusted_proxies),
        )
        stubs = Stubs.over(channels)
        revocations = Revocations(stubs.accounts)
        tokens = AccessTokens(settings.jwt_secrets)
        await stack.enter_async_context(revocations.kept())
        yield create_app(stubs, config, Authenticator(stubs.accounts, tokens, revocations))
