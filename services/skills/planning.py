"""What a run is to do: the steps of a skill, or of a workflow's skills, with their parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.errors import InvalidArgument
from services.skills.graph import Node, nodes_of, shown
from services.skills.model import PlannedStep
from services.skills.parameters import ParameterInvalid, checked, parameters_of
from services.skills.registry import Registry, Skill
from services.skills.step import Step
from services.skills.workflow import Workflow

STEPS = 100
"""Most steps of a run."""
_NAMED = 10
"""How many skills that are none are named."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that can be accepted."""

    name: str
    """The skill's, or the workflow's."""
    steps: tuple[PlannedStep, ...]
    skill_ids: tuple[str, ...] = ()
    """A workflow's skills, in the order of its nodes."""


class Planner:
    """Makes plans with the steps and skills that there are."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def of_skill(self, skill: Skill, parameters: dict[str, Any]) -> Plan:
        """A run of a skill. Raises SKILL_PARAMETERS_INVALID."""
        return Plan(skill.name, tuple(self._steps(skill, parameters)))

    def of_workflow(self, workflow: Workflow) -> Plan:
        """A run of a workflow.

        Raises WORKFLOW_PROFILE_HAS_NO_SKILLS, WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS,
        WORKFLOW_PROFILE_GRAPH_JSON_INVALID, SKILL_PARAMETERS_INVALID.
        """
        nodes = nodes_of(workflow.graph_json)
        if not nodes:
            raise InvalidArgument(
                "WORKFLOW_PROFILE_HAS_NO_SKILLS",
                f"no node of the workflow {workflow.name!r} names a skill in data.skillId or type",
            )
        skills = self._skills(nodes)
        count = sum(len(skill.steps) for skill in skills)
        if count > STEPS:
            raise InvalidArgument(
                "WORKFLOW_PROFILE_GRAPH_JSON_INVALID",
                f"graphJson has skills of {count} steps together; a run may have {STEPS}",
            )
        steps = [
            step
            for node, skill in zip(nodes, skills, strict=True)
            for step in self._steps(skill, node.parameters, f"{node.label}: ")
        ]
        return Plan(workflow.name, tuple(steps), tuple(skill.name for skill in skills))

    def _skills(self, nodes: Sequence[Node]) -> list[Skill]:
        known = self._registry.skills
        found: list[Skill] = []
        unknown: dict[str, str] = {}
        for node in nodes:
            skill = known.get(node.skill) if isinstance(node.skill, str) else None
            if skill is None:
                unknown.setdefault(shown(node.skill), node.label)
            else:
                found.append(skill)
        if unknown:
            named = [f"{skill} ({label})" for skill, label in unknown.items()]
            more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
            raise InvalidArgument(
                "WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS",
                f"these are no skills: {', '.join(named[:_NAMED])}{more}; there is "
                f"{', '.join(sorted(known))}",
            )
        return found

    def _steps(
        self, skill: Skill, parameters: dict[str, Any], whose: str = ""
    ) -> Sequence[PlannedStep]:
        try:
            values = checked(skill.parameters, parameters)
            return [_planned(self._registry.steps[name], values) for name in skill.steps]
        except ParameterInvalid as error:
            raise InvalidArgument("SKILL_PARAMETERS_INVALID", f"{whose}{error}") from error


def _planned(step: Step, values: dict[str, Any]) -> PlannedStep:
    """A step with those of the values that are its own. Raises ParameterInvalid."""
    own = {each.field for each in parameters_of(step.params)}
    mine = {field: value for field, value in values.items() if field in own}
    # The class may refuse more than limits can say.
    step.params(**mine)
    return PlannedStep(step.name, step.needs, mine, step.after)
