"""Hands the outbox to the skills service.

Delivery is at least once and both calls are idempotent, so replicas need not agree on who
delivers: two that meet at one message do no harm. What is not answered stays in the outbox and is
tried again.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from nekohub.skills.v1 import skills_pb2, skills_pb2_grpc

from services.assets.blobs.store import BlobStore
from services.assets.outbox import LONGEST_BACKOFF_SECONDS, Message, MessageKind, Outbox
from services.chassis import trace
from services.chassis.clock import now
from services.chassis.database import AWAY, why_away
from services.chassis.errors import FailedPrecondition, HubError, InvalidArgument, NotFound
from services.chassis.ids import made_at
from services.chassis.status import explained

POLL_SECONDS = 1.0
"""How often leftovers and other replicas' messages are looked for."""
UPGRADE = timedelta(days=1)
"""So long a skill that skills does not know may be one that it will know."""
UNKNOWN_SECONDS = 300.0
"""Longest wait before skills is asked again whether it knows one, so that many do not hold up what
it does know.
"""
_BATCH = 16
_PERMANENT = (FailedPrecondition, InvalidArgument, NotFound)
_log = logging.getLogger(__name__)


class Relay:
    """Delivers messages as they are posted."""

    def __init__(
        self, outbox: Outbox, blobs: BlobStore, skills: "skills_pb2_grpc.SkillServiceAsyncStub"
    ) -> None:
        self._outbox = outbox
        self._blobs = blobs
        self._skills = skills
        self._woken = {kind: asyncio.Event() for kind in MessageKind}

    def wake(self) -> None:
        """Says that a message was posted."""
        for event in self._woken.values():
            event.set()

    async def run(self, kind: MessageKind) -> None:
        """Delivers until it is cancelled; raises what the database raises.

        One kind does not wait for another: objects are slow to remove where the storage hangs.
        """
        woken = self._woken[kind]
        while True:
            woken.clear()
            messages = await self._outbox.due(kind, _BATCH)
            async with asyncio.TaskGroup() as deliveries:
                for message in messages:
                    deliveries.create_task(self._handle(message))
            if len(messages) < _BATCH:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await woken.wait()

    async def _handle(self, message: Message) -> None:
        trace.resume(message.trace_id)
        try:
            await self._handled(message)
        except AWAY as error:
            # What could not be noted stays due, and is told again.
            _log.warning(
                "%s of asset %s: the database does not answer: %s",
                message.kind,
                message.asset_id,
                why_away(error),
            )

    async def _handled(self, message: Message) -> None:
        try:
            await self._deliver(message)
        except (HubError, OSError) as error:
            if not _is_for_good(error, message):
                longest = UNKNOWN_SECONDS if _is_unknown(error) else LONGEST_BACKOFF_SECONDS
                due_at = await self._outbox.postpone(message, longest)
                _log.warning(
                    "%s of asset %s is tried again at %s: %s",
                    message.kind,
                    message.asset_id,
                    due_at.isoformat(),
                    error,
                )
                return
            # That an asset was deleted before it was its turn is as it should be.
            is_gone = isinstance(error, NotFound) and error.reason == "ASSET_NOT_FOUND"
            _log.log(
                logging.INFO if is_gone else logging.ERROR,
                "%s of asset %s was refused for good: %s",
                message.kind,
                message.asset_id,
                error,
            )
        await self._outbox.remove(message)

    async def _deliver(self, message: Message) -> None:
        with explained():
            if message.kind is MessageKind.START_EXECUTION:
                await self._skills.StartExecution(
                    skills_pb2.StartExecutionRequest(
                        request_id=message.id,
                        asset_id=message.asset_id,
                        skill_name=message.payload["skillName"],
                        trigger_source=skills_pb2.TRIGGER_SOURCE_UPLOAD,
                    )
                )
            else:
                # Neither waits for the other: runs go while the storage is away, and objects while
                # skills is.
                forgetting = self._skills.DeleteAssetExecutions(
                    skills_pb2.DeleteAssetExecutionsRequest(
                        asset_id=message.asset_id,
                        picture_sha256=message.payload.get("pictureSha256", ""),
                    )
                )
                for key in message.payload["storageKeys"]:
                    await self._blobs.delete(key)
                await forgetting


def _is_for_good(error: Exception, message: Message) -> bool:
    # The skill was known when the picture was accepted: whoever does not know it is of another
    # version, and in an upgrade that passes.
    if _is_unknown(error):
        return now() - made_at(message.id) > UPGRADE
    return isinstance(error, _PERMANENT)


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, NotFound) and error.reason == "SKILL_NOT_FOUND"
