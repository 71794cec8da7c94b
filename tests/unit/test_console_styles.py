"""The console's style sheets: which colours there are, and that people can tell them apart."""

from __future__ import annotations

import re

import pytest

from gateway.console.site import site
from tests.unit.console_source import modules

TOKENS = "styles/00-tokens.css"
READABLE, VISIBLE = 4.5, 3.0
"""The least contrast of a text with its ground, and of the border of a control (WCAG 2.2, AA)."""
GROUNDS = ("ground", "raised", "sunken")
PAIRS = {
    **{(text, ground): READABLE for text in ("text", "quiet") for ground in GROUNDS},
    **{(text, ground): READABLE for text in ("accent", "bad") for ground in ("ground", "raised")},
    **{(tone, f"{tone}-soft"): READABLE for tone in ("accent", "good", "bad", "warn", "busy")},
    **{("on-accent", ground): READABLE for ground in ("accent-strong", "bad-strong")},
    **{("edge", ground): VISIBLE for ground in ("ground", "raised")},
    # The ring around what has the focus.
    **{("accent", ground): READABLE for ground in GROUNDS},
}
"""What is drawn on what, and how well it must be seen."""
THEMES = {"light": 0, "dark": 1}


def sheets() -> dict[str, str]:
    """Every style sheet, without comments."""
    return {
        path: re.sub(r"/\*.*?\*/", "", file.content.decode(), flags=re.DOTALL)
        for path, file in site().files.items()
        if path.endswith(".css")
    }


def colour(name: str, theme: str) -> str:
    """A colour of a theme, as "#rrggbb"."""
    given = re.search(rf"--{name}: ([^;]+);", sheets()[TOKENS])
    assert given, f"{TOKENS} has no --{name}"
    found = re.findall(r"#[0-9a-f]{6}", given[1])
    return str(found[THEMES[theme] if len(found) == 2 else 0])


def luminance(text: str) -> float:
    """How light a colour is, as WCAG defines it."""
    channels = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_texts_are_readable(theme: str) -> None:
    found = {
        (text, ground): contrast(colour(text, theme), colour(ground, theme))
        for text, ground in PAIRS
    }
    wrong = [
        f"--{text} on --{ground} has {value:.2f}, needs {PAIRS[text, ground]}"
        for (text, ground), value in found.items()
        if value < PAIRS[text, ground]
    ]
    assert not wrong, f"of the {theme} colours: {wrong}"


def test_every_custom_property_exists() -> None:
    whole = "\n".join(sheets().values())
    computed = {
        token.text.removeprefix("--")
        for code in modules().values()
        for token in code
        if token.kind == "text" and token.text.startswith("--")
    }
    used = set(re.findall(r"var\(--([\w-]+)", whole))
    made = set(re.findall(r"(?<![\w-])--([\w-]+):", whole))
    assert used <= made | computed, f"no style sheet has --{sorted(used - made - computed)}"


@pytest.mark.parametrize("path", sorted(sheets().keys() - set(site().styles)))
def test_the_style_sheet_of_an_element_is_about_it_alone(path: str) -> None:
    text = sheets()[path]
    name = path.removeprefix("styles/").removesuffix(".css")
    modules = {f"{folder}/{name}.js" for folder in ("pages", "elements")}
    assert modules & site().files.keys(), f"{path} is loaded by no page: name it as its module"
    assert "!important" not in text, f"{path}: a more precise selector needs no !important"
    named = [each for each in re.findall(r"[^{}]*#[\w-]+[^{};:]*\{", text) if "--" not in each]
    assert not named, f"{path} selects by id: {named}; use a class"


def test_nothing_is_loaded_by_a_style_sheet() -> None:
    for path, text in sheets().items():
        loaded = re.search(r"url\(|@import", text)
        assert loaded is None, f"{path} loads something: pictures are in core/drawings.js"
