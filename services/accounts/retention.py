"""What is kept for a while only: sessions that are over, and attempts to sign in."""

import asyncio

from services.accounts.attempts import Attempts
from services.accounts.sessions import SessionStore

INTERVAL_SECONDS = 3600.0


async def forget_old(sessions: SessionStore, attempts: Attempts) -> None:
    """Removes what is over, at once and then hourly, until it is cancelled.

    Raises what the database raises: it is to be `supervised`.
    """
    while True:
        await sessions.forget_old()
        await attempts.forget_old()
        await asyncio.sleep(INTERVAL_SECONDS)
