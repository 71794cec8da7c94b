"""Queries that are asked at every call: readers have their driver run them, since what SQLAlchemy
does around each costs more than the query.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

Row: TypeAlias = Mapping[Any, Any]
"""One of what a query found, by the names of its columns."""


class Prepared:
    """A query whose text is always the same: none of its parameters is a list that grows.

    Kept for good by who has run it once, so there is one for each text.
    """

    def __init__(self, query: "sa.Select[Any] | sa.TextualSelect") -> None:
        self.query = query


def usual(query: sa.Executable | Prepared) -> sa.Executable:
    """The query as SQLAlchemy runs it."""
    return query.query if isinstance(query, Prepared) else query


class Plans:
    """What is known of the queries that one driver has run."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._made: dict[Prepared, Plan] = {}

    def of(self, prepared: Prepared) -> "Plan":
        """A query's."""
        plan = self._made.get(prepared)
        if plan is None:
            plan = self._made[prepared] = Plan(prepared, self._dialect)
        return plan


class Plan:
    """A query as a driver takes it, and how the rows are read that it gives."""

    def __init__(self, prepared: Prepared, dialect: Dialect) -> None:
        query = prepared.query
        compiled = query.compile(dialect=dialect)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError(f"the text of this query depends on its values: {compiled}")
        self.text = str(compiled)
        self._dialect = dialect
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._constants = {
            name: bind.effective_value for name, bind in binds.items() if not bind.required
        }
        of_values = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in binds.items()
        }
        self._of_values = {name: each for name, each in of_values.items() if each is not None}
        self._columns = list(query.selected_columns)
        self._keys = list(query.selected_columns.keys())
        self._of_columns: list[Callable[[Any], Any] | None] = []

    def values(self, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The parameters as the driver takes them."""
        values = {**self._constants, **(given or {})}
        for name, process in self._of_values.items():
            values[name] = process(values[name])
        return values

    def rows(
        self, found: Sequence[Sequence[Any]], type_codes: Callable[[], Sequence[Any]]
    ) -> list[Row]:
        """What the driver found, by the names of the columns; `type_codes` are the driver's."""
        if not self._of_columns:
            self._of_columns = [
                each.type.dialect_impl(self._dialect).result_processor(self._dialect, code)
                for each, code in zip(self._columns, type_codes(), strict=True)
            ]
        return [
            {
                key: value if process is None else process(value)
                for key, process, value in zip(self._keys, self._of_columns, row, strict=True)
            }
            for row in found
        ]
