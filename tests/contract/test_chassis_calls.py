"""Calls of every kind between two services: who may call, and how failures travel."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc
from nekohub.skills.v1 import skills_pb2, skills_pb2_grpc

from services.chassis import errors
from services.chassis.channel import channel
from services.chassis.errors import HubError, NotFound
from services.chassis.server import serving
from services.chassis.status import CODES, from_rpc_error
from tests.contract.chassis_service import (
    CALLS,
    TOKEN,
    Servicer,
    dialled,
    failure,
    get,
    logged,
    nothing,
    running,
    service,
)

every_kind = pytest.mark.parametrize("call", CALLS)


class Raising:
    """An act that raises, and counts how often it is done."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.done = 0

    async def __call__(self, _context: Any) -> None:
        """Raises."""
        self.done += 1
        raise self.error


class SubclassOfNotFound(NotFound):
    """More exact than what crosses the border."""


class WithoutCategory(HubError):
    """Of none of the categories."""


@every_kind
@pytest.mark.parametrize("listen", ["unix", "tcp"])
async def test_a_call_is_answered(call: Any, listen: str, tmp_path: Path) -> None:
    where = "127.0.0.1:0" if listen == "tcp" else f"unix:{tmp_path}/socket"
    async with serving(service(), where, token=TOKEN) as address, dialled(address) as stub:
        assert len(await call(stub)) == 32


@every_kind
@pytest.mark.parametrize("token", ["", "wrong", f"{TOKEN}x", TOKEN[:-1], TOKEN.upper()])
async def test_a_wrong_token_is_refused(call: Any, token: str, tmp_path: Path) -> None:
    act = Raising(AssertionError("the method must not run"))
    async with (
        serving(service(act), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        dialled(address, token=token) as stub,
    ):
        error = await failure(call(stub))

    assert isinstance(error, errors.Unauthenticated)
    assert error.reason == "INTERNAL_TOKEN_INVALID"
    assert error.message == "the internal token is missing or wrong"
    assert act.done == 0


class Answering(Servicer):
    """Answers with more than a message may hold."""

    async def GetAsset(
        self, request: assets_pb2.GetAssetRequest, context: Any
    ) -> assets_pb2.GetAssetResponse:
        """Five megabytes."""
        return assets_pb2.GetAssetResponse(asset=assets_pb2.Asset(id="x" * 5_000_000))


async def test_a_request_that_is_too_large_is_told_apart_from_an_answer(tmp_path: Path) -> None:
    where = f"unix:{tmp_path}/socket"
    made = service(servicer=Answering(nothing))  # type: ignore[abstract]  # the rest is not called
    async with serving(made, where, token=TOKEN) as address, dialled(address) as stub:
        large = assets_pb2.GetAssetRequest(asset_id="x" * 5_000_000)
        request = await failure(stub.GetAsset(large))
        answer = await failure(stub.GetAsset(assets_pb2.GetAssetRequest()))

    assert isinstance(request, errors.InvalidArgument)
    assert request.reason == "REQUEST_TOO_LARGE"
    assert "4 MiB" in request.message
    assert isinstance(answer, errors.Internal)
    assert answer.message == "something went wrong; the log says what"


@every_kind
async def test_a_missing_token_is_refused(call: Any, tmp_path: Path) -> None:
    async with (
        serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        grpc.aio.insecure_channel(address) as bare,
    ):
        error = await failure(call(assets_pb2_grpc.AssetServiceStub(bare)))

    assert isinstance(error, errors.Unauthenticated)
    assert error.reason == "INTERNAL_TOKEN_INVALID"


@every_kind
@pytest.mark.parametrize("kind", CODES)
async def test_an_error_arrives_as_it_was_raised(
    call: Any, kind: type[HubError], tmp_path: Path
) -> None:
    raised = kind("SOME_REASON", "für Menschen: 猫, 100 %\nline two", name="Größe", size="7")
    async with running(tmp_path, Raising(raised)) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call(stub)

    arrived = from_rpc_error(failed.value)
    assert failed.value.code() is CODES[kind]
    assert type(arrived) is kind
    assert arrived.reason == raised.reason
    assert arrived.message == raised.message == str(arrived)
    assert arrived.metadata == {"name": "Größe", "size": "7"}


def test_every_category_has_a_status_of_its_own() -> None:
    categories = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, HubError) and kind is not HubError
    }

    assert set(CODES) == categories
    assert len(set(CODES.values())) == len(categories)


@every_kind
async def test_a_subclass_arrives_as_its_category(call: Any, tmp_path: Path) -> None:
    async with running(tmp_path, Raising(SubclassOfNotFound("CAT_NOT_FOUND", "no cat"))) as stub:
        error = await failure(call(stub))

    assert type(error) is NotFound
    assert (error.reason, error.message) == ("CAT_NOT_FOUND", "no cat")


async def test_an_error_without_category_arrives_as_internal(tmp_path: Path) -> None:
    async with running(tmp_path, Raising(WithoutCategory("ODD", "told to people"))) as stub:
        error = await failure(get(stub))

    assert type(error) is errors.Internal
    assert (error.reason, error.message) == ("ODD", "told to people")


async def test_messages_before_an_error_arrive(tmp_path: Path) -> None:
    async with running(tmp_path, Raising(NotFound("GONE", "gone meanwhile"))) as stub:
        stream = stub.ReadContent(assets_pb2.ReadContentRequest())
        first = await anext(aiter(stream))
        error = await failure(anext(aiter(stream)))

    assert first.chunk == b"first"
    assert isinstance(error, NotFound)


@every_kind
async def test_an_unexpected_exception_tells_the_log_and_nobody_else(
    call: Any, tmp_path: Path
) -> None:
    act = Raising(ValueError("the password is hunter2"))
    with logged() as lines:
        async with running(tmp_path, act) as stub:
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await call(stub)

    error = from_rpc_error(failed.value)
    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert type(error) is errors.Internal
    assert error.reason == "INTERNAL_SERVER_ERROR"
    assert "hunter2" not in f"{failed.value!r} {error}"
    assert "ValueError" not in repr(failed.value)
    [line] = lines()
    assert "ValueError: the password is hunter2" in line["exception"]
    assert "Traceback" in line["exception"]


async def test_a_failure_further_on_is_a_plain_internal_error(tmp_path: Path) -> None:
    """A servicer that forgets to translate must not pass addresses on."""
    async with dialled(f"unix:{tmp_path}/nobody") as nobody:

        async def ask(_context: Any) -> None:
            await get(nobody)

        async with running(tmp_path, ask) as stub:
            with logged() as lines, pytest.raises(grpc.aio.AioRpcError) as failed:
                await get(stub)

    assert failed.value.code() is grpc.StatusCode.INTERNAL
    assert "nobody" not in repr(failed.value)
    assert "nobody" in lines()[0]["exception"]


@every_kind
async def test_a_method_may_abort_by_itself(call: Any, tmp_path: Path) -> None:
    async def abort(context: Any) -> None:
        await context.abort(grpc.StatusCode.DATA_LOSS, "in its own words")

    async with running(tmp_path, abort) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call(stub)

    assert failed.value.code() is grpc.StatusCode.DATA_LOSS
    assert failed.value.details() == "in its own words"
    assert type(from_rpc_error(failed.value)) is errors.Internal


@pytest.mark.parametrize("letter", ["a", "%", "é", "猫", "🐈", "\n"])
async def test_a_long_message_arrives_shortened(letter: str, tmp_path: Path) -> None:
    """A status is a header, which has a limit; beyond it the caller would see another error."""
    raised = NotFound("CAT_NOT_FOUND", letter * 8000, profile="猫" * 100)
    async with running(tmp_path, Raising(raised)) as stub:
        arrived = [await failure(get(stub)) for _ in range(5)]

    for error in arrived:
        assert type(error) is NotFound
        assert error.reason == "CAT_NOT_FOUND"
        assert error.metadata == {"profile": "猫" * 100}
        assert error.message.removesuffix("…") == letter * (len(error.message) - 1)
        assert len(error.message) > 300


async def test_a_message_that_is_no_text_arrives_as_one(tmp_path: Path) -> None:
    async with running(tmp_path, Raising(NotFound("CAT_NOT_FOUND", "half a \ud83d cat"))) as stub:
        error = await failure(get(stub))

    assert type(error) is NotFound
    assert error.message == "half a ? cat"


async def test_what_is_not_served_is_an_internal_error(tmp_path: Path) -> None:
    async with (
        serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        channel(address, token=TOKEN) as opened,
    ):
        stub = skills_pb2_grpc.SkillServiceStub(opened)
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stub.ListSkills(skills_pb2.ListSkillsRequest())

    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert type(from_rpc_error(failed.value)) is errors.Internal


async def test_hanging_up_cancels_the_method(tmp_path: Path) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_context: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with running(tmp_path, wait) as stub:
        for call in CALLS:
            begun.clear()
            cancelled.clear()
            calling = asyncio.create_task(call(stub))
            async with asyncio.timeout(10):
                await begun.wait()
                calling.cancel()
                await cancelled.wait()
                await asyncio.wait((calling,))
            assert calling.cancelled()


@pytest.mark.parametrize("token", [TOKEN, "wrong"])
@pytest.mark.parametrize("kind", ["unary_unary", "unary_stream", "stream_unary"])
async def test_bytes_that_are_no_message_are_refused(kind: str, token: str, tmp_path: Path) -> None:
    methods = {
        "unary_unary": "GetAsset",
        "unary_stream": "ReadContent",
        "stream_unary": "UploadAsset",
    }
    listen = f"unix:{tmp_path}/socket"
    async with serving(service(), listen, token=TOKEN), channel(listen, token=token) as opened:
        call = getattr(opened, kind)(f"/nekohub.assets.v1.AssetService/{methods[kind]}")
        garbage = b"\xff\xff\xff"

        async def requests() -> AsyncIterator[bytes]:
            yield garbage

        answer = call(requests() if kind == "stream_unary" else garbage)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await (answer.read() if kind == "unary_stream" else answer)
        error = from_rpc_error(refused.value)
        expected = "REQUEST_INVALID" if token == TOKEN else "INTERNAL_TOKEN_INVALID"
        assert error.reason == expected
        assert "Decode" not in error.message
