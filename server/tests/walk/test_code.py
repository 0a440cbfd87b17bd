"""Searching the code and reading it."""

import re

from playwright.async_api import expect

from tests.walk.eyes import Eyes, faults, picture
from tests.walk.place import Place
from tests.walk.steps import choose, in_code_view, marked_lines, sign_in


async def test_search_is_walked_with_the_keyboard(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/")
    await expect(page.get_by_label("Question")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.get_by_role("heading", level=1).click()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Search code")).to_be_focused()

    await page.keyboard.type("requeue failed letter")
    await expect(page).to_have_url(re.compile(r"/search/\?q=requeue\+failed\+letter"))
    await expect(page.get_by_role("status").filter(has_text="places")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    first = page.locator("main [data-row]").first
    await expect(first).to_be_focused()
    await expect(first).to_have_accessible_name(re.compile(r"^courier/letter_queue\.py, lines"))
    await page.keyboard.press("j")
    await expect(page.locator("main [data-row]").nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/code/\?repo=.*letter_queue\.py#L\d+"))
    await in_code_view(page, place, "def requeue_failed")


async def test_search_is_narrowed_and_says_when_nothing_fits(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/search/?q=letters+wait")
    files = page.locator("main section[aria-label]")
    await expect(files.first).to_be_visible()

    await page.get_by_role("combobox", name="Language").click()
    await page.get_by_role("option", name="typescript").click()
    await expect(page).to_have_url(re.compile(r"lang=typescript"))
    await expect(files).to_have_count(1)
    await expect(page.get_by_role("region", name="web/panel.ts")).to_be_visible()

    await page.get_by_label("Path pattern").fill("courier/**")
    await page.get_by_label("Path pattern").press("Enter")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await page.get_by_role("link", name="Search everywhere").click()
    await expect(files.first).to_be_visible()


async def test_search_to_the_letter_marks_each_line_and_says_what_no_pattern_is(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/search/?q=letter")
    await page.get_by_text("Exact text", exact=True).click()
    await page.get_by_role("button", name="Match case").click()
    await expect(page).to_have_url(re.compile(r"q=letter&way=text&case=1"))
    await page.get_by_label("Search code").fill("self._letters.append(")
    rows = page.locator("main [data-row]")
    await expect(rows).to_have_count(1)
    await expect(rows).to_have_accessible_name(re.compile(r"^courier/letter_queue\.py, line 17$"))
    marks = page.locator("main mark")
    assert "".join(await marks.all_inner_texts()) == "self._letters.append("

    await page.get_by_text("Regex", exact=True).click()
    field = page.get_by_label("Search code")
    await field.fill("def (")
    await expect(page).to_have_url(re.compile(r"q=def\+%28"))
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("main section")).to_have_count(0)
    assert await faults(page) == []
    await field.fill(r"def \w+_failed|Letters?Queue")
    await expect(page.get_by_role("status").filter(has_text="lines in")).to_be_visible()
    await expect(field).not_to_have_attribute("aria-invalid", "true")

    # What was looked for is a link that shows the same to somebody else.
    await page.get_by_role("button", name="Copy link").click()
    link = await page.evaluate("navigator.clipboard.readText()")
    theirs = await eyes.enter(place, await place.person("Noor"))
    await theirs.goto(link)
    await expect(theirs.get_by_label("Search code")).to_have_value(r"def \w+_failed|Letters?Queue")
    await expect(theirs.locator("main section mark").first).to_be_visible()


async def test_a_hit_says_why_it_was_found(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/search/?q=requeue+failed+letter")
    why = page.get_by_role("button", name=re.compile("^Why LetterQueue")).first
    await why.click()
    await expect(why).to_have_attribute("aria-expanded", "true")
    await expect(page.get_by_text("Its words fit")).to_be_visible()
    assert await faults(page) == []
    await picture(page, "search-why")


async def test_searches_are_kept_for_whoever_made_them(place: Place, eyes: Eyes) -> None:
    bea, carl = await place.person("Bea"), await place.person("Carl")
    page = await eyes.enter(place, bea)
    await page.goto("/search/?q=seconds+before")
    await page.locator("main [data-row]").first.click()
    await expect(page).to_have_url(re.compile(r"/code/"))
    await page.goto("/search/")
    await expect(page.get_by_role("heading", name="Your last searches")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("link", name="seconds before").click()
    await expect(page.get_by_label("Search code")).to_have_value("seconds before")

    await choose(page, f"{bea.name}: menu", "Sign out")
    await sign_in(page, carl)
    await expect(page.get_by_role("button", name=f"{carl.name}: menu")).to_be_visible()
    await page.goto("/search/")
    await expect(page.get_by_text("Searches names and text")).to_be_visible()
    await expect(page.get_by_text("seconds before")).to_have_count(0)

    await choose(page, f"{carl.name}: menu", "Sign out")
    await sign_in(page, bea)
    await expect(page.get_by_role("button", name=f"{bea.name}: menu")).to_be_visible()
    await page.goto("/search/")
    await page.get_by_role("button", name="Clear").click()
    await expect(page.get_by_text("seconds before")).to_have_count(0)


# Notes of every frame that shows text: its colours, and how many lines are marked.
FRAMES = """
window.frames_seen = []
const look = () => {
  const text = [...document.querySelectorAll('.view-line span span')]
  const colours = new Set(text.map(part => getComputedStyle(part).color))
  const marked = document.querySelectorAll('.cited-line').length
  if (text.length > 0) window.frames_seen.push(`${colours.size} colours, ${marked} marked`)
  requestAnimationFrame(look)
}
requestAnimationFrame(look)
"""


async def test_the_lines_of_a_link_come_with_their_colours_and_marks(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner, color_scheme="dark")
    await page.add_init_script(FRAMES)
    await page.goto(place.code("courier/letter_queue.py", "L8-L12"))
    assert await marked_lines(page) == [8, 9, 10, 11, 12]

    seen = await page.evaluate("new Set(frames_seen).size === 1 ? frames_seen[0] : frames_seen")
    assert seen == "3 colours, 5 marked"


async def test_a_link_to_lines_opens_them_by_a_hard_load(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto(place.code("courier/letter_queue.py", "L8-L12"))
    await in_code_view(page, place, "class LetterQueue:")
    assert await marked_lines(page) == [8, 9, 10, 11, 12]

    # The same link at its commit, when the branch has gone on.
    place.author.write("courier/extra.py", "def later() -> None: ...\n")
    place.author.commit()
    await page.reload()
    assert await marked_lines(page) == [8, 9, 10, 11, 12]


async def test_a_link_without_a_session_asks_who_one_is_and_goes_on(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.open(base_url=place.url)
    await page.goto(place.code("courier/retry.py", "L4-L6"))
    await expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    await sign_in(page, place.owner)
    await in_code_view(page, place, "class Retry:")
    assert await marked_lines(page) == [4, 5, 6]


async def test_files_are_walked_by_their_tree_and_their_symbols(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto(f"/code/?repo={place.repository_id}")
    tree = page.get_by_role("navigation", name="Files")
    await tree.get_by_role("button", name="courier").click()
    await tree.get_by_role("link", name="retry.py").click()
    await expect(page.get_by_test_id("code")).to_contain_text("Waits")

    await page.get_by_role("button", name="Symbols").click()
    symbols = page.get_by_label("Symbols", exact=True)
    await symbols.get_by_role("button", name="seconds_before").click()
    await expect(page).to_have_url(re.compile(r"#L10-L12$"))
    assert await marked_lines(page) == [10, 11, 12]
    await page.get_by_role("button", name="Copy link at this commit").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert re.search(
        r"/code/\?repo=[^&]+&at=[0-9a-f]{40}&path=courier%2Fretry\.py#L10-L12$", copied
    )

    await tree.get_by_role("link", name="seal.png").click()
    await expect(page.get_by_role("heading", name="A binary file")).to_be_visible()
