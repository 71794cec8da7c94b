"""What a check of an installation has found: one line for the person who asked for it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a finding comes to, as it is shown."""

    WELL = "✓"
    """Nothing to do, perhaps because it was mended."""
    WRONG = "✗"
    """Something has to be done."""
    NOTE = "!"
    """Nothing is broken, but somebody should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    verdict: Verdict
    about: str
    """What was looked at, in a word or two."""
    told: str
    """What was found and, unless it is well, what to do. No secret."""
    mended: bool = False

    def __str__(self) -> str:
        """The line."""
        return f"{self.verdict} {self.about}: {self.told}"


Findings = AsyncGenerator[Finding, None]
"""What a check finds, as it goes."""


def well(about: str, told: str) -> Finding:
    """Nothing to do."""
    return Finding(Verdict.WELL, about, told)


def mended(about: str, told: str) -> Finding:
    """It was wrong and is well now."""
    return Finding(Verdict.WELL, about, told, mended=True)


def wrong(about: str, told: str) -> Finding:
    """Something has to be done."""
    return Finding(Verdict.WRONG, about, told)


def note(about: str, told: str) -> Finding:
    """Somebody should know."""
    return Finding(Verdict.NOTE, about, told)
