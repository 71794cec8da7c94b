"""Finds the steps and knows the skills made of them."""

import hashlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import entry_points

from services.chassis.errors import StartRefused
from services.skills import steps
from services.skills.model import PlannedStep, waves
from services.skills.parameters import Parameter, ParametersBroken, parameters_of
from services.skills.step import MARK, Step

ENTRY_POINTS = "nekohub.steps"
"""The entry-point group through which other packages bring modules with steps."""


class RegistryBroken(StartRefused):
    """The steps that were found do not fit together; the message says which."""


@dataclass(frozen=True, slots=True)
class Skill:
    """A named pipeline."""

    name: str
    description: str
    steps: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()


ENRICH = Skill(
    "enrich",
    "Generates a caption, alt text, and structured metadata for an image.",
    ("caption", "alt-text", "structured-metadata"),
)


class Registry:
    """All steps and all skills."""

    def __init__(self, found: Iterable[Step]) -> None:
        """Takes steps; each name may stand once. Raises RegistryBroken."""
        self.steps: dict[str, Step] = {}
        self.skills: dict[str, Skill] = {ENRICH.name: ENRICH}
        for step in found:
            if step.name in self.steps:
                raise RegistryBroken(
                    f"two steps are named {step.name!r}: in {self.steps[step.name].module} and "
                    f"in {step.module}; rename one"
                )
            self.steps[step.name] = step
        _check_order(self.steps)
        self._parameters: dict[str, tuple[Parameter, ...]] = {}
        """Those of each step, by its name."""
        for name, step in sorted(self.steps.items()):
            parameters = _parameters(step)
            self._parameters[name] = parameters
            if step.skill is not None:
                if step.skill in self.skills:
                    raise RegistryBroken(f"two skills are named {step.skill!r}; rename one")
                self.skills[step.skill] = Skill(step.skill, step.description, (name,), parameters)
        self.skills[ENRICH.name] = replace(ENRICH, parameters=self._parameters_of(ENRICH))

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that are others when there are other steps or parameters."""
        shape = [
            f"{name}({','.join(sorted(each.name for each in of))})"
            for name, of in sorted(self._parameters.items())
        ]
        return hashlib.sha256("\n".join(shape).encode()).hexdigest()[:8]

    def has(self, step_name: str, fields: Iterable[str]) -> bool:
        """Whether there is a step of this name that takes these parameters, as a run keeps them."""
        known = self._parameters.get(step_name)
        return known is not None and {each.field for each in known}.issuperset(fields)

    def _parameters_of(self, skill: Skill) -> tuple[Parameter, ...]:
        """Those of all steps of a skill; what several declare alike is one for all of them."""
        found: dict[str, Parameter] = {}
        for step_name in skill.steps:
            for parameter in self._parameters.get(step_name, ()):
                known = found.setdefault(parameter.name.casefold(), parameter)
                if known != parameter:
                    raise RegistryBroken(
                        f"step {step_name!r} and another of the skill {skill.name!r} declare "
                        f"{parameter.name!r} differently; declare it alike or rename one"
                    )
        return tuple(found.values())


def _check_order(found: dict[str, Step]) -> None:
    for name, step in sorted(found.items()):
        for needed in step.needs:
            if needed not in found:
                raise RegistryBroken(f"step {name!r} needs {needed!r}, which is no step")
    try:
        waves([PlannedStep(step.name, step.needs, {}, step.after) for step in found.values()])
    except ValueError as error:
        raise RegistryBroken(str(error)) from error


def _parameters(step: Step) -> tuple[Parameter, ...]:
    try:
        return parameters_of(step.params)
    except ParametersBroken as error:
        raise RegistryBroken(f"step {step.name!r}: {error}") from error


def discovered() -> Registry:
    """The steps of `services.skills.steps` and of other packages. Raises RegistryBroken."""
    return Registry(found for module in _modules() for found in _steps_in(module))


def _modules() -> Iterable[str]:
    own = (f"{steps.__name__}.{info.name}" for info in pkgutil.iter_modules(steps.__path__))
    others = (point.module for point in entry_points(group=ENTRY_POINTS))
    # A package may offer a module under several names.
    return dict.fromkeys((*own, *others))


def _steps_in(module_name: str) -> Iterator[Step]:
    try:
        module = import_module(module_name)
    except Exception as error:
        raise RegistryBroken(
            f"the steps in {module_name} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    for value in vars(module).values():
        found = getattr(value, MARK, None)
        if isinstance(found, Step) and found.module == module.__name__:
            yield found
