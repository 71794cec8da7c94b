"""What schemathesis is to know of this API beyond its document: pictures, and our own check."""

from typing import Any

import schemathesis
from hypothesis import strategies
from PIL import Image

from tests.unit.pictures import encoded

PICTURES = [encoded(Image.new("RGB", (side, 3), "red"), "PNG") for side in (1, 2, 40)]

schemathesis.openapi.media_type("image/png", strategies.sampled_from(PICTURES))


@schemathesis.check
def understood(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: "schemathesis.Case[Any]"
) -> None:
    """What the document allows may be refused for what it says, not for how it is said."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code == 400:
        assert response.json()["error"]["code"] != "request_invalid", response.text
