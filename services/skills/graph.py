"""The graph of a workflow: JSON of which the nodes count, and of those the skill and parameters."""

from dataclasses import dataclass
from typing import Any

import orjson

from services.chassis.errors import InvalidArgument

GRAPH_BYTES = 256 * 1024
"""Largest graph, in UTF-8."""
DEPTH = 32
"""Deepest nesting of a graph."""
_SHOWN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A node that has a skill."""

    label: str
    """How messages name it, for example 'node "n1"'."""
    skill: Any
    """As it was written; what is no string names no skill."""
    parameters: dict[str, Any]


def parsed(graph_json: str) -> list[dict[str, Any]]:
    """The nodes of a graph as they were written, which may be a draft.

    Raises WORKFLOW_PROFILE_GRAPH_JSON_REQUIRED, WORKFLOW_PROFILE_GRAPH_JSON_INVALID.
    """
    if not graph_json.strip():
        raise InvalidArgument(
            "WORKFLOW_PROFILE_GRAPH_JSON_REQUIRED",
            "graphJson is required and must not be blank; "
            'it is a JSON object in a string, for example {"nodes": []}',
        )
    size = len(graph_json.encode(errors="replace"))
    if size > GRAPH_BYTES:
        raise _invalid(f"has {size} bytes; at most {GRAPH_BYTES} are accepted")
    try:
        graph = orjson.loads(graph_json)  # which takes nothing that could not be written again
    except orjson.JSONDecodeError as error:
        raise _invalid(f"is no JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(graph, dict):
        raise _invalid("must be a JSON object with a list 'nodes'")
    _check_depth(graph)
    nodes = graph.get("nodes")
    if not isinstance(nodes, list):
        raise _invalid("must have a list 'nodes'")
    for number, node in enumerate(nodes, start=1):
        if not isinstance(node, dict):
            raise _invalid(f"must have objects in 'nodes'; number {number} is none")
    return nodes


def nodes_of(graph_json: str) -> list[Node]:
    """The nodes that have a skill, in their order. Those that have none are for people only.

    Raises what `parsed` raises, and SKILL_PARAMETERS_INVALID for parameters that are no object.
    """
    found = [_node(node, number) for number, node in enumerate(parsed(graph_json), start=1)]
    return [each for each in found if each is not None]


def _node(node: dict[str, Any], number: int) -> Node | None:
    label = _label(node.get("id"), number)
    data = node.get("data")
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise _invalid(f"must have an object as 'data' of a node; {label} has none")
    skill = node.get("type") if _is_blank(data.get("skillId")) else data["skillId"]
    if _is_blank(skill):
        return None
    if "parameters" in data:
        parameters = {} if data["parameters"] is None else data["parameters"]
    else:
        parameters = {name: value for name, value in data.items() if name != "skillId"}
    if not isinstance(parameters, dict):
        raise InvalidArgument(
            "SKILL_PARAMETERS_INVALID", f"{label}: data.parameters must be a JSON object"
        )
    return Node(label, skill, parameters)


def _label(given: Any, number: int) -> str:
    if isinstance(given, str | int | float) and given != "":
        return f"node {shown(given)}"
    return f"node number {number}"


def shown(value: Any) -> str:
    """A value of a graph as messages show it: JSON, cut short."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _check_depth(graph: dict[str, Any]) -> None:
    level: list[Any] = [graph]
    for _ in range(DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _invalid(f"is nested more than {DEPTH} deep")


def _invalid(fault: str) -> InvalidArgument:
    return InvalidArgument("WORKFLOW_PROFILE_GRAPH_JSON_INVALID", f"graphJson {fault}")
