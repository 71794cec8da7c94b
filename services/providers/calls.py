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
    input_tokens: int = 0
    output_tokens: int = 0
    """Both as far as the endpoint told them."""
    cost: float = 0.0
    trouble: str = ""
    """What the last one that failed met with."""
    first_start: float = 0.0
    """On the event loop's clock."""
    told: tuple[int, int] = (0, 0)
    """Tokens of the present call, sent and received."""

    def add(self, start: float) -> None:
        """Counts a call."""
        if self.count == 0:
            self.first_start = start
        self.count += 1
        self.told = (0, 0)

    def tell(self, input_tokens: int, output_tokens: int) -> None:
        """Counts the tokens of the present call."""
        self.told = (input_tokens, output_tokens)
        self.input_tokens += self.told[0]
        self.output_tokens += self.told[1]
