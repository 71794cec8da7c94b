"""Assets, what was made from them, and the outbox."""

import sqlalchemy as sa
from alembic import op

from services.chassis.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_SQLITE_SEARCH = (
    """
    CREATE VIRTUAL TABLE asset_search USING fts5(
        search_text, content='asset', content_rowid='number', tokenize='trigram case_sensitive 1'
    )
    """,
    """
    CREATE TRIGGER asset_search_insert AFTER INSERT ON asset BEGIN
        INSERT INTO asset_search(rowid, search_text) VALUES (new.number, new.search_text);
    END
    """,
    """
    CREATE TRIGGER asset_search_delete AFTER DELETE ON asset BEGIN
        INSERT INTO asset_search(asset_search, rowid, search_text)
        VALUES ('delete', old.number, old.search_text);
    END
    """,
    """
    CREATE TRIGGER asset_search_update AFTER UPDATE OF search_text ON asset
    WHEN old.search_text <> new.search_text BEGIN
        INSERT INTO asset_search(asset_search, rowid, search_text)
        VALUES ('delete', old.number, old.search_text);
        INSERT INTO asset_search(rowid, search_text) VALUES (new.number, new.search_text);
    END
    """,
)
# Without the extension, or the right to create it, searches work, but read every row.
_POSTGRES_SEARCH = (
    """
    DO $$
    DECLARE place text;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
        SELECT nspname INTO place FROM pg_extension
            JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
        EXECUTE format(
            'CREATE INDEX asset_search ON asset USING gin (search_text %I.gin_trgm_ops)', place
        );
    EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
        RAISE WARNING 'searches will be slow: the extension pg_trgm cannot be used';
    END $$
    """,
)


def upgrade() -> None:
    """Creates all tables."""
    _create_asset()
    op.create_table(
        "derivative",
        sa.Column("asset_id", sa.String(36), sa.ForeignKey("asset.id"), primary_key=True),
        sa.Column("kind", sa.String(64), primary_key=True),
        sa.Column("content_type", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("storage_key", sa.String(512), nullable=False, unique=True),
        sa.Column("checksum_sha256", sa.String(64), nullable=False),
        sa.Column("execution_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "structured_result",
        sa.Column("asset_id", sa.String(36), sa.ForeignKey("asset.id"), primary_key=True),
        sa.Column("kind", sa.String(64), primary_key=True),
        sa.Column("payload_json", sa.Text, nullable=False),
        sa.Column("execution_id", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_table(
        "preview",
        sa.Column("asset_id", sa.String(36), sa.ForeignKey("asset.id"), primary_key=True),
        sa.Column("storage_key", sa.String(512), nullable=False),
        sa.Column("facts_json", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("asset_id", sa.String(36), nullable=False),
        sa.Column("payload_json", sa.Text, nullable=False),
        sa.Column("trace_id", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=False),
    )
    op.create_index("outbox_next_attempt", "outbox", ["next_attempt_at"])


def _create_asset() -> None:
    on_sqlite = op.get_context().dialect.name == "sqlite"
    # SQLite's search index refers to rows by a number, which only this keeps from changing.
    number = [sa.Column("number", sa.Integer, primary_key=True)] if on_sqlite else []
    op.create_table(
        "asset",
        *number,
        sa.Column("id", sa.String(36), primary_key=not on_sqlite, unique=on_sqlite, nullable=False),
        sa.Column("original_file_name", sa.Text, nullable=False),
        sa.Column("content_type", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("checksum_sha256", sa.String(64), nullable=False),
        sa.Column("storage_key", sa.String(512), nullable=False, unique=True),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("description_source", sa.String(8), nullable=False),
        sa.Column("alt_text", sa.Text),
        sa.Column("alt_text_source", sa.String(8), nullable=False),
        sa.Column("has_location", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column(
            "folded_name",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text, nullable=False),
    )
    op.create_index("asset_created", "asset", ["created_at", "id"])
    op.create_index("asset_size", "asset", ["size", "id"])
    op.create_index("asset_folded_name", "asset", ["folded_name"])
    for statement in _SQLITE_SEARCH if on_sqlite else _POSTGRES_SEARCH:
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first version."""
    raise NotImplementedError("the first version has nothing to go back to")
