"""Finding steps, and the skills made of them."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from services.skills import steps
from services.skills.parameters import limited, parameters_of
from services.skills.registry import Registry, RegistryBroken, Skill, discovered
from services.skills.step import MARK, Asset, Step, StepContext, StepResult, step


async def nothing(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    return StepResult()


def found(name: str, **given: Any) -> Step:
    return Step(name, nothing, **{"module": f"steps_of.{name}"} | given)


def broken(*found_steps: Step) -> str:
    with pytest.raises(RegistryBroken) as error:
        Registry(found_steps)
    return str(error.value)


def test_every_file_of_the_folder_is_one_step() -> None:
    files = {path.stem for path in Path(*steps.__path__).glob("*.py")} - {"__init__"}
    own = [f"{steps.__name__}.{name}" for name in files]
    modules = [each.module for each in discovered().steps.values()]
    assert sorted(each for each in modules if each.startswith(steps.__name__)) == sorted(own)


def test_the_built_in_steps_and_skills() -> None:
    registry = discovered()
    assert {"caption", "alt-text", "structured-metadata", "thumbnail"} <= set(registry.steps)
    assert {name: skill.steps for name, skill in registry.skills.items()}.items() >= {
        ("enrich", ("caption", "alt-text", "structured-metadata")),
        ("ai-caption", ("caption",)),
        ("thumbnail", ("thumbnail",)),
    }
    assert registry.skills.keys().isdisjoint({"caption", "alt-text", "structured-metadata"})
    assert (
        registry.skills["enrich"].description
        == "Generates a caption, alt text, and structured metadata for an image."
    )


def test_everything_that_is_found_says_what_it_is_for() -> None:
    registry = discovered()
    assert all(each.description for each in registry.steps.values())
    assert all(each.description for each in registry.skills.values())
    assert all(set(each.steps) <= set(registry.steps) for each in registry.skills.values())


@dataclass(frozen=True)
class Params:
    angle: int = limited(90, minimum=0, maximum=360)


@pytest.mark.parametrize(
    ("given", "skill"),
    [({}, "turn"), ({"skill": "ai-turn"}, "ai-turn"), ({"skill": None}, None)],
)
def test_a_decorated_function_stays_one_and_tells_of_its_step(
    given: dict[str, Any], skill: str | None
) -> None:
    async def run(ctx: StepContext, asset: Asset, params: Params) -> StepResult:
        return StepResult()

    marked = step("turn", description="Turns.", params=Params, needs=("caption",), **given)(run)

    assert marked is run
    expected = Step("turn", run, Params, ("caption",), skill, "Turns.", run.__module__)
    assert getattr(marked, MARK) == expected
    assert getattr(marked, MARK).module == __name__


def test_a_step_is_the_skill_that_it_names() -> None:
    registry = Registry([found("turn", skill="turn", description="Turns.", params=Params)])
    assert registry.skills["turn"] == Skill("turn", "Turns.", ("turn",), parameters_of(Params))


def test_a_step_without_a_skill_is_a_step_only() -> None:
    registry = Registry([found("turn")])
    assert list(registry.steps) == ["turn"]
    assert list(registry.skills) == ["enrich"]


def test_needs_are_found_wherever_they_stand() -> None:
    registry = Registry([found("b", needs=("a",)), found("a")])
    assert registry.steps["b"].needs == ("a",)


def test_the_fingerprint_tells_of_other_steps_and_parameters() -> None:
    @dataclass(frozen=True)
    class Sized:
        size: int = 1

    first, second, sized = found("a"), found("b"), found("a", params=Sized)
    assert Registry([first, second]).fingerprint == Registry([second, first]).fingerprint
    told = {Registry(each).fingerprint for each in ([], [first], [first, second], [sized])}
    assert len(told) == 4


def test_two_steps_of_a_name_are_refused() -> None:
    assert broken(found("turn", module="one"), found("turn", module="other")) == (
        "two steps are named 'turn': in one and in other; rename one"
    )


@pytest.mark.parametrize("taken", ["enrich", "spin"])
def test_two_skills_of_a_name_are_refused(taken: str) -> None:
    message = broken(found("spin", skill="spin"), found("turn", skill=taken))
    assert message == f"two skills are named {taken!r}; rename one"


def test_a_need_that_is_no_step_is_refused() -> None:
    assert broken(found("turn", needs=("faces",))) == "step 'turn' needs 'faces', which is no step"


@pytest.mark.parametrize(
    ("needs", "circle"),
    [
        ({"a": "a"}, "a"),
        ({"a": "b", "b": "a"}, "a, b"),
        ({"a": "c", "b": "a", "c": "b"}, "a, b, c"),
    ],
)
def test_a_circle_of_needs_is_refused(needs: dict[str, str], circle: str) -> None:
    circular = [found(name, needs=(needed,)) for name, needed in needs.items()]
    assert broken(*circular) == f"these steps wait for each other: {circle}"


def test_what_comes_after_what_may_not_be_a_circle_and_need_not_be_there() -> None:
    mixed = [found("a", needs=("b",)), found("b", after=("a",))]
    assert broken(*mixed) == "these steps wait for each other: a, b"
    assert Registry([found("b", after=("faces",))]).steps["b"].after == ("faces",)


@dataclass(frozen=True)
class Worded:
    language: str = limited("", max_length=35)


@dataclass(frozen=True)
class Loud:
    language: str = limited("", max_length=35)
    is_loud: bool = False


@dataclass(frozen=True)
class Short:
    language: str = limited("", max_length=5)


def test_enrich_takes_what_its_steps_take_each_once() -> None:
    registry = Registry(
        [
            found("caption", params=Worded),
            found("alt-text"),
            found("structured-metadata", params=Loud),
            found("turn", params=Params, skill="turn"),
        ]
    )
    enrich = registry.skills["enrich"]
    assert enrich.steps == ("caption", "alt-text", "structured-metadata")
    assert enrich.parameters == parameters_of(Loud)


def test_steps_of_enrich_that_take_a_parameter_differently_are_refused() -> None:
    message = broken(found("caption", params=Worded), found("alt-text", params=Short))
    assert message == (
        "step 'alt-text' and another of the skill 'enrich' declare 'language' differently; "
        "declare it alike or rename one"
    )


def test_parameters_that_cannot_be_declared_are_refused() -> None:
    @dataclass(frozen=True)
    class WithoutDefault:
        angle: int

    message = broken(found("turn", params=WithoutDefault))
    assert message.startswith("step 'turn': ")
    assert message.endswith("WithoutDefault.angle must have a default")


Offer = Callable[..., None]
SEPIA = """
    from services.skills.step import StepResult, step

    @step("sepia", description="Turns it brown.")
    async def run(ctx, asset, params):
        return StepResult()
    """


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    """Installs a package that offers a module with steps under some entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(code: str, *points: str) -> None:
        (tmp_path / "other_steps.py").write_text(dedent(code))
        about = tmp_path / "other_steps-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other-steps\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("\n".join(["[nekohub.steps]", *points]))

    yield install
    sys.modules.pop("other_steps", None)


def test_other_packages_bring_steps(offer: Offer) -> None:
    offer(SEPIA, "sepia = other_steps")
    registry = discovered()
    assert registry.steps["sepia"].module == "other_steps"
    assert registry.skills["sepia"].steps == ("sepia",)
    assert "caption" in registry.steps


def test_a_module_that_is_offered_twice_is_looked_at_once(offer: Offer) -> None:
    offer(SEPIA, "sepia = other_steps", "brown = other_steps:run")
    assert discovered().steps["sepia"].module == "other_steps"


def test_a_step_that_a_module_only_imports_is_not_its_own(offer: Offer) -> None:
    offer("from services.skills.steps.caption import run", "caption = other_steps")
    assert discovered().steps["caption"].module == "services.skills.steps.caption"


def test_a_package_cannot_take_a_built_in_name(offer: Offer) -> None:
    offer(SEPIA.replace("sepia", "caption"), "caption = other_steps")
    with pytest.raises(RegistryBroken) as error:
        discovered()
    assert str(error.value) == (
        "two steps are named 'caption': in services.skills.steps.caption and in other_steps; "
        "rename one"
    )


def test_a_module_that_cannot_be_loaded_is_named(offer: Offer) -> None:
    offer("import a_module_that_nobody_has", "sepia = other_steps")
    with pytest.raises(RegistryBroken) as error:
        discovered()
    assert str(error.value) == (
        "the steps in other_steps cannot be loaded: "
        "ModuleNotFoundError: No module named 'a_module_that_nobody_has'"
    )


def test_it_has_a_step_that_takes_what_a_run_keeps() -> None:
    @dataclass(frozen=True)
    class Format:
        target_format: str = "webp"

    registry = Registry([found("convert", params=Format)])
    assert registry.has("convert", {})
    assert registry.has("convert", {"target_format": "png"})
    assert not registry.has("convert", {"targetFormat": "png"})
    assert not registry.has("another", {})
