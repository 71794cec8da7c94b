"""The parameter of steps that write: in which language."""

from dataclasses import dataclass

from services.chassis.languages import CHARACTERS, LanguageInvalid, language_tag
from services.skills.parameters import ParameterInvalid, limited


@dataclass(frozen=True)
class LanguageParams:
    """What a run may set."""

    language: str = limited(
        "",
        max_length=CHARACTERS,
        description="What to write in, a BCP 47 tag such as de or pt-BR; the hub's when empty.",
    )

    def __post_init__(self) -> None:
        """Refuses what is no tag. Raises ParameterInvalid."""
        try:
            self.language_or("en")
        except LanguageInvalid as error:
            raise ParameterInvalid(f"language must be {error}") from error

    def language_or(self, default: str) -> str:
        """The language in its usual spelling, or the hub's."""
        return language_tag(self.language) if self.language else default
