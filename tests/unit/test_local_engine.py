"""Drafts of the built-in engine."""

import pytest
from PIL import Image

from services.providers.local_engine.analysis import Analysis, ColorShare, measured
from services.providers.local_engine.colors import color_name
from services.providers.local_engine.drafts import ALT_TEXT_CHARACTERS, Undraftable, draft
from services.providers.local_engine.sight import Sight
from services.providers.question import ImageFacts

BROWN_AND_GREY = Analysis(
    colors=(ColorShare("brown", 0.5), ColorShare("grey", 0.3), ColorShare("black", 0.2)),
    lightness=38.0,
)
PLAIN = ImageFacts(width=451, height=300, format="JPEG")
ESPRESSO = Sight(
    things=("espresso", "coffee"), text="Café\nOpen", models=("a-classifier", "a-reader")
)
RICH = ImageFacts(
    width=300,
    height=451,
    format="PNG",
    has_transparency=True,
    camera="Canon EOS R5",
    taken_at="2026-04-08T10:05:00",
)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((255, 0, 0), "red"),
        ((255, 165, 0), "orange"),
        ((255, 255, 0), "yellow"),
        ((0, 128, 0), "green"),
        ((0, 0, 255), "blue"),
        ((135, 206, 235), "light blue"),
        ((139, 69, 19), "brown"),
        ((128, 0, 128), "purple"),
        ((255, 192, 203), "pink"),
        ((0, 0, 128), "dark blue"),
        ((245, 245, 220), "beige"),
    ],
)
def test_colours_have_plain_names(rgb: tuple[int, int, int], name: str) -> None:
    assert color_name(rgb) == name


def test_a_picture_is_measured() -> None:
    picture = Image.new("RGB", (400, 300), (20, 20, 20))
    picture.paste((220, 30, 30), (0, 0, 100, 300))

    analysis = measured(picture)

    assert [color.name for color in analysis.colors] == ["black", "red"]
    assert analysis.colors[0].share == pytest.approx(0.75, abs=0.02)
    assert 10 < analysis.lightness < 25


def test_a_caption_says_what_was_measured_and_no_more() -> None:
    assert draft("caption", BROWN_AND_GREY, PLAIN) == {
        "caption": "A landscape picture, 451 × 300, mostly brown and grey, fairly dark.",
        "engine": "local",
    }
    assert draft("caption", BROWN_AND_GREY, RICH)["caption"] == (
        "A portrait photograph, 300 × 451, mostly brown and grey, fairly dark. "
        "Parts of it are transparent. Taken with a Canon EOS R5 on 8 April 2026."
    )


def test_an_animation_is_called_one() -> None:
    facts = ImageFacts(width=100, height=100, format="GIF", frame_count=12)
    white = Analysis(colors=(ColorShare("white", 0.97),), lightness=97.0)

    assert draft("caption", white, facts)["caption"] == (
        "A square animation, 100 × 100, almost entirely white, very bright. It moves: 12 frames."
    )


def test_an_alt_text_is_short() -> None:
    answer = draft("alt-text", BROWN_AND_GREY, PLAIN)

    assert answer == {
        "altText": "Landscape picture in brown and grey, fairly dark.",
        "engine": "local",
    }


def test_metadata_has_every_field_and_invents_no_objects() -> None:
    assert draft("structured-metadata", BROWN_AND_GREY, RICH) == {
        "title": "Portrait photograph in brown and grey",
        "tags": [
            "portrait",
            "brown",
            "grey",
            "black",
            "dark",
            "transparent",
            "photograph",
            "Canon EOS R5",
            "2026",
        ],
        "objects": [],
        "colors": ["brown", "grey", "black"],
        "scene": "",
        "text": "",
        "engine": "local",
    }


def test_a_picture_without_colour_is_called_so() -> None:
    greys = Analysis(colors=(ColorShare("grey", 0.6), ColorShare("black", 0.4)), lightness=30.0)

    assert "shades of grey" in draft("caption", greys, PLAIN)["caption"]
    assert "black and white" in draft("structured-metadata", greys, PLAIN)["tags"]


@pytest.mark.parametrize("facts", [ImageFacts(), ImageFacts(taken_at="yesterday", frame_count=1)])
def test_unknown_facts_are_left_out(facts: ImageFacts) -> None:
    nothing = Analysis(colors=(), lightness=50.0)

    assert draft("caption", nothing, facts)["caption"] == (
        "A picture, in many colours, of medium brightness."
    )


def test_what_was_recognised_is_listed_with_the_models_that_did() -> None:
    told = {
        name: draft(name, BROWN_AND_GREY, PLAIN, ESPRESSO)
        for name in ("caption", "alt-text", "structured-metadata")
    }

    assert told["caption"]["caption"] == (
        "A landscape picture, 451 × 300, mostly brown and grey, fairly dark. "
        "Recognised: espresso, coffee."
    )
    assert told["alt-text"]["altText"] == (
        "Recognised: espresso, coffee. Landscape picture in brown and grey, fairly dark."
    )
    assert told["structured-metadata"] == {
        "title": "Espresso: landscape picture in brown and grey",
        "tags": [
            "espresso",
            "coffee",
            "landscape",
            "brown",
            "grey",
            "black",
            "text",
            "dark",
        ],
        "objects": ["espresso"],
        "colors": ["brown", "grey", "black"],
        "scene": "",
        "text": "Café\nOpen",
        "engine": "local",
        "models": ["a-classifier", "a-reader"],
    }
    assert all(answer["engine"] == "local" for answer in told.values())
    assert len(told["alt-text"]["altText"]) <= ALT_TEXT_CHARACTERS


def test_models_that_were_sure_of_nothing_are_told_all_the_same() -> None:
    answer = draft("caption", BROWN_AND_GREY, PLAIN, Sight(models=("a-classifier",)))

    assert answer == draft("caption", BROWN_AND_GREY, PLAIN) | {"models": ["a-classifier"]}


def test_a_long_text_is_cut() -> None:
    answer = draft("structured-metadata", BROWN_AND_GREY, PLAIN, Sight(text="ab" * 3000))

    assert answer["text"] == "ab" * 2000


def test_other_questions_need_a_model() -> None:
    with pytest.raises(Undraftable):
        draft("my-own-question", BROWN_AND_GREY, PLAIN)
