"""Conversations as a whole: renamed, shared, deleted, and two people in one."""

import re

from playwright.async_api import Locator, Page, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place
from tests.walk.steps import answers, ask, begin, choose, finished


async def test_a_conversation_is_renamed_and_found_by_its_new_name(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, await place.person("Bea"))
    await begin(page)

    await choose(page, "More", "Rename…")
    await page.get_by_label("Title", exact=True).fill("Letters that come back")
    await page.get_by_role("button", name="Rename").click()

    await expect(page.get_by_role("heading", name="Letters that come back")).to_be_visible()
    await page.get_by_label("Filter by title").fill("come back")
    rows = page.get_by_role("region", name="Conversations").get_by_role("listitem")
    await expect(rows).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("heading", name="Letters that come back")).to_be_visible()


async def test_a_deleted_conversation_can_be_taken_back_and_then_is_gone(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, await place.person("Bea"))
    await begin(page, "Which letter is to be deleted?")
    address = page.url
    row = page.get_by_label("Conversations", exact=True).get_by_text("is to be deleted?")
    await expect(row).to_be_visible()

    await choose(page, "More", "Delete")
    await expect(page).to_have_url(re.compile(r"/conversations/$"))
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page).to_have_url(address)
    await expect(answers(page)).to_have_count(1)

    await choose(page, "More", "Delete")
    async with page.expect_response(
        lambda answer: answer.request.method == "DELETE", timeout=15_000
    ) as deleted:
        pass
    assert (await deleted.value).status == 204
    await page.goto(address)
    await expect(no_such(page)).to_be_visible()
    await page.get_by_role("link", name="All conversations").click()
    await expect(page).to_have_url(re.compile(r"/conversations/$"))
    await expect(row).to_have_count(0)


def no_such(page: Page) -> Locator:
    """What is said instead of a conversation that is not there."""
    return page.get_by_role("heading", name="There is no such conversation")


async def test_an_address_of_no_conversation_is_said_to_be_none_and_leads_back(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await page.goto("/conversations/?id=rubbish")
    await expect(no_such(page)).to_be_visible()
    await expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    await expect(page).to_have_title("No such conversation · Samoey Copilot")
    assert await faults(page) == []


async def test_a_conversation_deleted_in_another_tab_is_said_to_be_gone(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, await place.person("Bea"))
    await begin(page, "Which letter is deleted elsewhere?")
    await expect(page).to_have_title("Which letter is deleted elsewhere? · Samoey Copilot")
    await page.get_by_label("Question").fill("half a thought")

    found = re.search(r"id=([0-9a-f-]+)", page.url)
    assert found is not None
    gone = await page.context.request.delete(f"/api/v1/conversations/{found[1]}")
    assert gone.status == 204

    await expect(no_such(page)).to_be_visible()
    await page.get_by_role("link", name="Ask it anew").click()
    await expect(page.get_by_label("Question")).to_have_value("half a thought")


async def test_two_people_in_one_conversation_see_each_other_at_once(
    place: Place, eyes: Eyes
) -> None:
    bea, carl = await place.person("Bea"), await place.person("Carl")
    hers = await eyes.enter(place, bea)
    his = await eyes.enter(place, carl)
    await begin(hers, "Where do failed letters go, as Bea asks?")
    await choose(hers, "More", "Share with the workspace")
    await expect(hers.get_by_text("members can ask in it")).to_be_visible()

    await his.goto("/conversations/")
    await his.get_by_role("link", name="as Bea asks?").click()
    await expect(answers(his)).to_have_count(1)
    await see_each_other(hers, carl.name, his, bea.name)

    await his.get_by_label("Question").press_sequentially("And how")
    await expect(hers.get_by_text(f"{carl.name} is typing…")).to_be_visible()
    answer = await ask(his, "And how long does Retry wait, asks Carl?")
    await expect(hers.get_by_text("asks Carl?", exact=False).last).to_be_visible()
    await finished(answer)
    await finished(answers(hers).nth(1))
    said = [await answers(page).nth(1).locator(".prose").inner_text() for page in (hers, his)]
    assert said[0] == said[1]

    await his.close()
    await expect(hers.get_by_role("img", name=f"Also here: {carl.name}")).to_have_count(0)


async def see_each_other(one: Page, other_name: str, other: Page, one_name: str) -> None:
    await expect(one.get_by_role("img", name=f"Also here: {other_name}")).to_be_visible()
    await expect(other.get_by_role("img", name=f"Also here: {one_name}")).to_be_visible()


async def test_a_viewer_reads_what_is_shared_and_asks_nothing(place: Place, eyes: Eyes) -> None:
    hers = await eyes.enter(place, await place.person("Bea"))
    await begin(hers, "What is shared with viewers?")
    address = re.sub(r"^https?://[^/]+", "", hers.url)
    theirs = await eyes.enter(place, await place.person("Vera", role="viewer"))
    await theirs.goto(address)
    await expect(no_such(theirs)).to_be_visible()

    await choose(hers, "More", "Share with the workspace")
    await expect(hers.get_by_text("members can ask in it")).to_be_visible()
    await theirs.reload()
    await expect(answers(theirs)).to_have_count(1)
    await expect(theirs.get_by_text("You may read here.")).to_be_visible()
    await expect(theirs.get_by_label("Question")).to_have_count(0)
    await expect(theirs.get_by_role("button", name="Answer again")).to_have_count(0)
    assert await faults(theirs) == []

    await choose(hers, "More", "Make private")
    await expect(no_such(theirs)).to_be_visible()
