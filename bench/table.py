"""Rows of the table that the bench prints, and their judgement."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row should come to."""

    accepted: float
    aimed: float
    unit: str
    more_is_better: bool = True

    def verdict(self, value: float) -> str:
        """Which of the two was reached."""
        sign = 1 if self.more_is_better else -1
        if sign * value >= sign * self.aimed:
            return "aimed"
        return "accepted" if sign * value >= sign * self.accepted else "MISSED"


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement."""

    what: str
    value: float
    unit: str = ""
    floor: float | None = None
    """What the machine could do at best, in the same unit and the same run."""
    judged: float | None = None
    """The number the goal is about: often a ratio."""
    goal: Goal | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """How `judged` stands to the goal."""
        return self.goal.verdict(self.judged) if self.goal and self.judged is not None else ""


HEAD = ("what", "measured", "floor", "judged", "accepted", "aimed at", "verdict", "note")


def printed(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table whose columns also line up on a terminal."""
    lines = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def written(rows: Sequence[Row], folder: Path, *, quick: bool) -> Path:
    """Writes the rows as JSON and gives the file."""
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    document = {
        "measuredAtUtc": now.isoformat(),
        "quick": quick,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rows": [asdict(row) | {"verdict": row.verdict} for row in rows],
    }
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path


def _cells(row: Row) -> tuple[str, ...]:
    goal = row.goal
    sign = "" if goal is None else "≥ " if goal.more_is_better else "≤ "
    return (
        row.what,
        _number(row.value, row.unit),
        _number(row.floor, row.unit),
        _number(row.judged, goal.unit if goal else ""),
        sign + _number(goal.accepted, goal.unit) if goal else "",
        sign + _number(goal.aimed, goal.unit) if goal else "",
        row.verdict,
        row.note,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()
