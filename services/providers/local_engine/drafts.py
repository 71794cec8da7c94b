"""Drafting texts from measurements, and from what models were sure of.

A draft lists; it never makes up a sentence about what a picture shows.
"""

from datetime import datetime
from typing import Any

from services.providers.local_engine.analysis import Analysis
from services.providers.local_engine.colors import NEUTRAL
from services.providers.local_engine.sight import Sight
from services.providers.question import ImageFacts

SCHEMAS = ("caption", "alt-text", "structured-metadata")
"""The questions the engine can draft answers to."""
ALT_TEXT_CHARACTERS = 150

TEXT_CHARACTERS = 4000
"""As much as of a model's answer is kept."""

_NAMED_COLORS = 4
_ALMOST_ALL = 0.8
_BLIND = Sight()
_BRIGHTNESS = (
    (20, "very dark"),
    (42, "fairly dark"),
    (62, "of medium brightness"),
    (82, "bright"),
    (101, "very bright"),
)


class Undraftable(ValueError):
    """The question needs a model that sees."""


def draft(
    schema_name: str, analysis: Analysis, facts: ImageFacts, sight: Sight = _BLIND
) -> dict[str, Any]:
    """The answer to one of SCHEMAS, marked as this engine's, with the models that helped.

    Raises Undraftable for any other.
    """
    if schema_name == "caption":
        answer: dict[str, Any] = {"caption": _caption(analysis, facts, sight)}
    elif schema_name == "alt-text":
        answer = {"altText": _alt_text(analysis, facts, sight)}
    elif schema_name == "structured-metadata":
        answer = {
            "title": _title(analysis, facts, sight),
            "tags": _tags(analysis, facts, sight),
            # The exact word and the wider one are the same thing.
            "objects": list(sight.things[:1]),
            "colors": _color_names(analysis),
            "scene": "",
            "text": sight.text[:TEXT_CHARACTERS],
        }
    else:
        raise Undraftable(schema_name)
    answer["engine"] = "local"
    if sight.models:
        answer["models"] = list(sight.models)
    return answer


def _caption(analysis: Analysis, facts: ImageFacts, sight: Sight) -> str:
    parts = [f"A {_kind(facts)}", *_size(facts), _mostly(analysis), _brightness(analysis)]
    sentences = [", ".join(parts)]
    if sight.things:
        sentences.append(_recognised(sight))
    if facts.frame_count > 1:
        sentences.append(f"It moves: {facts.frame_count} frames")
    if facts.has_transparency:
        sentences.append("Parts of it are transparent")
    if taken := _taken(facts):
        sentences.append(taken)
    return ". ".join(sentences) + "."


def _alt_text(analysis: Analysis, facts: ImageFacts, sight: Sight) -> str:
    seen = f"{_recognised(sight)}. " if sight.things else ""
    text = f"{_kind(facts).capitalize()} {_in_colors(analysis)}, {_brightness(analysis)}."
    return f"{seen}{text}"[:ALT_TEXT_CHARACTERS]


def _title(analysis: Analysis, facts: ImageFacts, sight: Sight) -> str:
    measured = f"{_kind(facts)} {_in_colors(analysis)}"
    title = f"{sight.things[0]}: {measured}" if sight.things else measured
    return title[:1].upper() + title[1:]


def _recognised(sight: Sight) -> str:
    return f"Recognised: {', '.join(sight.things)}"


def _tags(analysis: Analysis, facts: ImageFacts, sight: Sight) -> list[str]:
    tags = [*sight.things, _orientation(facts), *_color_names(analysis)]
    if sight.text:
        tags.append("text")
    if _is_grey(analysis):
        tags.append("black and white")
    if (brightness := _brightness(analysis).rpartition(" ")[2]) in ("dark", "bright"):
        tags.append(brightness)
    if facts.frame_count > 1:
        tags.append("animated")
    if facts.has_transparency:
        tags.append("transparent")
    if facts.camera:
        tags += ["photograph", facts.camera]
    if when := _date(facts):
        tags.append(str(when.year))
    return list(dict.fromkeys(tag for tag in tags if tag))


def _kind(facts: ImageFacts) -> str:
    noun = "picture"
    if facts.frame_count > 1:
        noun = "animation"
    elif facts.camera:
        noun = "photograph"
    return f"{_orientation(facts)} {noun}".strip()


def _orientation(facts: ImageFacts) -> str:
    if not (facts.width and facts.height):
        return ""
    ratio = facts.width / facts.height
    if ratio >= 2:
        return "panoramic"
    if ratio <= 0.5:
        return "tall"
    if 0.97 <= ratio <= 1.03:
        return "square"
    return "landscape" if ratio > 1 else "portrait"


def _size(facts: ImageFacts) -> list[str]:
    return [f"{facts.width} × {facts.height}"] if facts.width and facts.height else []


def _color_names(analysis: Analysis) -> list[str]:
    return [color.name for color in analysis.colors[:_NAMED_COLORS]]


def _is_grey(analysis: Analysis) -> bool:
    return bool(analysis.colors) and all(color.name in NEUTRAL for color in analysis.colors)


def _mostly(analysis: Analysis) -> str:
    names = _color_names(analysis)
    if not names:
        return "in many colours"
    if analysis.colors[0].share >= _ALMOST_ALL:
        return f"almost entirely {names[0]}"
    if _is_grey(analysis):
        return "in black, white and shades of grey"
    return f"mostly {' and '.join(names[:2])}"


def _in_colors(analysis: Analysis) -> str:
    names = _color_names(analysis)
    return f"in {' and '.join(names[:2])}" if names else "in many colours"


def _brightness(analysis: Analysis) -> str:
    return next(word for limit, word in _BRIGHTNESS if analysis.lightness < limit)


def _taken(facts: ImageFacts) -> str:
    when = _date(facts)
    on = f" on {when.day} {when:%B %Y}" if when else ""
    using = f" with a {facts.camera}" if facts.camera else ""
    return f"Taken{using}{on}" if on or using else ""


def _date(facts: ImageFacts) -> datetime | None:
    try:
        return datetime.fromisoformat(facts.taken_at)
    except ValueError:
        return None
