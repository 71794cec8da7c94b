"""What the console's modules are made of, and what they may not do. See docs/console.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from gateway.console.page import MAIN, PAGES, document
from gateway.console.site import site
from tests.unit.console_source import (
    Token,
    calls,
    exports,
    imports,
    late_imports,
    modules,
    reached,
    tokens,
)
from tests.unit.console_texts import TEXTS, texts, used

MOST_LINES = 300
MOST_BYTES = 60_000
"""Of all that a page is made of, compressed."""

FORBIDDEN = {
    r"(inner|outer)HTML|insertAdjacentHTML|setHTML\w*|parseFromString|srcdoc|DOMParser": (
        "make elements with h() of core/dom.js: a text is never read as HTML"
    ),
    r"createContextualFragment|write|writeln": "make elements with h() of core/dom.js",
    r"eval|Function|execScript": "a text is never read as code",
    r"cssText": "set one property with element.style.setProperty(…)",
    r"cookie": "no script of ours needs a cookie; those of the session it cannot read",
    r"sessionStorage": "state is in the address, or kept with the history's entry",
}
"""Names that no module has, with what to do instead."""
STORED = {
    "core/taking.js": "who renews the session",
    "core/drafts.js": "what a user has begun and not saved",
    "core/session.js": "when the access token runs out, and when it was renewed",
    "core/theme.js": "the chosen colours",
    "core/upload-options.js": "what somebody wants done with uploads",
    "theme.js": "the chosen colours",
}
"""Who keeps what in localStorage. There is never a token: no script is told one."""
ADDRESSES = {
    "core/dom.js": r"http://www\.w3\.org/2000/svg",
    "pages/login.js": r"http://hub\.invalid",
    "core/presets.js": r"https?://\S+",
}
"""Addresses elsewhere, which are names, or presets for people to choose."""
Problems = Iterator[str]


def check(problems: Problems) -> None:
    """Fails with all of them, one a line."""
    found = "\n".join(problems)
    if found:
        pytest.fail(found, pytrace=False)


def test_the_tokens_of_a_module_are_found() -> None:
    source = 'import { a } from "./b.js"; // c\nx(/["/]\\/`/g, `d ${e({ f: `g` })} \\` h`) / 2 / i;'
    assert [each.text for each in tokens(source)] == [
        *("import", "{", "a", "}", "from", "./b.js", ";", "x", "(", '/["/]\\/`/g', ",", "d "),
        *("e", "(", "{", "f", ":", "g", "}", ")", " \\` h", ")", "/", "2", "/", "i", ";"),
    ]


def test_no_file_is_long() -> None:
    sizes = {path: file.content.count(b"\n") for path, file in site().files.items()}
    check(
        f"{path} has {size} lines: make two of it, each of one thing"
        for path, size in sizes.items()
        if size > MOST_LINES and path != TEXTS
    )


def test_no_module_has_what_is_forbidden() -> None:
    check(
        f"{path} uses {token.text}: {advice}"
        for path, code in modules().items()
        for token in code
        for pattern, advice in FORBIDDEN.items()
        if token.kind == "name" and re.fullmatch(pattern, token.text)
    )


def test_no_text_is_run_by_a_timer() -> None:
    check(
        f"{path}: {name} is given a text, which the browser would run; give it a function"
        for path in modules()
        for name in ("setTimeout", "setInterval")
        for first in calls(path, name)
        if first.kind in {"text", "chunk"}
    )


def blocked() -> Problems:
    """Attributes that the policy blocks."""
    for path, code in modules().items():
        for token, sign, value in zip(code, code[1:], code[2:], strict=False):
            is_set = token.text == "setAttribute" and value.kind == "text"
            name = value.text if is_set else token.text if sign.text == ":" else ""
            if name == "style":
                yield f"{path} sets a style attribute: use a class, or element.style.setProperty(…)"
            is_text = is_set or (value.kind in {"text", "chunk"} and path != TEXTS)
            if re.fullmatch(r"on[a-z]+", name) and is_text:
                yield f"{path} has a text for {name}: give h() a function, or use addEventListener"


def test_no_attribute_is_a_style_or_a_script() -> None:
    check(blocked())


def test_only_these_keep_something_in_the_browser() -> None:
    keeping = {path for path, code in modules().items() if Token("name", "localStorage") in code}
    assert keeping == set(STORED), "what is kept outlives a session: keep it in the address instead"


def test_nothing_comes_from_elsewhere() -> None:
    found = (
        (path, address)
        for path, file in site().files.items()
        for address in re.findall(r"https?://[^\s\"'`)]+", file.content.decode())
    )
    check(
        f"{path} names {address}: the console works offline and asks nobody but the hub"
        for path, address in found
        if not re.fullmatch(ADDRESSES.get(path, r"http://www\.w3\.org/2000/svg"), address)
    )


def unresolved() -> Problems:
    """Imports that lead nowhere."""
    for path in modules():
        for source, names in imports(path).items():
            if source not in modules():
                yield f"{path} imports {source}, which there is not"
            else:
                for name in sorted(names - exports(source)):
                    yield f"{path} imports {name} of {source}, which exports none"
        for source, names in late_imports(path).items():
            pattern = re.escape(source).replace(r"\*", r"[\w-]+")
            if not any(re.fullmatch(pattern, each) for each in modules()):
                yield f"{path} imports {source} when it needs it, and there is none"
            elif names and (missing := names - exports(source)):
                yield f"{path} imports {missing} of {source}, which exports none"


def test_every_import_is_resolved() -> None:
    check(unresolved())


def test_every_export_is_imported() -> None:
    wanted = {
        (source, name)
        for path in modules()
        for found in (imports(path), late_imports(path))
        for source, names in found.items()
        for name in names
    }
    check(
        f"{path} exports {name}, which nothing imports: remove it, or its `export`"
        for path in modules()
        for name in sorted(exports(path))
        if (path, name) not in wanted
    )


def elements() -> Problems:
    """Custom elements that are not where they should be."""
    for path in modules():
        late = [source for source in late_imports(path) if source in modules()]
        folder, name = PurePosixPath(path).parent.name, PurePosixPath(path).stem
        defined = [each.text for each in calls(path, "define")]
        expected = {"elements": [name], "pages": [f"{name}-page"]}.get(folder, [])
        if defined != expected:
            yield f"{path} defines the elements {defined}, expected are {expected}: one a file"
        for first in calls(path, "h"):
            source = f"elements/{first.text}.js"
            if "-" in first.text and first.kind == "text" and source not in reached(path, *late):
                yield f"{path} makes <{first.text}> and does not import {source}"


def test_every_element_has_a_file_of_its_name_that_its_users_import() -> None:
    check(elements())


def test_the_router_knows_the_pages_that_the_gateway_serves() -> None:
    code = [each.text for each in modules()["core/router.js"]]
    value = {
        name: [code[at + 2] for at, text in enumerate(code) if text == name and code[at + 1] == ":"]
        for name in ("path", "module")
    }
    assert dict(zip(value["path"], value["module"], strict=True)) == PAGES, (
        "the table of core/router.js and that of gateway/console/page.py are of the same pages"
    )


@pytest.mark.parametrize("module", PAGES.values())
def test_a_page_names_all_that_it_loads(module: str) -> None:
    html = document(site(), module, "/hub").content.decode()
    preloaded = re.findall(r'rel="modulepreload" href="/hub/console/\w+/([^"]+)"', html)
    assert sorted(preloaded) == sorted(reached(MAIN, f"pages/{module}.js"))


@pytest.mark.parametrize("module", PAGES.values())
def test_a_page_is_small(module: str) -> None:
    whole = document(site(), module, "")
    names = re.findall(r'(?:href|src)="/console/\w+/([^"]+)"', whole.content.decode())
    sizes = {name: len(site().files[name].packed) for name in dict.fromkeys(names)}
    sizes |= {"the HTML": len(whole.packed)}
    listed = "".join(
        f"\n  {size:6} {name}" for name, size in sorted(sizes.items(), key=lambda item: -item[1])
    )
    assert sum(sizes.values()) <= MOST_BYTES, (
        f"{module} is {sum(sizes.values())} bytes compressed, at most {MOST_BYTES} are promised: "
        f"import what is seldom needed by import(), or write less{listed}"
    )


def test_every_drawing_exists_and_is_used() -> None:
    code = modules()["core/drawings.js"]
    known = {
        token.text
        for token, following in pairwise(code)
        if following.text == ":" and token.kind in {"name", "text"}
    }
    for path in modules():
        missing = {
            first.text
            for name in ("icon", "drawing", "emptyNote")
            for first in calls(path, name)
            if first.kind == "text"
        } - known
        assert not missing, f"{path} uses the drawings {missing}, which core/drawings.js has not"


def unknown_texts() -> Problems:
    """Texts that modules use and nobody wrote."""
    known = texts()
    groups = {
        path.rsplit(".", depth)[0] for path in known for depth in range(1, path.count(".") + 1)
    }
    for path in modules():
        for each in sorted(used(path).paths):
            parts = each.split(".")
            starts = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
            if not starts & known and each not in groups:
                yield f"{path} uses texts.{each}, which texts.js has not"
        for each in sorted(used(path).groups - groups):
            yield f"{path} uses a text of texts.{each}, which is no group of texts.js"


def test_every_text_that_is_used_exists() -> None:
    check(unknown_texts())


def test_every_text_is_used() -> None:
    said = [used(path) for path in modules() if path != TEXTS]
    paths = {path for each in said for path in each.paths}
    # What is given away as a whole may be taken any text of.
    groups = paths | {group for each in said for group in each.groups}
    check(
        f"texts.{text} is used nowhere: remove it, or say it as texts.{text} where it stands"
        for text in sorted(texts())
        if text not in paths
        and not any(text.startswith(f"{group}.") for group in groups)
        and not any(path.startswith(f"{text}.") for path in paths)
    )
