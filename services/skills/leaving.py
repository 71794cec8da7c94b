"""What a step leaves on its asset."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nekohub.assets.v1 import assets_pb2

from services.chassis.client_stream import ClientStream, StreamEnded
from services.chassis.status import explained
from services.skills.step import Derivative, StepResult, StructuredResult

if TYPE_CHECKING:
    from nekohub.assets.v1.assets_pb2_grpc import AssetServiceAsyncStub

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Origin:
    """Which step of which execution leaves something, and on which asset."""

    asset_id: str
    execution_id: str
    position: int


async def leave(assets: "AssetServiceAsyncStub", origin: Origin, result: StepResult) -> None:
    """Puts what a step made on the asset. Raises NotFound when it was deleted."""
    with explained():
        for derivative in result.derivatives:
            await _put_derivative(assets, origin, derivative)
        for structured in result.results:
            await _put_result(assets, origin, structured)


async def _put_result(
    assets: "AssetServiceAsyncStub", origin: Origin, result: StructuredResult
) -> None:
    await assets.PutStructuredResult(
        assets_pb2.PutStructuredResultRequest(
            asset_id=origin.asset_id,
            kind=result.kind,
            payload_json=json.dumps(result.payload, ensure_ascii=False),
            execution_id=origin.execution_id,
            description=result.description,
            alt_text=result.alt_text,
            position=origin.position,
        )
    )


async def _put_derivative(
    assets: "AssetServiceAsyncStub", origin: Origin, derivative: Derivative
) -> None:
    stream = ClientStream(assets.PutDerivative())
    start = assets_pb2.DerivativeStart(
        asset_id=origin.asset_id,
        kind=derivative.kind,
        content_type=derivative.content_type,
        width=derivative.width,
        height=derivative.height,
        execution_id=origin.execution_id,
    )
    try:
        try:
            await stream.write(assets_pb2.PutDerivativeRequest(start=start))
            for at in range(0, len(derivative.data), CHUNK_BYTES):
                chunk = derivative.data[at : at + CHUNK_BYTES]
                await stream.write(assets_pb2.PutDerivativeRequest(chunk=chunk))
            await stream.finish()
        except StreamEnded:
            # The answer says why.
            pass
        await stream.answer()
    finally:
        await stream.close()
