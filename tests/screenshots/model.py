"""A scripted model that knows the pictures of the hub that is shown by their looks."""

import io
from collections.abc import Iterable

from PIL import Image

from tests.fakes import ANSWERS, Asked, Scripted, completion
from tests.screenshots.words import Scene

REFUSAL = Scripted(
    400,
    {
        "error": {
            "message": "This picture may not be processed under the content policy of this server.",
            "code": "content_policy_violation",
        }
    },
)
USAGE = {"prompt_tokens": 1184, "completion_tokens": 58, "total_tokens": 1242}
SIDE = 8
"""How many squares of a picture in each direction are looked at to know it again."""


class Knowing:
    """Answers what the words of the most similar picture say."""

    def __init__(self, shown: Iterable[tuple[Scene, Image.Image]]) -> None:
        self._known = [(_looks(picture), scene) for scene, picture in shown]
        self.refused: Scene | None = None
        """The one that it says nothing about."""

    def __call__(self, asked: Asked) -> Scripted | None:
        """The reply; None leaves it to the script."""
        if not asked.images or asked.schema_name not in ANSWERS:
            return None
        with Image.open(io.BytesIO(asked.images[0])) as picture:
            looks = _looks(picture)
        _, scene = min(self._known, key=lambda known: _distance(known[0], looks))
        if scene is self.refused and asked.schema_name == "structured-metadata":
            return REFUSAL
        return Scripted(body=completion(scene.answer(asked.schema_name)) | {"usage": USAGE})


def _looks(picture: Image.Image) -> bytes:
    return picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
