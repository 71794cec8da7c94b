"""Where the console's pages and files are. They are no part of the API, and know nothing but it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import ranges, session
from gateway.body import joined_header
from gateway.console import page
from gateway.console.compression import accepts_gzip
from gateway.console.site import File, site
from gateway.context import Gateway
from gateway.endpoint import Endpoint, Handler
from gateway.routes.paths import API
from gateway.routing import not_found
from services.chassis.errors import NotFound

KEPT = "public, max-age=31536000, immutable"
"""Of a file under the address of its own version."""
ASKED_ANEW = "no-cache"
_HEADERS = {"x-content-type-options": "nosniff", "vary": "accept-encoding"}
_PAGE_HEADERS = {
    "cache-control": ASKED_ANEW,
    "content-security-policy": page.POLICY,
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def shown(module: str) -> Handler:
    """What answers with the page of a module."""

    async def show(gateway: Gateway, request: Request) -> Response:
        """Show a page."""
        loaded = await asyncio.to_thread(site)
        first = page.asked_first(
            module,
            is_signed_in=session.cookie(request.scope, session.ACCESS_COOKIE) != "",
            has_query=request.url.query != "",
        )
        document = page.document(loaded, module, _base(gateway), first)
        return await _answer(request, document, _PAGE_HEADERS)

    return show


async def file(gateway: Gateway, request: Request) -> Response:
    """Read one of the files that pages are made of.

    Under the address of another version, as a page has it that was opened before an upgrade, the
    file is as it is now, and is not kept.
    """
    loaded = await asyncio.to_thread(site)
    path = request.path_params["path"]
    found = loaded.files.get(path)
    if found is None:
        raise NotFound("ROUTE_NOT_FOUND", f"the console has no file {path[:100]!r}")
    is_current = request.path_params["version"] == loaded.version
    return await _answer(request, found, {"cache-control": KEPT if is_current else ASKED_ANEW})


async def home(gateway: Gateway, request: Request) -> Response:
    """Go to the pictures."""
    return RedirectResponse(f"{_base(gateway)}/assets")


async def without_slash(gateway: Gateway, request: Request) -> Response:
    """Go to the page whose address has no slash at its end."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{_base(gateway)}{request.scope['path'].rstrip('/')}{query}")


def missing(gateway: Gateway) -> ASGIApp:
    """What stands where no route matches: for who comes with a browser, a page that says so.

    Raises ROUTE_NOT_FOUND for all others, and below the API, which no person reads.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_visit(scope):
            document = page.document(await asyncio.to_thread(site), None, _base(gateway))
            headers = _HEADERS | _PAGE_HEADERS | {"vary": "accept"}
            response = Response(document.content, 404, headers, document.media_type)
            await response(scope, receive, send)
        else:
            await not_found(scope, receive, send)

    return answer


def _is_visit(scope: Scope) -> bool:
    """Whether somebody has a browser go there, and wants to read something."""
    wanted = joined_header(scope["headers"], b"accept")
    is_page = scope["method"] in session.SAFE_METHODS and "text/html" in wanted
    return is_page and not scope["path"].startswith(f"{API}/")


def _base(gateway: Gateway) -> str:
    """The path under which the hub is served; "" at the root."""
    return urlsplit(gateway.config.public_base_url).path


async def _answer(request: Request, found: File, more: dict[str, str]) -> Response:
    """The file, or that it is the one which the client has; compressed for who can read that."""
    asked = request.scope["headers"]
    # Weak, because it is that of the compressed content too.
    headers = _HEADERS | more | {"etag": f'W/"{found.digest}"'}
    if ranges.none_match(joined_header(asked, b"if-none-match"), found.digest):
        return Response(status_code=304, headers=headers)
    if not accepts_gzip(joined_header(asked, b"accept-encoding")):
        return Response(found.content, 200, headers, found.media_type)
    packed = await asyncio.to_thread(lambda: found.packed)
    return Response(packed, 200, headers | {"content-encoding": "gzip"}, found.media_type)


ROUTES = (
    Endpoint("GET", "/", home, None, media="text/html"),
    Endpoint("GET", "/console/{version}/{path:path}", file, None, media="text/plain"),
    *(
        Endpoint("GET", path, shown(module), None, media="text/html")
        for path, module in page.PAGES.items()
    ),
    *(Endpoint("GET", f"{path}/", without_slash, None, media="text/html") for path in page.PAGES),
)
