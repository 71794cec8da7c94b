"""What one question took of an endpoint."""

from dataclasses import dataclass

from services.chassis.time_limit import TimeLimit


@dataclass(slots=True)
class Calls:
    """The HTTP calls that one question took."""

    limit: TimeLimit
    """How long they may take together."""
    is_last_hope: bool = True
    """Whether nobody else is asked after this endpoint."""
    skill_name: str = ""
    """Who asks."""
    count: int = 0
    """Those that reached the endpoint."""
    input_tokens: int = 0
    output_tokens: int = 0
    """Both as far as the endpoint told them, or estimated for a budget."""
    cost: float = 0.0
    trouble: str = ""
    """What the last one that failed met with."""
    first_start: float = 0.0
    """On the event loop's clock."""
    told: tuple[int, int] = (0, 0)
    """Tokens of the present call, sent and received, as far as its reply tells them."""
    is_sent: bool = False
    """Whether the present call may have reached the endpoint."""
    is_answered: bool = False
    """Whether an answer to it has begun."""

    def begin(self, start: float) -> None:
        """Begins a call."""
        if self.count == 0:
            self.first_start = start
        self.told = (0, 0)
        self.is_sent = True
        self.is_answered = False

    def end(self) -> bool:
        """Ends the present call, and says whether it counts: nothing was sent over a connection
        that did not come about.
        """
        self.count += self.is_sent
        self.input_tokens += self.told[0]
        self.output_tokens += self.told[1]
        return self.is_sent
