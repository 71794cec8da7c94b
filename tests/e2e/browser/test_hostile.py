"""A table of texts that try to be more than texts, everywhere a stranger can put one."""

import io
import json
from urllib.parse import urlencode

from PIL import Image
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.browser.dropping import Dropped, drop
from tests.e2e.browser.guard import Guard
from tests.e2e.hub_process import Client
from tests.fakes import FakeOpenAI, Scripted, completion

HIT = "globalThis.hit=1"
NARROW: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 800}
PAYLOADS = (
    f"<script>{HIT}</script>",
    f"<img src=x onerror={HIT}>",
    f"<svg onload={HIT}>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"javascript:{HIT}",
    f"java\tscript\n:{HIT}",
    f"\x01javascript:{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    "<iframe src=//evil.invalid srcdoc='<script>parent.hit=1</script>'></iframe>",
    f"<object data='javascript:{HIT}'></object><embed src=//evil.invalid>",
    "<base href=//evil.invalid/><meta http-equiv=refresh content='0;url=//evil.invalid'>",
    "<link rel=stylesheet href=//evil.invalid><style>@import '//evil.invalid'</style>",
    f"<form action=//evil.invalid><button formaction='javascript:{HIT}'>x</button></form>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={HIT}>",
    f"<noscript><p title='</noscript><img src=x onerror={HIT}>'>",
    f"<template><script>{HIT}</script></template>{{{{constructor.constructor('{HIT}')()}}}}",
    f"${{{HIT}}}<%= {HIT} %>#{{{HIT}}}`{HIT}`",
    "red;background:url(//evil.invalid/css)",
    "var(--accent, url(//evil.invalid/var)) expression(hit=1)",
    "}*{background:url(//evil.invalid/rule)}/*",
    f"\"'></title></textarea><img src=x onerror={HIT}>",
    f'x" onmouseover="{HIT}" autofocus onfocus=\'{HIT}\' y=',
    f"&lt;img src=x onerror={HIT}&gt;&#60;script&#62;",
    f"\\u003cscript\\u003e{HIT}\\x3c/script\\x3e",
    "\u202egnp.exe\u2066\u200b\u200d\ufeff\u2028\u2029\u0085",
    '{"__proto__":{"html":"<b>x</b>"},"constructor":"<i>y</i>"}',
    "__proto__",
    "constructor",
    f"[link](javascript:{HIT})![image](//evil.invalid/md)",
    '=HYPERLINK("//evil.invalid")\t+1,-1,@x,\'',
    "//evil.invalid/\\..\\..%2e%2e/?next=//evil.invalid#<x>",
    "W" * 12_000,
)
ALL = "\n".join(PAYLOADS)
"""For whatever takes a text of any length."""
SHORT = "\n".join(PAYLOADS[:-1])
QUERY = urlencode(
    dict.fromkeys(("query", "status", "sort", "skill", "assetId", "days", "x"), SHORT)
)
FORBIDDEN = (
    "script, iframe, object, embed, base, meta, link, style, math, template, form[action], "
    "animate, mglyph, [onerror], [onload], [onbegin], [onfocus], [onmouseover], [formaction], "
    "[srcdoc]"
)
FOUND = """forbidden => {
    const isOurs = (each) => {
        const {origin, protocol} = new URL(each.href ?? each.src, location.href);
        return origin === location.origin || protocol === "blob:";
    };
    const all = [...document.body.querySelectorAll("*")];
    return [
        ...all.filter((each) => each.matches(forbidden)),
        ...all.filter((each) => each.matches("a[href], img[src]") && !isOurs(each)),
        ...all.filter((each) => /url|expression/.test(each.getAttribute("style"))),
    ].map((each) => each.outerHTML).concat(globalThis.hit || ({}).html ? "it ran" : []);
}"""
"""What is in a page that we did not make, or leads elsewhere."""
GO = """address => {
    history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("page", {detail: {isBack: false}}));
}"""
WITHOUT_SKILL = """() => localStorage.setItem("nekohub.upload-options", '{"skill": "-"}')"""
OPENED = "() => { for (const each of document.querySelectorAll('details')) each.open = true; }"


def picture() -> bytes:
    """The bytes of a small one."""
    target = io.BytesIO()
    Image.new("RGB", (24, 16), (200, 90, 160)).save(target, "PNG")
    return target.getvalue()


def named(payload: str) -> str:
    """It without the characters that names may not have."""
    return "".join(each for each in payload if each.isprintable())[:64].strip()


async def plant(client: Client, fake: FakeOpenAI) -> str:
    """Puts all of it wherever the API takes it; gives the id of the picture with results."""
    content, names = picture(), {""}
    for number, payload in enumerate(PAYLOADS):
        files = {"file": (payload[:200], content, "image/png")}
        texts = {"description": payload[:1000], "altText": payload[:400]}
        fields = {"runEnrichment": "false", "isPublic": "true", **texts}
        await client.data("POST", "/assets", status=202, files=files, data=fields)
        if (name := named(payload)) in names:
            continue
        names.add(name)
        nodes = [
            {"id": number, "data": {"skillId": "thumbnail", "label": payload, payload: payload}},
            {"id": f"note {payload}", "data": {"label": payload}},
            {"id": payload, "type": payload, "data": {"label": payload, "skillId": payload}},
        ]
        workflow = {"description": payload[:500], "graphJson": json.dumps({"nodes": nodes})}
        made = {"name": name, **workflow}
        await client.data("POST", "/system/workflows", status=201, json=made)
        model = {"modelName": name, "defaultSystemPrompt": payload[:8000]}
        profile = {"name": name, "apiBaseUrl": fake.base_url, "apiKey": "sk-planted-0123", **model}
        await client.data("POST", "/system/ai/providers", status=201, json=profile)
        user = {"username": name, "password": "a long password", "role": "user", "permissions": []}
        await client.data("POST", "/users", status=201, json=user)
    await client.use(fake)
    fake.answers = {
        "caption": {"caption": ALL},
        "alt-text": {"altText": SHORT},
        "structured-metadata": {
            **dict.fromkeys(("title", "scene", "text"), ALL),
            **{each: list(PAYLOADS) for each in ("tags", "objects", "colors")},
        },
    }
    asset = await client.upload(isPublic="true", description=SHORT[:1000])
    await client.enriched(asset["id"])
    fake.refusal = lambda asked: Scripted(400, {"error": {"message": ALL, "code": ALL}})
    run = f"/assets/{asset['id']}/skills/ai-caption/run"
    await client.post(run, json={"parameters": {"language": "de"}})
    fake.refusal = lambda asked: None
    return str(asset["id"])


FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


async def harmless(page: Page, place: str) -> None:
    """Opens all that can be opened, and looks whether the page is still ours, and of use."""
    await page.evaluate(OPENED)
    await expect(page.get_by_role("heading", level=1), place).to_be_visible()
    assert await page.evaluate(FOUND, FORBIDDEN) == [], place
    assert "hit" not in await page.title(), place
    for size in (NARROW, WIDE):
        await page.set_viewport_size(size)
        # What is laid out by its own size is so some frames later.
        await page.wait_for_function(FITS)


async def test_a_text_is_a_text_wherever_it_stands(
    signed_in: Page, client: Client, fake: FakeOpenAI, guard: Guard
) -> None:
    page = signed_in
    # There is no picture of such an id.
    guard.allow("status of 404")
    asset_id = await plant(client, fake)
    await page.goto(f"/assets?{QUERY}")
    await harmless(page, "/assets")

    async def go(path: str) -> None:
        await page.evaluate(GO, path)
        await harmless(page, path)

    await go("/assets")
    await expect(page.locator("photo-tile").nth(5)).to_be_visible()
    await page.keyboard.press("Control+a")
    await page.get_by_role("button", name="Run…").click()
    await harmless(page, "running on many")
    await page.keyboard.press("Escape")
    await page.evaluate(WITHOUT_SKILL)
    await drop(page, "main", [Dropped(each[:200], picture(), "image/png") for each in PAYLOADS])
    await harmless(page, "uploading")

    await go(f"/assets/{asset_id}")
    await expect(page.locator("result-list")).to_contain_text(PAYLOADS[0])
    told = await page.locator("result-list").text_content() or ""
    assert [each for each in PAYLOADS[:-1] if each.isprintable() and each not in told] == []
    await page.get_by_role("button", name="Run a skill").click()
    await harmless(page, "running on one")
    await page.keyboard.press("Escape")

    await go(f"/executions?assetId={asset_id}")
    await expect(page.locator("run-row").first).to_contain_text("<img src=x")
    await go("/workflows")
    await page.locator("workflow-list h2 a").first.click()
    await expect(page.locator("skill-row").first).to_be_visible()
    await harmless(page, "a workflow")

    await go("/ai-providers")
    fake.script(Scripted(body=completion({"caption": ALL})))
    await page.get_by_role("button", name="Test: <script>").click()
    await expect(page.locator("blockquote")).to_contain_text("onerror")
    await page.get_by_role("button", name="Edit: <img").click()
    await harmless(page, "a provider")
    await page.keyboard.press("Escape")
    await go("/users")
    await page.get_by_role("button", name="Manage <script>").click()
    await page.locator(":popover-open").get_by_role("button", name="Permissions").click()
    await harmless(page, "a user")
    await page.keyboard.press("Escape")
    for path in ("/executions", "/workflows", "/ai-providers", "/users", "/settings", "/gallery"):
        await go(f"{path}?{QUERY}")
    await go("/gallery")
    await expect(page.locator("photo-tile").nth(5)).to_be_visible()
    await go(f"/gallery/{asset_id}")
    await page.goto(f"/login?{urlencode({'next': SHORT})}")
    await harmless(page, "signing in")
