"""What the most frequent requests read: assets, lists of them, and their latest executions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from nekohub.assets.v1.assets_pb2 import (
    Asset,
    BatchGetAssetsRequest,
    ListAssetsRequest,
    ListAssetsResponse,
)
from nekohub.skills.v1.skills_pb2 import BatchGetLatestExecutionsRequest, Execution, Usage

from gateway.gathering import Gathering
from services.chassis.clock import datetime_of, now
from services.chassis.errors import NotFound

if TYPE_CHECKING:
    from gateway.context import Stubs


JUST = timedelta(seconds=5)
"""Longer than a read takes, and than clocks of two machines differ."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What the executions of an asset came to."""

    latest: Execution | None = None
    """None before the first."""
    usage: Usage = field(default_factory=Usage)
    """What AI calls of all of them used."""


class Reads:
    """Reads that are asked of a service together with those of other requests."""

    def __init__(self, stubs: Stubs) -> None:
        self._stubs = stubs
        self._assets = Gathering(self._read_assets)
        self._executions = Gathering(self._read_executions)
        self._lists = Gathering(self._read_list, most=1)

    async def asset(self, asset_id: str) -> tuple[Asset, Runs]:
        """An asset and its executions; both are asked for at once.

        What a step has left is on the asset if the step is told to have ended. Raises
        ASSET_NOT_FOUND.
        """
        asking = self._executions.ask(asset_id)
        asset = await self._asset(asset_id)
        runs = await asking or Runs()
        if runs.latest is not None and _has_just_gone_on(runs.latest):
            # It may have been read before the step left that.
            asset = await self._asset(asset_id)
        return asset, runs

    async def _asset(self, asset_id: str) -> Asset:
        asset = await self._assets.ask(asset_id)
        if asset is None:
            raise NotFound("ASSET_NOT_FOUND", f"no asset has the id {asset_id[:100]!r}")
        return asset

    async def runs(self, asset_id: str) -> Runs:
        """An asset's executions."""
        return await self._executions.ask(asset_id) or Runs()

    async def page(self, wanted: ListAssetsRequest) -> ListAssetsResponse:
        """A page of assets; equal ones that are asked for at the same moment are read once."""
        found = await self._lists.ask(wanted.SerializeToString(deterministic=True))
        assert found is not None  # noqa: S101 - every list is found, though it may be empty
        return found

    async def _read_assets(self, asset_ids: Sequence[str]) -> Mapping[str, Asset]:
        found: dict[str, Asset] = {}
        while asset_ids:
            answer = await self._stubs.assets.BatchGetAssets(
                BatchGetAssetsRequest(asset_ids=asset_ids)
            )
            found.update((asset.id, asset) for asset in answer.assets)
            # Each answer has one at least.
            asset_ids = answer.unanswered_ids
        return found

    async def _read_executions(self, asset_ids: Sequence[str]) -> Mapping[str, Runs]:
        answer = await self._stubs.skills.BatchGetLatestExecutions(
            BatchGetLatestExecutionsRequest(asset_ids=asset_ids)
        )
        # An older service does not tell what they used.
        usages = answer.asset_usages or [Usage()] * len(answer.executions)
        return {
            execution.asset_id: Runs(execution, usage)
            for execution, usage in zip(answer.executions, usages, strict=True)
        }

    async def _read_list(self, wanted: Sequence[bytes]) -> Mapping[bytes, ListAssetsResponse]:
        (one,) = wanted
        return {one: await self._stubs.assets.ListAssets(ListAssetsRequest.FromString(one))}


def _has_just_gone_on(execution: Execution) -> bool:
    ends = [each.complete_time for each in execution.steps if each.HasField("complete_time")]
    since = now() - JUST
    return any(datetime_of(each) > since for each in ends)
