"""Pictures of the screen as WebP, so that the repository stays small."""

import io

from PIL import Image

QUALITY = 88


def small(seen: bytes) -> bytes:
    """A WebP that looks the same."""
    target = io.BytesIO()
    with Image.open(io.BytesIO(seen)) as whole:
        whole.convert("RGB").save(target, "WEBP", quality=QUALITY, method=6)
    return target.getvalue()
