"""What an alt text has to be, and what can be mended of one that is not."""

import pytest

from services.skills.alt_text import CHARACTERS, faults, keeps_enough, mended

FILE = "IMG_1234.jpg"
LONG = "it has {} characters, of 150 at most"
LINES = "it has line breaks"
PICTURE = 'it says that it is a picture, with words such as "image of"'
NAME = "it is the name of a file"
BROKEN = "it breaks off before its end"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tabby cat on a wooden floor.",
        "Cat",
        "x" * CHARACTERS,
        "Landscape picture in brown and grey, of medium brightness.",
        "Pictures of cats on a wall",
        "Photographer holding a camera",
        "Screenshot of an inbox",
        "Painting of a ship in a storm",
        "Bilderrahmen an einer Wand",
        "Fotografin mit Kamera",
        "Imagine all the people",
        "Imagens na parede",
        "Fotografía antigua sobre la mesa",
        "Фотограф с камерой",
        "Фото на стене",
        "照片墙上挂着猫",
        "床で寝ている猫",
        "İstanbul'da bir kedi",
        "Kot na podłodze",
        "A sign that says “Wait”",
        "3:00 on a station clock",
        # Pictures that are shown in the picture.
        "Woman holding photo of a child",
        "A man taking picture of the Eiffel Tower",
        "Tourist taking photo of a sunset",
        "Camera displays picture of a dog",
        "A wall picture shows mountains above a sofa",
        "Ein gerahmtes Foto von Berlin an der Wand",
        "Bild mit goldenem Rahmen an der Wand",
        "Картинка висит на стене",
        "Фото справа от окна",
        "写真に囲まれた猫",
        "写真は壁に掛かっている",
        "照片展示在墙上",
    ],
)
def test_a_text_that_stands_for_its_picture_is_right(text: str) -> None:
    assert faults(text, FILE) == []
    assert mended(text) == text


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Image of a cat", "A cat"),
        ("IMAGE OF A CAT", "A CAT"),
        ("a picture of two dogs on grass", "Two dogs on grass"),
        ("The photo shows a red door", "A red door"),
        ("This is a black-and-white photograph of a bridge", "A bridge"),
        ("A black and white photo of a bridge", "A bridge"),
        ("An old, blurry photo of a bridge", "A bridge"),
        ("Aerial stock photo of a bridge", "A bridge"),
        ("Schwarz-weißes Foto von Berlin", "Berlin"),
        ("Photo: a cat", "A cat"),
        ("Alt text: a cat", "A cat"),
        ("Graphic showing sales by year", "Sales by year"),
        ("Image of a photo of a cat", "A cat"),
        ("Bild von Berlin", "Berlin"),
        ("Das Foto zeigt zwei Hunde", "Zwei Hunde"),
        ("Auf dem Bild ist eine Katze", "Eine Katze"),
        ("Foto einer Katze", "Katze"),
        ("Photo d'un chat", "Un chat"),
        ("Photo d’un chat", "Un chat"),
        ("Image de Paris", "Paris"),
        ("L'image montre un chat", "Un chat"),
        ("Imagen de un gato", "Un gato"),
        ("Foto del mar", "Mar"),
        ("Immagine di un gatto", "Un gatto"),
        ("Un'immagine dell'arco", "Arco"),
        ("Imagem de um gato", "Um gato"),
        ("A foto mostra um gato", "Um gato"),
        ("Afbeelding van een kat", "Een kat"),
        ("Zdjęcie przedstawiające kota", "Kota"),
        ("На фото изображён кот", "Кот"),
        ("Изображение кота", "Кота"),
        ("Фото двух котов", "Двух котов"),
        ("Фото: кот", "Кот"),
        ("この写真は猫です", "猫です"),
        ("写真に写る猫", "写る猫"),
        ("床で寝ている猫の画像", "床で寝ている猫"),
        ("この写真には猫がいます", "猫がいます"),
        ("一张猫的图片", "猫"),
        ("图片显示一只猫", "一只猫"),
        ("照片中一只猫", "一只猫"),
    ],
)
def test_that_it_is_a_picture_is_not_said(text: str, better: str) -> None:
    assert faults(text, FILE) == [PICTURE]
    assert mended(text) == better
    assert faults(better, FILE) == []


@pytest.mark.parametrize(
    ("text", "file_name", "is_one"),
    [
        ("IMG_1234.jpg", FILE, True),
        ("img_1234.JPG", FILE, True),
        ("IMG_1234", FILE, True),
        ("IMG_1234.", FILE, True),
        ("another-file.webp", FILE, True),
        ("my cat.jpg", "My cat.jpg", True),
        ("my-cat", "my-cat.png", True),
        # Words that are a file's name as well.
        ("My cat", "My cat.jpg", False),
        ("Cat", "cat.jpg", False),
        ("IMG_1234 on a screen", FILE, False),
        ("A cat", "", False),
    ],
)
def test_the_file_s_name_is_no_alt_text(text: str, file_name: str, is_one: bool) -> None:
    assert faults(text, file_name) == ([NAME] if is_one else [])


@pytest.mark.parametrize("text", ["Image", "a photo", "Bild.", "写真", "IMG_1234.jpg"])
def test_what_says_nothing_cannot_be_mended(text: str) -> None:
    assert faults(mended(text), FILE)


@pytest.mark.parametrize(
    ("text", "fault", "better"),
    [
        ("A cat\non a mat", LINES, "A cat on a mat"),
        ("A cat\u2028on a mat", LINES, "A cat on a mat"),
        ("A cat on a wooden flo...", BROKEN, "A cat on a wooden"),
        ("A cat on a wooden flo…", BROKEN, "A cat on a wooden"),
        ("A cat on a mat …", BROKEN, "A cat on a mat"),
        ("A cat on a wood-", BROKEN, "A cat on a"),
        ("Waiting...", BROKEN, "Waiting"),
        ("A cat...", BROKEN, "A cat"),
        ("Ein Hund…", BROKEN, "Ein Hund"),
        ("A cat on...", BROKEN, "A cat"),
        ("word " * 30 + "end", LONG.format(153), ("word " * 30).strip()),
        ("a" * 200, LONG.format(200), "a" * 150),
        ("猫" * 200, LONG.format(200), "猫" * 150),
        ("黒猫 " + "か" * 200, LONG.format(203), "黒猫 " + "か" * 147),
        (
            "A cat sleeps on a mat in the sun, next to a bowl of milk and a red ball. "
            + "Behind it "
            + "word " * 30,
            LONG.format(233),
            "A cat sleeps on a mat in the sun, next to a bowl of milk and a red ball.",
        ),
        ("Dr. A " + "word " * 40, LONG.format(206), "Dr. A " + ("word " * 28) + "word"),
        ("word " * 29 + "and, then", LONG.format(154), "word " * 29 + "and"),
    ],
)
def test_what_can_be_mended_is(text: str, fault: str, better: str) -> None:
    assert fault in faults(text, FILE)
    assert mended(text) == better
    assert faults(better, FILE) == []


@pytest.mark.parametrize(
    ("text", "is_enough"),
    [
        ("Image of a cat", True),
        ("Bild von Berlin", True),
        ("猫" * 1000, True),
        ("Photo of a", False),
        ("Wow" + "." * 20, False),
    ],
)
def test_what_is_mended_has_to_say_enough(text: str, is_enough: bool) -> None:
    assert keeps_enough(text, mended(text)) is is_enough


def test_letters_are_cut_whole() -> None:
    marked = "a" * 149 + "e\u0301" * 10
    assert mended(marked) == "a" * 149
    families = "👩\u200d👩\u200d👧" * 40
    assert mended(families) == "👩\u200d👩\u200d👧" * 30


def test_all_that_is_wrong_is_told() -> None:
    text = "Image of\n" + "a" * 200 + "..."
    assert faults(text, FILE) == [LONG.format(212), LINES, PICTURE, BROKEN]
