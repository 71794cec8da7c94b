"""HTML that is made of pieces; whatever is no piece is text and is escaped."""

from __future__ import annotations

import html
import re

_CODE = re.compile(r"`([^`]+)`")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str) -> Html:
    """An element. An attribute's name has `_` for `-`; one at its end is left out: `class_`."""
    shown = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{shown}>{joined(*children)}</{name}>")


def joined(*children: str) -> Html:
    """One piece after the other."""
    return Html("".join(escaped(child) for child in children))


def escaped(text: str) -> Html:
    """A piece as it is, a text so that it is read as nothing else."""
    return text if isinstance(text, Html) else Html(html.escape(text, quote=False))


def prose(text: str) -> Html:
    """A text in which what stands between backticks is code."""
    return Html(_CODE.sub(r"<code>\1</code>", escaped(text)))


def paragraphs(text: str) -> Html:
    """A text of several paragraphs."""
    return joined(*(tag("p", prose(part)) for part in text.split("\n\n") if part.strip()))
