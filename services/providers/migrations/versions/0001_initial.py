"""The first tables: profiles, and what is known of all of them together."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "profile",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text, nullable=False, unique=True),
        sa.Column("api_base_url", sa.Text, nullable=False),
        sa.Column("sealed_api_key", sa.Text, nullable=False),
        sa.Column("masked_api_key", sa.Text, nullable=False),
        sa.Column("model_name", sa.Text, nullable=False),
        sa.Column("default_system_prompt", sa.Text),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "profile_one_active",
        "profile",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    profile_set = op.create_table(
        "profile_set",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("built_in_made", sa.Boolean, nullable=False),
        sa.CheckConstraint("id = 1", name="profile_set_single_row"),
    )
    op.bulk_insert(profile_set, [{"id": 1, "built_in_made": False}])


def downgrade() -> None:
    """Is not offered: it would drop every saved key."""
    raise NotImplementedError("restore a backup instead")
