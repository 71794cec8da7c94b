"""Pages that come in place of JSON: from proxies, firewalls, sign-ins and challenges."""

import html
import re

_READ_BYTES = 32_768
_TITLE = re.compile(r"<title(?:\s[^<>]{0,200})?>([^<]{0,2000})", re.IGNORECASE)
_BARE = re.compile(r"error code: \d{3,4}", re.IGNORECASE)
"""All that Cloudflare says to who is no browser."""


def title_of(body: bytes) -> str | None:
    """What a page calls itself, "" if it does not; None for a body that is no page."""
    text = body[:_READ_BYTES].decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if _BARE.fullmatch(text):
        return text
    if not text.startswith("<"):
        return None
    title = _TITLE.search(text)
    return html.unescape(title[1]).strip() if title else ""
