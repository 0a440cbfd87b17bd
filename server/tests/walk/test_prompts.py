"""Prompts as an admin meets them: written, previewed, compared; and what readers say of answers."""

import secrets

from playwright.async_api import Page, expect

from tests.walk.eyes import Eyes, faults, picture
from tests.walk.place import QUESTION, Place
from tests.walk.steps import begin

BRIEF = "Answer in one sentence.\nBegin with the answer.\n"


async def write(page: Page, name: str) -> None:
    """A new prompt, looked at before it is kept."""
    await page.get_by_role("button", name="New prompt").click()
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Text", exact=True).fill(BRIEF)
    await page.get_by_label("A question to see it with").fill(QUESTION)
    await page.get_by_role("button", name="Preview").click()
    told = page.get_by_role("region", name="As the model sees it")
    told_first = told.get_by_role("region", name="Instructions")
    await expect(told_first).to_contain_text("Every citation is checked")
    await expect(told_first).to_contain_text("Answer in one sentence.")
    await expect(told.get_by_role("region", name="Question and sources")).to_contain_text(
        "def requeue_failed"
    )
    await picture(page, "prompts-editor")
    assert await faults(page) == []
    await page.get_by_role("button", name="Keep version 1").click()


async def test_a_prompt_is_written_compared_and_answers_its_share(place: Place, eyes: Eyes) -> None:
    page = await eyes.enter(place, place.owner)
    name = f"Brief {secrets.token_hex(3)}"
    await page.goto("/models/?tab=prompts")
    await write(page, name)

    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await page.get_by_role("button", name="New version").click()
    await page.get_by_label("Text", exact=True).fill(BRIEF.replace("one sentence", "a paragraph"))
    await page.get_by_label("Note").fill("a little longer")
    await page.get_by_role("button", name="Keep version 2").click()
    changes = page.get_by_role("region", name="Comparison")
    await expect(changes.get_by_text("Answer in a paragraph.")).to_be_visible()
    await expect(changes.get_by_text("Answer in one sentence.")).to_be_visible()
    await expect(page.get_by_role("list", name=f"Versions of {name}")).to_contain_text(
        "a little longer"
    )
    await picture(page, "prompts-history")
    assert await faults(page) == []

    await page.get_by_role("button", name="Go back to version 1").click()
    await expect(page.get_by_label("Note")).to_have_value("Back to version 1")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("link", name="All prompts").click()
    await share_out(page, f"{name} v2")
    await compare(page, place)
    await put_back(page, f"{name} v2")


async def test_a_free_prompt_is_filled_in_for_the_playground_and_what_is_typed_stays(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    name = f"Explain {secrets.token_hex(3)}"
    await page.goto("/models/?tab=prompts")
    await page.get_by_role("button", name="New prompt").click()
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_role("combobox", name="What for").click()
    await page.get_by_role("option", name="Any text").click()
    await page.get_by_label("Text", exact=True).fill("Explain {{word}} in {{language}}.")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="New prompt").click()
    await page.get_by_label("{{language}}").fill("Latin")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("region", name="Prompt", exact=True)).to_have_text(
        "Explain  in Latin."
    )
    await picture(page, "prompts-free-editor")
    assert await faults(page) == []
    await page.get_by_role("button", name="Keep version 1").click()

    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await page.get_by_label("{{word}}").fill("{{language}}")
    await page.get_by_label("{{language}}").fill("Latin")
    await picture(page, "prompts-free")
    assert await faults(page) == []
    await page.get_by_role("button", name="Open in the playground").click()
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value(
        "Explain {{language}} in Latin."
    )


async def share_out(page: Page, version: str) -> None:
    """Half of the conversations are answered by a version."""
    await page.get_by_role("button", name="Change shares").click()
    dialog = page.get_by_role("dialog", name="Who answers")
    await dialog.get_by_role("combobox", name="Add a version").click()
    await page.get_by_role("option", name=version).click()
    await dialog.get_by_label(f"Share of {version}").fill("50")
    await dialog.get_by_role("button", name="Let them answer").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("come to 150")
    await dialog.get_by_label("Share of Built-in").fill("50")
    await picture(page, "prompts-shares")
    assert await faults(page) == []
    await dialog.get_by_role("button", name="Let them answer").click()
    table = page.get_by_role("region", name="Who answers")
    await expect(table.get_by_role("rowheader", name=version)).to_be_visible()
    await expect(page.get_by_text("Too few ratings to compare")).to_be_visible()


async def compare(page: Page, place: Place) -> None:
    """The same question by two versions."""
    place.double.say("It is put back at the front [S1].")
    place.double.say("`requeue_failed` puts it back [S1].", pace_s=0.05)
    await page.get_by_label("Question", exact=True).fill(QUESTION)
    await page.get_by_role("button", name="Ask by both").click()
    for label in ("One version", "The other version"):
        side = page.get_by_role("region", name=label)
        await expect(side.get_by_text("first words after")).to_be_visible()
    await expect(page.get_by_text("at the front [S1]")).to_be_visible()
    await picture(page, "prompts")
    assert await faults(page) == []
    for width in (1024, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        await picture(page, f"prompts-{width}")
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 1440, "height": 900})
    await picture(page, "prompts-dark")
    assert await faults(page) == []


async def put_back(page: Page, version: str) -> None:
    """What is built in answers the others who walk here."""
    await page.get_by_role("button", name="Change shares").click()
    dialog = page.get_by_role("dialog", name="Who answers")
    await dialog.get_by_role("button", name=f"{version} answers nothing").click()
    await dialog.get_by_label("Share of Built-in").fill("100")
    await dialog.get_by_role("button", name="Let them answer").click()
    await expect(page.get_by_text("Who answered before")).to_be_visible()


async def test_an_answer_is_rated_by_the_keyboard_and_the_rating_stays(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    answer = await begin(page)
    good = answer.get_by_role("button", name="Good answer")
    bad = answer.get_by_role("button", name="Bad answer")

    await good.focus()
    await page.keyboard.press("Enter")
    await expect(good).to_have_attribute("aria-pressed", "true")
    await picture(page, "answer-rated")
    assert await faults(page) == []
    await page.reload()
    await expect(good).to_have_attribute("aria-pressed", "true")
    await bad.click()
    await expect(bad).to_have_attribute("aria-pressed", "true")
    await expect(good).to_have_attribute("aria-pressed", "false")
    other = await eyes.enter(place, place.owner)
    await other.goto(page.url)
    theirs = other.get_by_role("button", name="Bad answer")
    await expect(theirs).to_have_attribute("aria-pressed", "true")
    await bad.click()
    await expect(bad).to_have_attribute("aria-pressed", "false")
    # Another window of the same person hears of it.
    await expect(theirs).to_have_attribute("aria-pressed", "false")
