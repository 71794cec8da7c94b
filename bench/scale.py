"""How much is measured: enough for steady medians, or just enough to see that it runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts and times of all measurements."""

    rounds: int
    """Interleaved rounds; the figures are their medians."""
    load_seconds: float
    """Load on one route in one round."""
    listed_assets: int
    upload_rounds: int
    uploads_at_once: int
    thumbnails: int
    starts: int
    idle_seconds: float
    hand_overs: int
    """Uploads whose first step is waited for."""
    scheduled_assets: int
    model_calls: int
    """Calls to a model whose cost is measured."""
    few_assets: int
    many_assets: int
    """Assets in a database that is to be as fast as one with few."""


FULL = Scale(
    rounds=5,
    load_seconds=4.0,
    listed_assets=200,
    upload_rounds=7,
    uploads_at_once=10,
    thumbnails=15,
    starts=5,
    idle_seconds=20.0,
    hand_overs=100,
    scheduled_assets=200,
    model_calls=1000,
    few_assets=100_000,
    many_assets=1_000_000,
)
QUICK = Scale(
    rounds=1,
    load_seconds=1.0,
    listed_assets=25,
    upload_rounds=2,
    uploads_at_once=3,
    thumbnails=3,
    starts=1,
    idle_seconds=3.0,
    hand_overs=10,
    scheduled_assets=40,
    model_calls=100,
    few_assets=2_000,
    many_assets=20_000,
)
