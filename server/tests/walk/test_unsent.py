"""Questions that the server did not get at once: nothing that was typed is lost or misplaced."""

from playwright.async_api import Page, Route, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place
from tests.walk.steps import answers, begin, choose, finished, sign_in

MESSAGES = "**/api/v1/conversations/*/messages"


async def cut_off(route: Route) -> None:
    """The way to the server is interrupted for questions only."""
    if route.request.method == "POST":
        await route.abort()
    else:
        await route.continue_()


async def leave_unsent(page: Page, text: str) -> None:
    """Ask something that does not reach the server."""
    await page.route(MESSAGES, cut_off)
    await page.get_by_label("Question").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("not sent", exact=True)).to_be_visible()


async def test_a_question_that_did_not_reach_the_server_is_sent_once_it_can_be(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, await place.person("Bea"))
    place.double.say("A long answer. " * 200)
    await begin(page, "What is asked first?")
    await leave_unsent(page, "And what is asked offline?")
    discard = page.get_by_role("button", name="Discard")
    await expect(discard).to_be_visible()
    assert await faults(page) == []
    for width in (390, 1440, 390, 1440):
        await page.set_viewport_size({"width": width, "height": 500})
        await expect(discard).to_be_in_viewport()

    await page.unroute(MESSAGES)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await finished(answers(page).nth(1))
    await expect(page.get_by_text("not sent", exact=True)).to_have_count(0)

    await leave_unsent(page, "And before the reload?")
    await page.unroute(MESSAGES)
    await page.reload()
    await finished(answers(page).nth(2))
    await expect(page.get_by_text("And before the reload?")).to_have_count(1)


async def test_words_belong_to_whoever_wrote_them_also_on_a_shared_browser(
    place: Place, eyes: Eyes
) -> None:
    bea, carl = await place.person("Bea"), await place.person("Carl")
    page = await eyes.enter(place, bea)
    await begin(page, "What does Bea ask first?")
    address = page.url
    await leave_unsent(page, "And what does she ask unsent?")
    await page.get_by_label("Question").fill("half a thought of Bea")
    other_tab = await page.context.new_page()
    await other_tab.goto("/")
    await expect(other_tab.get_by_label("Question")).to_be_visible()

    await choose(page, f"{bea.name}: menu", "Sign out")
    await page.unroute(MESSAGES)
    await sign_in(page, carl)
    await expect(page.get_by_role("button", name=f"{carl.name}: menu")).to_be_visible()
    await other_tab.goto("/conversations/")
    await expect(other_tab.get_by_role("button", name=f"{carl.name}: menu")).to_be_visible()
    await page.goto("/conversations/?new=1")
    await expect(page.get_by_label("Question")).to_have_value("")

    await choose(page, f"{carl.name}: menu", "Sign out")
    await sign_in(page, bea)
    await expect(page.get_by_role("button", name=f"{bea.name}: menu")).to_be_visible()
    # The tab that showed Carl's pages follows.
    await expect(other_tab.get_by_label("E-mail")).to_be_visible()
    await page.goto(address)
    await finished(answers(page).nth(1))
    await expect(page.get_by_text("And what does she ask unsent?")).to_have_count(1)
    await expect(page.get_by_label("Question")).to_have_value("half a thought of Bea")
