"""Limits over all replicas, and requests that have their effect once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables; nothing that is there changes."""
    op.create_table(
        "profile_share",
        sa.Column("profile_id", sa.Text, primary_key=True),
        sa.Column("replica_id", sa.Text, primary_key=True),
        sa.Column("granted", sa.Integer, nullable=False),
        sa.Column("demand", sa.Integer, nullable=False),
        sa.Column("beat_time", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "profile_pause",
        sa.Column("profile_id", sa.Text, primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "profile_start",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("profile_id", sa.Text, nullable=False),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=False),
        sa.Index("profile_start_time", "profile_id", "start_time"),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("request_created", "created_at"),
    )


def downgrade() -> None:
    """Is not offered: an older version works with these tables too."""
    raise NotImplementedError("an older version can be started as it is")
