"""Which profile was made without a person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; of what is there, it tells the profile by the name that it was given."""
    op.add_column(
        "profile",
        sa.Column("is_built_in", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    profile = sa.table(
        "profile",
        sa.column("name", sa.Text),
        sa.column("api_base_url", sa.Text),
        sa.column("is_built_in", sa.Boolean),
    )
    op.execute(
        profile.update()
        .where(profile.c.name == "Built-in local engine", profile.c.api_base_url == "local://")
        .values(is_built_in=True)
    )


def downgrade() -> None:
    """Is not offered: an older version works with this column too."""
    raise NotImplementedError("an older version can be started as it is")
