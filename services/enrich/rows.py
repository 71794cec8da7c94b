"""What came of each file: as a row of a table, or as a line of JSON."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper

from services.results import Json, Results, shown

DONE = "done"


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one file."""

    file: str
    """Its path, as it was named or found."""
    error: str | None = None
    """Why it did not succeed."""
    asset_id: str | None = None
    """None if it was not stored."""
    results: Results = field(default_factory=Results)
    """What stands on the asset, also when a step failed."""

    @property
    def status(self) -> str:
        """For a person."""
        return DONE if self.error is None else f"failed: {self.error}"

    def as_json(self) -> Json:
        """For a program; results and derivatives are as the API gives them."""
        return {
            "file": self.file,
            "assetId": self.asset_id,
            "succeeded": self.error is None,
            "error": self.error,
            "caption": self.results.caption,
            "altText": self.results.alt_text,
            "structuredResults": list(self.results.structured),
            "derivatives": list(self.results.derivatives),
        }


class NotPrinted(Exception):
    """Stdout takes nothing; the message says why."""


@contextmanager
def _printing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise NotPrinted(f"what was found cannot be printed: {error.strerror}") from None


def print_line(row: Row) -> None:
    """Prints one row as JSON, at once. Raises NotPrinted, and BrokenPipeError if nobody reads."""
    with _printing():
        # In ASCII: nothing in it can tell a terminal anything.
        sys.stdout.write(json.dumps(row.as_json()) + "\n")
        sys.stdout.flush()


_COLUMNS: tuple[tuple[str, Callable[[Row], Sequence[str]]], ...] = (
    ("file", lambda row: [row.file]),
    ("caption", lambda row: [row.results.caption or ""]),
    ("alt text", lambda row: [row.results.alt_text or ""]),
    ("tags", lambda row: [row.results.tags]),
    ("results", lambda row: row.results.others),
    ("status", lambda row: [row.status]),
)


_WIDE = 100_000
"""Characters of a line for a program, which has no edge at which words would have to be cut."""


def print_table(rows: Sequence[Row]) -> None:
    """Prints rows as a table, without the columns in which nothing would stand.

    On a terminal it is as wide as that; elsewhere a row is a line, and one more for each further
    result. Raises NotPrinted, and BrokenPipeError if nobody reads.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns = [(name, of) for name, of in _COLUMNS if any(any(of(row)) for row in rows)]
    for name, _ in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        # As Text, in which no markup counts.
        table.add_row(*(Text("\n".join(map(shown, of(row))) or shown("")) for _, of in columns))
    width = None if sys.stdout.isatty() else _WIDE
    with _printing():
        if isinstance(sys.stdout, TextIOWrapper):
            # A terminal that does not speak UTF-8 must not cost what was waited for.
            sys.stdout.reconfigure(errors="backslashreplace")
        Console(file=sys.stdout, width=width).print(table)
