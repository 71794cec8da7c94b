"""What the monkey has done."""

import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Struck:
    """A blow that was dealt, or the waking of what it has frozen."""

    at: float
    """Seconds since 1970."""
    victim: str
    number: signal.Signals
