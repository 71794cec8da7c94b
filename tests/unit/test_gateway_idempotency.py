"""The id that a request with an Idempotency-Key has, and the header of its repeats."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gateway.auth import Principal
from gateway.idempotency import marked, request_id
from gateway.json import data
from services.chassis.errors import InvalidArgument


def request(
    *keys: str, principal: str = "api-key:1", route: str = "POST /api/v1/assets"
) -> Request:
    headers = [(b"idempotency-key", key.encode()) for key in keys]
    made = Request({"type": "http", "headers": headers})
    made.state.principal = Principal(principal, frozenset(), "", "")
    made.state.route = route
    return made


def test_without_a_key_there_is_no_id() -> None:
    assert request_id(request()) == ""


def test_equal_requests_have_one_id_that_fits() -> None:
    made = request_id(request("a key"))
    assert made == request_id(request("a key"))
    assert len(made) == 64


def test_another_caller_route_or_key_is_another_id() -> None:
    made = {
        request_id(each)
        for each in (
            request("key"),
            request("Key"),
            request("key", principal="api-key:2"),
            request("key", route="POST /api/v1/system/ai/providers"),
            # What is no part of the one must not pass for a part of the other.
            request('key","b', principal="a"),
            request("b", principal='a","POST /api/v1/assets","key'),
            request("c d", route="POST /a b"),
            request("b c d", route="POST /a"),
        )
    }
    assert len(made) == 8


@pytest.mark.parametrize("keys", [("",), ("a" * 256,), ("a\tb",), ("é",), ("a\x7f",), ("a", "a")])
def test_what_is_no_key_is_refused_and_named(keys: tuple[str, ...]) -> None:
    with pytest.raises(InvalidArgument, match="'Idempotency-Key'") as refused:
        request_id(request(*keys))
    assert refused.value.reason == "REQUEST_INVALID"


def test_the_longest_key_is_taken() -> None:
    assert request_id(request("~" * 255))


def test_only_a_repeat_is_marked() -> None:
    assert "idempotent-replayed" not in marked(data({}), False).headers
    assert marked(data({}), True).headers["Idempotent-Replayed"] == "true"
