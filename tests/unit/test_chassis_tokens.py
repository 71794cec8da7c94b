"""Access tokens: what is accepted, and what is not."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from services.chassis.errors import Unauthenticated
from services.chassis.token_form import looks_like_token
from services.chassis.tokens import CLOCK_SKEW, AccessTokens, Claims

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = SecretStr("an old secret of the tests, 0123456789"), SecretStr("a new one " * 4)
CLAIMS = Claims(
    user_id="0195-user",
    username="Zoë",
    role="user",
    permissions=("assets.read", "users.read"),
    version=3,
    session_id="0195-session",
    issue_time=MOMENT,
    expire_time=MOMENT + timedelta(minutes=15),
)


def tokens(*secrets: SecretStr, at: datetime = MOMENT) -> AccessTokens:
    return AccessTokens(secrets or (NEW,), clock=lambda: at)


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def forged(changes: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """A token signed with the real key that says something else; None leaves a claim out."""
    own = tokens()
    (key,) = own._keys.values()
    head, body, _ = own.signed(CLAIMS).split(".")
    given = decoded(body) | changes
    kept = {name: value for name, value in given.items() if value is not None}
    signed = f"{encoded(decoded(head) | (header or {}))}.{encoded(kept)}"
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def reason(token: str, by: AccessTokens | None = None) -> str:
    with pytest.raises(Unauthenticated) as refused:
        (by or tokens()).verified(token)
    assert token not in refused.value.message or not token
    return refused.value.reason


def test_what_was_signed_is_verified() -> None:
    token = tokens().signed(CLAIMS)

    assert tokens().verified(token) == CLAIMS
    assert tokens().verified(forged({})) == CLAIMS
    assert looks_like_token(token)
    assert len(token) < 600


def test_a_name_of_the_key_tells_nothing_of_it() -> None:
    header = decoded(tokens().signed(CLAIMS).split(".")[0])

    assert header.keys() == {"alg", "kid", "typ"}
    (key,) = tokens()._keys.values()
    assert header["kid"] not in (key.hex(), NEW.get_secret_value())
    assert len(header["kid"]) == 16


def test_the_first_secret_signs_and_all_verify() -> None:
    old_token, both = tokens(OLD).signed(CLAIMS), tokens(NEW, OLD)

    assert both.verified(old_token) == CLAIMS
    assert tokens(NEW).verified(both.signed(CLAIMS)) == CLAIMS
    assert reason(old_token, tokens(NEW)) == "AUTH_TOKEN_INVALID"
    assert reason(both.signed(CLAIMS), tokens(OLD)) == "AUTH_TOKEN_INVALID"


def test_no_secret_is_no_key() -> None:
    with pytest.raises(ValueError, match="at least one"):
        AccessTokens(())


@pytest.mark.parametrize(
    ("after", "is_accepted"),
    [
        (-CLOCK_SKEW, True),
        (-CLOCK_SKEW - timedelta(seconds=1), False),
        (timedelta(minutes=15), True),
        (timedelta(minutes=15) + CLOCK_SKEW - timedelta(microseconds=1), True),
    ],
)
def test_clocks_may_be_a_little_apart(after: timedelta, is_accepted: bool) -> None:
    token, later = tokens().signed(CLAIMS), tokens(at=MOMENT + after)

    if is_accepted:
        assert later.verified(token) == CLAIMS
    else:
        assert reason(token, later) == "AUTH_TOKEN_INVALID"


def test_an_expired_token_says_so_unless_it_is_forged() -> None:
    late = tokens(at=CLAIMS.expire_time + CLOCK_SKEW)
    token = tokens().signed(CLAIMS)

    assert reason(token, late) == "AUTH_TOKEN_EXPIRED"
    assert reason(tokens(OLD).signed(CLAIMS), late) == "AUTH_TOKEN_INVALID"
    assert reason(token[:-4] + "AAAA", late) == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize("claim", ["sub", "name", "role", "perms", "ver", "sid", "iat", "exp"])
@pytest.mark.parametrize("value", [None, {}, ["a", 1], True, 1e400])
def test_each_claim_is_needed_and_has_its_type(claim: str, value: Any) -> None:
    assert reason(forged({claim: value})) == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize("claim", ["iat", "exp"])
@pytest.mark.parametrize("value", [10**30, -(10**30), 2**62])
def test_a_time_that_is_none_is_refused(claim: str, value: int) -> None:
    assert reason(forged({claim: value})) == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize("value", [None, "another", ["nekohub"], ""])
@pytest.mark.parametrize("claim", ["iss", "aud"])
def test_it_is_by_us_and_for_us(claim: str, value: Any) -> None:
    assert reason(forged({claim: value})) == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}, {"alg": None}, {"kid": "another"},
        {"kid": None}, {"kid": ["a"]}, {"kid": 1}, {"crit": ["b64"], "b64": False},
    ],
)  # fmt: skip
def test_another_header_is_refused(header: dict[str, Any]) -> None:
    assert reason(forged({}, header)) == "AUTH_TOKEN_INVALID"


def test_an_unsigned_token_is_refused() -> None:
    head, body, _ = tokens().signed(CLAIMS).split(".")
    unsigned = encoded(decoded(head) | {"alg": "none"})

    assert reason(f"{unsigned}.{body}.") == "AUTH_TOKEN_INVALID"
    assert reason(f"{head}.{body}.") == "AUTH_TOKEN_INVALID"


def test_other_content_is_refused() -> None:
    head, body, signature = tokens().signed(CLAIMS).split(".")
    other = encoded(decoded(body) | {"role": "superAdmin"})

    assert reason(f"{head}.{other}.{signature}") == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "eyJ.eyJ.eyJ", "e30.e30.e30", "ä.b.c", "eyJ" * 5000, "\ud800"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    assert reason(text) == "AUTH_TOKEN_INVALID"


def test_a_deep_header_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=").decode()

    assert reason(f"{deep}.e30.AA") == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("eyJhbGci.eyJ.x-_", True), ("eyJ..", True), ("eyJa.b", False), ("eyJa.b.c.d", False),
        ("xeyJ.a.b", False), ("eyJa.b.c=", False), ("eyJa.b.c\n", False), ("", False),
    ],
)  # fmt: skip
def test_the_form_tells_it_from_an_api_key(text: str, is_one: bool) -> None:
    assert looks_like_token(text) is is_one


def test_the_longest_token_fits() -> None:
    every = tuple(f"aiProviders.permission{number}" for number in range(15))
    claims = replace(CLAIMS, username="😀" * 64, permissions=every)

    assert tokens().verified(tokens().signed(claims)) == claims
