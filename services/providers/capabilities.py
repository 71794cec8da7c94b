"""What was learnt of a model behind a base URL."""

from dataclasses import dataclass
from datetime import datetime

from services.providers.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How a model wants to be asked, and whether it sees."""

    dialect: Dialect
    can_see_images: bool | None
    """None as long as that is not known: only a trial or a refusal tells."""
    learn_time: datetime
    """When something was last learnt."""
