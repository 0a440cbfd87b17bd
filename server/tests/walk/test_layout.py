"""Where things stand: side by side while there is room, over one another when there is not."""

from playwright.async_api import Locator, Page, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place
from tests.walk.steps import answers, begin, chips, sign_in


async def edges(part: Locator) -> tuple[float, float]:
    """Where a part begins and ends from left to right."""
    box = await part.bounding_box()
    assert box is not None
    return box["x"], box["x"] + box["width"]


async def beside(page: Page, eyes: Eyes, width: int, height: int = 800) -> Locator:
    """The code of a citation, opened on a screen of this width."""
    await page.set_viewport_size({"width": width, "height": height})
    await chips(page).first.click()
    code = page.get_by_role("complementary", name="Code")
    await expect(code.locator(".cited-line").first).to_be_visible()
    assert await faults(page) == []
    return code


async def test_on_a_wide_screen_list_conversation_and_code_stand_side_by_side(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await begin(page)
    code = await beside(page, eyes, 1440)

    _, list_end = await edges(page.get_by_role("region", name="Conversations"))
    answer_start, answer_end = await edges(page.get_by_test_id("messages"))
    code_start, code_end = await edges(code)
    assert list_end <= answer_start
    assert answer_end <= code_start
    assert min(answer_end - answer_start, code_end - code_start) > 480


async def test_on_a_narrower_one_the_list_makes_room_and_comes_when_called(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await begin(page)
    code = await beside(page, eyes, 1024)
    conversations = page.get_by_role("region", name="Conversations")

    _, answer_end = await edges(page.get_by_test_id("messages"))
    assert answer_end <= (await edges(code))[0]
    await expect(conversations).to_be_hidden()
    await page.get_by_role("button", name="Show the list: Conversations").click()
    await expect(conversations).to_be_visible()
    await page.mouse.move(600, 400)
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(conversations).to_be_hidden()
    await expect(code).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(code).to_have_count(0)
    await expect(conversations).to_be_visible()


async def test_below_that_code_is_a_sheet_with_a_button_that_closes_it(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await begin(page)
    code = await beside(page, eyes, 800)

    await expect(code.get_by_role("button", name="Close").locator("visible=true")).to_have_count(1)
    await code.get_by_role("button", name="Close").locator("visible=true").click()
    await expect(code).to_have_count(0)
    await expect(answers(page)).to_have_count(1)


async def test_an_unknown_page_keeps_the_frame_for_who_is_signed_in(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.open(base_url=place.url)
    await page.goto("/nowhere/")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await page.get_by_role("link", name="Home").click()
    await sign_in(page, place.owner)
    await expect(page.get_by_label("Question")).to_be_visible()

    await page.goto("/nowhere/")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    rail = page.get_by_role("navigation", name="Main").locator("visible=true")
    await rail.get_by_role("link", name="Search").click()
    await expect(page.get_by_label("Search code")).to_be_visible()
