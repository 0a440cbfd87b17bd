"""A real Chromium on the built web application, watched: no error, nothing sent elsewhere."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright

from samoey.kit.pages import web_root
from samoey.kit.settings import ServerSettings

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "clients" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these Chromium looks up its maker's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.walk)
            # One browser at a time: the machine has two cores.
            item.add_marker(pytest.mark.xdist_group("walk"))


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium")
    if web_root(ServerSettings()) is None:
        pytest.fail("The web application is not built: make build")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class Watched:
    """A page and everything about it that should not have happened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        # A refused sign-in is an answer; the browser reports every status over 399 as an error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.elsewhere.append(request.url)

    async def axe(self) -> list[str]:
        """The rules that axe finds violated on the page as it stands."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(
            "async () => (await axe.run()).violations"
            ".map(v => `${v.id}: ${v.nodes.map(n => n.target).join(' ')}`)"
        )
        return list(found)

    async def picture(self, name: str) -> None:
        """Keep a picture where `SAMOEY_PICTURES` says; for people who look at pages."""
        if folder := os.environ.get("SAMOEY_PICTURES"):
            await self.page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.fixture
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    watched = Watched(await context.new_page())
    watched.page.set_default_timeout(20_000)
    yield watched
    await context.close()
    assert watched.errors == []
    assert watched.elsewhere == []
