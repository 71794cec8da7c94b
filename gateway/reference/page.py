"""The whole page: one file without scripts, which nothing else has to be loaded for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.reference.html import Html, joined, paragraphs, prose, tag
from gateway.reference.operation import article, shape

Schema = Mapping[str, Any]

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: its own style sheet, and nothing else."""

Operation = tuple[str, str, Schema]
"""Method, path, and what is told of them."""


def page(described: Schema) -> bytes:
    """HTML of an OpenAPI document."""
    info = described["info"]
    groups = _groups(described)
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", f"{info['title']}: HTTP API"),
        tag("style", Html(STYLE)),
    )
    body = tag(
        "body",
        tag("a", "To the routes", href="#routes", class_="skip"),
        tag(
            "header",
            tag("h1", f"{info['title']} {info['version']}"),
            paragraphs(info["description"]),
            tag("p", "For programs: ", tag("a", "/openapi.json", href="/openapi.json")),
        ),
        tag("nav", tag("h2", "Contents"), _contents(groups), aria_label="Contents"),
        tag(
            "main",
            *(_section(name, operations, described) for name, operations in groups.items()),
            _shapes(described["components"]["schemas"]),
            id="routes",
        ),
    )
    return f"<!doctype html>{tag('html', head, body, lang='en')}".encode()


def _groups(described: Schema) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return groups


def _contents(groups: Mapping[str, list[Operation]]) -> Html:
    listed = [
        tag(
            "li",
            tag("a", name, href=f"#group-{name}"),
            tag("ul", *(_entry(*operation) for operation in operations)),
        )
        for name, operations in groups.items()
    ]
    return tag("ul", *listed, tag("li", tag("a", "schemas", href="#group-schemas")))


def _entry(method: str, path: str, operation: Schema) -> Html:
    return tag(
        "li",
        tag("a", f"{method} {path}", href=f"#{operation['operationId']}"),
        " ",
        prose(operation["summary"]),
    )


def _section(name: str, operations: list[Operation], described: Schema) -> Html:
    return tag(
        "section",
        tag("h2", name),
        *(article(*operation, described) for operation in operations),
        id=f"group-{name}",
    )


def _shapes(schemas: Schema) -> Html:
    return tag(
        "section",
        tag("h2", "schemas"),
        joined(*(shape(name, schema) for name, schema in sorted(schemas.items()))),
        id="group-schemas",
    )
