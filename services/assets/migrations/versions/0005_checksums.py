"""Assets of the same bytes."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the index."""
    op.create_index("asset_checksum", "asset", ["checksum_sha256"])


def downgrade() -> None:
    """The version before needs nothing of it."""
    op.drop_index("asset_checksum", "asset")
