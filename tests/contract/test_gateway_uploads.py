"""Uploads through the gateway: forms of every kind, early refusals, hang-ups."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from tests.contract.gateway_assets import CHUNK, MAX_UPLOAD_BYTES
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import (
    AUTH,
    Answer,
    Hub,
    client_of,
    error_of,
    read_answer,
    running_hub,
)

URL = "/api/v1/assets"
BOUNDARY = "XbX"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


def part(name: str, value: bytes, file_name: str | None = None, kind: str | None = None) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    if file_name is not None:
        head += f'; filename="{file_name}"'
    if kind is not None:
        head += f"\r\nContent-Type: {kind}"
    return head.encode() + b"\r\n\r\n" + value + b"\r\n"


def file_part(value: bytes = b"picture", name: str = "cat.png", kind: str = "image/png") -> bytes:
    return part("file", value, name, kind)


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def test_an_upload_answers_202_with_the_asset(hub: Hub, client: httpx.AsyncClient) -> None:
    content = bytes(range(256)) * 4096
    response = await client.post(URL, files={"file": ("cat.png", content, "image/png")})
    assert response.status_code == 202
    assert response.headers["location"] == "/api/v1/assets/asset-1"
    data = response.json()["data"]
    assert data["id"] == "asset-1"
    assert data["latestExecutionSummary"] is None
    [stored] = hub.assets.stored
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.largest_chunk <= CHUNK
    assert (stored.start.file_name, stored.start.content_type) == ("cat.png", "image/png")
    assert stored.commit.is_public
    assert stored.commit.run_enrichment
    assert not stored.commit.HasField("description")


@pytest.mark.parametrize("file_first", [True, False])
async def test_fields_may_come_before_and_after_the_file(
    hub: Hub, client: httpx.AsyncClient, file_first: bool
) -> None:
    fields = [
        part("description", "eine Katze ☕".encode()),
        part("altText", b"a cat"),
        part("isPublic", b"FALSE"),
        part("runEnrichment", b"1"),
        part("skill", b"enrich"),
    ]
    body = form(file_part(), *fields) if file_first else form(*fields, file_part())
    response = await client.post(URL, content=body, headers=FORM)
    assert response.status_code == 202
    commit = hub.assets.stored[0].commit
    assert commit.description == "eine Katze ☕"
    assert commit.alt_text == "a cat"
    assert not commit.is_public
    assert commit.run_enrichment
    assert commit.skill_name == "enrich"


async def test_a_blank_text_field_is_as_none(hub: Hub, client: httpx.AsyncClient) -> None:
    body = form(file_part(), part("description", b""), part("skill", b""))
    assert (await client.post(URL, content=body, headers=FORM)).status_code == 202
    assert not hub.assets.stored[0].commit.HasField("description")


async def test_a_form_in_single_bytes(hub: Hub, client: httpx.AsyncClient) -> None:
    body = form(file_part(b"--XbX\r--Xb-\r\n-"), part("altText", b"x"))

    async def bytewise() -> AsyncIterator[bytes]:
        for number in range(len(body)):
            yield body[number : number + 1]

    response = await client.post(URL, content=bytewise(), headers=FORM)
    assert response.status_code == 202
    assert hub.assets.stored[0].sha256 == hashlib.sha256(b"--XbX\r--Xb-\r\n-").hexdigest()


REFUSED: Iterable[tuple[str, bytes, str, int, str]] = [
    ("no file", form(part("altText", b"x")), "asset_file_required", 400, "file"),
    ("no part", form(), "asset_file_required", 400, "file"),
    ("no body", b"", "asset_file_required", 400, "file"),
    ("file is text", form(part("file", b"abc")), "asset_file_required", 400, "filename"),
    (
        "no file chosen",
        form(part("file", b"", "", "application/octet-stream")),
        "asset_file_required",
        400,
        "no file",
    ),
    ("file elsewhere", form(part("f", b"x", "a.png")), "asset_file_required", 400, "field 'f'"),
    ("empty file", form(file_part(b"")), "asset_file_empty", 400, ""),
    ("no type", form(part("file", b"x", "a.png")), "asset_content_type_missing", 400, ""),
    (
        "bad type",
        form(file_part(kind="text/plain")),
        "asset_content_type_not_allowed",
        415,
        "image/png",
    ),
    ("cut short", form(file_part())[:-9], "request_invalid", 400, "cut short"),
    ("cut in head", form(file_part())[:30], "request_invalid", 400, "cut short"),
    ("two files", form(file_part(), file_part()), "request_invalid", 400, "'file'"),
    ("unknown", form(file_part(), part("colour", b"x")), "request_invalid", 400, "'colour'"),
    (
        "unknown first",
        form(part("colour", b"x"), file_part()),
        "request_invalid",
        400,
        "description",
    ),
    (
        "twice",
        form(part("altText", b"x"), part("altText", b"y"), file_part()),
        "request_invalid",
        400,
        "'altText'",
    ),
    ("boolean", form(file_part(), part("isPublic", b"yes")), "request_invalid", 400, "'yes'"),
    (
        "huge skill",
        form(file_part(), part("skill", b"x" * 70_000)),
        "request_invalid",
        400,
        "'skill'",
    ),
    (
        "huge description",
        form(file_part(), part("description", b"x" * 70_000)),
        "asset_description_too_long",
        400,
        "'description'",
    ),
    ("no UTF-8", form(file_part(), part("altText", b"\xff")), "request_invalid", 400, "'altText'"),
    ("no form", b"hello", "request_invalid", 400, "malformed"),
    ("unknown skill", form(file_part(), part("skill", b"nope")), "skill_not_found", 404, "'nope'"),
    (
        "unknown skill that would not run",
        form(file_part(), part("skill", b"nope"), part("runEnrichment", b"false")),
        "skill_not_found",
        404,
        "'nope'",
    ),
]


@pytest.mark.parametrize(
    ("body", "code", "status", "named"),
    [pytest.param(*values, id=name) for name, *values in REFUSED],
)
async def test_a_refused_form_says_why_and_stores_nothing(
    hub: Hub, client: httpx.AsyncClient, body: bytes, code: str, status: int, named: str
) -> None:
    response = await client.post(URL, content=body, headers=FORM)
    error = error_of(response)
    assert (response.status_code, error["code"]) == (status, code)
    assert named in error["message"]
    assert hub.assets.stored == []


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "multipart/mixed; boundary=XbX",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300,
    ],
)
async def test_a_body_that_is_no_form(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    response = await client.post(URL, content=form(file_part()), headers=headers)
    assert response.status_code == 400
    assert error_of(response)["code"] == "request_invalid"


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ('filename="a \\"b\\".png"', 'a "b".png'),
        ('filename="Käse ☕.png"', "Käse ☕.png"),
        ("filename*=UTF-8''K%C3%A4se.png", "Käse.png"),
        ("filename=\"plain.png\"; filename*=UTF-8''K%C3%A4se.png", "Käse.png"),
        ("filename=bare.png", "bare.png"),
        ('filename*0="one"; filename*1="two.png"', "onetwo.png"),
        ('filename="semi;colon.png"', "semi;colon.png"),
        (f'filename="{"a" * 5000}.png"', f"{'a' * 5000}.png"),
    ],
)
async def test_file_names_in_every_notation(
    hub: Hub, client: httpx.AsyncClient, parameters: str, name: str
) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {parameters}\r\n'
    body = head.encode() + b"Content-Type: image/png\r\n\r\nx\r\n" + form()
    assert (await client.post(URL, content=body, headers=FORM)).status_code == 202
    assert hub.assets.stored[0].start.file_name == name


async def test_a_declared_length_far_beyond_the_limit_is_refused_unread(hub: Hub) -> None:
    head = (
        f"POST {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {API_KEY}\r\n"
        f"Content-Type: {FORM['content-type']}\r\nContent-Length: 99999999999\r\n\r\n"
    )
    answer = await hub.exchange(head.encode())
    assert (answer.status, answer.error["code"]) == (413, "asset_file_too_large")
    assert answer.headers["connection"] == "close"


async def test_a_file_that_turns_out_too_large_is_refused_where_a_client_sees_it(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield file_part(b"")[:-2]
        for _ in range(20):
            yield bytes(MAX_UPLOAD_BYTES // 4)
        yield b"\r\n" + form()

    response = await client.post(URL, content=body(), headers=FORM)
    assert response.status_code == 413
    assert error_of(response)["code"] == "asset_file_too_large"
    assert response.headers["connection"] == "close"
    assert hub.assets.stored == []


async def test_a_refusal_comes_while_the_client_is_still_sending(hub: Hub) -> None:
    answer = await _begin_upload(hub, file_part(b"x" * 70_000, kind="text/plain"))
    assert (answer.status, answer.error["code"]) == (415, "asset_content_type_not_allowed")


async def test_authentication_comes_before_the_body(hub: Hub) -> None:
    answer = await _begin_upload(hub, file_part(), authorization="Bearer wrong")
    assert (answer.status, answer.error["code"]) == (401, "api_key_invalid")
    assert not hub.assets.upload_started.is_set()


async def test_a_client_that_hangs_up_takes_its_upload_with_it(hub: Hub) -> None:
    _, writer = await hub.connect()
    writer.write(_head(100_000) + file_part(b"x" * 10_000))
    await hub.assets.upload_started.wait()
    writer.close()
    await hub.assets.upload_dropped.wait()
    assert hub.assets.stored == []


async def test_memory_does_not_grow_with_the_file(hub: Hub, client: httpx.AsyncClient) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield file_part(b"")[:-2]
        for _ in range(MAX_UPLOAD_BYTES // 65536):
            yield bytes(65536)
        yield b"\r\n" + form()

    tracemalloc.start()
    try:
        assert (await client.post(URL, content=body(), headers=FORM)).status_code == 202
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Gateway, counterpart and client together: a few chunks, less than the file.
    assert peak < MAX_UPLOAD_BYTES


def _head(length: int, authorization: str = AUTH["authorization"]) -> bytes:
    return (
        f"POST {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
        f"Content-Type: {FORM['content-type']}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def _begin_upload(
    hub: Hub, body: bytes, authorization: str = AUTH["authorization"]
) -> Answer:
    reader, writer = await hub.connect()
    writer.write(_head(1_000_000, authorization) + body)
    answer = await asyncio.wait_for(read_answer(reader), 30)
    writer.close()
    return answer
