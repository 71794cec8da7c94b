"""What a step has asked of models, and what that took."""

from dataclasses import dataclass, field

from services.skills.step import Answer, StepFailed, Usage


@dataclass(slots=True)
class Asked:
    """All answers and failures of a step's questions, whatever becomes of the step.

    A step that is repeated, since a service was away, may pay for a question again.
    """

    profile: str = ""
    """Of the last question."""
    model: str = ""
    """Of the last question."""
    usage: Usage = field(default_factory=Usage)
    """Of all questions."""
    count: int = 0
    kept_count: int = 0
    """How many were answered by what was kept."""

    @property
    def cached(self) -> bool:
        """Whether every answer was a kept one."""
        return 0 < self.kept_count == self.count

    def add(self, told: Answer | StepFailed) -> None:
        """Notes what a question led to."""
        self.profile = told.profile or self.profile
        self.model = told.model or self.model
        self.usage += told.usage
        self.count += 1
        self.kept_count += isinstance(told, Answer) and told.cached
