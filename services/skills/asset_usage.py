"""What AI calls of all runs of an asset used: totals that are kept as steps end."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.skills.model import Outcome
from services.skills.tables import asset_usage


@dataclass(frozen=True, slots=True)
class AssetUsage:
    """What AI calls used."""

    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    cost: float = 0.0


def add(connection: sa.Connection, asset_id: str, outcome: Outcome) -> None:
    """Counts what a step used, in the transaction that ends it."""
    used = {name: getattr(outcome, name) for name in AssetUsage.__slots__}
    connection.execute(_ADD[connection.dialect.name], {"asset_id": asset_id, **used})


def remove(connection: sa.Connection, asset_id: str) -> None:
    """Removes what was counted of an asset, after its executions, whose steps count."""
    connection.execute(_REMOVE, {"asset": asset_id})


def _add(insert: Any) -> sa.Insert:
    new = insert(asset_usage)
    put: sa.Insert = new.on_conflict_do_update(
        index_elements=[asset_usage.c.asset_id],
        set_={name: asset_usage.c[name] + new.excluded[name] for name in AssetUsage.__slots__},
    )
    return put


_ADD = {"sqlite": _add(sqlite.insert), "postgresql": _add(postgresql.insert)}
_REMOVE = asset_usage.delete().where(asset_usage.c.asset_id == sa.bindparam("asset"))
