"""What no page of ours may do: log an error, throw, break its policy, ask anybody else."""

import re
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Request, WebError

NO_ORIGIN = frozenset({"about", "blob", "data"})
"""Schemes of what is in the page already."""


class Guard:
    """Watches all pages of a context.

    What breaks a Content-Security-Policy is told on the console, and a status of 400 or more too.
    """

    def __init__(self, url: str) -> None:
        self._origin = urlsplit(url).netloc
        self._found: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Has whatever contains this pattern count as expected, also if it is found already."""
        self._allowed.append(re.compile(pattern))

    @property
    def complaints(self) -> list[str]:
        """What was found, without what is expected."""
        return [
            found
            for found in self._found
            if not any(pattern.search(found) for pattern in self._allowed)
        ]

    def watch(self, context: BrowserContext) -> None:
        """Collects from now on."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)

    def leave(self, context: BrowserContext) -> None:
        """Collects nothing more."""
        context.remove_listener("console", self._on_console)
        context.remove_listener("weberror", self._on_error)
        context.remove_listener("request", self._on_request)

    async def settle(self, context: BrowserContext) -> None:
        """Waits until all that the pages have said so far has arrived."""
        for page in context.pages:
            try:
                await page.evaluate("0")
            except Error as error:
                self._found.append(f"a page that does not answer: {error.message} ({page.url})")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self._found.append(f"console: {message.text} ({message.location['url']})")

    def _on_error(self, error: WebError) -> None:
        page = error.page.url if error.page else "a page that has gone"
        self._found.append(f"uncaught: {error.error.message} ({page})")

    def _on_request(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in NO_ORIGIN and asked.netloc != self._origin:
            self._found.append(f"a request elsewhere: {request.method} {request.url}")
