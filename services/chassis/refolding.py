"""Saved names in the form in which they are compared now: for migrations."""

import sqlalchemy as sa

from services.chassis.names import fold


def refold(connection: sa.Connection, table: str) -> None:
    """Folds the names of a table anew, which has `id`, `name` and a unique `name_folded`.

    Of names that are alike by now the oldest has what they fold to; all stay as they are.
    """
    named = sa.table(table, sa.column("id"), sa.column("name"), sa.column("name_folded"))
    rows = connection.execute(sa.select(named.c.id, named.c.name).order_by(named.c.id)).all()
    # One's new value may be another's old one.
    connection.execute(named.update().values(name_folded=named.c.id))
    taken: set[str] = set()
    for row in rows:
        folded = fold(row.name)
        kept = folded if folded not in taken else f"{folded} {row.id}"
        taken.add(kept)
        connection.execute(named.update().where(named.c.id == row.id).values(name_folded=kept))
