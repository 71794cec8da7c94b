"""The texts of the console: which there are, and which its modules use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.unit.console_source import Token, modules

TEXTS = "texts.js"
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass
class Used:
    """What a module says of the texts."""

    paths: set[str] = field(default_factory=set)
    """As "common.save"."""
    groups: set[str] = field(default_factory=set)
    """Of which it takes one by a computed name, as "titles"."""


def texts() -> set[str]:
    """The path of every text."""
    code = iter(modules()[TEXTS])
    for token in code:
        if token == Token("name", "texts"):
            break
    while next(code).text != "{":
        pass
    return set(_members(code, ""))


def _members(code: Iterator[Token], group: str) -> Iterator[str]:
    for token in code:
        if token == Token("sign", "}"):
            return
        path = f"{group}.{token.text}".removeprefix(".")
        assert next(code).text == ":", f"{path}: each member of texts is written as `name: value,`"
        value = next(code)
        if value == Token("sign", "{"):
            yield from _members(code, path)
            _passed(code, next(code, Token("sign", "}")))
            continue
        yield path
        if _passed(code, value) == "}":
            return


def _passed(code: Iterator[Token], token: Token) -> str:
    """Reads to the comma after a value, or to what closes the object that it is in."""
    depth = 0
    while depth or token not in {Token("sign", ","), Token("sign", "}")}:
        if token.kind == "sign":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
        token = next(code)
    return token.text


def used(path: str) -> Used:
    """What a module uses, by `texts.a.b`, `texts.a[…]`, or constants that stand for a part."""
    found = Used()
    code = [*modules()[path], Token("sign", ";"), Token("sign", ";")]
    known = {"texts": ""}
    for at, token in enumerate(code):
        if token.kind != "name" or token.text not in known or code[at - 1].text in {".", "?."}:
            continue
        names, end = _chain(code, at)
        whole = ".".join(filter(None, [known[token.text], *names]))
        is_key = code[end].text == ":" and code[at - 1].text in {"{", ","}
        if whole == "" or is_key:
            continue
        constants = _constants(code, at) if code[end].text == ";" else {}
        if constants:
            known |= {name: f"{whole}.{of}".removesuffix(".") for name, of in constants.items()}
        elif code[end].text == "[":
            found.groups.add(whole)
        else:
            found.paths.add(whole)
    return found


def _constants(code: list[Token], at: int) -> dict[str, str]:
    """Those that are made of the value at `at`, with what of it each is, "" for all."""
    before = [each.text for each in code[:at]]
    if before[-1] != "=":
        return {}
    if before[-3] == "const":
        return {before[-2]: ""}
    if before[-2] != "}":
        return {}
    opened = len(before) - 1 - before[::-1].index("{")
    pairs = " ".join(before[opened + 1 : -2]).split(" , ")
    return {pair.split(" : ")[-1]: pair.split(" : ")[0] for pair in pairs}


def _chain(code: list[Token], at: int) -> tuple[list[str], int]:
    names = []
    end = at + 1
    while code[end].text in {".", "?."} and code[end + 1].kind == "name":
        names.append(code[end + 1].text)
        end += 2
    if code[end].text == "?.":  # before a computed name
        end += 1
    return names, end
