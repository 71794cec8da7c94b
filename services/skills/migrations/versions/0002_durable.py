"""Who executes what, in which order things happened, requests, and assets that are gone."""

import sqlalchemy as sa
from alembic import op

from services.chassis.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds to the tables; code of the version before goes on working on them."""
    op.add_column("execution", sa.Column("claim", sa.String(36)))
    op.add_column(
        "execution", sa.Column("sequence", sa.BigInteger, nullable=False, server_default="0")
    )
    op.create_index("execution_by_status_and_id", "execution", ["status", "id"])
    op.create_index("execution_of_skill", "execution", ["skill_name", "id"])
    op.add_column("execution_step", sa.Column("begin_sequence", sa.BigInteger))
    op.add_column("execution_step", sa.Column("end_sequence", sa.BigInteger))
    op.add_column(
        "executor",
        sa.Column("version", sa.String(64), nullable=False, server_default="pipeline-1"),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("request_created", "request", ["created_at"])
    op.create_table(
        "deleted_asset",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("deleted_at", UtcDateTime, nullable=False),
    )
    op.create_index("deleted_asset_at", "deleted_asset", ["deleted_at"])


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
