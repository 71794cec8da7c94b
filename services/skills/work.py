"""What a step is given: the asset's bytes, pixel work and the model, through other services."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.duration_pb2 import Duration
from nekohub.assets.v1 import assets_pb2
from nekohub.providers.v1 import providers_pb2
from PIL import Image

from services.chassis.errors import DeadlineExceeded, HubError, NotFound, Unavailable
from services.chassis.pixels.errors import PictureError
from services.chassis.pixels.pool import PixelPool
from services.chassis.pixels.presets import Rendition, thumbnail_256
from services.chassis.pixels.render import render, render_all
from services.chassis.pixels.stripping.strip import stripped
from services.chassis.status import explained
from services.chassis.time_limit import TimeLimit
from services.chassis.workspace import temporary_folder
from services.skills import answers
from services.skills.asked import Asked
from services.skills.leaving import Origin, leave
from services.skills.picture import Picture
from services.skills.step import Answer, Asset, Derivative, StepFailed, StepResult

if TYPE_CHECKING:
    from nekohub.assets.v1.assets_pb2_grpc import AssetServiceAsyncStub
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub

LARGEST_BYTES = 64 * 1024**2
"""Of one derivative; assets takes no larger one."""
DESCRIBE_SECONDS = 86_400.0
"""Providers end a question themselves; it may wait for its turn as long as there are others."""
_log = logging.getLogger(__name__)
_TARGET = "rendition"
"""The name of what is made, beside the original."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every step works with."""

    assets: "AssetServiceAsyncStub"
    providers: "ProviderServiceAsyncStub"
    pixels: PixelPool
    max_pixels: int
    timeout_seconds: float
    """What one step may take."""
    language: str
    """The BCP 47 tag of the language to write in."""


class Work:
    """A step's context for one asset in one execution; see `StepContext`."""

    def __init__(
        self,
        tools: Tools,
        picture: Picture,
        execution_id: str,
        step_name: str,
        position: int = 0,
        *,
        skill_name: str = "",
        asks_anew: bool = False,
    ) -> None:
        """Takes also whose step it is, and whether a model's kept answers will not do."""
        self._assets = tools.assets
        self._providers = tools.providers
        self._pixels = tools.pixels
        self._max_pixels = tools.max_pixels
        self._language = tools.language
        self._picture = picture
        self._asset_id = picture.asset_id
        self._execution_id = execution_id
        self._step_name = step_name
        self._position = position
        self._skill_name = skill_name
        self._asks_anew = asks_anew
        self.asked = Asked()
        """What was asked of models so far."""
        self.limit = TimeLimit(tools.timeout_seconds)
        """Around the step's work. What a model takes has a limit of its own, as long."""

    @property
    def language(self) -> str:
        """The language to write in."""
        return self._language

    async def asset(self) -> Asset:
        """The asset. Raises NotFound when it was deleted."""
        return await self._picture.asset()

    @asynccontextmanager
    async def original(self) -> AsyncIterator[Path]:
        """The original in a file."""
        async with temporary_folder() as folder:
            path = folder / "original"
            with await asyncio.to_thread(path.open, "wb") as file:
                call = self._assets.ReadContent(
                    assets_pb2.ReadContentRequest(asset_id=self._asset_id)
                )
                try:
                    with explained():
                        async for message in call:
                            if message.WhichOneof("part") == "chunk":
                                await asyncio.to_thread(file.write, message.chunk)
                finally:
                    call.cancel()
            yield path

    async def render(
        self,
        kind: str,
        function: Callable[..., Image.Image],
        *,
        content_type: str = "image/webp",
        **arguments: Any,
    ) -> StepResult:
        """A derivative made by a pure function."""
        return await self._rendered(
            kind, render, **_named(function, arguments), content_type=content_type
        )

    async def render_all(
        self,
        function: Callable[..., Mapping[str, Image.Image]],
        *,
        content_type: str = "image/webp",
        quality: int | None = None,
        widest: int | None = None,
        **arguments: Any,
    ) -> StepResult:
        """Derivatives made by a pure function from one decode."""
        async with self.original() as path:
            made = await self._worked(
                render_all,
                path,
                **_named(function, arguments),
                content_type=content_type,
                quality=quality,
                widest=widest,
            )
            found = [await _derivative(each["name"], Path(each["file"]), each) for each in made]
        return StepResult(derivatives=tuple(found))

    async def thumbnail(self) -> StepResult:
        """The derivative `thumbnail_256`."""
        return await self._rendered("thumbnail_256", thumbnail_256)

    async def without_metadata(self, kind: str) -> StepResult:
        """The picture without metadata."""
        return await self._rendered(kind, stripped)

    async def _rendered(self, kind: str, function: Any, **arguments: Any) -> StepResult:
        async with self.original() as path:
            made = await self._worked(function, path, **arguments)
            return StepResult((await _derivative(kind, path.with_name(_TARGET), made),))

    async def _worked(self, function: Any, path: Path, **arguments: Any) -> Any:
        """Runs a function on the original that writes to _TARGET, or beside it."""
        try:
            return await self._pixels.run(
                function,
                str(path),
                target=str(path.with_name(_TARGET)),
                max_pixels=self._max_pixels,
                **arguments,
            )
        except PictureError as error:
            raise StepFailed(str(error)) from error

    async def ask(
        self, name: str, prompt: str, schema: dict[str, Any], *, version: int = 1
    ) -> Answer:
        """Shows the preview to the active model.

        Raises NotFound, Unavailable and DeadlineExceeded too: the last two may pass.
        """
        _log.debug(
            "step %s of execution %s asks for %s, version %d of its prompt",
            self._step_name,
            self._execution_id,
            name,
            version,
        )
        try:
            with explained():
                answered = await self._described(name, prompt, schema)
        except (NotFound, Unavailable, DeadlineExceeded):
            raise
        except HubError as error:
            failure = answers.failure_of(error)
            self.asked.add(failure)
            raise failure from error
        answer = answers.answer_of(answered)
        self.asked.add(answer)
        return answer

    async def _described(
        self, name: str, prompt: str, schema: dict[str, Any]
    ) -> providers_pb2.DescribeResponse:
        shown = await self._picture.preview()
        facts = {
            field.name: getattr(shown.facts, field.name)
            for field in assets_pb2.PictureFacts.DESCRIPTOR.fields
        }
        checksum = await self._picture.checksum()
        with self.limit.paused():
            return await self._providers.Describe(
                providers_pb2.DescribeRequest(
                    jpeg=shown.jpeg,
                    prompt=prompt,
                    schema_name=name,
                    schema_json=json.dumps(schema),
                    facts=providers_pb2.ImageFacts(**facts),
                    idempotency_key=self._idempotency_key(name, prompt, schema),
                    timeout=self._timeout(),
                    skill_name=self._skill_name,
                    picture_sha256=checksum,
                    ask_anew=self._asks_anew,
                ),
                timeout=DESCRIBE_SECONDS,
            )

    async def forget_answers(self) -> None:
        """Has the answers forgotten that this run may have asked for after its asset's end."""
        if self._picture.was_shown:
            await answers.forget(self._providers, await self._picture.checksum())

    def _timeout(self) -> Duration:
        timeout = Duration()
        timeout.FromTimedelta(timedelta(seconds=self.limit.seconds))
        return timeout

    def _idempotency_key(self, name: str, prompt: str, schema: dict[str, Any]) -> str:
        """The same for a repeat; a step's second question has another, and so has a second step of
        its name. At most 64 characters.
        """
        question = json.dumps([self._step_name, self._position, name, prompt, schema])
        return f"{self._execution_id}.{hashlib.sha256(question.encode()).hexdigest()[:27]}"

    async def keep(self, result: StepResult) -> None:
        """Puts what a step made on the asset. Raises NotFound when it was deleted."""
        origin = Origin(self._asset_id, self._execution_id, self._position)
        await leave(self._assets, origin, result)
        await self._picture.has_now(result.results)


def _named(function: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """A function and its arguments as decoder processes take them."""
    return {
        "function_name": f"{function.__module__}:{function.__qualname__}",
        "arguments": arguments,
    }


async def _derivative(kind: str, file: Path, made: Rendition) -> Derivative:
    """What was written into a file. Raises StepFailed if nobody would keep it."""
    size = (await asyncio.to_thread(file.stat)).st_size
    if size > LARGEST_BYTES:
        raise StepFailed(
            f"{made['content_type']} of {made['width']}×{made['height']} pixels takes "
            f"{size / 2**20:.1f} MiB; a derivative may have {LARGEST_BYTES // 2**20} MiB"
        )
    data = await asyncio.to_thread(file.read_bytes)
    return Derivative(kind, data, made["content_type"], made["width"], made["height"])
