"""Names of workflows are compared by what they look like."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WORKFLOW = sa.table(
    "workflow",
    sa.column("id", sa.String),
    sa.column("name", sa.Text),
    sa.column("name_folded", sa.Text),
)


def upgrade() -> None:
    """Folds the names anew; of those that are alike by now, each keeps its own."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_WORKFLOW).order_by(_WORKFLOW.c.id)).all()
    # One's new value may be another's old one, and the column is unique.
    connection.execute(_WORKFLOW.update().values(name_folded=_WORKFLOW.c.id))
    taken: set[str] = set()
    for row in rows:
        folded = _folded(row.name)
        kept = folded if folded not in taken else f"{folded} {row.id}"
        taken.add(kept)
        connection.execute(
            _WORKFLOW.update().where(_WORKFLOW.c.id == row.id).values(name_folded=kept)
        )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def downgrade() -> None:
    """Not offered: a backup is the way back."""
    raise RuntimeError("migrations go forward only; restore a backup to go back")
