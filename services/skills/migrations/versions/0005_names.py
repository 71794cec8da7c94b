"""Names of workflows are compared by what they look like."""

from alembic import op

from services.chassis.refolding import refold

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Folds the names anew."""
    refold(op.get_bind(), "workflow")


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
