"""What runs have left on an asset, as a person reads it. All of it is text of strangers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.printable import printable

Json = dict[str, Any]

BUILT_IN_ENGINE = (
    "The built-in engine measured this; it does not know what a picture shows. The README\n"
    "says how to point the hub at a vision model."
)
WITH_MODELS = (
    "The built-in engine measured this; its small models named the main thing and read the text\n"
    "where they were sure. They describe nothing. The README says how to point the hub at a\n"
    "vision model."
)
NOTHING = "–"
_OF_ENRICH = ("caption", "alt-text", "structured-metadata")
_JOINERS = "\u200c\u200d"
"""Some scripts and many emoji are not themselves without these two."""
_MOST_CHARACTERS = 160
"""Of a result whose shape nobody here knows."""


def shown(text: str | None) -> str:
    """Text on one line that does nothing to a terminal but appear; a dash where there is none."""
    return printable(" ".join((text or "").split()), kept=_JOINERS) or NOTHING


@dataclass(frozen=True, slots=True)
class Results:
    """What stands on one asset; what has an unexpected shape counts as not there."""

    structured: Sequence[Json] = ()
    """As the API gives them."""
    derivatives: Sequence[Json] = ()
    """As the API gives them."""

    @classmethod
    def of(cls, asset: Json) -> "Results":
        """Those of a full asset."""
        return cls(asset["structuredResults"], asset["derivatives"])

    @property
    def caption(self) -> str | None:
        """What the step `caption` has left."""
        return _text(self._payload("caption").get("caption"))

    @property
    def alt_text(self) -> str | None:
        """What the step `alt-text` has left."""
        return _text(self._payload("alt-text").get("altText"))

    @property
    def title(self) -> str | None:
        """Of the metadata."""
        return _text(self._payload("structured-metadata").get("title"))

    @property
    def tags(self) -> str:
        """Of the metadata, with commas between them."""
        return _texts(self._payload("structured-metadata").get("tags"))

    @property
    def colors(self) -> str:
        """Of the metadata, with commas between them."""
        return _texts(self._payload("structured-metadata").get("colors"))

    @property
    def text(self) -> str | None:
        """What can be read in the picture."""
        return _text(self._payload("structured-metadata").get("text"))

    @property
    def others(self) -> list[str]:
        """What is not of `enrich`: a line for each derivative and each other result."""
        kinds = [each["kind"] for each in self.structured if each["kind"] not in _OF_ENRICH]
        return [_derivative(each) for each in self.derivatives] + [
            f"{kind}: {_members(self._payload(kind))}" for kind in kinds
        ]

    @property
    def remark(self) -> str | None:
        """What is to be said of an answer that no vision model gave; None for any other."""
        drafts = [
            payload
            for payload in (self._payload(each["kind"]) for each in self.structured)
            if payload.get("engine") == "local"
        ]
        if not drafts:
            return None
        return WITH_MODELS if any("models" in draft for draft in drafts) else BUILT_IN_ENGINE

    def _payload(self, kind: str) -> Json:
        for each in self.structured:
            if each["kind"] == kind:
                return _read(each["payloadJson"])
        return {}


def _read(payload_json: str) -> Json:
    try:
        payload = json.loads(payload_json)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {"value": payload}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> str:
    return ", ".join(filter(None, map(_text, value))) if isinstance(value, list) else ""


def _derivative(each: Json) -> str:
    return f"{each['kind']}: {each['width']} × {each['height']}, {each['size']} bytes"


def _members(payload: Json) -> str:
    told = ", ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in payload.items()
    )
    return told if len(told) <= _MOST_CHARACTERS else f"{told[:_MOST_CHARACTERS]}…"
