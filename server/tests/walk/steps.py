"""What people do on the pages, as often as several walks need it."""

import re

from playwright.async_api import Locator, Page, expect

from tests.make import PASSWORD, Somebody
from tests.walk.place import QUESTION, Place


def answers(page: Page) -> Locator:
    """The copilot's messages of the open conversation."""
    return page.locator('article[data-role="assistant"]')


def chips(where: Page | Locator) -> Locator:
    """The citations in the text of an answer."""
    return where.locator("[data-chip]")


async def ask(page: Page, text: str = QUESTION) -> Locator:
    """Ask in the box that is there; gives the answer, which may still be under way."""
    before = await answers(page).count()
    await page.get_by_label("Question").fill(text)
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page).to_have_url(re.compile(r"/conversations/\?id="))
    answer = answers(page).nth(before)
    await expect(answer).to_be_visible()
    return answer


async def finished(answer: Locator, status: str = "done") -> Locator:
    """The same answer, once it is complete."""
    await expect(answer).to_have_attribute("data-status", status)
    return answer


async def begin(page: Page, text: str = QUESTION) -> Locator:
    """A conversation of one question and its complete answer."""
    await page.goto("/")
    return await finished(await ask(page, text))


async def sign_in(page: Page, somebody: Somebody) -> None:
    """Fill in the sign-in page that is open."""
    await page.get_by_label("E-mail").fill(somebody.email)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def choose(page: Page, menu: str, item: str) -> None:
    """Open a menu by the name of its button and choose in it."""
    await page.get_by_role("button", name=menu, exact=True).click()
    await page.get_by_role("menuitem", name=item).click()


async def marked_lines(page: Page) -> list[int]:
    """The numbers of the lines that the code view marks."""
    await expect(page.locator(".cited-line").first).to_be_visible()
    numbers = await page.evaluate(
        """() => {
          const tops = new Set([...document.querySelectorAll('.cited-line')]
            .map(line => Math.round(line.getBoundingClientRect().top)))
          return [...document.querySelectorAll('.line-numbers')]
            .filter(number => tops.has(Math.round(number.getBoundingClientRect().top)))
            .map(number => Number(number.textContent))
        }"""
    )
    return sorted(numbers)


async def in_code_view(page: Page, place: Place, text: str) -> None:
    """The code view shows this text at the commit of the place."""
    await expect(page.get_by_test_id("code")).to_contain_text(text.replace(" ", "\u00a0"))
    await expect(page.get_by_text(place.commit[:8]).first).to_be_visible()
