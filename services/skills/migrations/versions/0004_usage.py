"""How often each skill was run."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the counters, which begin with the executions that are there."""
    op.create_table(
        "skill_usage",
        sa.Column("skill_name", sa.Text, primary_key=True),
        sa.Column("runs", sa.BigInteger, nullable=False),
    )
    op.execute(
        "INSERT INTO skill_usage (skill_name, runs)"
        " SELECT skill_name, count(*) FROM execution GROUP BY skill_name"
    )


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
