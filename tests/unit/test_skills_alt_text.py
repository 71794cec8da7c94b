"""What an alt text has to be, and what can be mended of one that is not."""

import pytest

from services.skills.alt_text import CHARACTERS, faults, is_usable, keeps_enough, meant, mended

FILE = "IMG_1234.jpg"
LONG = "it has {} characters, of 150 at most"
LINES = "it has line breaks"
PICTURE = 'it says that it is a picture, with words such as "image of"'
NAME = "it is the name of a file"
BROKEN = "it breaks off before its end"
TALK = 'it speaks to who asked, with words such as "Let me know"'


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
        "In the picture gallery hang three ships",
        "Description of the route on a board",
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
        "Photo of the Year award trophy on a black plinth",
        "Picture of the day on a board",
        "Grade: A-",
        "C-",
        "Battery terminals + and -",
        "Plus und -",
        "A switch marked +/-",
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
        ("Description: a cat", "A cat"),
        ("Caption: a cat", "A cat"),
        ("Image description: a cat", "A cat"),
        ("Bildbeschreibung: Katze", "Katze"),
        ("In this image, a cat sleeps", "A cat sleeps"),
        ("In the picture, there is a clock on the wall", "A clock on the wall"),
        ("The image captures a cat", "A cat"),
        ("This photo portrays a cat", "A cat"),
        ("Alt: a cat", "A cat"),
        ("ALT: A CAT", "A CAT"),
        ("Alternative text: a cat", "A cat"),
        ("Alt text (English): a cat", "A cat"),
        ('Alt text: "a cat"', "A cat"),
        ("Alt-Text: Katze", "Katze"),
        ("Alternativtext: Katze", "Katze"),
        ("Texte alternatif : un chat", "Un chat"),
        ("Texto alternativo: un gato", "Un gato"),
        ("替代文本：一只猫", "一只猫"),
        ("代替テキスト：猫", "猫"),
        ("Decorative image of a vase", "A vase"),
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
        ("another-file.webp.", FILE, True),
        ("File name: another-file.webp", FILE, True),
        ("Image file another-file.webp", "", False),
        ("Screenshot 2026-01-02 at 10.11.12.png", "", True),
        ("DSC_0042", "", True),
        ("PXL_20260102_101112", "", True),
        ("dscn0042.jpg", "", True),
        ("Icon of a file named cat.jpg", "", False),
        ("Editor with the file IMG_1234.jpg", FILE, False),
        ("DSC 5", "", False),
        ("Screenshot of 2026 goals", "", False),
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
        ("A cat on a wooden floor...", BROKEN, "A cat on a wooden floor"),
        ("A cat on a wooden floor…", BROKEN, "A cat on a wooden floor"),
        ("Waiting for Godot...", BROKEN, "Waiting for Godot"),
        ("To be continued…", BROKEN, "To be continued"),
        ("Eine Katze, die auf dem Boden liegt...", BROKEN, "Eine Katze, die auf dem Boden liegt"),
        ("Grade: A-...", BROKEN, "Grade: A-"),
        ("A cat on a mat …", BROKEN, "A cat on a mat"),
        ("A cat on a mat, ...", BROKEN, "A cat on a mat"),
        ("A cat on a mat -", BROKEN, "A cat on a mat"),
        ("A cat on a mat — -", BROKEN, "A cat on a mat"),
        ("A cat on a mat—", BROKEN, "A cat on a mat"),
        ("word " * 29 + "word...", LONG.format(152), ("word " * 29).strip()),
        ("word " * 28 + "wooden...", BROKEN, "word " * 28 + "wooden"),
        ("words " * 24 + "wor...", BROKEN, ("words " * 24).strip()),
        ("Image of " + "word " * 28 + "wo...", LONG.format(154), "Word " + ("word " * 27).strip()),
        ("Waiting...", BROKEN, "Waiting"),
        ("A cat...", BROKEN, "A cat"),
        ("Ein Hund…", BROKEN, "Ein Hund"),
        ("A cat on...", BROKEN, "A cat on"),
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
        ("Photo of the", False),
        ("Alt text: ab", False),
        ("Wow" + "." * 20, True),
        ("Foto einer Katze", True),
        ("Foto von Oma", True),
        ("猫の画像", True),
        ("猫の写真", True),
        ("Alt text: cat\n" + "This alt text is short. " * 20, False),
    ],
)
def test_what_is_mended_has_to_say_enough(text: str, is_enough: bool) -> None:
    assert keeps_enough(text, mended(text)) is is_enough


@pytest.mark.parametrize(
    "text",
    [
        "Photo of a soldier held by a crying woman",
        "Foto de família na parede de uma sala",
        "Photo of a king in a golden frame",
        "Picture of a dog on the wall",
        "Photo of a girl pinned to a board",
        "Foto von Oma an der Wand",
        "Photo de famille au mur d'un salon",
        "Foto de una boda en la pared",
        "Foto di famiglia alla parete",
        "Foto van opa aan de muur",
        "Фото кота на стене",
        "壁に掛けられた猫の写真",
    ],
)
def test_a_picture_that_may_be_shown_is_asked_about_and_then_kept(text: str) -> None:
    assert faults(text, FILE) == [PICTURE]
    assert mended(text) == text
    assert is_usable(text, FILE)
    assert not is_usable(f"{text}...", FILE)


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Photo: a clock on the wall", "A clock on the wall"),
        ("The photo shows a clock on the wall", "A clock on the wall"),
        ("This is a photo of a clock on the wall", "A clock on the wall"),
        ("Photo of a cat sitting on a wall", "A cat sitting on a wall"),
        ("Das Bild zeigt eine Uhr an der Wand", "Eine Uhr an der Wand"),
    ],
)
def test_a_wall_in_the_picture_keeps_no_opening(text: str, better: str) -> None:
    assert mended(text) == better
    assert is_usable(better, FILE)
    assert not is_usable(text, FILE)


@pytest.mark.parametrize(
    ("end", "is_end"),
    [
        ("St. James Hospital", False), ("Dr. Who", False), ("Mr. Bean", False), ("No. 5", False),
        ("Mrs. Hill", False), ("Ajax vs. Inter", False), ("z. B. Ulm", False), ("J. Doe", False),
        ("Yahoo! and more", False), ("the sea. Gulls fly", True), ("the sea! Gulls fly", True),
        ("the sea. “Gulls” fly", True),
    ],
)  # fmt: skip
def test_a_cut_is_at_the_end_of_a_sentence(end: str, is_end: bool) -> None:
    before = "A red brick building with tall windows and a slate roof stands near "
    cut = mended(before + end + " behind it all" + " word" * 30)
    assert (len(cut) < 100) is is_end
    assert not is_end or cut.endswith(("sea.", "sea!"))


def test_a_cut_leaves_no_half_name() -> None:
    assert mended("word " * 29 + "St. James") == ("word " * 29).strip()


def test_letters_are_cut_whole() -> None:
    marked = "a" * 149 + "e\u0301" * 10
    assert mended(marked) == "a" * 149
    families = "👩\u200d👩\u200d👧" * 40
    assert mended(families) == "👩\u200d👩\u200d👧" * 30


def test_all_that_is_wrong_is_told() -> None:
    text = "Image of\n" + "a" * 200 + "..."
    assert faults(text, FILE) == [LONG.format(212), LINES, PICTURE, BROKEN]


@pytest.mark.parametrize(
    "answer",
    [
        "", " ", '""', "“”", "**\"\"**", 'alt=""', 'Alt text: ""', "![](border.png)", "\u200b",
        "decorative", "Decorative", "DECORATIVE.", '"decorative"', "**Decorative**", "(decorative)",
        "[Decorative image]", "<decorative>", "Decorative image", "Decorative image.",
        "A decorative image", "Decorative background", "Purely decorative",
        "purely decorative image",
        "This image is decorative.", "The image is purely decorative", "It is decorative",
        "For decoration only", "For decorative purposes only", "Image: decorative",
        "This image is decorative and needs no alt text.",
        "The image is decorative, so the alt text should be empty.",
        "This image is purely decorative and does not require alt text.",
        "This is a decorative image, so it doesn't need any alternative text.",
        "Das Bild ist rein dekorativ und braucht keinen Alternativtext.",
        "Cette image est décorative et ne nécessite pas de texte alternatif.",
        "La imagen es decorativa y no necesita texto alternativo.",
        "Decorative image, no alt text needed.", "Decorative; no alt text needed",
        "N/A", "n/a", "N.A.", "Not applicable", "none", "None.", "NONE", "null", "Null", "nil",
        "undefined", "No alt text", "no alt text needed", "No alternative text is required.",
        "Alt text not needed", "Alt text is not required", "No description needed",
        "Empty string", "empty string", "An empty string", "(empty string)", "(empty)", "[empty]",
        "<empty>", "<none>", "Empty alt text", "Empty alt attribute", "Alt text: none", "Alt: N/A",
        "Alt text: decorative", "alt text: empty string",
        "Dekorativ", "dekoratives Bild", "Rein dekorativ", "Nur zur Dekoration",
        "Kein Alternativtext",
        "Kein Alt-Text nötig", "Keiner", "Leere Zeichenkette", "Leerer String", "(leer)",
        "Entfällt",
        "Das Bild ist rein dekorativ.", "Schmuckbild", "k. A.", "Alternativtext: keiner",
        "Décoratif", "Image décorative", "Image purement décorative", "Purement décoratif",
        "Cette image est décorative.", "Aucun", "Aucun texte alternatif", "Pas de texte alternatif",
        "Chaîne vide", "Sans objet", "(vide)",
        "Decorativa", "Imagen decorativa", "Imagen puramente decorativa", "La imagen es decorativa",
        "Ninguno", "Sin texto alternativo", "No aplica", "Cadena vacía", "(vacío)",
        "Immagine decorativa", "Nessuno", "Nessun testo alternativo", "Stringa vuota",
        "Imagem decorativa", "Nenhum", "Sem texto alternativo", "Não aplicável", "String vazia",
        "Decoratieve afbeelding", "Geen", "Geen alt-tekst nodig", "N.v.t.", "Lege tekenreeks",
        "Obraz dekoracyjny", "Brak", "Brak tekstu alternatywnego", "Nie dotyczy", "Pusty ciąg",
        "Декоративное изображение", "Нет альтернативного текста", "Пустая строка", "Н/Д",
        "装饰性图片", "装饰图片。", "裝飾性圖片", "纯装饰", "仅供装饰", "无", "无替代文本",
        "无需替代文本",
        "没有替代文本", "不适用", "空字符串", "（空）", "(无)", "替代文本：无",
        "装飾画像", "装飾的な画像", "装飾用の画像です。", "装飾のみ", "なし", "代替テキストなし",
        "代替テキストは不要です", "該当なし", "空文字列", "空文字", "代替テキスト：なし",
    ],
)  # fmt: skip
def test_words_for_no_text_are_none(answer: str) -> None:
    assert meant(answer) == ""


@pytest.mark.parametrize(
    "text",
    [
        "None of the chairs is occupied", "Decorative tiles on a wall", "Decorative vase",
        "No entry sign", "No smoking", "Null Island on a map", "N/A on a form",
        "Empty", "Empty room", "Empty string of lights", "Empty street at night", "Nothing",
        "Not much",
        "Decoration", "Ornament", "Background of a stage",
        "A decorative border of ivy around a poem", "This image is decorative and needs a frame",
        "The image is decorative and shows ivy",
        "No alt text needed, says a slide on accessibility",
        "Undefined behaviour, chapter 3 of a book", "Blank page", "Blank",
        "Keine Katze weit und breit", "Leer", "Leere Straße", "Dekorative Kacheln an einer Wand",
        "Dekoration", "Aucun chat sur la photo", "Vide", "Décoration de Noël",
        "Azulejos decorativos en una pared", "Ninguno de los gatos duerme", "Vacío",
        "Nessuno in spiaggia", "Geen hond op straat", "Brak chleba", "Нет",
        "空", "無", "青い空", "装飾", "装饰", "装饰着灯的树", "无人的街道", "無人駅", "なしの実",
        "梨", "装飾品の店",
    ],
)  # fmt: skip
def test_words_that_say_what_is_there_stay(text: str) -> None:
    assert meant(text) == text


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("A cat on a mat.\n\nLet me know if you'd like a shorter version!", "A cat on a mat."),
        ("A cat on a mat. Let me know if you need anything else.", "A cat on a mat."),
        ("A cat on a mat\nI hope this helps!", "A cat on a mat"),
        ("A cat on a mat. Hope this helps 😊", "A cat on a mat."),
        ("A cat on a mat. Would you like me to make it shorter?", "A cat on a mat."),
        ("A cat on a mat. Feel free to adjust the text as needed.", "A cat on a mat."),
        ("A cat. If you need another version, just ask. I hope this helps!", "A cat."),
        ("A cat on a mat. This alt text is 15 characters long.", "A cat on a mat."),
        ("A cat on a mat (15 characters)", "A cat on a mat"),
        ("A cat on a mat. (~15 chars)", "A cat on a mat."),
        ('"A cat on a mat" (15 characters)', "A cat on a mat"),
        ("Here is the alt text: A cat on a mat", "A cat on a mat"),
        ("Sure! Here's a concise alt text for the image: A cat on a mat", "A cat on a mat"),
        ('Certainly! Here is an alt text:\n\n"a cat"\n\nI hope this helps.', "A cat"),
        ("Sure: a cat on a mat", "A cat on a mat"),
        ("Eine Katze.\nIch hoffe, das hilft!", "Eine Katze."),
        ("Eine Katze. Lass mich wissen, wenn du eine kürzere Version brauchst.", "Eine Katze."),
        ("Eine Katze (10 Zeichen)", "Eine Katze"),
        ("Gerne! Hier ist der Alternativtext: Eine Katze", "Eine Katze"),
        ("Un chat. J'espère que cela vous aide !", "Un chat."),
        ("Un chat. N'hésitez pas à me demander une autre version.", "Un chat."),
        ("Bien sûr ! Voici le texte alternatif : un chat", "Un chat"),
        ("Un gato. Espero que esto te ayude.", "Un gato."),
        ("Un gato. ¿Quieres que lo haga más corto?", "Un gato."),
        ("Claro, aquí tienes el texto alternativo: un gato", "Un gato"),
        ("一只猫在垫子上。希望对您有帮助！", "一只猫在垫子上。"),
        ("一只猫在垫子上。如果需要其他版本，请告诉我。", "一只猫在垫子上。"),
        ("以下是替代文本：一只猫在垫子上", "一只猫在垫子上"),
        ("一只猫在垫子上（7个字符）", "一只猫在垫子上"),
        ("マットの上の猫。ご希望があればお知らせください。", "マットの上の猫。"),
        ("マットの上の猫。お役に立てれば幸いです。", "マットの上の猫。"),
        ("以下が代替テキストです：マットの上の猫", "マットの上の猫"),
    ],
)
def test_what_is_said_to_who_asked_is_no_part_of_it(text: str, better: str) -> None:
    assert TALK in faults(text, FILE)
    assert mended(text) == better
    assert faults(better, FILE) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sign: let me know if you see my cat", "Poster. Feel free to smile.", "Hope",
        "A book by Hope Davis", "A note that reads “Would you like tea?”", "Would you like tea?",
        "Chat with the words: Hi! Let me know if you come.", "Sure thing diner", "Here is Paris",
        "Here is your king: Elvis on a stage", "A keyboard (104 keys)", "A poem (12 lines)",
        "Fridge magnets that spell “I hope this summer lasts”", "Claro store front",
        "Hier ist Kunst",
        "Voici Paris", "駅員にお知らせください", "希望小学校", "如果爱，电影海报",
        "A tattoo of two characters",
        "Sure brand deodorant: two cans",
    ],
)  # fmt: skip
def test_words_that_the_picture_has_are_no_such_talk(text: str) -> None:
    assert faults(text, FILE) == []
    assert mended(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "alt text:", "Alt text", "Alt:", "Let me know if you need anything else.",
        "(15 characters)",
        "Here is the alt text:", "Sure! Here is the alt text:", "I hope this helps!",
    ],
)  # fmt: skip
def test_what_is_only_said_to_who_asked_is_no_text(text: str) -> None:
    assert meant(text) == text
    assert faults(text, FILE)
    assert not mended(text) or faults(mended(text), FILE)


@pytest.mark.parametrize("answer", ['"A cat"', "**A cat**", "# A cat", "- A cat", " A cat "])
def test_what_is_around_it_is_taken_off_at_once(answer: str) -> None:
    assert meant(answer) == "A cat"


def test_a_long_answer_is_not_looked_at_for_long() -> None:
    for words in ("let me know if you need ", "alt text: ", "here is the alt ", "a. ", "空"):
        long = words * (300_000 // len(words))
        assert faults(meant(long), FILE)
        mended(long)
