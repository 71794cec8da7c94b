"""The console as the gateway serves it: its pages, its files, and nothing else."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from gateway.console.page import PAGES
from gateway.console.site import ROOT, site
from tests.contract.gateway_hub import Answer, Hub, client_of, error_of, running_hub

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
ADDRESSES = [path.replace("{id}", "0198c0de-0000-7000-8000-000000000000") for path in PAGES]
FILE = f"/console/{site().version}/main.js"
OLD_FILE = "/console/0123456789abcdef/main.js"


@pytest.fixture(scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
async def anonymous(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


VISIT = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_who_comes_with_a_browser_to_no_page_is_shown_one(
    anonymous: httpx.AsyncClient,
) -> None:
    got = await anonymous.get("/<b>nothing", headers=VISIT)
    assert got.status_code == 404
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert got.headers["content-security-policy"] == POLICY
    assert got.headers["vary"] == "accept"
    assert "nothing" not in got.text
    for method, path, headers in (
        ("GET", "/nothing", {}),
        ("POST", "/nothing", VISIT),
        ("GET", "/api/v1/nothing", VISIT),
        ("GET", "/console/nothing", {"accept": "text/css,*/*;q=0.1"}),
    ):
        refused = await anonymous.request(method, path, headers=headers)
        assert error_of(refused)["code"] == "route_not_found", path


@pytest.mark.parametrize("path", ADDRESSES)
async def test_a_slash_at_the_end_leads_to_the_page(
    anonymous: httpx.AsyncClient, path: str
) -> None:
    got = await anonymous.get(f"{path}/?query=a%20b", headers=VISIT)
    assert (got.status_code, got.headers["location"]) == (307, f"{path}?query=a%20b")


@pytest.mark.parametrize("path", ADDRESSES)
async def test_a_page_is_for_anybody(anonymous: httpx.AsyncClient, path: str) -> None:
    got = await anonymous.get(path)
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert got.headers["content-security-policy"] == POLICY
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] == "same-origin"
    assert got.headers["cross-origin-opener-policy"] == "same-origin"
    assert got.headers["cache-control"] == "no-cache"
    assert got.text.startswith('<!doctype html><html lang="en" data-base="" ')

    head = await anonymous.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-security-policy", "content-length", "etag"):
        assert head.headers[name] == got.headers[name]

    refused = await anonymous.post(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert error_of(refused)["code"] == "method_not_allowed"


PRELOADED = re.compile(r'<link rel="preload" as="fetch" crossorigin href="/api/v1([^"]+)">')


@pytest.mark.parametrize(
    ("path", "cookie", "first"),
    [
        ("/assets", "nekohub_session=x", ["/auth/me", "/assets?pageSize=60"]),
        ("/assets?sort=oldest", "nekohub_session=x", ["/auth/me"]),
        ("/users", "nekohub_session=x", ["/auth/me"]),
        ("/assets", "", []),
        ("/login", "nekohub_session=x", []),
        ("/gallery", "", ["/public/assets?pageSize=50"]),
        ("/gallery?query=cat", "", []),
    ],
)
async def test_what_a_page_asks_first_is_begun_with_it(
    anonymous: httpx.AsyncClient, path: str, cookie: str, first: list[str]
) -> None:
    got = await anonymous.get(path, headers={"cookie": cookie})
    assert PRELOADED.findall(got.text) == first


async def test_a_page_shows_nothing_of_its_address(anonymous: httpx.AsyncClient) -> None:
    path = "/assets/%3Cscript%3Ealert(1)"
    plain = await anonymous.get("/assets/x")
    assert (await anonymous.get(f'{path}?a="><script>')).content == plain.content


@pytest.mark.parametrize("path", ["/Assets", "/assets/a/b", "/nothing", "/console"])
async def test_what_is_no_page_is_not_found(anonymous: httpx.AsyncClient, path: str) -> None:
    assert error_of(await anonymous.get(path))["code"] == "route_not_found"


async def test_the_root_leads_to_the_pictures(anonymous: httpx.AsyncClient) -> None:
    for method in ("GET", "HEAD"):
        response = await anonymous.request(method, "/")
        assert (response.status_code, response.headers["location"]) == (307, "/assets")


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://x.example/hub", "/hub"),
        ("http://x.example:8080", ""),
        ("https://x.example/a'\"><b>", "/a&#x27;&quot;&gt;&lt;b&gt;"),
    ],
)
async def test_addresses_are_below_the_public_one(base: str, path: str) -> None:
    async with running_hub(base_url=base) as hub, client_of(hub, None) as client:
        page = await client.get("/gallery")
        home = await client.get("/")
    assert page.headers["content-security-policy"] == POLICY
    assert f'<html lang="en" data-base="{path}" ' in page.text
    named = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(named) > 10
    beginnings = (f"{path}/console/{site().version}/", f"{path}/api/v1/public/assets?")
    assert all(each.startswith(beginnings) for each in named)
    assert unquote(home.headers["location"]) == f"{urlsplit(base).path}/assets"


async def test_every_file_is_served(anonymous: httpx.AsyncClient) -> None:
    types = {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
    lying = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()}
    assert lying == set(site().files), "a file of another kind needs a row in site.MEDIA_TYPES"
    for path in sorted(lying):
        response = await anonymous.get(f"/console/{site().version}/{path}")
        assert (response.status_code, response.content) == (200, (ROOT / path).read_bytes())
        assert response.headers["content-type"] == types[path.rpartition(".")[2]]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_file_of_another_version_is_asked_for_anew(anonymous: httpx.AsyncClient) -> None:
    current, old = await anonymous.get(FILE), await anonymous.get(OLD_FILE)
    assert old.content == current.content
    assert old.headers["cache-control"] == "no-cache"
    assert old.headers["etag"] == current.headers["etag"]


@pytest.mark.parametrize("path", [FILE, OLD_FILE, "/login"])
@pytest.mark.parametrize(
    ("known", "is_known"),
    [
        ("W/{tag}", True),
        ("{tag}", True),
        ('"a,b", W/{tag}', True),
        ("*", True),
        ('W/"0123456789abcdef0123456789abcdef"', False),
        ("{bare}", False),
        ('"x{bare}"', False),
        ("", False),
    ],
)
async def test_what_is_known_is_not_sent_again(
    anonymous: httpx.AsyncClient, path: str, known: str, is_known: bool
) -> None:
    tag = (await anonymous.head(path)).headers["etag"].removeprefix("W/")
    header = {"if-none-match": known.format(tag=tag, bare=tag.strip('"'))}
    response = await anonymous.get(path, headers=header)
    assert response.status_code == (304 if is_known else 200)
    assert (response.content == b"") == is_known
    assert response.headers["etag"] == f"W/{tag}"
    for name in ("cache-control", "vary", "x-content-type-options"):
        assert name in response.headers


@pytest.mark.parametrize("path", [FILE, "/login"])
@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("br, GZip;q=0.5", True),
        ("deflate, x-gzip", True),
        ("*", True),
        ("identity;q=1, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, deflate", False),
        ("*, gzip;q=0", False),
        ("*;q=0", False),
        ("br", False),
        ("not-gzip", False),
        ("gzip;q=nonsense", False),
        ("", False),
    ],
)
async def test_it_is_compressed_for_who_can_read_that(
    anonymous: httpx.AsyncClient, path: str, accepted: str, is_packed: bool
) -> None:
    plain = await anonymous.get(path, headers={"accept-encoding": "identity"})
    async with anonymous.stream("GET", path, headers={"accept-encoding": accepted}) as response:
        sent = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["vary"] == "accept-encoding"
    assert response.headers["etag"] == plain.headers["etag"]
    assert response.headers.get("content-encoding") == ("gzip" if is_packed else None)
    assert int(response.headers["content-length"]) == len(sent)
    assert (gzip.decompress(sent) if is_packed else sent) == plain.content


@pytest.mark.parametrize(
    "path",
    [
        "nothing.js",
        "",
        "main.js/",
        "MAIN.JS",
        "core",
        "core/",
        "../site.py",
        "core/../main.js",
        "./main.js",
        "core//dom.js",
        "%2e%2e/site.py",
        "..%2fsite.py",
        "core%2f..%2fmain.js",
        "%2Fetc%2Fpasswd",
        "/etc/passwd",
        "..%5csite.py",
        "core%5cdom.js",
        "main.js%00",
        "main.js%00.css",
        "%252e%252e/site.py",
        "main.js%0d%0aX-Made: up",
    ],
)
async def test_no_trick_leads_to_another_file(hub: Hub, path: str) -> None:
    """Files are looked up among those that were read: a path is only ever a name."""
    target = f"/console/{site().version}/{path}".replace(" ", "%20")
    answer: Answer = await hub.exchange(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (answer.status, answer.error["code"]) == (404, "route_not_found")
    assert "x-made" not in answer.headers


async def test_a_file_has_a_head_and_nothing_else(anonymous: httpx.AsyncClient) -> None:
    got, head = await anonymous.get(FILE), await anonymous.head(FILE)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        refused = await anonymous.request(method, FILE)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
