"""The short form of the chaos test."""

from functools import partial
from pathlib import Path

import pytest

from tests.chaos.blows import embedded_blows, few_scaled_blows
from tests.chaos.play import Plan, played

SEED = 1
PLANS: dict[str, Plan] = {"sqlite": partial(embedded_blows, 4), "postgres": few_scaled_blows}


@pytest.mark.parametrize("backend", PLANS)
async def test_nothing_is_lost_and_nothing_is_done_twice(tmp_path: Path, backend: str) -> None:
    verdict = await played(backend, tmp_path, PLANS[backend], SEED)
    assert not verdict.faults, f"\n{verdict}"
