"""Running a step's own function on a picture: its author writes nothing but that function."""

from collections.abc import Callable
from importlib import import_module
from itertools import islice
from typing import Any, cast

from PIL import Image

from services.chassis.pixels.encoding import ENCODERS, save, save_animation
from services.chassis.pixels.picture import frames, opened
from services.chassis.pixels.presets import Rendition

Transform = Callable[..., Image.Image]
"""`(picture, **arguments) -> picture`: takes RGB or RGBA, upright, in sRGB; gives RGB or RGBA."""


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
    called for every frame; else for the first.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    if content_type not in ENCODERS:
        raise ValueError(f"{content_type} cannot be written; accepted are {', '.join(ENCODERS)}")
    transform = _transform(function_name)
    with opened(path, max_pixels) as picture:
        count = None if ENCODERS[content_type].animated else 1
        results = [
            (transform(frame, **arguments), duration)
            for frame, duration in islice(frames(picture), count)
        ]
    first = results[0][0]
    if len(results) == 1:
        save(first, target, content_type)
    else:
        save_animation([r[0] for r in results], [r[1] for r in results], target, content_type)
    return Rendition(width=first.width, height=first.height, content_type=content_type)


def _transform(name: str) -> Transform:
    module, _, function = name.partition(":")
    return cast("Transform", getattr(import_module(module), function))
