"""Every built-in skill and step."""

from services.skills import steps
from services.skills.parameters import Parameter
from services.skills.registry import Registry, Skill, discovered
from services.skills.step import Step


def built_in() -> Registry:
    """The steps of this repository and their skills, without those of other packages."""
    found = discovered().steps.values()
    return Registry(step for step in found if step.module.startswith(f"{steps.__name__}."))


def skills() -> list[Skill]:
    """The skills in the order of their names."""
    return sorted(built_in().skills.values(), key=lambda skill: skill.name)


def steps_by_name() -> list[Step]:
    """The steps in the order of their names."""
    return sorted(built_in().steps.values(), key=lambda step: step.name)


def does(step: Step) -> str:
    """What a step's author says of it, in one sentence."""
    return (step.run.__doc__ or step.description).partition("\n")[0]


def told(parameter: Parameter) -> str:
    """A parameter in a few words."""
    limits = parameter.limits
    default = '""' if parameter.default == "" else parameter.default
    parts = [f"`{parameter.name}` ({parameter.type}, default `{default}`"]
    if limits.minimum is not None:
        parts.append(f"at least {limits.minimum:g}")
    if limits.maximum is not None:
        parts.append(f"at most {limits.maximum:g}")
    if limits.max_length is not None:
        parts.append(f"at most {limits.max_length} characters")
    if limits.choices:
        parts.append(f"one of {', '.join(limits.choices)}")
    text = ", ".join(parts) + ")"
    return f"{text}: {limits.description}" if limits.description else text
