"""Names of profiles are compared by what they look like."""

from alembic import op

from services.chassis.refolding import refold

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Folds the names anew."""
    refold(op.get_bind(), "profile")


def downgrade() -> None:
    """Is not offered: an older version works with these names too."""
    raise NotImplementedError("an older version can be started as it is")
