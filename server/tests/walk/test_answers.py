"""An answer while it is being written, and what one can do with it afterwards."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place
from tests.walk.steps import answers, ask, begin, chips, finished, marked_lines

STEPS = 90
LONG = "".join(f"Step {number} is taken [S1]. " for number in range(1, STEPS + 1))
STEP = len(LONG) // STEPS


async def test_a_page_that_is_reloaded_in_mid_answer_shows_the_rest(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    place.double.say(LONG, pace_s=0.05, size=STEP)
    await page.goto("/")
    answer = await ask(page)
    await expect(answer).to_contain_text("Step 3 is taken")

    await page.reload()
    await expect(answer).to_contain_text("Step 3 is taken")
    await expect(page.get_by_role("button", name="Stop")).to_be_visible()
    await finished(answer)

    said = await answer.locator(".prose").inner_text()
    assert [int(n) for n in re.findall(r"Step (\d+) is", said)] == list(range(1, STEPS + 1))
    await expect(chips(answer)).to_have_count(STEPS)


async def test_a_long_answer_is_landed_at_its_start_and_pulls_nobody_away(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner, height=700)
    view = page.get_by_test_id("messages")
    place.double.say(LONG.replace(". ", ".\n\n"), pace_s=0.02, size=STEP)
    await page.goto("/")
    answer = await ask(page)
    await expect(page.get_by_role("button", name="To the end")).to_be_visible()
    assert await below_top(view, answer) == pytest.approx(8, abs=2)
    await expect(page.get_by_role("button", name="Stop")).to_be_in_viewport()

    await page.mouse.move(700, 300)
    await page.mouse.wheel(0, 60)
    await expect(answer).to_contain_text("Step 60 is taken")
    await finished(answer)
    assert await below_top(view, answer) == pytest.approx(-52, abs=3)

    await page.reload()
    await expect(page.get_by_role("button", name="To the end")).to_be_visible()
    assert await below_top(view, answer) == pytest.approx(8, abs=2)
    await page.get_by_role("button", name="To the end").click()
    await expect(answer.get_by_text(f"Step {STEPS} is taken")).to_be_in_viewport()


async def below_top(view: Locator, answer: Locator) -> float:
    """How far below the top of the view an answer begins."""
    outer, inner = await view.bounding_box(), await answer.bounding_box()
    assert outer is not None
    assert inner is not None
    return inner["y"] - outer["y"]


async def test_an_answer_can_be_stopped_and_asked_for_again(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, await place.person("Bea"))
    place.double.say(LONG, pace_s=0.05, size=STEP)
    place.double.say("It is put back first [S1].")
    await page.goto("/")
    answer = await ask(page)
    await expect(answer).to_contain_text("Step 2 is taken")

    await page.get_by_role("button", name="Stop").click()
    await finished(answer, "stopped")
    await expect(answer.get_by_text("Stopped", exact=True)).to_be_visible()
    await expect(answer).to_contain_text("Step 2 is taken")
    assert await faults(page) == []

    await answer.get_by_role("button", name="Answer again").click()
    await expect(answer).to_contain_text("It is put back first")
    await finished(answer)
    await expect(answer).not_to_contain_text("Step 2 is taken")
    await expect(answers(page)).to_have_count(1)


async def test_a_copied_answer_names_its_citations_in_words(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    answer = await begin(page)

    await answer.get_by_role("button", name="Copy answer").click()
    await expect(answer.get_by_role("button", name="Copied")).to_be_visible()

    copied = await page.evaluate("navigator.clipboard.readText()")
    assert re.search(rf"\[courier/\w+\.py:\d+-\d+@{place.commit[:8]}\]", copied)
    assert "[^1]" not in copied


async def test_a_person_reads_what_the_model_saw_and_opens_a_part_of_it(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    answer = await begin(page)

    await answer.get_by_role("button", name="What the model saw").click()
    given = answer.get_by_role("list", name="What was given")
    found = given.locator('[data-why="found"]').first
    await expect(found).to_contain_text("found by the search")
    assert await faults(page) == []

    await found.get_by_role("link").click()
    assert await marked_lines(page)
    await expect(given).to_be_visible()


async def test_a_model_that_refuses_is_told_and_asked_again(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    place.double.fail(401, message="Incorrect API key provided")
    await page.goto("/")
    answer = await finished(await ask(page), "failed")
    problem = answer.get_by_role("alert")
    await expect(problem).to_contain_text("The answer could not be finished")
    await expect(problem.get_by_role("button", name="Copy details")).to_be_visible()
    assert await faults(page) == []

    await problem.get_by_role("button", name="Try again").click()
    await finished(answer)
    await expect(answer).to_contain_text("is where this happens")


async def test_a_citation_opens_the_code_beside_and_a_reload_keeps_it(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    answer = await begin(page)
    chip = chips(answer).first

    await chip.click()
    beside = page.get_by_label("Code", exact=True)
    await expect(beside.get_by_test_id("code")).to_be_visible()
    await expect(chip).to_have_attribute("aria-current", "true")
    marked = await marked_lines(page)
    await page.reload()
    assert await marked_lines(page) == marked

    await page.keyboard.press("Escape")
    await expect(beside).to_have_count(0)
    await page.go_back()
    await expect(beside).to_be_visible()
