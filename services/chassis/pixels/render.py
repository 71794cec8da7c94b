"""Running a step's own function on a picture: its author writes nothing but that function."""

import math
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile

from services.chassis.pixels import animation
from services.chassis.pixels.encoding import ENCODERS, save, save_animation
from services.chassis.pixels.picture import decode, header, orientation
from services.chassis.pixels.presets import Rendition
from services.chassis.pixels.srgb import to_srgb

Transform = Callable[..., Image.Image]
"""`(picture, **arguments) -> picture`: takes RGB or RGBA, upright, in sRGB; gives RGB or RGBA."""
Transforms = Callable[..., Mapping[str, Image.Image]]
"""As Transform, but gives several pictures by name."""


class NamedRendition(Rendition):
    """One of several that were written."""

    name: str
    file: str


def render(
    path: str,
    target: str,
    function_name: str,
    arguments: dict[str, Any],
    content_type: str,
    max_pixels: int,
) -> Rendition:
    """Writes what the function "package.module:name" makes of the picture.

    Where both the picture and `content_type`, a key of ENCODERS, can be animated, the function is
    called for every frame; else, and for an animation of more than ANIMATED_PIXELS, for the first.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    transform: Transform = _function(function_name)

    def alone(picture: Image.Image, **arguments: Any) -> Mapping[str, Image.Image]:
        return {"": transform(picture, **arguments)}

    return _made(path, alone, arguments, content_type, max_pixels).save("", target)


def render_all(
    path: str,
    target: str,
    function_name: str,
    arguments: dict[str, Any],
    content_type: str,
    quality: int | None,
    widest: int | None,
    max_pixels: int,
) -> list[NamedRendition]:
    """Writes all that the function "package.module:name" makes of the picture, decoded once.

    It gives pictures by name; each goes into a file beside `target`. `quality` is for types that
    have one. A JPEG is decoded at a fraction of its size if it is `widest` pixels wide even so.
    The rest is as with `render`.
    """
    function = _function(function_name)
    made = _made(path, function, arguments, content_type, max_pixels, widest)
    written = []
    for number, name in enumerate(made.names):
        file = Path(target).with_name(f"{Path(target).name}-{number}")
        rendition = made.save(name, str(file), quality)
        written.append(NamedRendition(**rendition, name=name, file=str(file)))
    return written


def _made(
    path: str,
    function: Transforms,
    arguments: dict[str, Any],
    content_type: str,
    max_pixels: int,
    widest: int | None = None,
) -> "_Made":
    if content_type not in ENCODERS:
        raise ValueError(f"{content_type} cannot be written; accepted are {', '.join(ENCODERS)}")
    made = _Made(content_type)
    with header(path, max_pixels) as picture:
        made.plays = animation.plays(picture)
        moves = ENCODERS[content_type].animated and animation.is_kept(picture)
        decode(picture, fitting=_longest(picture, widest) if widest else None)
        for frame, duration in animation.frames(picture):
            made.add(function(to_srgb(frame), **arguments), duration)
            if not moves:
                break
    return made


class _Made:
    """What a function has made of the frames of a picture, which itself is let go."""

    def __init__(self, content_type: str) -> None:
        self.plays = animation.ENDLESS
        self._content_type = content_type
        self._durations: list[int] = []
        self._frames: dict[str, list[Image.Image]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the pictures that were made."""
        return tuple(self._frames)

    def add(self, pictures: Mapping[str, Image.Image], duration: int) -> None:
        """Takes what was made of the next frame."""
        for name, picture in pictures.items():
            self._frames.setdefault(name, []).append(picture)
        self._durations.append(duration)

    def save(self, name: str, target: str, quality: int | None = None) -> Rendition:
        """Writes one of the pictures and lets go of it."""
        first, *others = frames = self._frames.pop(name)
        kind = self._content_type
        if others:
            save_animation(frames, self._durations, target, kind, plays=self.plays, quality=quality)
        else:
            save(first, target, kind, quality=quality)
        return Rendition(width=first.width, height=first.height, content_type=kind)


def _longest(picture: ImageFile.ImageFile, width: int) -> int:
    """The longer side, as `decode` takes it, of the picture as displayed with some width."""
    own = picture.size[0] if orientation(picture) < 5 else picture.size[1]
    # One more, since fractions are rounded.
    return math.ceil(max(picture.size) * width / own) + 1


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
