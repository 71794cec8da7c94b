"""Assets as rows, for tests that need many and no bytes of any."""

from typing import Any

from services.assets.model import Asset, Text
from services.assets.rows import values_of
from services.chassis.clock import now


def row(number: int, content_type: str, *, size: int = 1, is_public: bool = True) -> dict[str, Any]:
    """One whose id and storage key are of this number."""
    item = Asset(
        id=str(number),
        original_file_name="a",
        content_type=content_type,
        size=size,
        width=1,
        height=1,
        checksum_sha256="",
        storage_key=f"k{number}",
        is_public=is_public,
        description=Text(),
        alt_text=Text(),
        has_location=False,
        created_at=now(),
        updated_at=now(),
    )
    return values_of(item)
