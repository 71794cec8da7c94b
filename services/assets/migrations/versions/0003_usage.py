"""How much there is, and the public assets in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COUNT = """
    INSERT INTO usage_by_type (content_type, assets, size, derivatives)
    SELECT content_type, count(*), sum(size), coalesce(sum(made.number), 0)
    FROM asset LEFT JOIN (
        SELECT asset_id, count(*) AS number FROM derivative GROUP BY asset_id
    ) AS made ON made.asset_id = asset.id
    GROUP BY content_type
"""


def upgrade() -> None:
    """Adds the counters, which begin with what is there, and the index."""
    op.create_table(
        "usage_by_type",
        sa.Column("content_type", sa.String(64), primary_key=True),
        sa.Column("assets", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("derivatives", sa.BigInteger, nullable=False),
    )
    op.execute(_COUNT)
    op.create_index(
        "asset_public",
        "asset",
        ["created_at", "id"],
        sqlite_where=sa.text("is_public = 1"),
        postgresql_where=sa.text("is_public"),
    )


def downgrade() -> None:
    """The version before needs nothing of it."""
    op.drop_index("asset_public", "asset")
    op.drop_table("usage_by_type")
