"""Assets of a content type in their orders."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the indexes."""
    op.create_index("asset_type_created", "asset", ["content_type", "created_at", "id"])
    op.create_index("asset_type_size", "asset", ["content_type", "size", "id"])
    op.create_index(
        "asset_public_type",
        "asset",
        ["content_type", "created_at", "id"],
        sqlite_where=sa.text("is_public = 1"),
        postgresql_where=sa.text("is_public"),
    )


def downgrade() -> None:
    """The version before needs nothing of it."""
    op.drop_index("asset_public_type", "asset")
    op.drop_index("asset_type_size", "asset")
    op.drop_index("asset_type_created", "asset")
