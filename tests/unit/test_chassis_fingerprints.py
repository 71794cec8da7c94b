"""Requests that are known again by their content."""

import pytest
from pydantic import SecretStr

from services.chassis.errors import InvalidArgument
from services.chassis.fingerprints import Fingerprints
from services.chassis.requests import Claim

FIRST = SecretStr("first secret of more than 32 characters")
SECOND = SecretStr("second secret of more than 32 characters")


def claim(*secrets: SecretStr, content: bytes = b"sk-planted", purpose: bytes = b"tests") -> Claim:
    made = Fingerprints(secrets, purpose).claim("a", content)
    assert made is not None
    return made


def test_a_fingerprint_is_of_content_secret_and_purpose() -> None:
    made = claim(FIRST)

    assert len(made.fingerprint) == 64
    assert claim(FIRST) == made
    others = (
        claim(FIRST, content=b"sk-other"),
        claim(SECOND),
        claim(FIRST, purpose=b"others"),
    )
    assert not any(made.is_of(other.fingerprint) for other in others)


def test_a_request_is_known_again_before_during_and_after_a_rotation() -> None:
    before, during, after = claim(FIRST), claim(SECOND, FIRST), claim(SECOND)

    assert during.is_of(before.fingerprint)
    assert after.is_of(during.fingerprint)
    assert not after.is_of(before.fingerprint)


def test_a_request_without_an_id_need_not_be_known_again() -> None:
    assert Fingerprints([FIRST], b"tests").claim("", b"content") is None


@pytest.mark.parametrize("request_id", ["x" * 65, "a\0b"])
def test_what_cannot_be_an_id_is_refused(request_id: str) -> None:
    with pytest.raises(InvalidArgument, match="0 to 64 characters"):
        Fingerprints([FIRST], b"tests").claim(request_id, b"content")
