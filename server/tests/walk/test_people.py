"""Who comes in: invited, with a key, signed out everywhere and back again."""

import asyncio
import re

import httpx
from playwright.async_api import Page, Route, expect

from tests.make import PASSWORD
from tests.walk.eyes import Eyes, faults
from tests.walk.place import Place
from tests.walk.steps import begin, sign_in

# React marks the nodes that it has taken over.
TAKEN_OVER = "form => Object.keys(form).some(key => key.startsWith('__react'))"


async def test_somebody_is_invited_comes_in_and_is_seen_at_once(place: Place, eyes: Eyes) -> None:
    hers = await eyes.enter(place, place.owner)
    await hers.goto("/members/")
    link = await invite(hers, "viewer")
    await expect(hers.get_by_role("heading", name="Open invitations")).to_be_visible()

    theirs = await eyes.open(base_url=place.url)
    await theirs.goto(link)
    await expect(theirs.get_by_text("You are invited as viewer")).to_be_visible()
    assert await faults(theirs) == []
    await theirs.get_by_label("Your name").fill("Noor")
    await theirs.get_by_label("E-mail").fill("noor@example.org")
    await theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    await theirs.get_by_role("button", name="Join", exact=True).click()
    await expect(theirs.get_by_role("heading", name="Recent conversations")).to_be_visible()
    await expect(theirs.get_by_label("Question")).to_have_count(0)

    row = hers.get_by_role("listitem").filter(has_text="noor@example.org")
    await expect(row).to_be_visible()
    again = await eyes.open(base_url=place.url)
    await again.goto(link)
    await expect(again.get_by_role("alert").filter(has_text="Copy details")).to_be_visible()

    await row.get_by_role("combobox", name="Role of Noor").click()
    await hers.get_by_role("option", name="member").click()
    await expect(theirs.get_by_label("Question")).to_be_visible()


async def invite(page: Page, role: str) -> str:
    await page.get_by_role("button", name="Invite", exact=True).click()
    await page.get_by_role("combobox", name="Role").click()
    await page.get_by_role("option", name=role).click()
    await page.get_by_role("button", name="Make the link").click()
    link = await page.get_by_label("Invitation link").input_value()
    await page.get_by_role("button", name="Done").click()
    return link


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(place: Place, eyes: Eyes) -> None:
    somebody = await place.person("Kim")
    page = await eyes.enter(place, somebody)
    await page.goto("/settings/?tab=keys")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_label("Name", exact=True).fill("nightly job")
    await page.get_by_role("button", name="Make the key").click()
    key = await page.get_by_role("textbox", name="API key").input_value()
    assert await faults(page) == []
    await page.get_by_role("button", name="Done").click()

    assert await me(place, key) == somebody.email
    await page.reload()
    await expect(page.get_by_text("nightly job")).to_be_visible()
    assert key not in await page.content()

    await page.get_by_role("button", name="Revoke nightly job").click()
    await page.get_by_label("Type “nightly job” to confirm").fill("nightly job")
    await page.get_by_role("button", name="Revoke", exact=True).click()
    await expect(page.get_by_role("heading", name="No keys yet")).to_be_visible()
    assert await me(place, key) is None


async def me(place: Place, key: str) -> str | None:
    async with httpx.AsyncClient(base_url=place.url) as program:
        answer = await program.get(
            "/api/v1/identity/me", headers={"authorization": f"Bearer {key}"}
        )
    return str(answer.json()["email"]) if answer.status_code == 200 else None


async def test_signing_out_everywhere_closes_the_other_page_and_signing_in_leads_back(
    place: Place, eyes: Eyes
) -> None:
    somebody = await place.person("Sam")
    here = await eyes.enter(place, somebody)
    there = await eyes.enter(place, somebody)
    await begin(there)
    where = there.url
    await there.get_by_label("Question").fill("half a question")

    await here.goto("/settings/?tab=sessions")
    await expect(here.get_by_text("this one", exact=True)).to_be_visible()
    await here.get_by_role("button", name="Sign out everywhere").click()
    await expect(here).to_have_url(re.compile(r"/sign-in/$"))

    await expect(there).to_have_url(re.compile(r"/sign-in/\?next=%2Fconversations"))
    await sign_in(there, somebody)
    await expect(there).to_have_url(where)
    await expect(there.get_by_label("Question")).to_have_value("half a question")


async def test_a_wrong_password_is_said_at_the_field(place: Place, eyes: Eyes) -> None:
    page = await eyes.open(base_url=place.url)
    await page.goto("/settings/?tab=appearance")
    await expect(page).to_have_url(re.compile(r"/sign-in/\?next=%2Fsettings"))
    await page.get_by_label("E-mail").fill(place.owner.email)
    await page.get_by_label("Password", exact=True).fill("not her password")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    field = page.get_by_label("Password", exact=True)
    await expect(field).to_have_attribute("aria-invalid", "true")
    assert await faults(page) == []

    await field.fill(PASSWORD)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    await expect(page.get_by_role("radio", name="Dark")).to_be_attached()


async def test_the_chosen_theme_is_there_before_the_page_is_painted(
    place: Place, eyes: Eyes
) -> None:
    page = await eyes.enter(place, place.owner, color_scheme="light")
    await page.goto("/settings/?tab=appearance")
    await page.get_by_text("Dark", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await page.goto("/search/", wait_until="commit")
    await page.wait_for_selector("body", state="attached")
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    await expect(page.get_by_label("Search code")).to_be_visible()


async def test_words_typed_before_the_page_has_loaded_sign_in(place: Place, eyes: Eyes) -> None:
    bea = await place.person("Bea")
    page = await eyes.open(base_url=place.url)
    loading = asyncio.Event()

    async def late(route: Route) -> None:
        await loading.wait()
        await route.continue_()

    await page.route("**/_next/**/*.js", late)
    await page.goto("/sign-in/", wait_until="commit")
    await page.get_by_label("E-mail").fill(bea.email)
    loading.set()
    async with asyncio.timeout(20):
        while not await page.locator("form").evaluate(TAKEN_OVER):  # noqa: ASYNC110 - nothing to await
            await asyncio.sleep(0.05)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await expect(page.get_by_label("E-mail")).to_have_value(bea.email)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("button", name=f"{bea.name}: menu")).to_be_visible()
