"""/api/v1/assets/batch-…: many assets at once."""

from __future__ import annotations

from typing import Annotated

from nekohub.assets.v1 import assets_pb2 as pb
from pydantic import Field
from starlette.requests import Request

from gateway import json
from gateway.context import Gateway
from gateway.convert.assets import DeletedAssetsJson
from gateway.endpoint import Endpoint
from gateway.idempotency import marked, request_id
from gateway.routes.paths import API


class AssetIds(json.Texts):
    """Ids of assets."""

    root: Annotated[list[str], Field(max_length=1000)]


async def delete(
    gateway: Gateway, request: Request, body: AssetIds
) -> json.Data[DeletedAssetsJson]:
    """Delete many assets, each as if it were deleted alone.

    An id that no asset has is no error. What was deleted stays deleted when the request is broken
    off; with an `Idempotency-Key`, a repeat does the rest and answers for the whole.
    """
    done = await gateway.stubs.assets.BatchDeleteAssets(
        pb.BatchDeleteAssetsRequest(asset_ids=body.root, request_id=request_id(request))
    )
    answer: DeletedAssetsJson = {
        "requestedCount": done.requested_count,
        "deletedCount": done.deleted_count,
        "notFoundIds": list(done.not_found_ids),
    }
    return marked(json.data(answer), done.replayed)


ROUTES = (Endpoint("POST", f"{API}/assets/batch-delete", delete, "assets.delete"),)
