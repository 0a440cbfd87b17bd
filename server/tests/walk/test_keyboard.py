"""The whole way without a pointer."""

import re

from playwright.async_api import Page, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import QUESTION, Place
from tests.walk.steps import answers, chips, finished, marked_lines


async def test_a_question_is_asked_read_and_followed_by_keys_alone(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/")
    await expect(page.get_by_label("Question")).to_be_focused()
    await page.keyboard.type(QUESTION)
    await page.keyboard.press("Control+Enter")
    answer = await finished(answers(page))

    await page.get_by_label("Question").evaluate("box => box.blur()")
    await page.keyboard.press("k")
    await expect(answer).to_be_focused()
    await press_until_focused(page, "Tab", "[data-chip]")
    await page.keyboard.press("Enter")
    assert await marked_lines(page) != []
    await expect(chips(answer).first).to_have_attribute("aria-current", "true")
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Code", exact=True)).to_have_count(0)


async def test_the_model_that_answers_is_chosen_by_keys_and_kept_for_the_conversation(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/")
    await page.get_by_label("Question").fill(QUESTION)
    # Keys do not wait for what is still being fetched, as people do.
    await expect(page.get_by_role("combobox", name="Model")).to_be_visible()
    await press_until_focused(page, "Tab", '[aria-label="Model"]')
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("option").first).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_role("option", name="Passages only")).to_be_focused()
    await page.keyboard.press("Enter")
    await press_until_focused(page, "Tab", '[aria-label="Ask"]')
    await page.keyboard.press("Enter")
    answer = await finished(answers(page))

    await expect(answer).to_contain_text("The closest match")
    await page.reload()
    await expect(page.get_by_role("combobox", name="Model")).to_have_text("Passages only")


async def press_until_focused(page: Page, key: str, selector: str) -> None:
    for _ in range(30):
        await page.keyboard.press(key)
        if await page.evaluate(f"document.activeElement.matches('{selector}')"):
            return
    message = f"{selector} cannot be reached by {key}"
    raise AssertionError(message)


async def test_the_first_tab_leads_past_the_rail(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/repositories/")
    await expect(page.get_by_role("heading", name="Repositories")).to_be_visible()
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Add a repository")).to_be_focused()


async def test_the_palette_reaches_pages_and_code(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/")
    await expect(page.get_by_label("Question")).to_be_focused()
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
    assert await faults(page) == []
    await page.keyboard.type("memb")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/members/$"))

    await page.keyboard.press("Control+k")
    await page.keyboard.type("LetterQueue")
    await expect(page.get_by_role("option", name=re.compile("Search code for"))).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/search/\?q=LetterQueue"))
    await expect(page.get_by_role("region", name="courier/letter_queue.py").first).to_be_visible()


async def test_a_question_mark_lists_the_keys_and_they_work(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/members/")
    await expect(page.get_by_role("heading", name="Members")).to_be_visible()
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    await expect(keys.get_by_text("New conversation")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)

    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await expect(page).to_have_url(re.compile(r"/search/$"))
    await page.get_by_label("Search code").press("Escape")
    await page.get_by_label("Search code").evaluate("box => box.blur()")
    await page.keyboard.press("c")
    await expect(page).to_have_url(re.compile(r"/conversations/\?new=1"))
    await expect(page.get_by_label("Question")).to_be_focused()
