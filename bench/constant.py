"""The floor of a read: the same route through the same stack, answering a constant.

HTTP by uvicorn and Starlette, one gRPC call over a unix socket to a servicer that answers one asset
with five results and five derivatives, and bytes that were rendered once. Run as
`python -m bench.constant PORT`.
"""

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import orjson
import uvicorn
import uvloop
from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.processes import pin

ID = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"
SERVICE = "nekohub.assets.v1.AssetService"
PATH = f"/api/v1/assets/{ID}"
CAPTION = '{"caption": "A tabby cat sitting on a wooden floor beside an open window."}'


def asset() -> assets_pb2.Asset:
    """As large as what a real read moves."""
    return assets_pb2.Asset(
        id=ID,
        original_file_name="cat.jpg",
        stored_file_name=f"{ID}.jpg",
        content_type="image/jpeg",
        checksum_sha256="0" * 64,
        storage_key=f"2026/04/08/{ID}.jpg",
        description="A tabby cat sitting on a wooden floor beside an open window.",
        derivatives=[
            assets_pb2.Derivative(
                kind=f"w{width}",
                content_type="image/webp",
                extension=".webp",
                size=width * 100,
                width=width,
                height=width,
                storage_key=f"2026/04/08/{ID}/w{width}-0123456789abcdef.webp",
            )
            for width in (256, 320, 640, 1280, 1920)
        ],
        structured_results=[
            assets_pb2.StructuredResult(kind=f"result-{n}", payload_json=CAPTION, execution_id=ID)
            for n in range(5)
        ],
    )


def constant() -> grpc.GenericRpcHandler:
    """Answers every read with the same asset, built once."""
    answer = assets_pb2.GetAssetResponse(asset=asset())

    async def get(
        request: assets_pb2.GetAssetRequest, context: object
    ) -> assets_pb2.GetAssetResponse:
        return answer

    handler = grpc.unary_unary_rpc_method_handler(
        get,
        request_deserializer=assets_pb2.GetAssetRequest.FromString,
        response_serializer=assets_pb2.GetAssetResponse.SerializeToString,
    )
    return grpc.method_handlers_generic_handler(SERVICE, {"GetAsset": handler})


@asynccontextmanager
async def stub() -> AsyncIterator["assets_pb2_grpc.AssetServiceAsyncStub"]:
    """A stub of the constant service, which runs in this process behind a unix socket."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix:{Path(folder) / 'constant.sock'}"
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((constant(),))
        server.add_insecure_port(address)
        await server.start()
        async with grpc.aio.insecure_channel(address) as channel:
            yield assets_pb2_grpc.AssetServiceStub(channel)
        await server.stop(None)


async def serve(port: int) -> None:
    """Serves until it is ended."""
    body = orjson.dumps({"data": {"id": ID, "padding": "x" * 3000}})
    async with stub() as assets:

        async def detail(request: Request) -> Response:
            await assets.GetAsset(assets_pb2.GetAssetRequest(asset_id=request.path_params["id"]))
            return Response(body, media_type="application/json")

        app = Starlette(routes=[Route("/api/v1/assets/{id}", detail)])
        config = uvicorn.Config(
            app, port=port, http="httptools", loop="uvloop", access_log=False, log_level="warning"
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    pin(os.getpid(), 0)
    uvloop.run(serve(int(sys.argv[1])))
