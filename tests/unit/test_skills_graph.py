"""Graphs of workflows, odd ones too: what is saved, and which skills and parameters they have."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.chassis.errors import InvalidArgument
from services.skills.graph import DEPTH, GRAPH_BYTES, Node, nodes_of, parsed, shown


def graph(*nodes: Any, **others: Any) -> str:
    return json.dumps({"nodes": nodes, **others})


def refusal(text: str) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as refused:
        nodes_of(text)
    return refused.value


def nested(levels: int) -> str:
    """A graph of so many levels: the object, its list and one in another below."""
    return '{"nodes": [' + "[" * (levels - 2) + "]" * (levels - 2) + "]}"


@pytest.mark.parametrize("text", ["", " ", "\n\t\r"])
def test_it_must_be_there(text: str) -> None:
    with pytest.raises(InvalidArgument, match="graphJson is required") as refused:
        parsed(text)
    assert refused.value.reason == "WORKFLOW_PROFILE_GRAPH_JSON_REQUIRED"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no JSON"),
        ("nodes: []", "is no JSON"),
        ('{"nodes": []} {}', "is no JSON"),
        ('{"nodes": [],}', "is no JSON"),
        ('{"nodes": [], "x": NaN}', "is no JSON"),
        ('{"nodes": [], "x": "\\ud800"}', "is no JSON"),
        ('{"nodes": [], "\\udfff": 1}', "is no JSON"),
        ('{"nodes": [], "x": "\ud800"}', "is no JSON"),
        ("\0", "is no JSON"),
        ('{"nodes": [], "x": "\0"}', "is no JSON"),
        ('\ufeff{"nodes": []}', "is no JSON"),
        ('{"nodes": ' + "[" * 100_000, "is no JSON"),
        ('{"nodes": [], "x": 1' + "0" * 400 + "}", "is no JSON"),
        ("null", "must be a JSON object with a list 'nodes'"),
        ("[]", "must be a JSON object with a list 'nodes'"),
        ('"{}"', "must be a JSON object with a list 'nodes'"),
        ("{}", "must have a list 'nodes'"),
        ('{"nodes": null}', "must have a list 'nodes'"),
        ('{"nodes": {"0": {}}}', "must have a list 'nodes'"),
        ('{"Nodes": []}', "must have a list 'nodes'"),
        ('{"nodes": [], "nodes": 1}', "must have a list 'nodes'"),
        ('{"nodes": [{}, "enrich"]}', "must have objects in 'nodes'; number 2 is none"),
        ('{"nodes": [null]}', "must have objects in 'nodes'; number 1 is none"),
        (nested(DEPTH + 1), f"is nested more than {DEPTH} deep"),
        (graph(x="x" * GRAPH_BYTES), f"at most {GRAPH_BYTES} are accepted"),
        (json.dumps({"nodes": [], "x": "ß" * (GRAPH_BYTES // 2)}, ensure_ascii=False), "at most"),
    ],
)
def test_what_is_no_graph_is_refused(text: str, told: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parsed(text)
    assert refused.value.reason == "WORKFLOW_PROFILE_GRAPH_JSON_INVALID"
    assert refused.value.message.startswith("graphJson ")
    assert told in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        graph(),
        graph({}),
        graph({"type": 5, "data": "x"}),
        graph({"type": "nope", "data": {"parameters": []}}, edges=[{"source": "a"}], viewport=None),
        '{"nodes": 1, "nodes": []}',
        '{"nodes": [{"id": "\\u0000", "type": "\\ud83d\\ude00"}]}',
        '{"nodes": [{"id": 18446744073709551615}]}',
        graph(x="x" * (GRAPH_BYTES - 30)),
        '{"nodes": [' + "{}," * 20_000 + "{}]}",
        '{"nodes": [], "x": ' + "[" * (DEPTH - 1) + "]" * (DEPTH - 1) + "}",
    ],
    ids=["empty", "bare", "odd", "draft", "twice", "escapes", "huge", "largest", "many", "deepest"],
)
def test_a_draft_is_a_graph(text: str) -> None:
    assert parsed(text) == json.loads(text)["nodes"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"type": "enrich"}, Node("node number 1", "enrich", {})),
        ({"data": {"skillId": "enrich"}}, Node("node number 1", "enrich", {})),
        ({"type": "custom", "data": {"skillId": "a"}}, Node("node number 1", "a", {})),
        ({"type": "a", "data": {"skillId": None}}, Node("node number 1", "a", {})),
        ({"type": "a", "data": {"skillId": " "}}, Node("node number 1", "a", {})),
        ({"type": "a", "data": None}, Node("node number 1", "a", {})),
        ({"id": "n1", "type": "a"}, Node('node "n1"', "a", {})),
        ({"id": 7, "type": "a"}, Node("node 7", "a", {})),
        ({"id": "", "type": "a"}, Node("node number 1", "a", {})),
        ({"id": ["x"], "type": "a"}, Node("node number 1", "a", {})),
        ({"id": "\0\n", "type": "a"}, Node('node "\\u0000\\n"', "a", {})),
        ({"type": "a", "data": {"x": 1}}, Node("node number 1", "a", {"x": 1})),
        ({"data": {"skillId": "a", "x": 1}}, Node("node number 1", "a", {"x": 1})),
        (
            {"data": {"skillId": "a", "parameters": {"x": 1}, "label": "A"}},
            Node("node number 1", "a", {"x": 1}),
        ),
        (
            {"data": {"skillId": "a", "parameters": None, "label": "A"}},
            Node("node number 1", "a", {}),
        ),
        # What is no string is told when it is looked for.
        ({"data": {"skillId": 5}}, Node("node number 1", 5, {})),
        ({"type": ["a"]}, Node("node number 1", ["a"], {})),
        ({}, None),
        ({"type": ""}, None),
        ({"type": None, "data": {"label": "a note"}}, None),
        ({"skillId": "a"}, None),
    ],
)
def test_a_node_has_a_skill_and_parameters(node: Any, expected: Node | None) -> None:
    assert nodes_of(graph(node)) == ([] if expected is None else [expected])


def test_nodes_count_in_their_order_and_edges_mean_nothing() -> None:
    text = graph(
        {"id": "b", "type": "b"},
        {"id": "a", "type": "a"},
        edges=[{"source": "a", "target": "b"}],
    )
    assert [each.skill for each in nodes_of(text)] == ["b", "a"]


def test_the_example_of_the_page_is_a_graph() -> None:
    page = Path(__file__).parents[2] / "docs" / "workflows.md"
    (example,) = re.findall(r"^```json\n(.*?)^```", page.read_text(), re.M | re.S)
    assert nodes_of(example) == [
        Node('node "1"', "grayscale", {"strength": 0.5}),
        Node('node "2"', "grayscale", {"strength": 1}),
        Node('node "3"', "thumbnail", {}),
    ]


def test_of_two_equal_keys_the_last_one_counts() -> None:
    text = '{"nodes": [{"type": "a", "type": "b", "data": {"x": 1}, "data": {"x": 2}}]}'
    assert nodes_of(text) == [Node("node number 1", "b", {"x": 2})]


@pytest.mark.parametrize("data", [5, "x", [], True])
def test_data_that_is_no_object_is_refused(data: Any) -> None:
    refused = refusal(graph({"type": "a"}, {"id": "n2", "type": "a", "data": data}))
    assert refused.reason == "WORKFLOW_PROFILE_GRAPH_JSON_INVALID"
    assert 'node "n2"' in refused.message


@pytest.mark.parametrize("parameters", [5, "x", [], False])
def test_parameters_that_are_no_object_are_refused(parameters: Any) -> None:
    refused = refusal(graph({"id": "n1", "type": "a", "data": {"parameters": parameters}}))
    assert refused.reason == "SKILL_PARAMETERS_INVALID"
    assert refused.message == 'node "n1": data.parameters must be a JSON object'


def test_a_long_value_is_cut_short() -> None:
    assert shown("x" * 1000) == '"' + "x" * 99 + "…"
