"""What is wrong with an answer."""

import json
import re
from collections.abc import Iterator, Sequence

from tests.fuzz.hostile import Hostile
from tests.fuzz.wire import Answer

INSIDE = re.compile(
    r"Traceback|\.py\b|\bline \d+, in\b|object at 0x|<class|NoneType|\bself\b|Exception|"
    r"\b(?:SELECT|INSERT|UPDATE)\s.*\b(?:FROM|INTO|SET)\b|sqlite|psycopg|sqlalchemy|pydantic|"
    r"starlette|uvicorn|orjson|grpc|protobuf|nekohub\.|ErrorReason|/tmp/|/dev/shm/|site-packages",
    re.IGNORECASE,
)
"""Words about the inside, which nothing that is sent has."""
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_TRACE = re.compile(r"[0-9a-f]{32}")


def faults(hostile: Hostile, answers: Sequence[Answer]) -> Iterator[str]:
    """Everything that is wrong with what came back."""
    if not answers and hostile.complete:
        yield "there was no answer"
    if len(answers) > len(hostile.heads):
        yield f"there were {len(answers)} answers to {len(hostile.heads)} requests"
    for answer, is_head in zip(answers, hostile.heads, strict=False):
        yield from _of_one(answer, has_body=not is_head)


def _of_one(answer: Answer, *, has_body: bool) -> Iterator[str]:
    if answer.status >= 500 and answer.status not in (503, 504):
        yield f"status {answer.status}"
    for status, name in ((401, "www-authenticate"), (405, "allow"), (503, "retry-after")):
        if answer.status == status and name not in answer.headers:
            yield f"status {status} without {name}"
    if answer.status >= 400 and has_body:
        yield from _of_envelope(answer)


def _of_envelope(answer: Answer) -> Iterator[str]:
    if answer.headers.get("content-type") != "application/json":
        yield f"a failure of type {answer.headers.get('content-type')}"
    try:
        error = json.loads(answer.body)["error"]
        code, message, trace = error["code"], error["message"], error["traceId"]
    except (ValueError, KeyError, TypeError):
        yield f"a failure without the envelope: {answer.body[:200]!r}"
        return
    if not _CODE.fullmatch(code):
        yield f"code {code!r}"
    if not _TRACE.fullmatch(trace):
        yield f"trace id {trace!r}"
    if error["status"] != answer.status:
        yield f"status {error['status']} in an answer with {answer.status}"
    if not message.strip() or INSIDE.search(message):
        yield f"message {message[:300]!r}"
