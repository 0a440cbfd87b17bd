"""Every page, in both themes and on a narrow screen: nothing that axe finds, nothing cut off."""

import asyncio
import os
from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.walk.eyes import PICTURES, Eyes, faults, picture
from tests.walk.place import Place
from tests.walk.steps import answers, begin, chips

HEIGHTS = {1440: 900, 1024: 768, 390: 844}
# Colours do not change with the width; pictures for people are taken of all.
THEMES: dict[int, tuple[Literal["light", "dark"], ...]] = {1440: ("light", "dark"), 390: ("light",)}
if PICTURES in os.environ:
    THEMES = dict.fromkeys(HEIGHTS, ("light", "dark"))

# Name, address, and what shows that the page is there.
INSIDE = [
    ("home", "/", "h1"),
    ("conversations", "/conversations/", "[type=search]"),
    ("search-empty", "/search/", "[type=search]"),
    ("search", "/search/?q=letter+queue", "main section"),
    ("search-regex", "/search/?q=def+%5Cw%2B&way=regex", "main section"),
    ("repositories", "/repositories/", "[data-repository]"),
    ("repositories-add", "/repositories/?add=1", "[role=dialog] form"),
    ("members", "/members/", "main li"),
    ("models", "/models/", "[data-provider]"),
    ("models-routing", "/models/?tab=routing", "[role=tabpanel] h2"),
    ("models-keys", "/models/?tab=keys", "[role=tabpanel] h2"),
    ("models-usage", "/models/?tab=usage", "[role=tabpanel] :is(h2, table)"),
    ("models-prompts", "/models/?tab=prompts", "[aria-label=Prompts] li"),
    ("models-playground", "/models/?tab=playground", "[role=tabpanel] form"),
    ("settings-profile", "/settings/?tab=profile", "main form"),
    ("settings-appearance", "/settings/?tab=appearance", "main fieldset"),
    ("settings-keys", "/settings/?tab=keys", "main h2"),
    ("settings-sessions", "/settings/?tab=sessions", "main li"),
    ("settings-workspace", "/settings/?tab=workspace", "main form"),
    ("nowhere", "/nowhere/", "h1, h2"),
]
DOORS = [
    ("sign-in", "/sign-in/", "form"),
    ("setup", "/setup/#none", "h1"),
    ("join", "/join/#none", "[role=alert] p"),
    ("reset", "/reset/#none", "form"),
]


@pytest.fixture(params=list(THEMES))
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


async def looked_at(page: Page, name: str, width: int) -> list[str]:
    """What is wrong with the page as it stands."""
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    wrong = []
    for theme in THEMES[width]:
        await page.emulate_media(color_scheme=theme)
        await picture(page, f"{name}-{width}-{theme}")
        wrong += [f"{name}, {theme}: {fault}" for fault in await faults(page)]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return wrong + ([f"{name} is {wide} wide"] if wide > width else [])


async def test_the_doors_are_whole(place: Place, eyes: Eyes, width: int) -> None:
    page = await eyes.open(base_url=place.url, width=width, height=HEIGHTS[width])
    wrong = []
    for name, address, there in DOORS:
        await page.goto("about:blank")
        await page.goto(address)
        await page.locator(there).first.wait_for()
        wrong += await looked_at(page, name, width)
    assert wrong == []


async def test_the_pages_inside_are_whole(place: Place, eyes: Eyes, width: int) -> None:
    page = await eyes.enter(place, place.owner, width=width, height=HEIGHTS[width])
    wrong = []
    for name, address, there in INSIDE:
        await page.goto(address)
        await page.locator(there).first.wait_for()
        wrong += await looked_at(page, name, width)
    assert wrong == []


async def previewed(page: Page, chip: Locator) -> None:
    """Rest on a chip until its lines are shown; what still arrives may move it from under us."""
    preview = page.get_by_text("courier/courier/").first
    async with asyncio.timeout(60):
        while not await preview.is_visible():
            await page.mouse.move(0, 0)
            await chip.hover()
            await page.wait_for_timeout(1_000)


async def test_answers_and_code_are_whole(place: Place, eyes: Eyes, width: int) -> None:
    page = await eyes.enter(place, place.owner, width=width, height=HEIGHTS[width])
    answer = await begin(page)
    wrong = await looked_at(page, "answer", width)
    await previewed(page, chips(answer).first)
    wrong += await looked_at(page, "preview", width)
    await chips(answer).first.click()
    await page.locator(".cited-line").first.wait_for()
    wrong += await looked_at(page, "beside", width)
    await page.goto(place.code("courier/letter_queue.py", "L8-L12"))
    await page.locator(".cited-line").first.wait_for()
    wrong += await looked_at(page, "code", width)
    await page.get_by_role("button", name="Symbols").click()
    await page.get_by_role("button", name="requeue_failed").wait_for()
    wrong += await looked_at(page, "symbols", width)
    assert wrong == []


async def test_on_a_narrow_screen_panels_are_pages(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner, width=360, height=740)
    answer = await begin(page)
    conversations = page.get_by_role("region", name="Conversations")
    await expect(conversations).to_be_hidden()
    await chips(answer).first.click()
    await expect(page.get_by_test_id("code")).to_be_visible()
    await expect(answers(page)).to_be_hidden()

    await page.get_by_role("button", name="Back").locator("visible=true").click()
    await expect(answers(page)).to_be_visible()
    await page.get_by_role("button", name="Back").locator("visible=true").click()
    await expect(conversations).to_be_visible()
    await expect(answers(page)).to_have_count(0)
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    await expect(page.get_by_label("Search code")).to_be_visible()
