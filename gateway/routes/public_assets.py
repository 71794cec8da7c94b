"""/api/v1/public/assets: what anybody may know of public assets."""

from __future__ import annotations

from nekohub.assets.v1 import assets_pb2 as pb
from starlette.requests import Request

from gateway import json, query
from gateway.context import Gateway
from gateway.convert import public_assets as convert
from gateway.convert.public_assets import PublicAssetItemJson, PublicAssetJson
from gateway.convert.shape import Page, page
from gateway.endpoint import Endpoint
from gateway.routes.assets import CONTENT_TYPE, QUERY
from gateway.routes.paths import API


async def list_assets(gateway: Gateway, request: Request) -> json.Data[Page[PublicAssetItemJson]]:
    """List public assets, newest first."""
    params = request.query_params
    wanted = query.page(params)
    found = await gateway.reads.page(
        pb.ListAssetsRequest(
            page_size=wanted.size,
            page_token=wanted.cursor,
            skip=wanted.skip,
            query=query.text(params, QUERY),
            content_type=query.content_type(params, CONTENT_TYPE),
            public_only=True,
        )
    )
    base = gateway.config.public_base_url
    items = [convert.item(asset, base) for asset in found.assets]
    return json.data(page(items, wanted, found))


async def get(gateway: Gateway, request: Request) -> json.Data[PublicAssetJson]:
    """Read a public asset and its derivatives.

    A private one is not found.
    """
    asset_id = request.path_params["id"]
    found = await gateway.stubs.assets.GetAsset(
        pb.GetAssetRequest(asset_id=asset_id, public_only=True)
    )
    return json.data(convert.asset(found.asset, gateway.config.public_base_url))


_ALL = f"{API}/public/assets"

ROUTES = (
    Endpoint("GET", _ALL, list_assets, None, query=(*query.PAGED, QUERY, CONTENT_TYPE)),
    Endpoint("GET", f"{_ALL}/{{id}}", get, None, ("404 asset_not_found",)),
)
