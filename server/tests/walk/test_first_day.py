"""From the one-time link to a cited answer, as the first person of an installation meets it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from samoey.domains.workspaces import service as workspaces
from tests.conftest import OpenHouse
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import PASSWORD
from tests.walk.conftest import connected
from tests.walk.eyes import Eyes, faults
from tests.walk.place import QUESTION, write_courier
from tests.walk.steps import answers, ask, chips, finished, marked_lines

LETTERS = 300


@pytest.fixture(params=["a model", "no model"])
async def new_house(
    request: pytest.FixtureRequest, open_test_house: OpenHouse, endpoint: OpenAIDouble
) -> AsyncIterator[tuple[RunningHouse, bool]]:
    """A house that nobody has set up, and whether a model is connected to it."""
    endpoint.forget()
    written = request.param == "a model"
    async with open_test_house(**(connected(endpoint) if written else {})) as house:
        yield house, written


async def test_the_first_person_comes_from_the_link_to_a_cited_answer(
    new_house: tuple[RunningHouse, bool], eyes: Eyes, tmp_path: Path
) -> None:
    house, written = new_house
    courier = write_courier(tmp_path / "courier", letters=LETTERS)
    commit = courier.git("rev-parse", "HEAD")
    token = await workspaces.offer_setup(house.tools)
    async with house.serving(web=True) as url:
        page = await eyes.open(base_url=url)
        await set_up(page, str(token))
        await add_first_repository(page, courier.folder)
        async with house.working():
            await see_it_indexed(page)
            await page.get_by_role("link", name="Home", exact=True).click()
            answer = await finished(await ask(page, QUESTION))
            await (read_written if written else read_extract)(answer)
            await follow_a_citation(page, answer, commit, previewed=written)
        assert await faults(page) == []
        await eyes.close()


async def set_up(page: Page, token: str) -> None:
    await page.goto(f"/setup/#{token}")
    await page.get_by_label("Your name").fill("Ada Lovelace")
    await page.get_by_label("E-mail").fill("ada@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    assert await faults(page) == []
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_role("heading", name="Add your first repository")).to_be_visible()


async def add_first_repository(page: Page, folder: Path) -> None:
    await page.get_by_role("link", name="Conversations", exact=True).click()
    await expect(page).to_have_title("Conversations · Samoey Copilot")
    await expect(page.get_by_role("heading", name="Add your first repository")).to_be_visible()
    await page.get_by_role("link", name="Add a repository").click()
    await page.get_by_label("Git URL or folder on the server").fill(str(folder))
    await page.get_by_role("button", name="Add repository").click()
    row = page.locator('[data-repository="courier"]')
    await expect(row.get_by_role("progressbar", name="Waiting for its turn")).to_be_visible()


async def see_it_indexed(page: Page) -> None:
    row = page.locator('[data-repository="courier"]')
    bar = row.get_by_role("progressbar", name="Indexing")
    await expect(bar).to_have_attribute(
        "aria-valuetext", re.compile(rf"^\d+ of {LETTERS + 6} files")
    )
    await expect(row.get_by_text(re.compile(r"^[\d,]+ passages$"))).to_be_visible()
    await expect(row.get_by_text("main", exact=True)).to_be_visible()
    await expect(row.get_by_role("progressbar")).to_have_count(0)


async def read_written(answer: Locator) -> None:
    """What the model made of the passages."""
    await expect(answer).to_contain_text("is where this happens")
    await expect(answer).to_contain_text("double-large")
    await expect(answer.get_by_role("region", name="Sources")).to_contain_text("courier/")


async def read_extract(answer: Locator) -> None:
    """The passages themselves, each under its place, their outline, and one honest sentence."""
    block = answer.get_by_role("figure").filter(has_text="requeue_failed").first
    await expect(block).to_contain_text("courier/letter_queue.py:")
    assert (await block.inner_text()).count("letter_queue.py") == 1
    await expect(answer.get_by_role("region", name="Symbols")).to_contain_text("LetterQueue")
    await expect(answer).to_contain_text("extractive")
    await expect(answer.get_by_text("No language model is connected")).to_have_count(1)
    link = answer.get_by_role("link", name="Connect a model")
    await expect(link).to_have_attribute("href", "/models/")


async def follow_a_citation(page: Page, answer: Locator, commit: str, *, previewed: bool) -> None:
    chip = chips(answer).filter(has_text="letter_queue.py").first
    found = re.search(r":(\d+)(?:\u2013(\d+))?$", await chip.inner_text())
    assert found is not None
    start, end = int(found[1]), int(found[2] or found[1])

    if previewed:
        await chip.hover()
        await expect(page.get_by_text("courier/courier/letter_queue.py")).to_be_visible()
    await chip.click()
    beside = page.get_by_label("Code", exact=True)
    await expect(beside).to_contain_text(f"courier at {commit[:8]}")
    assert await marked_lines(page) == list(range(start, end + 1))

    await page.get_by_role("link", name="Open in the code view").click()
    wanted = rf"/code/\?repo=[0-9a-f-]+&at={commit}&path=.*letter_queue.py#L{start}"
    await expect(page).to_have_url(re.compile(wanted))
    assert await marked_lines(page) == list(range(start, end + 1))
    await page.go_back()
    await expect(answers(page)).to_have_count(1)
