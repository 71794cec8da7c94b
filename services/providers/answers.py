"""Finding the JSON object in what a model wrote."""

import json
import re
from typing import Any

import orjson

_OPENED = r"\s*(?:<(?:think|thinking|thought|reasoning|seed:think)>|\[think\]|◁think▷)"
_CLOSED = r"(?:</(?:think|thinking|thought|reasoning|seed:think)>|\[/think\]|◁/think▷)"
_THINKING = re.compile(rf"^{_OPENED}.*?{_CLOSED}", re.DOTALL | re.IGNORECASE)
_UNENDED = re.compile(_OPENED, re.IGNORECASE)
_FINAL = "<|channel|>final"
"""Before the answer, after the thoughts, in a channel of their own, of OpenAI's open models."""
_CHANNEL = "<|channel|>"
_FENCE = re.compile(r"```[a-zA-Z0-9_-]*[ \t]*\n(.*?)```", re.DOTALL)
_CONSTANT = re.compile(r"-?(NaN|Infinity)\b")
_OPENINGS = 32
_DECODER = json.JSONDecoder()


class NoObject(ValueError):
    """The text holds no JSON object, or none that can be read."""


def object_in(text: str) -> dict[str, Any]:
    """The JSON object a model answered with.

    Models wrap it in a Markdown fence, in prose, or put their thoughts before it: taken is the
    whole text, else what is in a fence, else the first balanced object, both after the thoughts.

    Raises NoObject.
    """
    if (whole := _parsed(text)) is not None:
        return whole
    answer = _THINKING.sub("", text, count=1)
    if "</think>" in answer:  # some servers swallow the opening tag
        answer = answer.rpartition("</think>")[2]
    if _CHANNEL in answer:
        _, is_final, answer = answer.rpartition(_FINAL)
        if not is_final:
            raise NoObject("the answer ends in the model's thoughts")
    if _UNENDED.match(answer):
        raise NoObject("the answer ends in the model's thoughts")
    for candidate in (answer, *(found[1] for found in _FENCE.finditer(answer))):
        if (parsed := _parsed(candidate)) is not None:
            return parsed
    start = answer.find("{")
    for _ in range(_OPENINGS):
        if start < 0:
            break
        if (parsed := _parsed(_object_at(answer, start))) is not None:
            return parsed
        start = answer.find("{", start + 1)
    raise NoObject(_fault(answer))


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text.strip())
        if isinstance(value, str):  # some proxies encode it twice
            value = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _fault(answer: str) -> str:
    """What is wrong with an answer without an object that can be read."""
    fence = _FENCE.search(answer)
    found = (fence[1] if fence else "", answer, _object_at(answer, answer.find("{")))
    meant = next((each.strip() for each in found if each.lstrip().startswith("{")), "")
    try:
        orjson.loads(meant or "{}")
    except orjson.JSONDecodeError as error:
        constant = _CONSTANT.match(meant, error.pos)
        what = f"{constant[0]} is no JSON value" if constant else error.msg
        return f"the answer's JSON object cannot be read: {what} (character {error.pos + 1})"
    return "the answer holds no JSON object"


def _object_at(text: str, start: int) -> str:
    """The text of the JSON object that starts there; "" if none does."""
    try:
        _, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):  # also for a number of too many digits
        return ""
    return text[start:end]
