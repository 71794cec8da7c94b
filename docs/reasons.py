"""Every reason for which something fails: those in the protos, and those of the gateway itself."""

import ast
import functools
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from gateway.errors import response
from services.chassis.errors import HubError
from services.chassis.status import CODES

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("accounts", "assets", "providers", "skills")
PREFIX = "ERROR_REASON_"
KINDS = {kind.__name__: kind for kind in CODES}
_BY_STATUS = {status.name: kind for kind, status in CODES.items()}
_ENUM_FIELD, _VALUE_FIELD = 5, 2
"""Where a file's descriptor keeps its enums, and an enum its values."""

OUTSIDE = {
    "AUTH_UNAUTHORIZED": "the request has neither the header `Authorization: Bearer` nor the "
    "cookie of a session.",
    "AUTH_FORBIDDEN": "the caller lacks the permission that the message names.",
    "AUTH_CSRF_MISSING": "a request that may change something has the cookie of a session, but not "
    "the header `X-NekoHub-CSRF: 1`.",
    "AUTH_TOKEN_INVALID": "the bearer token is an access token that this instance has not signed, "
    "or that is void since.",
    "AUTH_TOKEN_EXPIRED": "the access token has expired; `POST /auth/refresh` gives a new one.",
    "REQUEST_INVALID": "a body or form is malformed or cut short, or a field of it is unknown, of "
    "the wrong type or given twice, or the `Idempotency-Key` is none.",
    "REQUEST_TOO_LARGE": "a JSON body is over 1 MiB, or over 16 KiB where all fields are short,"
    " or what a service is sent at once over 4 MiB.",
    "ROUTE_NOT_FOUND": "there is no such path.",
    "METHOD_NOT_ALLOWED": "the path has no such method; `Allow` lists those it has.",
    "SERVICE_UNAVAILABLE": "a service is away or stopping; `Retry-After` says when to ask again.",
    "DEADLINE_EXCEEDED": "no answer came in time; `Location` names the run, if one goes on.",
    "INTERNAL_SERVER_ERROR": "there is a bug; the log says what, beside the answer's `traceId`.",
    "INTERNAL_TOKEN_INVALID": "one process called another without the token they share.",
}
"""When the reasons happen that no proto names: those of the gateway and the chassis."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something fails, and how that is answered."""

    name: str
    kind: type[HubError]
    when: str

    @property
    def grpc_status(self) -> str:
        """The status between services."""
        return CODES[self.kind].name

    @property
    def http_answer(self) -> tuple[int, str]:
        """The status and the code that the gateway answers."""
        error = self.kind(self.name, self.when, allow="GET", size="0")
        answer = response(error)
        return answer.status_code, orjson.loads(answer.body)["error"]["code"]


def of_service(name: str) -> list[Reason]:
    """The reasons in a service's proto, in its order. Each comment begins with the status."""
    found = []
    for value, comment in _documented(name):
        if value != f"{PREFIX}UNSPECIFIED":
            status, _, when = " ".join(comment.split()).partition(": ")
            found.append(Reason(value.removeprefix(PREFIX), _BY_STATUS[status], when))
    return found


def outside() -> list[Reason]:
    """The reasons that no proto names. Raises LookupError for one whose meaning is not told."""
    raised = {
        reason: kind
        for folder in ("gateway", "services/chassis")
        for reason, kind in raised_in(ROOT / folder)
    }
    in_protos = {reason.name for name in SERVICES for reason in of_service(name)}
    untold = raised.keys() - in_protos - OUTSIDE.keys()
    unraised = OUTSIDE.keys() - raised.keys()
    if untold or unraised:
        raise LookupError(
            f"docs/reasons.py: say in OUTSIDE when these happen: {sorted(untold)}; "
            f"nothing raises these any more: {sorted(unraised)}"
        )
    return [Reason(name, raised[name], when) for name, when in OUTSIDE.items()]


@functools.cache
def raised_in(folder: Path) -> tuple[tuple[str, type[HubError]], ...]:
    """Every reason that the code in `folder` gives to an error, with that error's category."""
    return tuple(_raised_in(folder))


def _raised_in(folder: Path) -> Iterator[tuple[str, type[HubError]]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                kind, reason = KINDS.get(_called(node.func)), node.args[0]
                if kind and isinstance(reason, ast.Constant) and isinstance(reason.value, str):
                    yield reason.value, kind


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _documented(name: str) -> Iterator[tuple[str, str]]:
    """The values of a service's enum ErrorReason, with their comments."""
    file = protos()[f"nekohub/{name}/v1/{name}.proto"]
    comments = {
        tuple(place.path): place.leading_comments for place in file.source_code_info.location
    }
    for index, enum in enumerate(file.enum_type):
        if enum.name == "ErrorReason":
            for position, value in enumerate(enum.value):
                at = (_ENUM_FIELD, index, _VALUE_FIELD, position)
                yield value.name, comments[at]


@functools.cache
def protos() -> dict[str, FileDescriptorProto]:
    """The protos' descriptors with their comments, which the committed stubs do not hold."""
    folder = ROOT / "protos"
    names = [str(path.relative_to(folder)) for path in sorted(folder.glob("nekohub/*/v1/*.proto"))]
    with tempfile.TemporaryDirectory() as made:
        out = Path(made, "descriptors")
        options = [f"-I{folder}", "--include_source_info", f"--descriptor_set_out={out}"]
        command = [sys.executable, "-m", "grpc_tools.protoc", *options, *names]
        subprocess.run(command, check=True)  # noqa: S603 - our own files
        files = FileDescriptorSet.FromString(out.read_bytes()).file
    return {file.name: file for file in files}
