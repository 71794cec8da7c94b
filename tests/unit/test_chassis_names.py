"""Which names can be seen, and which look the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.accounts.model import checked_username
from services.chassis.errors import InvalidArgument
from services.chassis.names import composed, fault, fold, hidden
from services.providers.model import ProfileInput
from services.providers.model import checked as checked_profile
from services.skills.workflow import WorkflowInput
from services.skills.workflow import checked as checked_workflow

UNSEEN = (
    "\u200c\u200d\u034f\u115f\u1160\u17b4\u180b\u180f\u2800\u3164\ufe00\ufe0f\uffa0"
    "\U000e0100\U000e01ef"
)
HIDDEN = "\x7f\u200b\u202e\u2028\u2029\ufeff\ue000\ud800\u0378\U000e0001"

ALIKE = [
    ("Straße", "STRASSE"),
    ("Café", "cafe\u0301"),
    ("ＡＢ", "ab"),
    ("¹", "1"),
    *((f"a{each}b", "ab") for each in UNSEEN),
    *((f"e{each}\u0301", "É") for each in UNSEEN),
]
APART = [("a", "á"), ("ab", "a b"), ("o", "0"), ("a", "а")]


def _profile(name: str) -> str:
    given = ProfileInput(name=name, api_base_url="local://", model_name="m")
    return checked_profile(given).name


def _workflow(name: str) -> str:
    return checked_workflow(WorkflowInput(name, None, None, '{"nodes": []}')).name


KINDS = pytest.mark.parametrize("kept", [checked_username, _workflow, _profile])


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_looks_the_same_folds_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert fold(fold(one)) == fold(one)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_looks_otherwise_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@KINDS
def test_a_name_can_be_seen(kept: Callable[[str], str]) -> None:
    for name in ("", " \t", *UNSEEN, UNSEEN, f"{UNSEEN[5]} {UNSEEN[6]}", *HIDDEN, HIDDEN):
        with pytest.raises(InvalidArgument, match=r"is required|is not accepted"):
            kept(name)
    for each in HIDDEN:
        with pytest.raises(InvalidArgument):
            kept(f"a{each}b")


@KINDS
def test_a_name_may_have_what_emoji_and_scripts_need(kept: Callable[[str], str]) -> None:
    for name in (
        *("\u2764\ufe0f", "葛\U000e0100", "ᠠ\u180b", "a"),
        *("👨\u200d👩\u200d👧 family", "نامه\u200cها", "क्\u200dष", "\U0001fae8 shaky"),
    ):
        assert kept(f" {name}\n") == name


@KINDS
def test_a_name_has_its_accents_in_one_form(kept: Callable[[str], str]) -> None:
    assert kept("Cafe\u0301") == kept("Caf\u00e9") == "Caf\u00e9"


@pytest.mark.parametrize("saved", ["\u200b", "a\u202eb", "\u3164"])
def test_a_name_of_before_is_kept(saved: str) -> None:
    graph = '{"nodes": []}'
    assert checked_workflow(WorkflowInput(saved, None, None, graph), saved).name == saved
    with pytest.raises(InvalidArgument):
        checked_workflow(WorkflowInput(f"{saved}\u200b", None, None, graph), saved)
    profile = ProfileInput(name="a", api_base_url="local://")
    before = replace(checked_profile(profile), name=saved)
    assert checked_profile(replace(profile, name=saved), before).name == saved


def test_a_fault_names_the_character() -> None:
    assert fault("a") is None
    assert fault("a\u200bb\u202e") == (
        "name 'a\\u200bb\\u202e' is not accepted: U+200B is a control character or invisible; "
        "leave it out"
    )
    assert hidden("a\u200bb\u202e") == "\u200b\u202e"
    assert fault("\u3164\u200b") == "name is required and must not be blank"


def test_what_is_too_long_is_not_composed() -> None:
    accents = "e\u0301"
    assert composed(f" {accents * 5}\n", 5) == "é" * 5
    assert composed(accents * 11, 5) == accents * 11
