"""The whole hub: every service on a real gRPC server behind one gateway, skills in a child."""

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from gateway import app, server
from services.accounts import app as accounts
from services.assets import app as assets
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import serving
from services.providers import app as providers
from services.settings import Settings
from services.skills_process import SkillsProcess


@asynccontextmanager
async def serving_all(settings: Settings) -> AsyncIterator[str]:
    """Serves everything while the context is open; gives the gateway's address.

    The services listen on sockets in a private folder, with a token made for this hub.
    """
    async with AsyncExitStack() as stack:
        # First of all, so that a taken port is told before anything is made.
        listener = await stack.enter_async_context(server.listening(settings.host, settings.port))
        # A path of our own: a socket's may have 107 characters, and DATA_DIR may be deep.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nekohub-")))
        token = secrets.token_urlsafe(32)
        settings = settings.model_copy(
            update={
                "internal_token": SecretStr(token),
                **{
                    f"{name}_address": f"unix:{folder}/{name}"
                    for name in ("accounts", "assets", "providers", "skills")
                },
            }
        )
        # It loads its modules while the others start.
        skills = await stack.enter_async_context(SkillsProcess.started())
        pixels = await stack.enter_async_context(PixelPool())
        for assembled, address in (
            (accounts.assembled(settings, folder=settings.data_dir), settings.accounts_address),
            (providers.assembled(settings, pixels), settings.providers_address),
            (assets.assembled(settings, pixels), settings.assets_address),
        ):
            service = await stack.enter_async_context(assembled)
            await stack.enter_async_context(
                serving(service, address, token=token, reflection=settings.grpc_reflection)
            )
        await stack.enter_async_context(skills.serving(settings))
        application = await stack.enter_async_context(app.assembled(settings, listener.url))
        await stack.enter_async_context(server.serving(application, listener))
        await pixels.warm()
        yield listener.url
