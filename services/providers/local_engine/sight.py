"""What the models of the extra `local` see in a picture."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from PIL import Image

from services.chassis.pixels.picture import decode, header
from services.providers.local_engine import models
from services.providers.local_engine.analysis import MAX_PIXELS, analysed

MOST_THREADS = 4
"""Of one process; more gain nothing on networks as small as these."""
_REMEMBERED = 16
"""Pictures. Three questions come about each, at about the same time."""
_LONGEST_SIDE = 1568
"""Of what is looked at; the preview has no more."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was recognised; what was not sure is not there."""

    things: tuple[str, ...] = ()
    """The main thing, from the most exact word to the widest."""
    text: str = ""
    """What can be read, in lines."""
    models: tuple[str, ...] = ()
    """Which were asked."""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Reads what `seen` gave."""
        return cls(tuple(document["things"]), document["text"], tuple(document["models"]))


_things: dict[str, list[str]] = {}
"""Of the pictures that were seen last, by the hash of their bytes."""


def seen(path: str, *, is_read: bool, threads: int) -> dict[str, Any]:
    """Measures and looks at the picture at `path`, and reads its text if that is wanted.

    Called in a process of its own, where models are loaded when they are first needed; gives JSON
    of an Analysis and of a Sight. Raises PictureUnreadable and PictureTooDemanding.
    """
    with header(path, MAX_PIXELS) as picture:
        decode(picture, fitting=_LONGEST_SIDE)
        whole = picture.convert("RGB")
    whole.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    sight = Sight(
        things=tuple(_things_in(whole, path, threads)),
        text=_text_in(whole, threads) if is_read else "",
        models=(models.TAGS, models.TEXT) if is_read else (models.TAGS,),
    )
    return {"analysis": analysed(path), "sight": asdict(sight)}


def _things_in(picture: Image.Image, path: str, threads: int) -> list[str]:
    from services.providers.local_engine.classifier import probabilities
    from services.providers.local_engine.things import named

    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    if digest not in _things:
        while len(_things) >= _REMEMBERED:
            del _things[next(iter(_things))]
        _things[digest] = named(probabilities(picture, threads))
    return _things[digest]


def _text_in(picture: Image.Image, threads: int) -> str:
    from services.providers.local_engine.reader import text_in

    return text_in(picture, threads)
