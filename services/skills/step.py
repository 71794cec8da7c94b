"""What the author of a step needs: a decorator, what it is given, what it gives back."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

MARK = "__nekohub_step__"
SAME_NAME = "\0same"


@dataclass(frozen=True, slots=True)
class Asset:
    """The picture at hand."""

    id: str
    content_type: str
    """For example "image/png", told from the bytes."""
    width: int
    """Pixels as displayed."""
    height: int
    """Pixels as displayed."""
    original_file_name: str
    description: str = ""
    """What a person wrote; "" if nobody did. A model's is not here."""
    caption: str = ""
    """What the step `caption` left last: in this run, if it came before; "" if it never did."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What AI calls used."""

    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    cost: float = 0.0
    """At the prices of the profiles that were asked."""

    def __add__(self, other: "Usage") -> "Usage":
        """What both together used."""
        both = zip(astuple(self), astuple(other), strict=True)
        return Usage(*(mine + theirs for mine, theirs in both))


class StepFailed(Exception):
    """A step cannot do its work; the message is shown to people as `errorMessage`."""

    def __init__(
        self, message: str, *, profile: str = "", model: str = "", usage: Usage = Usage()
    ) -> None:
        """Takes also which profile and model were asked in vain, and what that used; what
        `ctx.ask` was asked is recorded without it.
        """
        super().__init__(message)
        self.profile = profile
        self.model = model
        self.usage = usage


class AnswerUnusable(StepFailed):
    """A step cannot use what a model said. What is kept of the answers about the picture is
    forgotten, so that the next run asks again.
    """


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said. Its text is hostile: store it, never act on it."""

    output: dict[str, Any]
    """Satisfies the schema that was asked for."""
    profile: str = ""
    model: str = ""
    usage: Usage = Usage()
    cached: bool = False
    """Whether it was kept from an earlier, equal question, so that nothing was used."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A rendition to keep on the asset."""

    kind: str
    """Letters, digits, "_" and "-", 1 to 64; one derivative per kind."""
    data: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StructuredResult:
    """JSON to keep on the asset."""

    kind: str
    """Letters, digits, "_" and "-", 1 to 64; one result per kind."""
    payload: dict[str, Any]
    description: str | None = None
    """Offered for the asset's description; never replaces a person's."""
    alt_text: str | None = None
    """Offered for the asset's alt text; never replaces a person's."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step leaves."""

    derivatives: tuple[Derivative, ...] = ()
    results: tuple[StructuredResult, ...] = ()
    answer: Answer | None = None
    """The model's answer that it came from. What `ctx.ask` was asked is recorded without it."""


class StepContext(Protocol):
    """What a step may ask for."""

    @property
    def language(self) -> str:
        """The BCP 47 tag of the language to write in, unless a run asks for another."""

    def original(self) -> AbstractAsyncContextManager[Path]:
        """The original's bytes in a file that goes at the end of the block."""

    async def render(
        self,
        kind: str,
        function: Callable[..., Image.Image],
        *,
        content_type: str = "image/webp",
        **arguments: Any,
    ) -> StepResult:
        """A derivative made by a pure module-level `function(picture, **arguments)`.

        It runs in a process that may die without harm, on an upright sRGB picture (RGB or RGBA),
        and gives back such a picture. Arguments are JSON values. Raises StepFailed.
        """

    async def render_all(
        self,
        function: Callable[..., Mapping[str, Image.Image]],
        *,
        content_type: str = "image/webp",
        quality: int | None = None,
        widest: int | None = None,
        **arguments: Any,
    ) -> StepResult:
        """Derivatives by their kinds, made by one `function(picture, **arguments)` at once.

        `quality`, 1 to 100, is for WebP, AVIF and JPEG. `widest` says that no more pixels across
        are needed, so that a large JPEG is decoded faster. The rest is as with `render`.
        """

    async def thumbnail(self) -> StepResult:
        """The derivative `thumbnail_256`. Raises StepFailed."""

    async def without_metadata(self, kind: str) -> StepResult:
        """A derivative: the original without metadata, upright. Raises StepFailed."""

    async def ask(
        self, name: str, prompt: str, schema: dict[str, Any], *, version: int = 1
    ) -> Answer:
        """Shows the asset's preview to the active AI provider's model.

        `name` names the schema: letters, digits, "_" and "-". `version` is the prompt's, for the
        log. Raises StepFailed.
        """


@dataclass(frozen=True, slots=True)
class NoParams:
    """A step that takes no parameters."""


Run = Callable[[Any, Asset, Any], Awaitable[StepResult]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was found."""

    name: str
    run: Run
    params: type = NoParams
    needs: tuple[str, ...] = ()
    skill: str | None = None
    """The skill made of this step alone; None if there is none."""
    description: str = ""
    module: str = field(default="", compare=False)
    after: tuple[str, ...] = ()


def step(
    name: str,
    *,
    description: str = "",
    params: type = NoParams,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    skill: str | None = SAME_NAME,
) -> Callable[[Run], Run]:
    """Makes `async def run(ctx, asset, params) -> StepResult` a step, and a skill of its name.

    `params` is a frozen dataclass; see `services.skills.parameters`. A step waits for those that
    it `needs` and is skipped if one fails. It waits also for those that it comes `after`, and runs
    whether they succeeded or not. Those that are not in its pipeline do not count. `skill` gives
    the skill another name, or with None none.
    """

    def mark(run: Run) -> Run:
        own_skill = name if skill == SAME_NAME else skill
        found = Step(name, run, params, needs, own_skill, description, run.__module__, after)
        setattr(run, MARK, found)
        return run

    return mark
