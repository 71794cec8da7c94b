"""Every method of every service, as the protos tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from docs.reasons import SERVICES, protos

_SERVICE_FIELD, _METHOD_FIELD = 6, 2
"""Where a file's descriptor keeps its services, and a service its methods."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method."""

    service: str
    """With its package, for example "nekohub.assets.v1.AssetService"."""
    name: str
    takes: str
    gives: str
    does: str
    """The first sentence of its comment."""


def methods() -> Iterator[Method]:
    """Those of all services, in the order of the protos."""
    for name in SERVICES:
        yield from _of(protos()[f"nekohub/{name}/v1/{name}.proto"])


def _of(file: FileDescriptorProto) -> Iterator[Method]:
    comments = {
        tuple(place.path): place.leading_comments for place in file.source_code_info.location
    }
    for number, service in enumerate(file.service):
        for position, method in enumerate(service.method):
            comment = comments[_SERVICE_FIELD, number, _METHOD_FIELD, position]
            yield Method(
                service=f"{file.package}.{service.name}",
                name=method.name,
                takes=_shown(method.input_type, streams=method.client_streaming),
                gives=_shown(method.output_type, streams=method.server_streaming),
                does=_first_sentence(comment),
            )


def _shown(type_name: str, *, streams: bool) -> str:
    return ("stream " if streams else "") + type_name.rpartition(".")[2]


def _first_sentence(comment: str) -> str:
    return " ".join(comment.split()).partition(". ")[0].removesuffix(".") + "."
