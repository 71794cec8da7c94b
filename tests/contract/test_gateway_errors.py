"""Every failure has the envelope, whatever fails."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from services.chassis.errors import (
    Aborted,
    AlreadyExists,
    DeadlineExceeded,
    FailedPrecondition,
    HubError,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)
from services.chassis.logs import JsonFormatter
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import AUTH, Hub, client_of, error_of, read_answer, running_hub

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.assets.failure = None
    shared.assets.put("a")
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidArgument("ASSET_FILE_INVALID", "m"), 400, "asset_file_invalid"),
        (FailedPrecondition("PICTURE_UNREADABLE", "m"), 400, "picture_unreadable"),
        (OutOfRange("OTHER", "m"), 400, "other"),
        (Unauthenticated("API_KEY_INVALID", "m"), 401, "api_key_invalid"),
        (PermissionDenied("AUTH_FORBIDDEN", "m"), 403, "auth_forbidden"),
        (NotFound("ASSET_NOT_FOUND", "m"), 404, "asset_not_found"),
        (AlreadyExists("X_CONFLICT", "m"), 409, "x_conflict"),
        (Aborted("Y_CONFLICT", "m"), 409, "y_conflict"),
        (InvalidArgument("ASSET_FILE_TOO_LARGE", "m"), 413, "asset_file_too_large"),
        (
            InvalidArgument("ASSET_CONTENT_TYPE_NOT_ALLOWED", "m"),
            415,
            "asset_content_type_not_allowed",
        ),
        (OutOfRange("CONTENT_RANGE_INVALID", "m", size="9"), 416, "content_range_invalid"),
        (ResourceExhausted("AUTH_RATE_LIMITED", "m"), 429, "auth_rate_limited"),
        (Unavailable("ANY", "m"), 503, "service_unavailable"),
        (DeadlineExceeded("ANY", "m"), 504, "deadline_exceeded"),
    ],
)
async def test_each_category_of_a_service_has_its_status(
    hub: Hub, client: httpx.AsyncClient, error: HubError, status: int, code: str
) -> None:
    hub.assets.failure = error
    response = await client.get("/api/v1/assets/a")
    assert response.status_code == status
    assert error_of(response)["code"] == code
    assert error_of(response)["message"] == "m"
    assert ("retry-after" in response.headers) == (status in (429, 503))
    assert ("www-authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize(
    "failure",
    [
        Internal("INTERNAL_SERVER_ERROR", "select secret from table"),
        Unauthenticated("INTERNAL_TOKEN_INVALID", "select secret from table"),
        RuntimeError("select secret from table"),
    ],
)
async def test_a_fault_says_nothing_of_itself(
    hub: Hub, client: httpx.AsyncClient, failure: Exception
) -> None:
    hub.assets.failure = failure
    response = await client.get("/api/v1/assets/a")
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal_server_error"
    assert "secret" not in response.text


async def test_a_service_that_is_down_is_503() -> None:
    async with running_hub() as hub, client_of(hub) as client:
        await hub.stop("assets")
        response = await client.get("/api/v1/assets")
    assert response.status_code == 503
    assert error_of(response)["code"] == "service_unavailable"
    assert int(response.headers["retry-after"]) > 0
    assert "127.0.0.1" not in response.text


@pytest.mark.parametrize(
    "target",
    [
        "/nothing",
        "//",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/assets/",
        "/api/v1//assets",
        "//api/v1/assets",
        "/api/v1/nothing",
        "/api/v1/assets/a%2Fb/c",
        "/api/v1/nothing%00",
        "/api/v1/nothing%ff%fe",
        "/api/v1/../../etc/passwd",
        "/API/V1/assets",
        "/api/v1/auth",
    ],
)
async def test_an_unknown_route_is_404(hub: Hub, target: str) -> None:
    answer = await hub.exchange(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (answer.status, answer.error["code"]) == (404, "route_not_found")
    assert answer.error["status"] == 404
    assert len(answer.error["traceId"]) == 32


@pytest.mark.parametrize("asset_id", ["%00", "%ff", "x%2520", "%E2%98%95", "..", "'%20or%201=1"])
async def test_an_id_that_is_none_is_just_not_found(hub: Hub, asset_id: str) -> None:
    request = f"GET /api/v1/assets/{asset_id} HTTP/1.1\r\nHost: x\r\n"
    request += f"Authorization: Bearer {API_KEY}\r\n\r\n"
    answer = await hub.exchange(request.encode())
    assert (answer.status, answer.error["code"]) == (404, "asset_not_found")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/api/v1/assets/a", "GET, HEAD, PATCH, DELETE"),
        ("OPTIONS", "/api/v1/assets", "GET, HEAD, POST"),
        ("POST", "/content/x", "GET, HEAD"),
        ("DELETE", "/api/v1/system/ping", "GET, HEAD"),
        ("GET", "/api/v1/assets/a/skills/enrich/run", "POST"),
        ("HEAD", "/api/v1/assets/a/skills/enrich/run", "POST"),
    ],
)
async def test_a_wrong_method_is_405_with_allow(
    client: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    response = await client.request(method, path)
    assert response.status_code == 405
    if method != "HEAD":
        assert error_of(response)["code"] == "method_not_allowed"
    assert response.headers["allow"] == allow


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"BREW /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_http_has_the_envelope_too(hub: Hub, request_bytes: bytes) -> None:
    answer = await hub.exchange(request_bytes)
    assert (answer.status, answer.error["code"]) == (400, "request_invalid")
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_an_endless_head_is_refused(hub: Hub) -> None:
    reader, writer = await hub.connect()
    answer = asyncio.create_task(read_answer(reader))
    writer.write(b"GET / HTTP/1.1\r\nX: ")
    with contextlib.suppress(ConnectionError):
        while not answer.done():
            writer.write(b"x" * 65536)
            await writer.drain()
    writer.close()
    assert ((await answer).status, (await answer).error["code"]) == (400, "request_invalid")


CHUNKED = (
    b"PATCH /api/v1/assets/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    b"Authorization: Bearer %s\r\n\r\n" % API_KEY.encode()
)


async def test_endless_trailers_are_refused(hub: Hub) -> None:
    reader, writer = await hub.connect()
    answer = asyncio.create_task(read_answer(reader))
    writer.write(CHUNKED + b"0\r\n")
    async with asyncio.timeout(20):
        with contextlib.suppress(ConnectionError):
            while not answer.done():
                writer.write(b"X: y\r\n" * 10_000)
                await writer.drain()
        writer.close()
        assert (await answer).status == 400
    assert "trailers" in (await answer).error["message"]


@pytest.mark.parametrize("size", [1, 100, 70_000, 300_000])
async def test_a_body_may_come_in_chunks_of_any_size(hub: Hub, size: int) -> None:
    blanks = b" " * max(size, 1000)
    body = b"{" + blanks + b"}"
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    answer = await hub.exchange(CHUNKED + framed + b"0\r\nX-Trailer: y\r\n\r\n")
    assert answer.status == 200


async def test_the_trace_id_of_the_caller_is_taken_over(client: httpx.AsyncClient) -> None:
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    assert error_of(await client.get("/nothing", headers=headers))["traceId"] == TRACE


@pytest.mark.parametrize(
    "value", ["", "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}-short-01"]
)
async def test_a_bad_traceparent_is_replaced(client: httpx.AsyncClient, value: str) -> None:
    response = await client.get("/nothing", headers={"traceparent": value})
    assert error_of(response)["traceId"] not in (TRACE, "0" * 32)


async def test_a_line_in_the_log_says_what_was_asked_but_no_secret(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.INFO, "gateway.access"):
        response = await client.get("/api/v1/nothing?query=private")
    line = json.loads(caplog.text)
    assert line["message"] == "GET /api/v1/nothing 404"
    assert line["traceId"] == error_of(response)["traceId"]
    assert "private" not in caplog.text
    assert AUTH["authorization"] not in caplog.text
