"""That the chaos test finds what it looks for."""

import signal
from itertools import count

import pytest

from tests.chaos import bound
from tests.chaos.journal import Call, Journal, Outcome, Step
from tests.chaos.moments import Moments
from tests.chaos.struck import Struck

STEP = Step("execution", "caption")
ANSWERED, CUT, REFUSED = Outcome.ANSWERED, Outcome.CUT, Outcome.REFUSED


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """A journal whose every note is ten seconds after the last one, from 10 on."""
    moments = count(10.0, 10.0)
    monkeypatch.setattr("time.time", lambda: next(moments))
    return Journal(Moments())


def asked(journal: Journal, *outcomes: Outcome) -> list[Call]:
    """Calls of one step that arrive at 10, 30, 50, … and end ten seconds later."""
    for outcome in outcomes:
        journal.end(journal.arrive("execution.0123", "caption"), outcome)
    return journal.calls


def blow(at: float, victim: str = "worker-1", number: signal.Signals = signal.SIGKILL) -> Struck:
    return Struck(at, victim, number)


@pytest.mark.parametrize(
    ("struck", "is_fine"),
    [
        ([blow(15)], True),
        ([blow(25)], True),
        ([blow(15, "providers")], True),
        ([], False),
        ([blow(5)], False),
        ([blow(35)], False),
        ([blow(15, "gateway"), blow(25, "assets")], False),
    ],
)
def test_a_step_asks_again_after_a_blow_only(
    journal: Journal, struck: list[Struck], is_fine: bool
) -> None:
    asked(journal, ANSWERED, ANSWERED)
    assert (bound.unexcused(journal, struck, {STEP: 60.0}) == []) is is_fine


def test_what_was_refused_is_asked_again_without_a_reason(journal: Journal) -> None:
    asked(journal, REFUSED, REFUSED, ANSWERED)
    assert bound.unexcused(journal, [], {STEP: 70.0}) == []
    assert sum(map(len, journal.by_step().values())) == 1


def test_a_step_that_has_ended_is_not_asked_for_again(journal: Journal) -> None:
    asked(journal, ANSWERED, ANSWERED)
    assert len(bound.unexcused(journal, [blow(25)], {STEP: 22.0})) == 1
    woken = [blow(25), blow(29, number=signal.SIGCONT)]
    assert bound.unexcused(journal, woken, {STEP: 22.0}) == []


def test_in_flight_is_what_a_blow_fell_upon(journal: Journal) -> None:
    asked(journal, CUT, ANSWERED)
    assert bound.in_flight(journal, [], {STEP: 45.0}) == 0
    assert bound.in_flight(journal, [blow(15)], {STEP: 45.0}) == 1
    assert bound.in_flight(journal, [blow(15), blow(16)], {STEP: 45.0}) == 1
    assert bound.in_flight(journal, [blow(15), blow(42)], {STEP: 45.0}) == 2
    assert bound.in_flight(journal, [blow(47), blow(15, "gateway")], {STEP: 45.0}) == 0


def test_a_takeover_is_timed_when_nothing_else_can_be_the_reason(journal: Journal) -> None:
    asked(journal, CUT, ANSWERED)
    assert bound.takeovers(journal, [blow(24)]) == {blow(24): 6.0}
    assert bound.takeovers(journal, [blow(24), blow(26, "providers")]) == {}
    assert bound.takeovers(journal, [blow(24), blow(26, "assets")]) == {}
    assert bound.takeovers(journal, [blow(24, "providers")]) == {}
