"""A picture without metadata, in the format that it has."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image, ImageFile

from services.chassis.pixels import animation
from services.chassis.pixels.encoding import repetition
from services.chassis.pixels.picture import decode, header, opened, orientation, upright
from services.chassis.pixels.presets import Rendition
from services.chassis.pixels.stripping import avif, gif, jpeg, png, webp

Pieces = Iterator[bytes | memoryview]

_CONTAINERS: Mapping[str, Callable[[bytes], Pieces]] = MappingProxyType(
    {
        "JPEG": jpeg.stripped,
        "PNG": png.stripped,
        "WEBP": webp.stripped,
        "GIF": gif.stripped,
        "AVIF": avif.stripped,
    }
)
_TURNED_QUALITY = 95


def stripped(path: str, target: str, max_pixels: int) -> Rendition:
    """Writes the picture upright and without metadata, with its colour profile.

    The coded pixels are taken over as they are; only a picture that has to be turned is coded
    anew, without loss where its format has none. An AVIF keeps the turn that is part of its format.
    What was written has been decoded once.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    with header(path, max_pixels) as picture:
        name = "JPEG" if picture.format == "MPO" else str(picture.format)
        turn = orientation(picture)
        width, height = picture.size if turn < 5 else picture.size[::-1]
        is_turned = turn > 1 and name != "AVIF"
        if is_turned:
            _write_turned(picture, name, path, target)
    if not is_turned:
        _write(_CONTAINERS[name](Path(path).read_bytes()), target)
        with opened(target, max_pixels):
            pass
    return Rendition(width=width, height=height, content_type=Image.MIME[name])


def _write(pieces: Iterable[bytes | memoryview], target: str) -> None:
    with Path(target).open("wb") as file:
        file.writelines(pieces)


def _write_turned(picture: ImageFile.ImageFile, name: str, path: str, target: str) -> None:
    options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
    if name == "WEBP":
        lossless = webp.is_lossless(Path(path).read_bytes())
        options |= {"lossless": lossless, "exact": lossless, "quality": _TURNED_QUALITY}
    decode(picture)
    if len(animation.shown(picture)) > 1:
        _write_frames(picture, name, target, options)
    else:
        if name == "JPEG":
            options |= _jpeg_options(picture)
        _bare(picture).save(target, name, **options)
    if name == "PNG":
        colours = png.with_colours_of(Path(path).read_bytes(), Path(target).read_bytes())
        _write(list(colours), target)


def _write_frames(
    picture: ImageFile.ImageFile, name: str, target: str, options: dict[str, Any]
) -> None:
    plays = animation.plays(picture)
    frames, durations = zip(*animation.frames(picture), strict=True)
    first, *others = map(_bare, frames)
    first.save(
        target,
        name,
        save_all=True,
        append_images=others,
        duration=list(durations),
        **repetition(name, plays),
        **options,
    )


def _bare(picture: Image.Image) -> Image.Image:
    """The picture upright, with nothing besides its pixels and a colour that is transparent."""
    result = upright(picture)
    kept = {"transparency"} & result.info.keys()
    result.info = {key: result.info[key] for key in kept}
    return result


def _jpeg_options(picture: ImageFile.ImageFile) -> dict[str, Any]:
    return {
        "quality": _TURNED_QUALITY,
        # Colours that were halved lie between pixels; halved again, they would wash out.
        "subsampling": "4:4:4",
        "optimize": True,
        "progressive": bool(picture.info.get("progressive")),
    }
