"""Repositories that go wrong, and their end."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place, write_courier
from tests.walk.steps import choose

NOBODY = "http://127.0.0.1:9/team/nowhere.git"


async def add(page: Page, source: str) -> None:
    await page.goto("/repositories/?add=1")
    await page.get_by_label("Git URL or folder on the server").fill(source)
    await page.get_by_role("button", name="Add repository").click()


def row_of(page: Page, name: str) -> Locator:
    return page.locator(f'[data-repository="{name}"]')


async def delete(page: Page, name: str) -> None:
    await choose(page, f"More for {name}", "Delete…")
    act = page.get_by_role("button", name="Delete", exact=True)
    await page.get_by_label(f"Type “{name}” to confirm").fill(name[:-1])
    await expect(act).to_be_disabled()
    await page.get_by_label(f"Type “{name}” to confirm").fill(name)
    await act.click()
    await expect(row_of(page, name)).to_have_count(0)


async def test_an_address_at_which_nobody_answers_is_told_with_what_to_do(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner)
    await add(page, NOBODY)
    row = row_of(page, "nowhere")
    problem = row.get_by_role("alert")
    await expect(problem).to_be_visible()
    await expect(problem.get_by_role("button", name="Try again")).to_be_visible()
    await expect(problem).to_contain_text("127.0.0.1")
    assert await faults(page) == []
    await delete(page, "nowhere")


async def test_a_folder_that_is_not_there_is_refused_and_what_was_typed_stays(
    place: Place, eyes: Eyes, tmp_path: Path
) -> None:
    page = await eyes.enter(place, place.owner)
    await add(page, str(tmp_path / "no such folder"))
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_be_visible()
    field = dialog.get_by_label("Git URL or folder on the server")
    await expect(field).to_have_value(str(tmp_path / "no such folder"))
    assert await faults(page) == []


async def test_a_repository_is_renamed_goes_on_and_is_deleted_by_its_name(
    place: Place, eyes: Eyes, tmp_path: Path
) -> None:
    author = write_courier(tmp_path / "postman")
    page = await eyes.enter(place, place.owner)
    await add(page, str(author.folder))
    await expect(row_of(page, "postman").get_by_text("passages")).to_be_visible()

    await choose(page, "More for postman", "Rename or change…")
    await page.get_by_label("Name", exact=True).fill("carrier")
    await page.get_by_role("button", name="Save").click()
    row = row_of(page, "carrier")
    await expect(row).to_be_visible()

    commit = author.commit("courier/new_street.py", text="def new_street() -> None: ...\n")
    await choose(page, "More for carrier", "Sync now")
    await expect(row.get_by_text(commit[:8])).to_be_visible()
    await page.goto("/search/?q=new_street")
    await expect(page.get_by_role("region", name="courier/new_street.py")).to_be_visible()

    await page.goto("/repositories/")
    await delete(page, "carrier")
    await page.goto("/search/?q=new_street")
    await expect(page.get_by_role("region", name="courier/new_street.py")).to_have_count(0)
