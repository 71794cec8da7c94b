"""Workflows, pipelines of people's own: their fields and the rules about them."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.errors import InvalidArgument
from services.chassis.names import composed, fault
from services.skills.graph import parsed

WORKFLOWS = 100
"""Most workflows that are kept: a list of them is one answer."""
NAME_CHARACTERS = 100
DESCRIPTION_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class WorkflowInput:
    """What a caller gave; None for what is absent."""

    name: str
    description: str | None
    is_auto_run: bool | None
    graph_json: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A saved workflow."""

    id: str
    name: str
    description: str | None
    is_auto_run: bool
    graph_json: str
    created_at: datetime
    updated_at: datetime


def checked(given: WorkflowInput, saved_name: str | None = None) -> WorkflowInput:
    """The input as it is kept, which may be a draft.

    A saved name is kept as it is, though it could not be given now. Raises WORKFLOW_PROFILE_…
    naming the field.
    """
    name = given.name if given.name == saved_name else _checked_name(given.name)
    # Postgres cannot store U+0000.
    description = (given.description or "").replace("\0", "").strip()
    if len(description) > DESCRIPTION_CHARACTERS:
        raise InvalidArgument(
            "WORKFLOW_PROFILE_DESCRIPTION_TOO_LONG",
            f"description has {len(description)} characters; at most {DESCRIPTION_CHARACTERS} are "
            "accepted",
        )
    parsed(given.graph_json)
    return WorkflowInput(name, description or None, given.is_auto_run, given.graph_json)


def _checked_name(given: str) -> str:
    name = composed(given, NAME_CHARACTERS)
    if len(name) > NAME_CHARACTERS:
        raise InvalidArgument(
            "WORKFLOW_PROFILE_NAME_TOO_LONG",
            f"name has {len(name)} characters; at most {NAME_CHARACTERS} are accepted",
        )
    wrong = fault(name)
    if wrong is not None:
        raise InvalidArgument("WORKFLOW_PROFILE_NAME_REQUIRED", wrong)
    return name
