"""What the pictures of README are made with: words go with their picture, files stay small."""

import base64
import io

from PIL import Image

from tests.fakes import Asked
from tests.screenshots import scenes
from tests.screenshots.model import REFUSAL, Knowing
from tests.screenshots.shrinking import small
from tests.screenshots.words import SCENES

SMALL_SCENES = [scene for scene in SCENES if "coffee" in scene.file or "falcon" in scene.file]
"""Photographs: they need not be drawn."""


def asked(picture: Image.Image, schema: str) -> Asked:
    """A question about a picture as the hub sends it."""
    target = io.BytesIO()
    picture.resize((300, 200)).save(target, "JPEG", quality=60)
    url = "data:image/jpeg;base64," + base64.b64encode(target.getvalue()).decode()
    content = [{"type": "image_url", "image_url": {"url": url}}]
    wanted = {"json_schema": {"name": schema, "schema": {}}}
    body = {"messages": [{"content": content}], "response_format": wanted}
    return Asked("/v1/chat/completions", {}, body)


def test_a_picture_is_known_by_its_looks() -> None:
    drawn = [(scene, scene.draw()) for scene in SMALL_SCENES]
    model = Knowing(drawn)
    for scene, picture in drawn:
        reply = model(asked(picture, "caption"))
        assert reply is not None
        assert scene.caption in reply.body["choices"][0]["message"]["content"]
    model.refused, picture = drawn[0]
    assert model(asked(picture, "structured-metadata")) is REFUSAL


def test_a_file_is_made_small() -> None:
    page, target = Image.new("RGB", (1280, 800), "white"), io.BytesIO()
    page.paste(scenes.coffee().resize((750, 500)), (20, 20))
    page.save(target, "PNG")
    made = small(target.getvalue())
    assert len(made) * 4 < len(target.getvalue())
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (1280, 800))
        assert picture.convert("L").getpixel((1000, 700)) in range(250, 256)
