"""How far a command has come, on stderr: a bar for a person, lines for a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.chassis import unread
from services.enrich.rows import Row
from services.results import shown

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class Progress:
    """Counts files, and tells of it."""

    def __init__(self) -> None:
        self.total = 0
        self.uploaded = 0
        """Files that the hub has stored."""
        self.ended = 0
        """Files of which the outcome is known."""
        self._bar: Bar | None = None

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Draws a bar while the context is open, in place of the lines."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        with Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("done, {task.fields[uploaded]} uploaded"),
            console=Console(stderr=True),
            transient=True,
            # What is printed meanwhile goes where it was meant to go.
            redirect_stdout=False,
            redirect_stderr=False,
        ) as bar:
            bar.add_task("", total=self.total, uploaded=0)
            self._bar = bar
            try:
                yield
            finally:
                self._bar = None

    def upload(self) -> None:
        """Notes that a file is stored."""
        self.uploaded += 1
        self._redraw()

    def end(self, row: Row) -> None:
        """Notes what came of a file."""
        self.ended += 1
        if self._bar is None:
            self.note(f"[{self.ended}/{self.total}] {row.file}: {row.status}")
        self._redraw()

    def note(self, text: str) -> None:
        """Says something, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(shown(text), markup=False, highlight=False, emoji=False)
        else:
            try:
                sys.stderr.write(f"{shown(text)}\n")
                sys.stderr.flush()
            except OSError:
                # Nobody is told; what is under way goes on.
                unread.let_go(sys.stderr)

    def _redraw(self) -> None:
        if self._bar is not None:
            (task,) = self._bar.task_ids
            self._bar.update(task, completed=self.ended, uploaded=self.uploaded)
