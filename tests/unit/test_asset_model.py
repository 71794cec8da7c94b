"""Names, texts and keys."""

from datetime import UTC, datetime

import pytest

from services.assets import file_name
from services.assets.model import (
    RENDITIONS,
    Text,
    TextField,
    TextSource,
    checked_payload,
    declared_type,
    original_key,
    person_text,
    rendition_key,
    search_text,
    uploaded_text,
)
from services.chassis.errors import InvalidArgument
from services.skills.steps.renditions import WIDTHS

ID = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("cat.png", "cat.png"),
        ("  cat.png ", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("pictures/", "pictures"),
        ("a\r\nb\x00c\x1b.png", "abc.png"),
        ("gpj.\u202eexe.png", "gpj.exe.png"),
        ("\u2066a\u2069\u200f\u061c.png", "a.png"),
        ("e\u0301te\u0301.png", "\u00e9t\u00e9.png"),
        ("👩\u200d💻.png", "👩\u200d💻.png"),
        ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.png",) * 2,
        ("a\u200bb\u2060c\u00add\ufeffe\U000e0041\u180e.png", "abcde.png"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),
        (".hidden", ".hidden"),
        ("...", "..."),
        ("a" * 300 + ".png", "a" * 251 + ".png"),
        ("ä" * 200 + ".png", "ä" * 125 + ".png"),
        ("a" * 300, "a" * 255),
        ("x." + "y" * 300, "x." + "y" * 253),
        ("", ""),
        (".", ""),
        ("..", ""),
        (" / ", ""),
        ("../..", ""),
        ("\x00\u202e", ""),
        ("\u200b", ""),
        ("\u200d\u200c \ufe0f", ""),
        ("\u3164\u115f\u2800", ""),
        ("a/\u200d", "a"),
    ],
)
def test_file_names_are_cleaned(given: str, kept: str) -> None:
    assert file_name.cleaned(given) == kept
    assert len(kept.encode()) <= 255


def test_an_upload_without_usable_name_gets_one() -> None:
    assert file_name.uploaded("..", "image/png") == "upload.png"
    assert file_name.uploaded("cat.gif", "image/png") == "cat.gif"


def test_a_name_that_cannot_be_used_is_no_change() -> None:
    assert file_name.changed("a/b.png") == "b.png"
    with pytest.raises(InvalidArgument) as refusal:
        file_name.changed("///")
    assert refusal.value.reason == "ASSET_FILENAME_INVALID"


@pytest.mark.parametrize(
    ("declared", "plain"),
    [
        ("image/png", "image/png"),
        (" IMAGE/PNG; charset=binary", "image/png"),
        ("image/jpg", "image/jpeg"),
        ("", ""),
    ],
)
def test_a_declared_type_is_put_in_its_usual_spelling(declared: str, plain: str) -> None:
    assert declared_type(declared) == plain


def test_keys_are_dated_and_renditions_carry_their_hash() -> None:
    key = original_key(ID, datetime(2026, 4, 8, tzinfo=UTC), "image/png")
    assert key == f"2026/04/08/{ID}.png"
    assert rendition_key(key, "w320", "0123456789abcdef" * 4, "unique", "image/webp") == (
        f"2026/04/08/{ID}/w320-0123456789abcdef-unique.webp"
    )
    assert file_name.of_rendition("cat.png", "w320", "image/webp") == "cat-w320.webp"


@pytest.mark.parametrize("field", ["description", "alt_text"])
def test_texts_have_a_limit(field: TextField) -> None:
    assert person_text("ä" * 1000, field) == Text("ä" * 1000, TextSource.PERSON)
    with pytest.raises(InvalidArgument) as refusal:
        person_text("ä" * 1001, field)
    assert refusal.value.reason == f"ASSET_{field.upper()}_TOO_LONG"
    assert "1001" in refusal.value.message


def test_a_text_has_no_nul() -> None:
    assert person_text("a\0b", "description").value == "ab"


def test_a_blank_text_of_an_upload_is_none() -> None:
    assert uploaded_text(" ", "description") == Text()
    assert uploaded_text(None, "description") == Text()
    assert uploaded_text("A cat.", "description") == Text("A cat.", TextSource.PERSON)


def test_a_model_never_replaces_what_a_person_wrote_or_cleared() -> None:
    written = Text("A person's.", TextSource.PERSON)
    cleared = Text(None, TextSource.PERSON)
    assert written.offered("A model's.") == written
    assert cleared.offered("A model's.") == cleared


def test_a_model_replaces_nothing_and_what_a_model_wrote() -> None:
    first = Text().offered(" A cat. ")
    assert first == Text("A cat.", TextSource.MODEL)
    assert first.offered("Two cats.") == Text("Two cats.", TextSource.MODEL)
    assert first.offered(None) == first
    assert first.offered(" \0 ") == first
    assert len(Text().offered("x" * 5000).value or "") == 1000


def test_an_empty_text_is_taken_where_it_says_something() -> None:
    decorative = Text("", TextSource.MODEL)
    first = Text("A cat.", TextSource.MODEL)
    assert Text().offered("", may_be_empty=True) == decorative
    assert first.offered("", may_be_empty=True) == decorative
    assert first.offered("") == first
    assert first.offered(" ", may_be_empty=True) == first
    assert first.offered(None, may_be_empty=True) == first
    assert decorative.offered("A cat.") == first
    for theirs in (Text("A person's.", TextSource.PERSON), Text(None, TextSource.PERSON)):
        assert theirs.offered("", may_be_empty=True) == theirs


def test_a_search_sees_all_texts_in_any_case() -> None:
    text = search_text(
        "STRASSE.png",
        "E\u0301clair",
        None,
        ['{"tags": ["Böhmen", {"deep": "TEA\\u0000POT"}], "count": 3, "name": null}'],
    )
    assert text == "strasse.png\n\u00e9clair\nböhmen\nteapot"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("caption", "[]"),
        ("caption", "{"),
        ("caption", '"x"'),
        ("caption", "[" * 100_000),
        ("caption", '{"x": "' + "y" * 256 * 1024 + '"}'),
        ("caption", '{"a": NaN}'),
        ("caption", '{"a": "\\ud800"}'),
        ("no/name", "{}"),
        ("", "{}"),
        ("x" * 65, "{}"),
    ],
)
def test_a_result_is_a_json_object_with_a_name(kind: str, payload: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        checked_payload(kind, payload)
    assert refusal.value.reason == "RESULT_INVALID"


def test_a_good_result_is_kept_as_it_is() -> None:
    assert checked_payload("alt-text", '{ "a": 1 }') == '{ "a": 1 }'


def test_the_renditions_of_lists_are_those_that_the_step_makes() -> None:
    assert tuple(f"w{width}" for width in WIDTHS) == RENDITIONS
