"""One row of the route table: what is asked, what is answered, who may.

A handler's signature is part of the row: its `body` is the model that a request's JSON is checked
against, and `Data[…]` is what it answers. So what validates and what OpenAPI says are one thing.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Union, get_args, get_origin, get_type_hints

from starlette.responses import Response

from gateway.form import Field
from gateway.json import Body, Data, Texts
from gateway.query import Parameter
from gateway.session import SAFE_METHODS

Handler = Callable[..., Awaitable[Response]]
"""`(gateway, request)` or `(gateway, request, body)`; its docstring is the summary."""

_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Header:
    """A header of answers."""

    name: str
    description: str
    statuses: tuple[int, ...]
    """Of the answers that have it."""
    required: bool = True
    """Whether all of these have it."""


@dataclass(frozen=True)
class Endpoint:
    """One row of the route table."""

    method: str
    path: str
    """In Starlette's notation."""
    handler: Handler
    permission: str | None
    """What the caller must be allowed; None asks for none."""
    errors: tuple[str, ...] = ()
    """What it may refuse beside what every route may, as "404 asset_not_found"."""
    statuses: tuple[int, ...] = (200,)
    """Of its successes, one for each type that the handler answers; all are of its only type."""
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    """What the request's headers may say, beside what every route is told."""
    answer_headers: tuple[Header, ...] = ()
    """What the answers' headers say, beside what every answer of a status does."""
    form: tuple[Field, ...] = ()
    """Fields of a multipart body."""
    media: str = "application/json"
    """Content type of its successes."""
    tells_head: bool = False
    """Whether OpenAPI names its HEAD too, which every GET has."""
    signed_in: bool = False
    """Whether it is for users who have signed in, and for no API key."""

    @property
    def head(self) -> Endpoint:
        """Its HEAD, to which parts mean nothing."""
        return replace(
            self,
            method="HEAD",
            statuses=tuple(each for each in self.statuses if each != 206),
            errors=tuple(each for each in self.errors if not each.startswith("416 ")),
            headers=tuple(each for each in self.headers if not each.name.endswith("Range")),
        )

    @property
    def is_safe(self) -> bool:
        """Whether it changes nothing, so that a session's cookie needs no header beside it."""
        return self.method in SAFE_METHODS

    @property
    def is_open(self) -> bool:
        """Whether anybody may, unknown as they are."""
        return self.permission is None and not self.signed_in

    @property
    def route(self) -> str:
        """Method and path, for example "GET /api/v1/assets/{id}"."""
        return f"{self.method} {self.path}"

    @property
    def places(self) -> list[str]:
        """Names of what the path leaves open."""
        return _PLACE.findall(self.path)

    @property
    def takes_idempotency_key(self) -> bool:
        """Whether an equal request with the same key has its effect once."""
        may_repeat = self.permission is not None and not self.path.endswith("/test")
        return self.method == "POST" and may_repeat

    @cached_property
    def body(self) -> type[Body | Texts] | None:
        """The model of the request's JSON; None if it takes none."""
        found = self._hints.get("body")
        return found if isinstance(found, type) and issubclass(found, Body | Texts) else None

    @cached_property
    def body_is_optional(self) -> bool:
        """Whether no body means no fields."""
        parameter = inspect.signature(self.handler).parameters.get("body")
        return parameter is not None and parameter.default is not inspect.Parameter.empty

    @cached_property
    def answers(self) -> dict[int, Any]:
        """The shape of each success's `data` by its status; None where it is no JSON of ours."""
        answered = self._hints["return"]
        kinds = get_args(answered) if get_origin(answered) is Union else (answered,)
        shapes = [get_args(kind)[0] if get_origin(kind) is Data else None for kind in kinds]
        if len(shapes) == 1:
            return dict.fromkeys(self.statuses, shapes[0])
        return dict(zip(self.statuses, shapes, strict=True))

    @property
    def summary(self) -> str:
        """What it does, the first line of the handler's docstring."""
        return inspect.getdoc(self.handler).partition("\n")[0]  # type: ignore[union-attr]

    @property
    def description(self) -> str:
        """What else is to know."""
        return inspect.getdoc(self.handler).partition("\n")[2].strip()  # type: ignore[union-attr]

    @cached_property
    def _hints(self) -> dict[str, Any]:
        hints = get_type_hints(self.handler)
        union = hints["return"]
        # `X | Y` and Union[X, Y] are two types until Python 3.14.
        if get_args(union) and get_origin(union) is not Data:
            hints["return"] = Union[get_args(union)]  # noqa: UP007
        return hints
