"""The JavaScript of the console, read as tokens: enough to hold it to rules, and no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile
from pathlib import PurePosixPath

from gateway.console.site import site

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*[\s\S]*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>\.\.\.|\?\.(?!\d)|=>|[^\s])""",
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_CHUNK = re.compile(r"(?:\\[\s\S]|\$(?!\{)|[^`\\$])*")
_BEFORE_PATTERN = frozenset({"return", "typeof", "case", "of", "in", "await", "yield"})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of code; of a text, without what stands around it."""

    kind: str
    """"name", "number", "sign", "text", "pattern", or "chunk" for a text between backticks."""
    text: str


@cache
def modules() -> dict[str, list[Token]]:
    """Every module by its path below `web/`, without blanks and comments."""
    files = site().files.items()
    return {path: tokens(file.content.decode()) for path, file in files if path.endswith(".js")}


def tokens(source: str) -> list[Token]:
    """The tokens of a module; those in a `${}` stand among the chunks of its text."""
    found: list[Token] = []
    at = _scan(source, 0, found, until="")
    assert at == len(source)
    return found


def _scan(source: str, at: int, found: list[Token], until: str) -> int:
    depth = 0
    while at < len(source):
        if source[at] == "`":
            at = _template(source, at + 1, found)
            continue
        if (pattern := _PATTERN.match(source, at)) and _may_be_pattern(found):
            found.append(Token("pattern", pattern[0]))
            at = pattern.end()
            continue
        match = _TOKEN.match(source, at)
        assert match is not None
        kind, text = match.lastgroup or "", match[0]
        if until and text == until and depth == 0:
            return at
        depth += {"{": 1, "}": -1}.get(text, 0)
        at = match.end()
        if kind != "blank":
            found.append(Token(kind, text[1:-1] if kind == "text" else text))
    return at


def _template(source: str, at: int, found: list[Token]) -> int:
    while True:
        match = _CHUNK.match(source, at)
        assert match is not None
        found.append(Token("chunk", match[0]))
        at = match.end()
        if source[at] == "`":
            return at + 1
        at = _scan(source, at + 2, found, until="}") + 1


def _may_be_pattern(before: list[Token]) -> bool:
    if not before:
        return True
    last = before[-1]
    if last.kind == "name":
        return last.text in _BEFORE_PATTERN
    return last.kind == "sign" and last.text not in {")", "]", "}"}


def imports(path: str) -> dict[str, set[str]]:
    """What a module imports at its start, by the path of the module that it comes from."""
    found: dict[str, set[str]] = {}
    names: set[str] | None = None
    for before, token in pairwise([Token("sign", ";"), *modules()[path]]):
        if token.text == "import" and before.text == ";" and token.kind == "name":
            names = set()
        elif names is not None and token.kind == "text":
            found.setdefault(resolved(path, token.text), set()).update(names - {"from", "as"})
            names = None
        elif names is not None and token.kind == "name" and before.text != "as":
            names.add(token.text)
        elif token.text == "(":
            names = None
    return found


def late_imports(path: str) -> dict[str, set[str]]:
    """What a module imports by `import()`, as `imports`; with "*" in a path for what is put in.

    Names are those that `const { … } = await import(…)` takes.
    """
    found: dict[str, set[str]] = {}
    code = modules()[path]
    for at, token in enumerate(code):
        if token.text == "import" and code[at + 1].text == "(":
            parts = []
            for each in code[at + 2 :]:
                if each.text == ")":
                    break
                parts.append(each.text if each.kind in {"text", "chunk"} else "*")
            names = found.setdefault(resolved(path, "".join(parts)), set())
            if [each.text for each in code[at - 3 : at]] == ["}", "=", "await"]:
                taken = reversed(code[: at - 3])
                names.update(each.text for each in takewhile(lambda each: each.text != "{", taken))
    return {source: names - {","} for source, names in found.items()}


def reached(*entries: str) -> set[str]:
    """The modules that `entries` are, and all that these import at their start."""
    found: set[str] = set()
    waiting = list(entries)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imports(path)
    return found


def resolved(path: str, named: str) -> str:
    """Where a module finds what it names "../core/dom.js"."""
    parts = list(PurePosixPath(path).parent.parts)
    for part in named.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def exports(path: str) -> set[str]:
    """What a module exports: functions, classes and constants."""
    found = set()
    code = modules()[path]
    for at, token in enumerate(code):
        if token == Token("name", "export"):
            following = (each.text for each in code[at + 1 :])
            found.add(next(text for text in following if text not in _DECLARING))
    return found


_DECLARING = frozenset({"async", "function", "class", "const", "let", "*"})


def calls(path: str, name: str) -> list[Token]:
    """The first tokens of what a module gives to the function `name`."""
    code = modules()[path]
    return [
        code[at + 2]
        for at, token in enumerate(code[:-2])
        if token == Token("name", name) and code[at + 1].text == "("
    ]
