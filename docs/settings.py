"""Every setting: its variable, its default and what it means."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from services.setting_values import Switch
from services.settings import Settings

PREFIX = "NEKOHUB_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table."""

    variable: str
    default: str
    """"" when there is none."""
    meaning: str


def all_settings() -> list[Setting]:
    """Every setting in the order of the code. Raises LookupError for one without a docstring."""
    meanings = dict(_docstrings())
    found = []
    for name, field in Settings.model_fields.items():
        if name not in meanings:
            raise LookupError(f"services/settings.py: {name} has no docstring")
        found.append(Setting(_variable(name, field), _default(field), meanings[name]))
    return found


def _docstrings() -> Iterator[tuple[str, str]]:
    """The fields' names with the strings that follow them."""
    tree = ast.parse(inspect.getsource(Settings)).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - it is a class's source
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            yield field.target.id, " ".join(str(after.value.value).split())


def _variable(name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, AliasChoices):
        aliases = map(str, field.validation_alias.choices)
        return next(alias for alias in aliases if alias.startswith(PREFIX))
    return PREFIX + name.upper()


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if isinstance(value, bool):
        on, off = ("on", "off") if _is_switch(field) else ("true", "false")
        return on if value else off
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if value is None or isinstance(value, SecretStr):
        return ""
    return str(value)


def _is_switch(field: FieldInfo) -> bool:
    return any(mark in field.metadata for mark in Switch.__metadata__)  # type: ignore[attr-defined]
