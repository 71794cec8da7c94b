"""Finding the answer in what a model or server sent."""

import json
from typing import Any

import pytest

from services.providers.answers import NoObject, object_in
from services.providers.replies import Body, ReplyUnreadable
from services.providers.schema import (
    SchemaMismatch,
    SchemaUnsupported,
    check_schema,
    fitted,
)

CAT = {"caption": 'A {cat} says "hi" \\ }'}
TEXT = json.dumps(CAT)


@pytest.mark.parametrize(
    "written",
    [
        TEXT,
        f"\n  {TEXT}\n",
        f"```json\n{TEXT}\n```",
        f"Sure! Here it is:\n```\n{TEXT}\n```\nAnything else?",
        f"Here you go: {TEXT} Hope that helps {{really}}.",
        f'<think>Is it {{"caption": "a dog"}}? No.</think>{TEXT}',
        f'maybe {{"caption": "a dog"}}</think>\n{TEXT}',
        f"<think>\nhm\n</think>\n\n```json\n{TEXT}\n```",
        f"A set like {{1, 2}} and then {TEXT}",
    ],
)
def test_the_object_is_found(written: str) -> None:
    assert object_in(written) == CAT


@pytest.mark.parametrize(
    "written",
    [
        "",
        "A tabby cat.",
        '{"caption": "A tab',
        "[1, 2]",
        '"text"',
        "{" * 50_000,
        '{"a":' * 50_000,
        '{"caption": ' + "9" * 6000 + "}",
    ],
)
def test_text_without_an_object_has_none(written: str) -> None:
    with pytest.raises(NoObject):
        object_in(written)


def reply_body(message: Any, **more: Any) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], **more}).encode()


def test_a_reply_is_read_and_what_is_missing_tolerated() -> None:
    body = Body(
        reply_body(
            {"content": "hi"}, model="m", usage={"prompt_tokens": 3, "completion_tokens": None}
        )
    )
    full = body.reply()
    bare = Body(reply_body({"content": None, "reasoning_content": "hm"})).reply()

    assert (full.text, full.model, body.tokens) == ("hi", "m", (3, 0))
    assert (bare.text, bare.model) == ("", "")


def test_a_content_of_parts_is_joined() -> None:
    parts = [{"type": "text", "text": '{"a"'}, {"type": "other"}, {"type": "text", "text": ": 1}"}]

    assert Body(reply_body({"content": parts})).reply().text == '{"a": 1}'


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"{}", b'{"choices": []}', b'{"choices": [{}]}', b"\xff"],
)
def test_what_is_no_completion_is_unreadable(body: bytes) -> None:
    with pytest.raises(ReplyUnreadable):
        Body(body).reply()


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        (b'{"error": "no", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}', (5, 2)),
        (b'{"error": {"usage": {"input_tokens": 5, "total_tokens": 7}}}', (5, 2)),
        (b'event: error\ndata: {"usage": {"prompt_tokens": 5}}\n\ndata: {"usage"', (5, 0)),
        (b'{"error": ' * 1000 + b"1" + b"}" * 1000, (0, 0)),
        (b'[{"error": "no"}]', (0, 0)),
        (b'{"a": 1e400, "usage": {"prompt_tokens": 5, "completion_tokens": 1e999}}', (5, 0)),
        (b'{"a": NaN, "usage": {"prompt_tokens": 4.5, "completion_tokens": 2}}', (5, 2)),
        (b"<html>", (0, 0)),
    ],
)
def test_tokens_are_read_whatever_else_a_body_is(body: bytes, tokens: tuple[int, int]) -> None:
    assert Body(body).tokens == tokens


@pytest.mark.parametrize("error", [{"message": "bad"}, "bad", ["bad"]])
def test_an_error_in_a_success_is_found_before_its_choices(error: Any) -> None:
    found = Body(reply_body({"content": "hi"}, error=error)).error()

    assert found is not None
    assert found.text == "bad"


def test_a_stream_is_put_together() -> None:
    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        chunk = {"model": "m", "choices": [{"delta": delta, "finish_reason": finish}]}
        return b"data: " + json.dumps(chunk).encode() + b"\n\n"

    body = (
        b": hello\n\n"
        + event({"role": "assistant", "content": ""})
        + event({"reasoning_content": "hm"})
        + event({"content": '{"a"'})
        + event({"content": ": 1}"}, "stop")
        + b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}\n\n'
        + b"data: [DONE]\n\n"
    )

    reply = Body(body).reply()

    assert (reply.text, reply.finish_reason, reply.model) == ('{"a": 1}', "stop", "m")
    assert Body(body).tokens == (5, 2)
    assert Body(reply_body({"content": "not streamed"})).reply().text == "not streamed"


SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1},
        "text": {"type": "string"},
        "scene": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "camera": {"type": "object", "properties": {"maker": {"type": "string"}}},
    },
    "required": ["title", "text", "scene", "tags", "camera"],
    "additionalProperties": False,
}
VALUE = {"title": "T", "text": "", "scene": None, "tags": ["a"], "camera": {"maker": "M"}}


def test_a_fitting_value_stays_and_unknown_keys_go() -> None:
    value = VALUE | {"more": 1, "camera": {"maker": "M", "more": 1}}

    assert fitted(value, check_schema(SCHEMA)) == VALUE


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": 3}, "title must be string"),
        ({"title": " \n"}, "title must not be blank"),
        ({"title": "\0"}, "title must not be blank"),
        ({"title": None}, "title must not be blank"),
        ({"camera": None}, "camera must be object"),
        ({"scene": 3}, "scene must be string or null"),
        ({"tags": "a"}, "tags must be array"),
        ({"tags": ["a", None]}, r"tags\[1\] must be string"),
        ({"camera": {}}, "camera.maker is missing"),
    ],
)
def test_a_value_of_another_shape_is_refused_by_its_place(
    change: dict[str, Any], fault: str
) -> None:
    with pytest.raises(SchemaMismatch, match=fault):
        fitted(VALUE | change, SCHEMA)


def test_null_stands_for_an_empty_string_or_array() -> None:
    assert fitted(VALUE | {"text": None, "tags": None}, SCHEMA) == VALUE | {"tags": []}


def test_a_missing_property_is_named() -> None:
    with pytest.raises(SchemaMismatch, match="title is missing"):
        fitted({key: VALUE[key] for key in VALUE if key != "title"}, SCHEMA)


def test_what_is_stored_is_bounded() -> None:
    value = fitted(VALUE | {"title": "x\0" * 5000, "tags": ["t"] * 100}, SCHEMA)

    assert value["title"] == "x" * 4000
    assert len(value["tags"]) == 64


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ([], "the schema of an answer must be of type"),
        ("x", "the schema of an answer must be of type"),
        ({}, "the schema of an answer must be of type"),
        ({"type": "string"}, "the schema of an answer must be of type"),
        ({"type": "object"}, "the schema of an answer must have properties"),
    ],
)
def test_a_schema_that_is_no_objects_is_refused(schema: Any, fault: str) -> None:
    with pytest.raises(SchemaUnsupported, match=fault):
        check_schema(schema)


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        (1, "a must be an object"),
        ({}, "a must have a type"),
        ({"type": None}, "a must have a type"),
        ({"type": "text"}, "a must have a type"),
        ({"type": []}, "a must have a type"),
        ({"type": ["string", {}]}, "a must have a type"),
        ({"type": "string", "nullable": 1}, "nullable of a"),
        ({"type": "string", "enum": "b"}, "enum of a"),
        ({"type": "string", "minLength": "1"}, "minLength of a"),
        ({"type": "string", "minLength": True}, "minLength of a"),
        ({"type": "array"}, "items of a must be an object"),
        ({"type": ["null", "array"], "items": {"type": 1}}, "items of a must have a type"),
        ({"type": "object"}, "a must have properties"),
        ({"type": "object", "properties": {"b": None}}, "a.b must be an object"),
        ({"type": "object", "properties": {}, "required": None}, "required of a"),
        ({"type": "object", "properties": {}, "required": ["b"]}, "required of a"),
        ({"type": "object", "properties": {}, "required": [[]]}, "required of a"),
    ],
)
def test_a_schema_that_cannot_be_satisfied_is_refused(inner: Any, fault: str) -> None:
    with pytest.raises(SchemaUnsupported, match=fault):
        check_schema({"type": "object", "properties": {"a": inner}})


def test_a_schema_that_is_too_deep_is_refused() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"type": "object", "properties": {"a": nested(depth - 1)} if depth > 1 else {}}

    check_schema(nested(8))
    with pytest.raises(SchemaUnsupported, match="nested more than 8 deep"):
        check_schema(nested(9))


def test_what_is_json_as_it_is_may_speak_of_thoughts() -> None:
    said = {"text": "<think>hm</think> and </think>"}
    assert object_in(json.dumps(said)) == said


@pytest.mark.parametrize("tag", ["think", "reasoning"])
def test_thoughts_that_do_not_end_are_no_answer(tag: str) -> None:
    with pytest.raises(NoObject, match="thoughts"):
        object_in(f"\n<{tag}>Is it {TEXT}?")


@pytest.mark.parametrize(
    "answer",
    [
        '[THINK]perhaps {"a": 2}[/THINK]{"a": 1}',
        '◁think▷perhaps {"a": 2}◁/think▷ {"a": 1}',
        '<seed:think>perhaps {"a": 2}</seed:think>\n{"a": 1}',
        '<|channel|>analysis<|message|>perhaps {"a": 2}<|end|><|start|>assistant'
        '<|channel|>final<|message|>{"a": 1}',
        '<|channel|>final <|constrain|>json<|message|>{"a": 1}<|return|>',
    ],
)
def test_thoughts_have_marks_of_many_kinds(answer: str) -> None:
    assert object_in(answer) == {"a": 1}


@pytest.mark.parametrize(
    "answer",
    ['[THINK]perhaps {"a": 2}', '◁think▷{"a": 2}', '<|channel|>analysis<|message|>{"a": 2}'],
)
def test_marks_of_thoughts_without_an_end_hold_no_answer(answer: str) -> None:
    with pytest.raises(NoObject, match="thoughts"):
        object_in(answer)
