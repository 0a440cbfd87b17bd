"""Pages in a real browser, watched: what went wrong on them, and what they asked for elsewhere."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.make import PASSWORD, Somebody
from tests.walk.place import Place

AXE = Path(__file__).resolve().parents[3] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = "SAMOEY_PICTURES"
PATIENCE_MS = 20_000
HERE = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
_FIND_FAULTS = """async () => (await axe.run({resultTypes: ['violations']})).violations.flatMap(
    fault => fault.nodes.map(node => `${fault.id}: ${node.target}: ${node.failureSummary}`))"""


class Eyes:
    """Opens pages, each in a browser profile of its own, and sees what happens on them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.elsewhere: list[str] = []

    async def open(self, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
        """A page of somebody who was never here."""
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        self._contexts.append(context)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self._watch)
        return await context.new_page()

    async def enter(self, place: Place, somebody: Somebody, **options: Any) -> Page:
        """A page of somebody who is signed in."""
        page = await self.open(base_url=place.url, **options)
        answer = await page.context.request.post(
            "/api/v1/identity/session", data={"email": somebody.email, "password": PASSWORD}
        )
        assert answer.ok, await answer.text()
        return page

    async def close(self) -> None:
        """Close every page."""
        while self._contexts:
            await self._contexts.pop().close()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error.stack}"))
        page.on("console", self._hear)
        page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused sign-in is an answer; the browser reports every status over 399 as an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith(HERE):
            self.elsewhere.append(request.url)


async def faults(page: Page) -> list[str]:
    """The rules that axe finds violated on the page as it stands."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(await page.evaluate(_FIND_FAULTS))


async def picture(page: Page, name: str) -> None:
    """Keep a picture in the folder that the variable names; for people who look at pages."""
    if folder := os.environ.get(PICTURES):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))
