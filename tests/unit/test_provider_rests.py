"""Whom to ask first."""

from dataclasses import replace

from services.chassis.clock import now
from services.providers.base_url import BaseUrl
from services.providers.model import Profile, ProfileFields
from services.providers.rests import REST_SECONDS, Rests
from services.providers.retry import RetryPolicy


def profile(name: str) -> Profile:
    fields = ProfileFields(name, BaseUrl.parse("https://a.example/v1"), "m-1", None)
    return Profile(name, fields, "sealed", "sk-***", name == "a", now(), now())


A, B, C = profile("a"), profile("b"), profile("c")


class Clock:
    """A time that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def order(rests: Rests, *chain: Profile) -> str:
    """The names; those of the last hopes in capitals."""
    asked = rests.order(chain)
    return "".join(each.id.upper() if is_last else each.id for each, is_last in asked)


def test_the_last_one_is_the_last_hope() -> None:
    rests = Rests()
    assert order(rests, A) == "A"
    assert order(rests, A, B, C) == "abC"


def test_who_could_not_be_reached_comes_last_for_a_while() -> None:
    clock = Clock()
    rests = Rests(clock)

    rests.begin(A)
    assert order(rests, A, B, C) == "bCA"
    rests.begin(C)
    assert order(rests, A, B, C) == "BAC"
    clock.seconds = REST_SECONDS
    assert order(rests, A, B, C) == "abC"


def test_when_all_rest_all_are_asked_as_ever() -> None:
    rests = Rests()
    for each in (A, B):
        rests.begin(each)
    assert order(rests, A, B) == "aB"


def test_after_the_rest_one_question_tries_it_for_all() -> None:
    clock = Clock()
    rests = Rests(clock)
    rests.begin(A)
    clock.seconds = REST_SECONDS

    rests.asked(A)
    assert order(rests, A, B) == "BA"
    rests.end(A)
    assert order(rests, A, B) == "aB"
    rests.asked(A)
    assert order(rests, A, B) == "aB"


def test_a_changed_profile_has_no_rest() -> None:
    rests = Rests()
    rests.begin(A)
    changed = replace(A, sealed_api_key="another")
    assert order(rests, changed, B) == "aB"
    # Nor do the others let it be once it is asked.
    rests.asked(changed)
    assert order(rests, changed, B) == "aB"


def test_haste_shortens_what_is_longer_and_nothing_else() -> None:
    assert RetryPolicy().hastier() == RetryPolicy(
        attempts=3, longest_wait=10.0, total=30.0, attempt_seconds=60.0
    )
    quick = RetryPolicy(attempts=2, longest_wait=1.0, total=2.0, attempt_seconds=3.0)
    assert quick.hastier() == quick
