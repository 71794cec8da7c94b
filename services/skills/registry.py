"""Finds the steps and knows the skills made of them."""

import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from services.skills import steps
from services.skills.parameters import Parameter, parameters_of
from services.skills.step import MARK, Step

ENTRY_POINTS = "nekohub.steps"
"""The entry-point group through which other packages bring modules with steps."""


class RegistryBroken(Exception):
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
        for name, step in sorted(self.steps.items()):
            for needed in step.needs:
                if needed not in self.steps:
                    raise RegistryBroken(f"step {name!r} needs {needed!r}, which is no step")
            if step.skill is not None:
                if step.skill in self.skills:
                    raise RegistryBroken(f"two skills are named {step.skill!r}; rename one")
                self.skills[step.skill] = Skill(
                    step.skill, step.description, (name,), parameters_of(step.params)
                )


def discovered() -> Registry:
    """The steps of `services.skills.steps` and of other packages."""
    return Registry(found for module in _modules() for found in _steps_in(module))


def _modules() -> Iterator[str]:
    for info in pkgutil.iter_modules(steps.__path__):
        yield f"{steps.__name__}.{info.name}"
    for point in entry_points(group=ENTRY_POINTS):
        yield point.value.partition(":")[0]


def _steps_in(module_name: str) -> Iterator[Step]:
    module = import_module(module_name)
    for value in vars(module).values():
        found = getattr(value, MARK, None)
        if isinstance(found, Step) and found.module == module.__name__:
            yield found
