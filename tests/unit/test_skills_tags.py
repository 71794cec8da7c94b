"""What is kept of lists of words that a model gives."""

import pytest

from services.skills.tags import tags_of, words_of


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["cat", "cat"], ["cat"]),
        (["Cat", "cat", "CAT "], ["Cat"]),
        (["dog", "cat", "dog", "bird"], ["dog", "cat", "bird"]),
        (["Straße", "STRASSE"], ["Straße"]),
        (["caf\u00e9", "cafe\u0301"], ["caf\u00e9"]),
        ([" cat ", "black\t\n cat", "black cat"], ["cat", "black cat"]),
        (["\u3000猫\u3000", "猫", "\ufeffcat\u200b"], ["猫", "cat"]),
        (["", " ", "\u200b", '""', "“ ”", "-", "—", "...", "?", "()", "#"], []),
        (["null", "None", "N/A", "n.a.", "undefined", "Unknown", "(none)", '"null"', "none."], []),
        (["keine", "unbekannt", "aucun", "inconnu", "ninguno", "desconocido", "nessuno"], []),
        (["nenhum", "desconhecido", "geen", "onbekend", "brak", "nieznany", "неизвестно"], []),
        (["无", "未知", "なし", "不明"], []),
        (["`cat`", '"cat"', "**cat**", "- cat", "«cat»"], ["cat"]),
    ],
)
def test_words_are_kept_once_and_in_their_order(given: list[str], kept: list[str]) -> None:
    assert words_of(given) == tags_of(given) == kept
    assert words_of(kept) == tags_of(kept) == kept


@pytest.mark.parametrize(
    "tag", ["#cat", "##cat", "# cat", "＃cat", ' #cat ', '"#cat"', '#"cat"', "`#cat`", "cat"]
)  # fmt: skip
def test_a_tag_is_the_word_of_a_hashtag(tag: str) -> None:
    assert tags_of(["cat", tag]) == ["cat"]


@pytest.mark.parametrize(
    "word",
    [
        "#1", "#1 fan", "##7", "C#", "C++", "F♯", "AT&T", '"Garfield" fan', '12" record', "'90s",
        "rock 'n' roll", "Dr. Who", "U.S.", "🐱", "♥", "5 °C", "+", "$", "№ 5", "猫", "空",
        "decorative", "decoration", "empty", "blank", "nothing", "Nil", "zero", "unknown soldier",
        "none of the above", "NaN bread", "null island", "keine Katze", "leer", "Desconocidos",
        "x" * 4000, "a " * 500 + "b",
    ],
)  # fmt: skip
def test_a_word_that_says_something_is_kept_whole(word: str) -> None:
    assert words_of([word]) == tags_of([word]) == [word]


def test_a_colour_of_digits_keeps_its_sign() -> None:
    assert words_of(["#ffffff", "#FFFFFF", "#fff", "red"]) == ["#ffffff", "#fff", "red"]
