"""What AI steps cost and whether they were asked at all, their order, and what each asset used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TOTAL = """
    INSERT INTO asset_usage (asset_id, input_tokens, output_tokens, requests, cost)
    SELECT execution.asset_id, sum(input_tokens), sum(output_tokens), sum(requests), 0
    FROM execution JOIN execution_step ON execution_step.execution_id = execution.id
    WHERE requests > 0
    GROUP BY execution.asset_id
"""


def upgrade() -> None:
    """Adds to the tables; code of the version before goes on working on them."""
    op.add_column(
        "execution_step", sa.Column("after_steps", sa.Text, nullable=False, server_default="[]")
    )
    op.add_column(
        "execution_step",
        sa.Column("cached", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "execution_step", sa.Column("cost", sa.Double, nullable=False, server_default="0")
    )
    op.create_table(
        "asset_usage",
        sa.Column("asset_id", sa.String(36), primary_key=True),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.Double, nullable=False),
    )
    op.execute(_TOTAL)


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
