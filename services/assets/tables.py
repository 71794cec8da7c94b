"""The tables of this service."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from services.chassis.database import UtcDateTime
from services.chassis.requests import request_table

metadata = MetaData()

# Compared byte by byte everywhere, so that a prefix is a range of an index.
_Folded = Text().with_variant(Text(collation="C"), "postgresql")

asset = Table(
    "asset",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("original_file_name", Text, nullable=False),
    Column("content_type", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("checksum_sha256", String(64), nullable=False),
    Column("storage_key", String(512), nullable=False, unique=True),
    Column("is_public", Boolean, nullable=False),
    Column("description", Text),
    Column("description_source", String(8), nullable=False),
    Column("alt_text", Text),
    Column("alt_text_source", String(8), nullable=False),
    Column("has_location", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("folded_name", _Folded, nullable=False),
    Column("search_text", Text, nullable=False),
    Index("asset_created", "created_at", "id"),
    Index("asset_size", "size", "id"),
    Index("asset_folded_name", "folded_name"),
    Index("asset_checksum", "checksum_sha256"),
    Index(
        "asset_public",
        "created_at",
        "id",
        sqlite_where=text("is_public = 1"),
        postgresql_where=text("is_public"),
    ),
    Index("asset_type_created", "content_type", "created_at", "id"),
    Index("asset_type_size", "content_type", "size", "id"),
    Index(
        "asset_public_type",
        "content_type",
        "created_at",
        "id",
        sqlite_where=text("is_public = 1"),
        postgresql_where=text("is_public"),
    ),
)
"""One row per picture. The last two columns are for searches: see `model.folded`."""

derivative = Table(
    "derivative",
    metadata,
    Column("asset_id", ForeignKey(asset.c.id), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("content_type", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("storage_key", String(512), nullable=False, unique=True),
    Column("checksum_sha256", String(64), nullable=False),
    Column("execution_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

structured_result = Table(
    "structured_result",
    metadata,
    Column("asset_id", ForeignKey(asset.c.id), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("payload_json", Text, nullable=False),
    Column("execution_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("position", Integer, nullable=False),
)

preview = Table(
    "preview",
    metadata,
    Column("asset_id", ForeignKey(asset.c.id), primary_key=True),
    Column("storage_key", String(512), nullable=False),
    Column("facts_json", Text, nullable=False),
)
"""The private pictures that AI steps send; no derivatives, so that none is ever listed."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("asset_id", String(36), nullable=False),
    Column("payload_json", Text, nullable=False),
    Column("trace_id", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Index("outbox_next_attempt", "next_attempt_at"),
)
"""What the skills service must still be told; written in the transaction that it tells of."""

usage = Table(
    "usage_by_type",
    metadata,
    Column("content_type", String(64), primary_key=True),
    Column("assets", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("derivatives", BigInteger, nullable=False),
)
"""How many assets of a content type there are, the bytes of their originals, and how many
derivatives they have.
"""

request = request_table(metadata)
"""The uploads that may be repeated and the assets they made; batches and what came of them."""
