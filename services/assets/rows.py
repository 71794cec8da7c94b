"""Assets as rows: one query reads an asset with all that belongs to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, cast, func, literal_column, select
from sqlalchemy import Text as SqlText
from sqlalchemy.sql import ColumnElement

from services.assets.model import (
    RENDITIONS,
    Asset,
    Derivative,
    StructuredResult,
    Text,
    TextSource,
    folded,
    search_text,
)
from services.assets.tables import asset, derivative, structured_result
from services.chassis.queries import Row

ASSET_COLUMNS = [column for column in asset.c if column.name not in ("folded_name", "search_text")]
"""What an Asset is made of."""
_DERIVATIVE_FIELDS = [
    derivative.c[name]
    for name in (
        "kind",
        "content_type",
        "size",
        "width",
        "height",
        "storage_key",
        "checksum_sha256",
        "created_at",
    )
]
_RESULT_FIELDS = [
    structured_result.c[name]
    for name in ("kind", "payload_json", "created_at", "execution_id", "position")
]


def detail_query(dialect: str) -> Select[Any]:
    """Returns the query for one asset with its derivatives and results; it takes `asset_id`."""
    return _details(dialect).where(asset.c.id == bindparam("asset_id"))


def details_query(dialect: str) -> Select[Any]:
    """Returns the query for several assets, each as the detail query; it takes `asset_ids`."""
    return _details(dialect).where(asset.c.id.in_(bindparam("asset_ids", expanding=True)))


def _details(dialect: str) -> Select[Any]:
    return select(
        *ASSET_COLUMNS,
        _gathered(dialect, _DERIVATIVE_FIELDS, derivative.c.asset_id == asset.c.id).label(
            "derivatives"
        ),
        _gathered(dialect, _RESULT_FIELDS, structured_result.c.asset_id == asset.c.id).label(
            "results"
        ),
    )


def renditions_column(dialect: str, asset_id: ColumnElement[str]) -> ColumnElement[Any]:
    """A column with those derivatives of an asset that are its `RENDITIONS`."""
    # Written out: values that are bound cost more than the rest of the column.
    is_one = derivative.c.kind.in_([literal_column(f"'{kind}'") for kind in RENDITIONS])
    return _gathered(dialect, _DERIVATIVE_FIELDS, (derivative.c.asset_id == asset_id) & is_one)


def _gathered(
    dialect: str, fields: Sequence[ColumnElement[Any]], condition: ColumnElement[bool]
) -> ColumnElement[Any]:
    """A column with an asset's rows in another table, as one JSON array of arrays."""
    if dialect == "sqlite":
        rows: ColumnElement[Any] = func.json_group_array(func.json_array(*fields))
    else:
        rows = func.json_agg(func.json_build_array(*fields))
    return select(cast(rows, SqlText)).where(condition).scalar_subquery()


def detail_of(fields: Row) -> Asset:
    """Returns the asset in a row of the detail query."""
    return asset_of(fields, derivatives_of(fields), _results(fields["results"]))


def asset_of(
    fields: Row,
    derivatives: tuple[Derivative, ...] = (),
    results: tuple[StructuredResult, ...] = (),
) -> Asset:
    """Returns the asset in a row with ASSET_COLUMNS, with what belongs to it."""
    return Asset(
        id=fields["id"],
        original_file_name=fields["original_file_name"],
        content_type=fields["content_type"],
        size=fields["size"],
        width=fields["width"],
        height=fields["height"],
        checksum_sha256=fields["checksum_sha256"],
        storage_key=fields["storage_key"],
        is_public=fields["is_public"],
        description=Text(fields["description"], TextSource(fields["description_source"])),
        alt_text=Text(fields["alt_text"], TextSource(fields["alt_text_source"])),
        has_location=fields["has_location"],
        created_at=fields["created_at"],
        updated_at=fields["updated_at"],
        derivatives=derivatives,
        results=results,
    )


def values_of(item: Asset) -> dict[str, Any]:
    """Returns the columns of an asset's row, those for searches included."""
    return {
        "id": item.id,
        "original_file_name": item.original_file_name,
        "content_type": item.content_type,
        "size": item.size,
        "width": item.width,
        "height": item.height,
        "checksum_sha256": item.checksum_sha256,
        "storage_key": item.storage_key,
        "is_public": item.is_public,
        "has_location": item.has_location,
        "created_at": item.created_at,
        "folded_name": folded(item.original_file_name),
        **text_values_of(item),
    }


def text_values_of(item: Asset) -> dict[str, Any]:
    """Returns those of the columns that a structured result may change."""
    payloads = [result.payload_json for result in item.results]
    return {
        "description": item.description.value,
        "description_source": item.description.source.value,
        "alt_text": item.alt_text.value,
        "alt_text_source": item.alt_text.source.value,
        "updated_at": item.updated_at,
        "search_text": search_text(
            item.original_file_name, item.description.value, item.alt_text.value, payloads
        ),
    }


def derivatives_of(fields: Row) -> tuple[Derivative, ...]:
    """Returns the derivatives that were gathered into a row, by kind."""
    gathered: str | None = fields["derivatives"]
    rows = orjson.loads(gathered) if gathered else ()
    found = [
        Derivative(kind, content_type, size, width, height, key, checksum, _moment(made))
        for kind, content_type, size, width, height, key, checksum, made in rows
    ]
    return tuple(sorted(found, key=lambda item: item.kind))


def _results(gathered: str | None) -> tuple[StructuredResult, ...]:
    rows = orjson.loads(gathered) if gathered else ()
    found = [
        StructuredResult(kind, payload, _moment(made), execution, position)
        for kind, payload, made, execution, position in rows
    ]
    return tuple(sorted(found, key=lambda item: (item.position, item.created_at, item.kind)))


def _moment(text: str) -> datetime:
    """A time from JSON: Postgres writes an offset, SQLite has none and means UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
