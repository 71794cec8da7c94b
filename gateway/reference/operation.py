"""One route on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.reference.curl import example
from gateway.reference.html import Html, joined, paragraphs, prose, tag
from gateway.reference.schema import anchor, field, fields, kind, name_of

Schema = Mapping[str, Any]
_LEAST_FAILURE = "400"


def article(method: str, path: str, operation: Schema, described: Schema) -> Html:
    """Everything that is to know of a route; `described` is the whole document."""
    schemas = described["components"]["schemas"]
    url = described["servers"][0]["url"] + path
    return tag(
        "article",
        tag("h3", tag("span", method, class_="method"), " ", tag("code", path)),
        tag("p", prose(operation["summary"]), class_="summary"),
        paragraphs(operation.get("description", "")),
        tag("p", _who(operation)),
        *_parameters(operation),
        *_body(operation, schemas),
        *_answers(operation),
        tag("h4", "Example"),
        tag("pre", tag("code", example(method, url, operation, schemas)), tabindex="0"),
        id=operation["operationId"],
    )


def _who(operation: Schema) -> Html:
    if not operation["security"]:
        return prose("Anybody may.")
    if permission := operation.get("x-permission"):
        return prose(f"Needs the permission `{permission}`.")
    return prose("Needs somebody who has signed in; an API key is nobody.")


def _parameters(operation: Schema) -> Iterator[Html]:
    if parameters := operation.get("parameters"):
        yield tag("h4", "Parameters")
        yield tag(
            "dl",
            *(
                field(
                    each["name"],
                    each["schema"],
                    each.get("required", False),
                    f"In the {each['in']}. {each.get('description', '')}",
                )
                for each in parameters
            ),
        )


def _body(operation: Schema, schemas: Schema) -> Iterator[Html]:
    if body := operation.get("requestBody"):
        yield tag("h4", "Body" if body.get("required") else "Body, may be left out")
        for media, content in body["content"].items():
            schema = content["schema"]
            name = name_of(schema)
            told = (", ", kind(schema)) if name else ()
            yield tag("p", tag("code", media), *told)
            yield fields(schemas[name] if name else schema)


def _answers(operation: Schema) -> Iterator[Html]:
    yield tag("h4", "Answers")
    yield tag(
        "dl",
        *(
            joined(tag("dt", tag("code", status)), tag("dd", *_answer(status, answer)))
            for status, answer in operation["responses"].items()
        ),
        class_="answers",
    )


def _answer(status: str, answer: Schema) -> Iterator[str]:
    yield prose(answer["description"])
    if status >= _LEAST_FAILURE:
        return
    for media, content in answer.get("content", {}).items():
        data = content.get("schema", {}).get("properties", {}).get("data")
        if data is None:
            yield joined(", ", tag("code", media))
        else:
            yield joined(", ", tag("code", "data"), " is ", kind(data))
    for name, header in answer.get("headers", {}).items():
        yield tag("div", tag("code", name), ": ", prose(header.get("description", "")))


def shape(name: str, schema: Schema) -> Html:
    """A named schema."""
    return tag(
        "article",
        tag("h3", tag("code", name)),
        paragraphs(schema.get("description", "")),
        fields(schema),
        id=anchor(name),
    )
