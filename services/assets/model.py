"""What an asset is, and the rules for its names, texts and keys."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

import orjson

from services.chassis.errors import InvalidArgument
from services.chassis.normal_form import normalized

TEXT_CHARACTERS = 1000
"""Longest description or alt text."""
LABEL_CHARACTERS = 64
"""Longest id or content type that others may set."""
RESULT_BYTES = 256 * 1024
"""Longest payload of a structured result, in UTF-8."""
RESULTS_BYTES = 2 * 1024 * 1024
"""Longest payloads of an asset's results together, so that it fits into a message of 4 MiB."""
THUMBNAIL = "thumbnail_256"
"""The kind of the derivative that is made when somebody asks for it."""
RENDITIONS = ("w320", "w640", "w1280", "w1920")
"""The kinds of derivatives that are the whole picture in several widths: lists for anybody have
them.
"""

_KIND = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CONTENT_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/x-tga": ".tga",
    "image/tiff": ".tiff",
}
"""How files of a content type end; others end in ".bin"."""
_SYNONYMS = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}


TextField = Literal["description", "alt_text"]


class TextSource(StrEnum):
    """Who wrote a text."""

    NONE = "none"
    """Nobody."""
    MODEL = "model"
    """A model; another run may replace it."""
    PERSON = "person"
    """A person, who may also have cleared it; no run replaces it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A description or an alt text, and whose it is."""

    value: str | None = None
    source: TextSource = TextSource.NONE

    def offered(self, value: str | None, *, may_be_empty: bool = False) -> "Text":
        """Returns what becomes of the text when a model offers another, cut to its limit.

        An empty one says something only where it may be one; a blank one is none.
        """
        cut = without_nul(value or "").strip()[:TEXT_CHARACTERS].strip()
        says_something = bool(cut) or (may_be_empty and value == "")
        if self.source is TextSource.PERSON or not says_something:
            return self
        return Text(cut, TextSource.MODEL)


@dataclass(frozen=True, slots=True)
class Derivative:
    """A rendition of an asset; one per kind."""

    kind: str
    content_type: str
    size: int
    """Bytes."""
    width: int
    height: int
    storage_key: str
    checksum_sha256: str
    created_at: datetime

    @property
    def extension(self) -> str:
        """With its dot, for example ".webp"."""
        return extension_of(self.content_type)


@dataclass(frozen=True, slots=True)
class StructuredResult:
    """JSON that a step left on an asset; one per kind."""

    kind: str
    payload_json: str
    created_at: datetime
    execution_id: str
    position: int = 0
    """Where the step that left it stands in its pipeline; results are in this order."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One picture."""

    id: str
    original_file_name: str
    content_type: str
    size: int
    """Bytes."""
    width: int
    """Pixels as displayed."""
    height: int
    """Pixels as displayed."""
    checksum_sha256: str
    storage_key: str
    is_public: bool
    description: Text
    alt_text: Text
    has_location: bool
    created_at: datetime
    updated_at: datetime
    derivatives: tuple[Derivative, ...] = ()
    results: tuple[StructuredResult, ...] = ()

    @property
    def extension(self) -> str:
        """With its dot, for example ".png"."""
        return extension_of(self.content_type)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a person changes on an asset; None leaves a field as it is."""

    description: Text | None = None
    alt_text: Text | None = None
    original_file_name: str | None = None
    is_public: bool | None = None


def extension_of(content_type: str) -> str:
    """Returns how files of a content type end, with the dot."""
    return EXTENSIONS.get(content_type, ".bin")


def declared_type(content_type: str) -> str:
    """Returns a content type as a client declares it in its usual spelling, without parameters."""
    plain = content_type.partition(";")[0].strip().lower()
    return _SYNONYMS.get(plain, plain)


def original_key(asset_id: str, created_at: datetime, content_type: str) -> str:
    """Returns the storage key of an original."""
    return f"{created_at:%Y/%m/%d}/{asset_id}{extension_of(content_type)}"


def rendition_key(
    original: str, kind: str, checksum_sha256: str, unique: str, content_type: str
) -> str:
    """Returns the storage key of what was made from the original with that key.

    It carries the content's hash, so that other bytes have another key, and a text of its own: no
    key is written twice, so that removing what was given up under one removes nothing else.
    """
    folder = _folder_of(original)
    return f"{folder}/{kind}-{checksum_sha256[:16]}-{unique}{extension_of(content_type)}"


def public_thumbnail_key(original: str) -> str:
    """Returns a key that stands for the thumbnail of a public original, which need not be made yet.

    No object has it: those of thumbnails carry a hash.
    """
    return f"{_folder_of(original)}/{THUMBNAIL}.webp"


def _folder_of(original: str) -> str:
    # Not a path's `with_suffix`: each asset of a list needs it, and that took a tenth of the list.
    return original.rpartition(".")[0]


def owner_of_thumbnail(key: str) -> str | None:
    """Returns the id of the asset whose thumbnail a key may stand for, None if it is another."""
    folder, _, name = key.rpartition("/")
    return folder.rpartition("/")[2] if name == f"{THUMBNAIL}.webp" else None


def is_kind(name: str) -> bool:
    """Whether a name can be the kind of a derivative or a result."""
    return _KIND.fullmatch(name) is not None


def is_content_type(text: str) -> bool:
    """Whether a text can be kept as a content type and sent as one: lower case, no parameters."""
    return len(text) <= LABEL_CHARACTERS and _CONTENT_TYPE.fullmatch(text) is not None


def label(text: str) -> str:
    """Returns a short text that is only kept, such as an execution's id, so that it fits."""
    return without_nul(text)[:LABEL_CHARACTERS]


def without_nul(text: str) -> str:
    """Returns a text without U+0000, which Postgres cannot hold."""
    return text.replace("\0", "")


def person_text(value: str | None, field: TextField) -> Text:
    """Returns a text that a person wrote, or cleared.

    Raises ASSET_DESCRIPTION_TOO_LONG and
    ASSET_ALT_TEXT_TOO_LONG.
    """
    if value is not None:
        value = without_nul(value)
        if len(value) > TEXT_CHARACTERS:
            raise InvalidArgument(
                f"ASSET_{field.upper()}_TOO_LONG",
                f"the {field.replace('_', ' ')} has {len(value)} characters;"
                f" at most {TEXT_CHARACTERS} are taken",
            )
    return Text(value, TextSource.PERSON)


def uploaded_text(value: str | None, field: TextField) -> Text:
    """Returns a text that came with an upload; a blank one counts as not written."""
    text = person_text(value, field)
    return text if text.value and text.value.strip() else Text()


def folded(text: str) -> str:
    """Returns a text as searches compare it: any case, composed letters."""
    return normalized(without_nul(text).casefold())


def search_text(
    file_name: str, description: str | None, alt_text: str | None, payloads: list[str]
) -> str:
    """Returns everything of an asset that a search looks at, folded, a line for each text."""
    texts = [file_name, description or "", alt_text or ""]
    for payload in payloads:
        texts.extend(_texts_in(orjson.loads(payload)))
    return folded("\n".join(text for text in texts if text))


def _texts_in(value: object) -> Iterator[str]:
    """All texts in a JSON value, without the names of its members."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending.extend(reversed(value.values()))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def with_result(
    results: Iterable[StructuredResult], item: StructuredResult
) -> tuple[StructuredResult, ...]:
    """Returns an asset's results once a further one has taken the place of that of its kind.

    Raises RESULT_INVALID if they are too long together.
    """
    kept = (*(each for each in results if each.kind != item.kind), item)
    size = sum(len(each.payload_json.encode()) for each in kept)
    if size > RESULTS_BYTES:
        raise InvalidArgument(
            "RESULT_INVALID",
            f"the asset's results would have {size} bytes together; at most {RESULTS_BYTES} are"
            " kept",
        )
    return kept


def checked_payload(kind: str, payload_json: str) -> str:
    """Returns the payload of a structured result; raises RESULT_INVALID."""
    if not is_kind(kind):
        raise InvalidArgument("RESULT_INVALID", f"{kind[:100]!r} is no name for a result")
    size = len(payload_json.encode())
    if size > RESULT_BYTES:
        raise InvalidArgument(
            "RESULT_INVALID", f"the result has {size} bytes; at most {RESULT_BYTES} are taken"
        )
    try:
        value = orjson.loads(payload_json)
    except orjson.JSONDecodeError as error:
        raise InvalidArgument("RESULT_INVALID", f"the result is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidArgument("RESULT_INVALID", "the result is JSON, but no object")
    return payload_json
