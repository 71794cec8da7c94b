"""What models write around a text: what is taken off, and what belongs to the text."""

import pytest

from services.skills.wrapping import LONGEST, unwrapped


@pytest.mark.parametrize(
    "text",
    [
        '"A cat"', "'A cat'", "“A cat”", "”A cat”", "„A cat“", "„A cat”", "‘A cat’", "‚A cat‘",
        "«A cat»", "« A cat »", "«\xa0A cat\xa0»", "»A cat«", "»A cat»", "‹A cat›", "›A cat‹",
        "「A cat」", "『A cat』", "＂A cat＂",
        "**A cat**", "__A cat__", "*A cat*", "_A cat_", "***A cat***", "`A cat`",
        "```\nA cat\n```", "```text\nA cat```", "# A cat", "### A cat ###", "- A cat", "* A cat",
        "• A cat", "![A cat](cat.jpg)", "![A cat](my cat.jpg \"Mia\")", "[A cat](https://a.b/c)",
        'alt="A cat"', "alt='A cat'", '<img src="cat.jpg" alt="A cat">', "<IMG ALT='A cat' />",
        ' "A cat" ', '"**A cat**"', '**"A cat"**', '- "`A cat`"', '# **"A cat"**',
        "\ufeffA cat\u200b", '{"altText": "A cat"}', '{ "alt_text":"A cat" }',
        '{"caption": "A cat"}',
        '```json\n{"altText": "A cat"}\n```', "<p>A cat</p>", '<p class="alt">A cat</p>',
        "<strong>A cat</strong>", "<figcaption><b>A cat</b></figcaption>",
    ],
)  # fmt: skip
def test_what_is_around_all_of_a_text_is_taken_off(text: str) -> None:
    assert unwrapped(text) == "A cat"


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ('"A cat".', "A cat."),
        ('"A cat."', "A cat."),
        ('"A cat.".', "A cat."),
        ("「猫」。", "猫。"),
        ("'The cat's tail'", "The cat's tail"),
        ("‘The cat’s tail’", "The cat’s tail"),
        ('"A sign that says "Stop" on a wall"', 'A sign that says "Stop" on a wall'),
        ("“A sign that says “Stop””", "A sign that says “Stop”"),
        ('"A sign that says “Stop”"', "A sign that says “Stop”"),
        ("„Ein Schild mit „Halt““", "Ein Schild mit „Halt“"),
        ("**Alt text:** A cat", "Alt text: A cat"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("The cat&#39;s tail", "The cat's tail"),
        ("&quot;A cat&quot;", "A cat"),
        ("A **tabby** cat on a **mat**", "A tabby cat on a mat"),
        ('""', ""),
        ("“”", ""),
        ("![](border.png)", ""),
        ('alt=""', ""),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_what_is_within_stays(text: str, better: str) -> None:
    assert unwrapped(text) == better


@pytest.mark.parametrize(
    "text",
    [
        "A cat", "Tabby cat on a wooden floor.",
        # Marks that belong to words of the text.
        'A sign that says "Wait"', '"Wait" on a sign', '"Stop" and "Go"', "“Stop” and “Go”",
        "„Halt“ und „Los“", "「止まれ」と「進め」", "「止まれ」と書かれた標識",
        "«Arrêt» et «Départ»",
        '"Stop" on a sign next to a 12"', "'90s car with a sign that says 'For sale'",
        "The dogs' bowls", "'The dogs' bowls'", '12" ruler beside a 6"', "《红楼梦》", '"', "'",
        "“",
        # Letters of programs, prices, temperatures and charts.
        "2 * 3 * 4", "*args and **kwargs", "__init__", "A class with __init__ and __del__",
        "snake_case and other_case", "# of visitors by year", "# 7 on a jersey", "#1 fan",
        "#  7 on a jersey", "#cat",
        "- 5 °C on a thermometer", "-5 °C", "-", "*", "**********", "**",
        "1. FC Köln scarf", "`ls` and `cd` in a terminal", "*A* and *B*",
        "[1] and [2]", "A menu [Open] (Ctrl+O)", "Alternating tiles", "alt=",
        "AT&T", "Q&A; tea", "&lt;br&gt; on a screen", "&nonsense; on a screen", "<p>", "<p></b>",
        '{"name": "Mia"}', '{"altText": 7}', "<p>A cat</p> and <p>a dog</p>",
    ],
)  # fmt: skip
def test_what_belongs_to_a_text_is_left(text: str) -> None:

    assert unwrapped(text) == text


def test_a_long_text_and_many_layers_are_not_looked_at_for_long() -> None:
    long = '"' + "a" * LONGEST + '"'
    assert unwrapped(long) == long
    assert unwrapped('"' * 900).startswith('"')
    for letter in (
        "`",
        "*",
        "_",
        "[",
        "(",
        "<img alt=",
        "<p>",
        "<p ",
        "&amp",
        '{"alt": "',
        '" ',
        "**a",
        "# ",
        "「",
    ):
        unwrapped(letter * (LONGEST // len(letter)))
