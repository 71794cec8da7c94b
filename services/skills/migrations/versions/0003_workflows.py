"""Workflows, and what a run of one is made of."""

import sqlalchemy as sa
from alembic import op

from services.chassis.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds to the tables; code of the version before goes on working on them."""
    op.add_column("execution", sa.Column("skill_ids", sa.Text))
    op.create_table(
        "workflow",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text, nullable=False, unique=True),
        sa.Column("description", sa.Text),
        sa.Column("is_auto_run", sa.Boolean, nullable=False),
        sa.Column("graph_json", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index(
        "workflow_one_auto_run",
        "workflow",
        ["is_auto_run"],
        unique=True,
        sqlite_where=sa.text("is_auto_run"),
        postgresql_where=sa.text("is_auto_run"),
    )


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
