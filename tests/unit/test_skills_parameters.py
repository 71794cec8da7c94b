"""Parameters of steps: what a dataclass may declare, and what a run may give."""

import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.skills.parameters import (
    Limits,
    Parameter,
    ParameterInvalid,
    ParametersBroken,
    checked,
    limited,
    parameters_of,
)
from services.skills.step import NoParams


@dataclass(frozen=True)
class Params:
    target_format: str = limited("webp", choices=("webp", "jpeg"), description="What to write.")
    text: str = limited("NekoHub", max_length=7)
    opacity: float = limited(0.5, minimum=0, maximum=1)
    font_size: int = limited(36, minimum=1, maximum=400)
    keep_original: bool = True
    anything: float = 0.0


DECLARED = parameters_of(Params)


def refusal(name: str, value: Any) -> str:
    with pytest.raises(ParameterInvalid) as refused:
        checked(DECLARED, {name: value})
    return str(refused.value)


def test_fields_are_parameters() -> None:
    assert DECLARED[0] == Parameter(
        name="targetFormat",
        field="target_format",
        type="string",
        default="webp",
        limits=Limits(description="What to write.", choices=("webp", "jpeg")),
    )
    assert [(each.name, each.type, each.default) for each in DECLARED] == [
        ("targetFormat", "string", "webp"),
        ("text", "string", "NekoHub"),
        ("opacity", "number", 0.5),
        ("fontSize", "integer", 36),
        ("keepOriginal", "boolean", True),
        ("anything", "number", 0.0),
    ]


def test_fields_without_limits_have_none() -> None:
    assert DECLARED[-1].limits == Limits()
    assert parameters_of(NoParams) == ()


def test_a_field_made_with_limits_is_a_default_of_the_class() -> None:
    assert Params() == Params("webp", "NekoHub", 0.5, 36, True, 0.0)


def test_good_values_come_by_field_and_nothing_else_comes() -> None:
    given = {"targetFormat": "jpeg", "fontSize": 12, "keepOriginal": False, "anything": -1.5}
    assert checked(DECLARED, given) == {
        "target_format": "jpeg",
        "font_size": 12,
        "keep_original": False,
        "anything": -1.5,
    }
    assert checked(DECLARED, {}) == {}
    assert Params(**checked(DECLARED, given)).text == "NekoHub"


@pytest.mark.parametrize("name", ["targetFormat", "TargetFormat", "TARGETFORMAT", "targetformat"])
def test_names_count_in_any_letter_case(name: str) -> None:
    assert checked(DECLARED, {name: "jpeg"}) == {"target_format": "jpeg"}


def test_choices_count_in_any_letter_case_and_come_as_declared() -> None:
    assert checked(DECLARED, {"targetFormat": "JPEG"}) == {"target_format": "jpeg"}


@dataclass(frozen=True)
class WithAliases:
    format: str = limited("jpeg", choices=("jpeg", "png"), aliases={"jpg": "jpeg"})


@pytest.mark.parametrize("value", ["jpg", "JPG", "Jpeg"])
def test_choices_may_have_other_names(value: str) -> None:
    assert checked(parameters_of(WithAliases), {"format": value}) == {"format": "jpeg"}


def test_a_number_comes_as_one_however_it_is_written() -> None:
    for value in (1, 1.0):
        assert repr(checked(DECLARED, {"opacity": value})) == "{'opacity': 1.0}"
    for value in (12, 12.0, 1.2e1):
        assert repr(checked(DECLARED, {"fontSize": value})) == "{'font_size': 12}"


def test_other_names_are_no_choices() -> None:
    with pytest.raises(ParameterInvalid, match=r"^format must be one of jpeg, png$"):
        checked(parameters_of(WithAliases), {"format": "jpe"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("opacity", 0), ("opacity", 1), ("opacity", 1.0), ("fontSize", 1), ("text", "1234567")],
)
def test_limits_belong_to_what_is_allowed(name: str, value: Any) -> None:
    assert list(checked(DECLARED, {name: value}).values()) == [value]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("opacity", -0.01, "opacity must be at least 0"),
        ("opacity", 1.01, "opacity must be at most 1"),
        ("fontSize", 0, "fontSize must be at least 1"),
        ("fontSize", 401, "fontSize must be at most 400"),
        ("text", "12345678", "text must have at most 7 characters"),
        ("targetFormat", "svg", "targetFormat must be one of webp, jpeg"),
        ("targetFormat", "", "targetFormat must be one of webp, jpeg"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_by_name(name: str, value: Any, message: str) -> None:
    assert refusal(name, value) == message


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", 5, "text must be a string"),
        ("text", None, "text must be a string"),
        ("text", ["a"], "text must be a string"),
        ("targetFormat", False, "targetFormat must be a string"),
        ("opacity", "0.5", "opacity must be a number"),
        ("opacity", True, "opacity must be a number"),
        ("opacity", None, "opacity must be a number"),
        ("opacity", {}, "opacity must be a number"),
        ("fontSize", 36.5, "fontSize must be an integer"),
        ("fontSize", 36.0000001, "fontSize must be an integer"),
        ("fontSize", 1e40, "fontSize must be an integer"),
        ("fontSize", "36", "fontSize must be an integer"),
        ("fontSize", True, "fontSize must be an integer"),
        ("keepOriginal", 1, "keepOriginal must be true or false"),
        ("keepOriginal", "true", "keepOriginal must be true or false"),
        ("keepOriginal", None, "keepOriginal must be true or false"),
    ],
)
def test_a_wrong_type_is_refused_by_name(name: str, value: Any, message: str) -> None:
    assert refusal(name, value) == message


@pytest.mark.parametrize("name", ["opacity", "anything"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_what_is_no_finite_number_is_refused(name: str, value: float) -> None:
    assert refusal(name, value) == f"{name} must be a finite number"


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400])
def test_an_integer_beyond_all_numbers_is_refused(value: float) -> None:
    assert refusal("fontSize", value) == "fontSize must be a finite number"


def test_an_unknown_parameter_is_named_beside_those_accepted() -> None:
    assert refusal("fontsizes", 3) == (
        "the parameter 'fontsizes' is unknown; "
        "accepted: targetFormat, text, opacity, fontSize, keepOriginal, anything"
    )
    # The field's own spelling is nobody's business.
    assert refusal("font_size", 3).startswith("the parameter 'font_size' is unknown")


def test_a_skill_without_parameters_says_so() -> None:
    with pytest.raises(ParameterInvalid, match=r"'x' is unknown; accepted: none"):
        checked((), {"x": 1})


def test_an_endless_name_is_not_repeated_in_full() -> None:
    assert len(refusal("x" * 100_000, 1)) < 300


@dataclass(frozen=True)
class WithoutDefault:
    angle: int


@dataclass(frozen=True)
class WithFactory:
    angle: int = field(default_factory=int)


@dataclass(frozen=True)
class WithOtherType:
    angles: tuple[int, ...] = ()


@dataclass(frozen=True)
class WithOptional:
    angle: int | None = None


@dataclass(frozen=True)
class WithDefaultBeyond:
    angle: int = limited(500, maximum=360)


@dataclass(frozen=True)
class WithDefaultsRefused:
    angle: int = 0

    def __post_init__(self) -> None:
        raise ParameterInvalid("angle must be odd")


class NoDataclass:
    angle: int = 0


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (WithoutDefault, "WithoutDefault.angle must have a default"),
        (WithFactory, "WithFactory.angle must have a default"),
        (WithOtherType, "WithOtherType.angles must be a str, int, float or bool"),
        (WithOptional, "WithOptional.angle must be a str, int, float or bool"),
        (
            WithDefaultBeyond,
            "the default of WithDefaultBeyond.angle is refused: angle must be at most 360",
        ),
        (WithDefaultsRefused, "the defaults of WithDefaultsRefused are refused: angle must be odd"),
        (NoDataclass, "NoDataclass is no dataclass"),
    ],
)
def test_what_cannot_be_declared_is_said(params: type, message: str) -> None:
    with pytest.raises(ParametersBroken) as broken:
        parameters_of(params)
    assert str(broken.value) == message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"Text": "a", "text": "b"},
            "the parameter text is given twice, as 'Text' and 'text'; give it once",
        ),
        (
            {"fontsize": 1, "text": "b", "FONTSIZE": 1},
            "the parameter fontSize is given twice, as 'fontsize' and 'FONTSIZE'; give it once",
        ),
    ],
)
def test_a_parameter_is_given_once(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterInvalid) as refused:
        checked(DECLARED, given)
    assert str(refused.value) == told
