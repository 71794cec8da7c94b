"""Ids: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

import re
import secrets
import time
import uuid
from datetime import UTC, datetime

_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """48 bits of milliseconds, then 74 random bits."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def is_id(text: str) -> bool:
    """Whether a text has the form of an id, in lower case."""
    return _FORM.fullmatch(text) is not None


def made_at(text: str) -> datetime:
    """When an id was made, in UTC, to the millisecond."""
    return datetime.fromtimestamp((uuid.UUID(text).int >> 80) / 1000, UTC)
