"""Answers that are kept, to be given again when the very same is asked about the same picture."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import AWAY, Database, why_away
from services.providers.answer_rows import FORGET, KEEP, LOOK_UP, NOTE, REMOVE_NOTES, lock
from services.providers.model import Profile
from services.providers.question import Answer, Question

WRITE_SECONDS = 1.0
"""How long answers wait to be written together: each by itself costs a fifth of a call."""
NOTES_KEPT = timedelta(days=2)
"""How long it is known that a picture was forgotten: longer than a question may take."""
_log = logging.getLogger(__name__)


Ask = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question to a profile's model."""

    key: str
    question: Question
    profile: Profile


@dataclass(frozen=True, slots=True)
class _Unsaved:
    """An answer that is to be written."""

    picture_sha256: str
    answer: Answer | None
    """To be given until then; None where the row may be one that is not to be kept."""
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known when a question began."""

    forget_time: datetime | None
    """When its picture was last forgotten; None if it was not."""
    kept: Answer | None


class KeptAnswers:
    """Looks answers up before a model is asked, and keeps what it answers.

    Equal questions that come at the same moment are one: the others wait for the first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._under_way: dict[str, asyncio.Future[Answer | None]] = {}
        """By their keys, the first of equal questions; None stands for one that has failed."""
        self._unsaved: dict[str, _Unsaved] = {}
        """By their keys; given again already."""
        self._forgets = 0
        """Counts forgetting as it begins and as it ends, of whatever picture."""
        self._has_unsaved = asyncio.Event()
        self._turn = asyncio.Lock()

    async def answered(self, question: Question, profile: Profile, ask: Ask) -> Answer:
        """The answer of a profile's model: one that was kept, or else what `ask` gives.

        The built-in engine's are not kept: they cost nothing, and depend on more than the question.
        Raises what `ask` raises.
        """
        if not _may_keep(question, profile):
            return await ask()
        asked = _Asked(key_of(question, profile), question, profile)
        if question.ask_anew:
            return await self._fresh_or_kept(asked, ask)
        while (first := self._under_way.get(asked.key)) is not None:
            await asyncio.wait((first,))
            if not first.cancelled():
                found = first.result()
                # All that waited in vain ask at once, lest the last wait for each before.
                return await self._fresh_or_kept(asked, ask) if found is None else _again(found)
        return await self._first(asked, ask)

    async def kept(self, question: Question, profile: Profile) -> Answer | None:
        """What a profile's model has answered before, if that will do."""
        if question.ask_anew or not _may_keep(question, profile):
            return None
        return (await self._known(_Asked(key_of(question, profile), question, profile))).kept

    async def run(self) -> None:
        """Writes without end what is not written yet."""
        while True:
            await self._has_unsaved.wait()
            await asyncio.sleep(WRITE_SECONDS)
            await self.save()

    async def save(self) -> None:
        """Writes what is not written yet, in one transaction; with a database that is away it goes,
        and will be asked for again.
        """
        async with self._turn:
            taken = dict(self._unsaved)
            self._has_unsaved.clear()
            if not taken:
                return
            try:
                await self._database.write(lambda connection: _written(connection, taken))
            except AWAY as error:
                _log.warning("answers could not be kept: %s", why_away(error))
            for key, each in taken.items():
                if self._unsaved.get(key) is each:
                    del self._unsaved[key]

    async def forget(self, picture_sha256: str) -> int:
        """Removes the answers about a picture, and says how many there were.

        What is being asked about it at the moment is not kept.
        """
        self._forgets += 1
        await self.save()
        moment = now()

        def work(connection: sa.Connection) -> int:
            lock(connection, [picture_sha256])
            connection.execute(REMOVE_NOTES, {"oldest": moment - NOTES_KEPT})
            note = {"picture": picture_sha256, "moment": moment}
            connection.execute(NOTE[connection.dialect.name], note)
            return connection.execute(FORGET, {"picture": picture_sha256}).rowcount

        count = await self._database.write(work)
        self._forgets += 1
        for key, each in self._unsaved.items():
            if each.picture_sha256 == picture_sha256:
                self._unsaved[key] = replace(each, answer=None)
        return count

    async def _first(self, asked: _Asked, ask: Ask) -> Answer:
        """Answers the first of equal questions, and tells those that wait for it."""
        mine = self._under_way[asked.key] = asyncio.get_running_loop().create_future()
        found = None
        try:
            found = await self._fresh_or_kept(asked, ask)
        except asyncio.CancelledError:
            mine.cancel()
            raise
        finally:
            del self._under_way[asked.key]
            if not mine.done():
                mine.set_result(found)
        return found

    async def _fresh_or_kept(self, asked: _Asked, ask: Ask) -> Answer:
        forgets = self._forgets
        known = await self._known(asked)
        if known.kept is not None and not asked.question.ask_anew:
            return known.kept
        found = await ask()
        is_sure = forgets == self._forgets
        self._keep(asked, found, known.forget_time, is_sure=is_sure)
        return found

    async def _known(self, asked: _Asked) -> _Known:
        unsaved = self._unsaved.get(asked.key)
        if unsaved is not None and unsaved.answer is not None and not asked.question.ask_anew:
            return _Known(None, _again(unsaved.answer))
        values = {"sought": asked.key, "picture": asked.question.picture_sha256}
        (row,) = await self._database.rows(LOOK_UP, values)
        if row["output_json"] is None:
            return _Known(row["forget_time"], None)
        kept = Answer(
            output=orjson.loads(row["output_json"]),
            model_name=row["model_name"],
            base_url=asked.profile.fields.api_base_url.text,
            cached=True,
        )
        return _Known(row["forget_time"], kept)

    def _keep(
        self, asked: _Asked, found: Answer, forget_time: datetime | None, *, is_sure: bool
    ) -> None:
        picture_sha256 = asked.question.picture_sha256
        row = {
            "sought": asked.key,
            "picture": picture_sha256,
            "of_profile": asked.profile.id,
            "model": found.model_name,
            "output": orjson.dumps(found.output).decode(),
            "moment": now(),
            "known": forget_time,
        }
        self._unsaved[asked.key] = _Unsaved(picture_sha256, found if is_sure else None, row)
        self._has_unsaved.set()


def _may_keep(question: Question, profile: Profile) -> bool:
    return question.picture_sha256 != "" and not profile.fields.api_base_url.is_local


def key_of(question: Question, profile: Profile) -> str:
    """A hash of all that the model is given: another question, or another model, has another."""
    given = (
        hashlib.sha256(question.jpeg).hexdigest(),
        question.prompt,
        question.schema_name,
        question.schema,
        profile.fields.default_system_prompt,
        profile.fields.model_name,
        profile.fields.api_base_url.text,
        profile.id,
    )
    return hashlib.sha256(orjson.dumps(given)).hexdigest()


def _written(connection: sa.Connection, taken: Mapping[str, _Unsaved]) -> None:
    # In one order, or replicas would wait for each other in a circle.
    lock(connection, sorted({each.picture_sha256 for each in taken.values()}))
    rows = [taken[key].row for key in sorted(taken)]
    connection.execute(KEEP[connection.dialect.name], rows)


def _again(found: Answer) -> Answer:
    """An answer as it is given to who did not ask for it: nothing more was used."""
    return replace(
        found, input_tokens=0, output_tokens=0, requests=0, latency_ms=0, cached=True, cost=0.0
    )
