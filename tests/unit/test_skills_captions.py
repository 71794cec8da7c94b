"""What a caption has to be."""

import pytest

from services.skills.alt_refusals import REFUSED
from services.skills.captions import EMPTY, faults
from services.skills.file_names import NAMED


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "Null", "NULL.", "N/A", "n/a.", "None", "none.", "undefined", "Unknown",
        "UNKNOWN.", "(none)", "[unknown]", "<null>", "Not applicable", "Caption: N/A",
        'Caption: "null"', "Description:", "-", "—", "?", "Keine", "Unbekannt", "Aucune", "Inconnu",
        "Ninguno", "Desconocido", "Nessuno", "Sconosciuto", "Nenhum", "Desconhecido", "Geen",
        "Onbekend", "Brak", "Nieznany", "Неизвестно", "Н/Д", "无", "未知", "なし", "不明",
    ],
)  # fmt: skip
def test_words_for_nothing_are_none(text: str) -> None:
    assert faults(text, "IMG_1.png") == [EMPTY]


@pytest.mark.parametrize(
    ("text", "file_name"),
    [
        ("cat.jpg", "cat.jpg"),
        ("CAT.JPG", "cat.jpg"),
        ("cat", "cat.jpg"),
        ("Cat.", "cat.jpg"),
        ("my cat", "My cat.jpg"),
        ("my  cat", "My cat.jpg"),
        ("my-cat_2.tar.gz", "my-cat_2.tar.gz.png"),
        ("cafe\u0301", "caf\u00e9.png"),
        ("cat", "cat"),
        ("2024", "2024.png"),
        ("猫", "猫.png"),
        ("IMG_1234", ""),
        ("DSC_0042.JPG", "cat.jpg"),
        ("other-file.webp", "cat.jpg"),
        ("File name: cat.jpg", "cat.jpg"),
    ],
)
def test_the_name_of_a_file_is_none(text: str, file_name: str) -> None:
    assert faults(text, file_name) == [NAMED]


@pytest.mark.parametrize(
    "text",
    [
        "A cat.", "A cat on a mat.", "None of the chairs is occupied.", "Null Island on a map.",
        "An unknown soldier's grave.", "Unknown pleasures, a record on a table.",
        "Nothing but sea.",
        "A form with N/A in each field.", "An empty room.", "Decorative tiles on a wall.",
        "Two files, cat.jpg and dog.jpg, on a screen.", "cat on a mat", "Cats",
        "A screen with the file IMG_1234.jpg", "Keine Wolke am Himmel.", "Niemand am Strand.",
        "Brak chleba w sklepie.", "Неизвестный солдат.", "无人的街道", "不明な文字の看板",
        "♥", "5 °C",
    ],
)  # fmt: skip
def test_a_text_that_says_what_is_there_is_right(text: str) -> None:
    assert faults(text, "cat.jpg") == []


@pytest.mark.parametrize(
    ("text", "file_name", "is_right"),
    [
        ("Sunset over the lake", "Sunset over the lake.jpg", True),
        ("Cat.", "cat.jpg", True),
        ("猫", "猫.png", True),
        ("cat.jpg", "cat.jpg", False),
        ("my-cat_2", "my-cat_2.png", False),
        ("2024", "2024.png", False),
        ("N/A", "cat.jpg", False),
    ],
)
def test_plain_words_of_the_files_name_are_right_when_given_twice(
    text: str, file_name: str, is_right: bool
) -> None:
    assert faults(text, file_name) != []
    assert (faults(text, file_name, asked_twice=True) == []) is is_right


def test_a_refusal_is_none() -> None:
    assert faults("I'm sorry, I can't help with that.", "cat.jpg") == [REFUSED]
