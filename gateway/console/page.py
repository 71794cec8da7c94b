"""The HTML that every page of the console begins as: what is loaded, and what may be."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache

import orjson

from gateway.console.site import File, Site
from gateway.reference.html import Html, tag
from gateway.routes.paths import API

PAGES: Mapping[str, str] = {
    "/login": "login",
    "/assets": "assets",
    "/assets/{id}": "asset",
    "/ai-providers": "ai-providers",
    "/workflows": "workflows",
    "/executions": "executions",
    "/users": "users",
    "/settings": "settings",
    "/gallery": "gallery",
    "/gallery/{id}": "gallery-picture",
}
"""Every page by its path in Starlette's notation, with its module below `pages/`."""

MAIN = "main.js"

WHO = "/auth/me"
FIRST: Mapping[str, str] = {
    "assets": "/assets?pageSize=60",
    "gallery": "/public/assets?pageSize=50",
}
"""What a page without a query asks the API first, to the letter as its module does."""
FOR_ANYBODY = frozenset({"login", "gallery", "gallery-picture"})


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The Content-Security-Policy: files of the console, pictures of the hub and those to be uploaded.

Nothing inline counts, and no script can make HTML of a text.
"""


def asked_first(module: str, *, is_signed_in: bool, has_query: bool) -> tuple[str, ...]:
    """Paths of the API that a page is going to ask: begun with its modules, not after them."""
    if module not in FOR_ANYBODY and not is_signed_in:
        return ()
    who = () if module in FOR_ANYBODY else (WHO,)
    return who if has_query or module not in FIRST else (*who, FIRST[module])


@cache
def document(site: Site, module: str | None, base: str, first: tuple[str, ...] = ()) -> File:
    """The page that shows `pages/<module>.js`, or that there is none at its address.

    `base` is the path under which the hub is served;
    `first` are paths of the API whose answers it is going to ask for.
    """
    root = f"{html.escape(base)}/console/{site.version}"
    asked = [f"{base}{API}{path}" for path in first]
    entries = (MAIN,) if module is None else (MAIN, f"pages/{module}.js")
    sheets = [*site.styles, *site.styles_of(*entries)]
    head = tag(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        tag("title", "NekoHub"),
        Html(f'<link rel="icon" href="{root}/icon.svg">'),
        Html(f'<script src="{root}/theme.js"></script>'),
        *(
            Html(f'<link rel="preload" as="fetch" crossorigin href="{html.escape(address)}">')
            for address in asked
        ),
        *(Html(f'<link rel="stylesheet" href="{root}/{path}">') for path in sheets),
        *(
            Html(f'<link rel="modulepreload" href="{root}/{path}">')
            for path in site.modules(*entries)
        ),
        Html(f'<script type="module" src="{root}/{MAIN}"></script>'),
    )
    body = tag(
        "body",
        tag(
            "noscript",
            "This page needs JavaScript. What it shows is at /docs and in the API too.",
        ),
    )
    others = orjson.dumps(_styles(site)).decode()
    whole = tag("html", head, body, lang="en", data_base=base, data_styles=others)
    return File(f"<!doctype html>{whole}".encode(), "text/html; charset=utf-8")


def _styles(site: Site) -> dict[str, list[str]]:
    """The style sheets of each page, for who comes there from another one."""
    return {module: site.styles_of(f"pages/{module}.js") for module in PAGES.values()}
