"""Parameters of steps: fields of frozen dataclasses, with limits in the fields' metadata."""

import dataclasses
import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_EXACT = 2**53
"""From here on, a float stands for more than one integer."""


class ParameterInvalid(ValueError):
    """A parameter is unknown, of the wrong type or out of its limits; the message names it."""


class ParametersBroken(TypeError):
    """A step's class of parameters cannot be used; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a parameter may be."""

    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    """Other names of choices, as they are taken too."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, for people and for checks."""

    name: str
    """As clients write it, for example "targetFormat"."""
    field: str
    """As the step's dataclass has it, for example "target_format"."""
    type: str
    """"string", "integer", "number" or "boolean"."""
    default: Any
    limits: Limits


def limited(default: Any, **limits: Any) -> Any:
    """A field with a default and limits: those of `Limits`."""
    return dataclasses.field(default=default, metadata={"limits": Limits(**limits)})


def parameters_of(params: type) -> tuple[Parameter, ...]:
    """The parameters that a step's dataclass declares. Raises ParametersBroken."""
    if not dataclasses.is_dataclass(params):
        raise ParametersBroken(f"{params.__qualname__} is no dataclass")
    hints = typing.get_type_hints(params)
    declared = tuple(
        _declared(params, field, hints[field.name]) for field in dataclasses.fields(params)
    )
    try:
        params()
    except ParameterInvalid as error:
        place = params.__qualname__
        raise ParametersBroken(f"the defaults of {place} are refused: {error}") from error
    return declared


def _declared(params: type, field: "dataclasses.Field[Any]", hint: Any) -> Parameter:
    place = f"{params.__qualname__}.{field.name}"
    kind = _NAMES.get(hint)
    if kind is None:
        raise ParametersBroken(f"{place} must be a str, int, float or bool")
    if field.default is dataclasses.MISSING:
        raise ParametersBroken(f"{place} must have a default")
    limits = field.metadata.get("limits", Limits())
    parameter = Parameter(name_of(field.name), field.name, kind, field.default, limits)
    try:
        _value(parameter, field.default)
    except ParameterInvalid as error:
        raise ParametersBroken(f"the default of {place} is refused: {error}") from error
    return parameter


def name_of(field: str) -> str:
    """How clients write the parameter that a step's dataclass has as a field."""
    head, *rest = field.split("_")
    return head + "".join(part.capitalize() for part in rest)


def checked(declared: tuple[Parameter, ...], given: dict[str, Any]) -> dict[str, Any]:
    """The given values by field name, checked. Names count in any letter case, each once.

    Raises ParameterInvalid.
    """
    known = {parameter.name.casefold(): parameter for parameter in declared}
    spelled: dict[str, str] = {}
    values = {}
    for name, value in given.items():
        parameter = known.get(name.casefold())
        if parameter is None:
            accepted = ", ".join(each.name for each in declared) or "none"
            raise ParameterInvalid(f"the parameter {name[:100]!r} is unknown; accepted: {accepted}")
        earlier = spelled.setdefault(parameter.field, name)
        if earlier != name:
            raise ParameterInvalid(
                f"the parameter {parameter.name} is given twice, as {earlier!r} and {name!r}; "
                "give it once"
            )
        values[parameter.field] = _value(parameter, value)
    return values


def _value(parameter: Parameter, value: Any) -> Any:
    limits = parameter.limits
    if parameter.type == "string":
        return _text(parameter, value)
    if parameter.type == "boolean":
        if not isinstance(value, bool):
            raise ParameterInvalid(f"{parameter.name} must be true or false")
        return value
    whole = parameter.type == "integer"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _not_a_number(parameter)
    if not _is_finite(value):
        raise ParameterInvalid(f"{parameter.name} must be a finite number")
    if whole and not _is_whole(value):
        raise _not_a_number(parameter)
    if limits.minimum is not None and value < limits.minimum:
        raise ParameterInvalid(f"{parameter.name} must be at least {limits.minimum:g}")
    if limits.maximum is not None and value > limits.maximum:
        raise ParameterInvalid(f"{parameter.name} must be at most {limits.maximum:g}")
    return int(value) if whole else float(value)


def _not_a_number(parameter: Parameter) -> ParameterInvalid:
    article = "an" if parameter.type == "integer" else "a"
    return ParameterInvalid(f"{parameter.name} must be {article} {parameter.type}")


def _is_whole(value: float) -> bool:
    """Whether JSON Schema counts it as an integer: 36, 36.0, 1e1."""
    return isinstance(value, int) or (value.is_integer() and abs(value) < _EXACT)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        # An integer that no float can hold.
        return False


def _text(parameter: Parameter, value: Any) -> str:
    limits = parameter.limits
    if not isinstance(value, str):
        raise ParameterInvalid(f"{parameter.name} must be a string")
    if limits.max_length is not None and len(value) > limits.max_length:
        raise ParameterInvalid(f"{parameter.name} must have at most {limits.max_length} characters")
    if not limits.choices:
        return value
    names = {choice: choice for choice in limits.choices} | dict(limits.aliases)
    for name, choice in names.items():
        if name.casefold() == value.casefold():
            return choice
    raise ParameterInvalid(f"{parameter.name} must be one of {', '.join(limits.choices)}")
