"""What a run is to do: steps of a skill, and of a workflow's skills."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from services.chassis.clock import now
from services.chassis.errors import InvalidArgument
from services.chassis.ids import new_id
from services.skills.model import PlannedStep
from services.skills.parameters import ParameterInvalid, limited
from services.skills.planning import STEPS, Plan, Planner
from services.skills.registry import Registry
from services.skills.step import Asset, NoParams, Step, StepContext, StepResult
from services.skills.workflow import Workflow


@dataclass(frozen=True)
class Turning:
    angle: int = limited(90, minimum=0, maximum=360)
    target_format: str = limited("webp", choices=("webp", "png"))

    def __post_init__(self) -> None:
        if self.angle == 13:
            raise ParameterInvalid("angle must not be 13")


async def nothing(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    return StepResult()


def found(name: str, params: type = NoParams, needs: tuple[str, ...] = ()) -> Step:
    return Step(name, nothing, params, needs, name, "", __name__)


REGISTRY = Registry(
    [
        *(found(name) for name in ("caption", "alt-text", "structured-metadata", "5", "plain")),
        found("turn", Turning),
        found("after", needs=("turn",)),
    ]
)
PLANNER = Planner(REGISTRY)


def workflow(*nodes: Any) -> Workflow:
    text = json.dumps({"nodes": nodes})
    return Workflow(new_id(), "My pipeline", None, False, text, now(), now())


def refusal(*nodes: Any) -> tuple[str, str]:
    with pytest.raises(InvalidArgument) as refused:
        PLANNER.of_workflow(workflow(*nodes))
    return refused.value.reason, refused.value.message


def test_a_skill_s_steps_get_what_is_theirs() -> None:
    plan = PLANNER.of_skill(REGISTRY.skills["turn"], {"TARGETFORMAT": "PNG"})
    assert plan == Plan("turn", (PlannedStep("turn", (), {"target_format": "png"}),))


def test_a_workflow_is_its_skills_steps_in_order_each_with_its_node_s_parameters() -> None:
    plan = PLANNER.of_workflow(
        workflow(
            {"type": "turn", "data": {"angle": 1}},
            {"type": "enrich"},
            {"type": "after"},
            {"type": "a note", "data": {"skillId": "turn", "parameters": {"Angle": 2}}},
        )
    )
    assert plan.name == "My pipeline"
    assert plan.skill_ids == ("turn", "enrich", "after", "turn")
    assert plan.steps == (
        PlannedStep("turn", (), {"angle": 1}),
        PlannedStep("caption", (), {}),
        PlannedStep("alt-text", (), {}),
        PlannedStep("structured-metadata", (), {}),
        PlannedStep("after", ("turn",), {}),
        PlannedStep("turn", (), {"angle": 2}),
    )


@pytest.mark.parametrize("nodes", [(), ({},), ({"id": "n1", "data": {"label": "x"}},)])
def test_without_a_skill_nothing_can_be_run(nodes: Any) -> None:
    reason, message = refusal(*nodes)
    assert reason == "WORKFLOW_PROFILE_HAS_NO_SKILLS"
    assert "'My pipeline'" in message


def test_skills_that_are_none_are_named() -> None:
    reason, message = refusal(
        {"type": "plain"},
        {"id": "n2", "type": "nope"},
        {"data": {"skillId": 5}},
        {"type": {"a": 1}},
        {"type": "nope"},
        {"type": "Enrich"},
    )
    assert reason == "WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS"
    assert message.startswith(
        'these are no skills: "nope" (node "n2"), 5 (node number 3), {"a":1} (node number 4), '
        '"Enrich" (node number 6); there is '
    )


def test_of_very_many_some_are_named() -> None:
    reason, message = refusal(*({"type": f"{at}{'x' * 1000}"} for at in range(100)))
    assert reason == "WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS"
    assert " and 90 more; there is " in message
    assert len(message) < 2000


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"angle": 361}, "angle must be at most 360"),
        ({"angle": 13}, "angle must not be 13"),
        ({"angle": "1"}, "angle must be an integer"),
        ({"angle": None}, "angle must be an integer"),
        ({"angle": 10**40}, "angle must be an integer"),
        ({"label": "x"}, "the parameter 'label' is unknown; accepted: angle, targetFormat"),
        ({"parameters": {"skillId": 1}}, "the parameter 'skillId' is unknown"),
        ({"angle": 1, "ANGLE": 1}, "the parameter angle is given twice, as 'angle' and 'ANGLE'"),
    ],
)
def test_a_parameter_that_is_refused_is_named_with_its_node(data: Any, told: str) -> None:
    reason, message = refusal({"type": "plain"}, {"id": "n2", "type": "turn", "data": data})
    assert reason == "SKILL_PARAMETERS_INVALID"
    assert message.startswith(f'node "n2": {told}')


def test_a_run_has_a_bounded_number_of_steps() -> None:
    assert len(PLANNER.of_workflow(workflow(*[{"type": "plain"}] * STEPS)).steps) == STEPS
    reason, message = refusal(*[{"type": "plain"}] * (STEPS + 1))
    assert reason == "WORKFLOW_PROFILE_GRAPH_JSON_INVALID"
    assert message == f"graphJson has skills of {STEPS + 1} steps together; a run may have {STEPS}"
