"""The page of the API: complete, readable by nothing but HTML, loading nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.responses import Response

from gateway.endpoint import Endpoint
from gateway.openapi.document import document
from gateway.reference.curl import example
from gateway.reference.page import POLICY, page
from gateway.reference.schema import fields
from gateway.routes.table import TABLE

DESCRIBED = document(TABLE, "1.2.3", "https://hub.example.com")
VOID = {"meta"}
LOADS = {"script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio"}
OPERATIONS = [
    (method, path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]
EVERY_OPERATION = pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[each[2]["operationId"] for each in OPERATIONS]
)


class Reader(HTMLParser):
    """Everything that a page has, by kind; `texts` by the id of the article they are in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.texts: dict[str, str] = {}
        self.examples: dict[str, str] = {}
        self._open: list[str] = []
        self._article = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.add(tag)
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        if identifier := given.get("id"):
            self.ids.append(identifier)
            if tag == "article":
                self._article = identifier
        if href := given.get("href"):
            self.links.append(href)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts[self._article] = self.texts.get(self._article, "") + data
        if "pre" in self._open:
            self.examples[self._article] = data


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(page(DESCRIBED).decode())


@pytest.mark.parametrize("endpoint", TABLE, ids=lambda endpoint: endpoint.route)
def test_a_route_is_told_with_all_that_it_has(reader: Reader, endpoint: Endpoint) -> None:
    noun = endpoint.handler.__module__.rpartition(".")[2]
    told = reader.texts[f"{noun}.{endpoint.handler.__name__}"]
    words = [
        endpoint.method,
        endpoint.summary.replace("`", ""),
        *endpoint.places,
        *(each.name for each in endpoint.query),
        *(each.name for each in endpoint.headers),
        *(each.name for each in endpoint.form),
        *(error.partition(" ")[2] for error in endpoint.errors),
        endpoint.permission or ("Needs somebody" if endpoint.signed_in else "Anybody may."),
    ]
    if endpoint.body is not None:
        words += endpoint.body.model_json_schema().get("properties", {})
    assert [word for word in words if word not in told] == []


def test_every_link_leads_somewhere(reader: Reader) -> None:
    assert len(reader.ids) == len(set(reader.ids))
    inside = {link.removeprefix("#") for link in reader.links if link.startswith("#")}
    assert inside - set(reader.ids) == set()
    assert {link for link in reader.links if not link.startswith("#")} == {"/openapi.json"}


def test_nothing_is_loaded_and_nothing_runs(reader: Reader) -> None:
    assert reader.tags & LOADS == set()
    assert reader.handlers == []


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page(DESCRIBED).decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "url(" not in style


def test_text_that_looks_like_html_is_text() -> None:
    async def hostile() -> Response:
        """Say `<b>` & <script>alert(1)</script>."""
        return Response()

    endpoint = Endpoint("GET", '/a"><script>', hostile, None)
    shown = page(document([endpoint], "<i>1", 'https://"><script>')).decode()
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert Reader(shown).texts["test_gateway_reference.hostile"].count("<script>") == 4


@EVERY_OPERATION
def test_the_example_is_a_command(
    reader: Reader, method: str, path: str, operation: dict[str, Any]
) -> None:
    command = reader.examples[operation["operationId"]]
    words = shlex.split(command)
    assert words[0] == "curl"
    *_, url = words
    assert re.fullmatch(
        "https://hub.example.com" + re.sub(r"\\\{\w+\\\}", r"\\$[A-Z_]+", re.escape(path)), url
    )
    sends = any(word in words for word in ("-d", "-F"))
    told = words[words.index("-X") + 1] if "-X" in words else ("POST" if sends else "GET")
    told = "HEAD" if "--head" in words else told
    assert told.lower() == method
    assert ("Authorization: Bearer $KEY" in words) == bool(operation["security"])
    if "-d" in words:
        (content,) = operation["requestBody"]["content"].values()
        schema = {**content["schema"], "components": DESCRIBED["components"]}
        Draft202012Validator(schema).validate(json.loads(words[words.index("-d") + 1]))


def test_a_sample_has_what_is_required() -> None:
    schema = {
        "type": "object",
        "required": ["role", "ids"],
        "properties": {
            "role": {"enum": ["user", "admin"]},
            "ids": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "note": {"type": "string"},
        },
    }
    operation = {
        "responses": {},
        "security": [],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
    }
    assert example("PUT", "/x/{assetId}", operation, {}) == (
        "curl -X PUT \\\n  -H 'Content-Type: application/json' \\\n"
        """  -d '{"role":"user","ids":["…"]}' \\\n  "/x/$ASSET_ID\""""
    )


def test_a_body_that_is_an_array_is_told_with_its_limits() -> None:
    shown = fields({"type": "array", "items": {"type": "string"}, "maxItems": 1000})
    assert shown == "<p>array of string, at most <code>1000</code> items</p>"
