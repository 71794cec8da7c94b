"""What this process knows of models, and what it tells the database of it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from services.chassis.clock import now
from services.providers.base_url import BaseUrl
from services.providers.capabilities import Capabilities
from services.providers.capability_store import CapabilityStore
from services.providers.dialect import Dialect

logger = logging.getLogger(__name__)


class Memory:
    """What is known of one model behind one base URL.

    A database that is away costs what would have been kept there, and no answer.
    """

    def __init__(
        self, base_url: BaseUrl, model_name: str, store: CapabilityStore | None = None
    ) -> None:
        """Takes the model, as its profiles name it, and where to read and keep; None for nowhere:
        then nothing is known.
        """
        self._base_url = base_url
        self._model_name = model_name
        self._store = store
        self._is_read = store is None
        self._reading = asyncio.Lock()
        self._used: Dialect | None = None
        """None to begin anew."""
        self.known: Capabilities | None = None
        """As it is kept, or would be if the database took it."""
        self._refused: Capabilities | None = None
        """What was known when this process was last refused because of a picture."""

    async def dialect(self) -> Dialect | None:
        """How the model is to be asked; None if nothing is known of that."""
        if not self._is_read:
            async with self._reading:
                if not self._is_read:
                    await self._read()
        return self._used

    async def learn(self, dialect: Dialect) -> None:
        """Remembers how the model was asked when it answered."""
        self._used = dialect
        if self.known is None or self.known.dialect != dialect:
            sees = self.known.can_see_images if self.known else None
            learnt = Capabilities(dialect, None, now())
            self.known = replace(learnt, can_see_images=sees)
            await self._keep(learnt)

    async def learn_blindness(self, dialect: Dialect) -> None:
        """Remembers that the model takes no pictures; `dialect` is how it was asked."""
        if self.known is not None and self.known.can_see_images is False:
            return
        known = self.known or Capabilities(dialect, None, now())
        self._refused = replace(known, can_see_images=False, learn_time=now())
        await self.keep(self._refused)

    async def doubt_blindness(self) -> None:
        """Takes back that the model takes no pictures, once it answered a question about one.

        What a trial found stays: that the model answers, and describes what it does not see.
        """
        if self.known is None or self.known != self._refused:
            return
        self.known, self._refused = replace(self.known, can_see_images=None), None
        if self._store is not None:
            with self._may_fail():
                await self._store.doubt_blindness(self._base_url, self._model_name)

    def begin_anew(self) -> None:
        """Has the next question asked as if nothing were known. What is kept stays until then."""
        self._used = None

    def read_anew(self) -> None:
        """Has the next question look at what is kept: profiles or other processes changed it."""
        self._is_read = self._store is None

    def hear(self, known: Capabilities) -> None:
        """Takes over what is kept, if it is newer: another process found it out."""
        if self.known is None or known.learn_time > self.known.learn_time:
            self._used, self.known = known.dialect, known

    async def keep(self, known: Capabilities) -> None:
        """Puts this in the place of all that is known."""
        self._used, self.known = known.dialect, known
        await self._keep(known)

    async def _keep(self, known: Capabilities) -> None:
        if self._store is not None:
            with self._may_fail():
                await self._store.keep(self._base_url, self._model_name, known)

    @contextmanager
    def _may_fail(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            logger.warning(
                "what was learnt of the model %r is not kept: %s",
                self._model_name,
                type(error).__name__,
            )

    async def _read(self) -> None:
        assert self._store is not None  # noqa: S101 - without a store there is nothing to read
        try:
            self.known = await self._store.of(self._base_url, self._model_name)
        except SQLAlchemyError as error:
            logger.warning(
                "what is known of the model %r cannot be read: %s",
                self._model_name,
                type(error).__name__,
            )
        else:
            self._used = self.known.dialect if self.known else None
        self._is_read = True


class Memories:
    """The memories in use, one for all that ask the same model."""

    def __init__(self, store: CapabilityStore) -> None:
        self._store = store
        self._in_use: WeakValueDictionary[tuple[str, str], Memory] = WeakValueDictionary()

    def of(self, base_url: BaseUrl, model_name: str) -> Memory:
        """The memory of a model; its next question looks at what is kept."""
        key = (base_url.text, model_name)
        memory = self._in_use.get(key)
        if memory is None:
            memory = self._in_use[key] = Memory(base_url, model_name, self._store)
        memory.read_anew()
        return memory

    def hear(self, base_url: BaseUrl, model_name: str, known: Capabilities) -> None:
        """Tells the memory of a model, if it is in use, what was read of it."""
        memory = self._in_use.get((base_url.text, model_name))
        if memory is not None:
            memory.hear(known)
