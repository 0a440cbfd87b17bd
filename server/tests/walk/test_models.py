"""Models as an admin meets them: connected, tried, named, limited, and counted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.conftest import OpenHouse
from tests.doubles.checkpoint_folders import adapter
from tests.doubles.checkpoint_folders import model as model_folder
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import PASSWORD, Somebody
from tests.walk.eyes import Eyes, faults, picture


@dataclass(frozen=True, slots=True)
class Modelless:
    """A house to which nobody has connected a model yet."""

    house: RunningHouse
    url: str
    owner: Somebody

    async def enter(self, eyes: Eyes, somebody: Somebody, **options: int) -> Page:
        """A page of somebody who is signed in."""
        page = await eyes.open(base_url=self.url, **options)
        answer = await page.context.request.post(
            "/api/v1/identity/session", data={"email": somebody.email, "password": PASSWORD}
        )
        assert answer.ok, await answer.text()
        return page


@pytest.fixture
async def modelless(open_test_house: OpenHouse) -> AsyncIterator[Modelless]:
    async with open_test_house() as house, house.serving(web=True, relay=True) as url:
        yield Modelless(house, url, await house.make.user("Ada"))


async def connect(page: Page, *, name: str, address: str, key: str) -> None:
    """Connect a server that is none of the known vendors."""
    await page.get_by_role("button", name="Connect a provider").click()
    await page.get_by_role("combobox", name="Provider").click()
    await page.get_by_role("option", name="Another server").click()
    await page.get_by_label("Address").fill(address)
    await page.get_by_role("dialog").get_by_label("Key").fill(key)
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_role("button", name="Connect", exact=True).click()


def provider(page: Page, name: str) -> Locator:
    """The row of a provider."""
    return page.locator(f'[data-provider="{name}"]')


async def test_a_provider_is_connected_tried_and_answers(
    modelless: Modelless, eyes: Eyes, endpoint: OpenAIDouble
) -> None:
    endpoint.forget()
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/")
    await expect(page.get_by_role("heading", name="No provider is connected")).to_be_visible()
    await picture(page, "models-empty")
    assert await faults(page) == []

    await connect(page, name="lab", address=endpoint.url, key="sk-not-the-right-one-0123")
    dialog = page.get_by_role("dialog", name="Models of lab")
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await picture(page, "models-refused")
    await dialog.get_by_role("button", name="Later").click()
    row = provider(page, "lab")
    await row.get_by_role("button", name="Try it at lab").click()
    await expect(row.get_by_role("alert")).to_contain_text("key")
    await picture(page, "models-try-refused")

    await row.get_by_role("button", name="More for lab").click()
    await page.get_by_role("menuitem", name="Change…").click()
    await page.get_by_label("New key").fill(endpoint.key)
    assert await faults(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await row.get_by_role("button", name="Add models of lab").click()
    await page.get_by_role("checkbox", name="double-large").check()
    await picture(page, "models-add")
    assert await faults(page) == []
    await page.get_by_role("button", name="Add the model").click()
    await expect(row.get_by_role("list").get_by_text("double-large")).to_be_visible()
    endpoint.document("OK")
    await row.get_by_role("button", name="Try it at lab").click()
    await expect(row.get_by_text("answered in")).to_be_visible()
    await expect(page.get_by_text("In conversations lab/double-large answers")).to_be_visible()
    await picture(page, "models-tried")
    assert endpoint.key not in await page.content()
    assert await faults(page) == []


async def test_a_model_of_this_server_is_set_up_by_its_folder(
    modelless: Modelless, eyes: Eyes
) -> None:
    root = modelless.house.tools.settings.home / "checkpoints"
    folder, lora = model_folder(root / "coder"), adapter(root / "our-style")
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/")
    await page.get_by_role("button", name="Connect a provider").click()
    await page.get_by_role("combobox", name="Provider").click()
    await page.get_by_role("option", name="This server, by transformers").click()
    await expect(page.get_by_label("Address")).to_have_count(0)
    await picture(page, "models-here")
    assert await faults(page) == []
    await page.get_by_role("button", name="Connect", exact=True).click()

    dialog = page.get_by_role("dialog", name="A model of here")
    await dialog.get_by_role("button", name="Add the model").click()
    await dialog.get_by_label("Name", exact=True).fill("coder")
    await dialog.get_by_role("button", name="Add the model").click()
    await expect(dialog.get_by_text("Say in which folder")).to_be_visible()
    await dialog.get_by_label("Folder", exact=True).fill("/etc")
    await dialog.get_by_role("button", name="Add the model").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Models are taken from below")
    await dialog.get_by_role("radio", name="coder").check()
    await expect(dialog.get_by_label("Folder", exact=True)).to_have_value(str(folder))
    await dialog.get_by_label("Adapter").fill(str(lora))
    await dialog.get_by_role("combobox", name="Its weights").click()
    await page.get_by_role("option", name="8 bits").click()
    await picture(page, "models-here-add")
    assert await faults(page) == []
    await dialog.get_by_role("button", name="Add the model").click()

    row = provider(page, "here")
    await expect(row.get_by_text("with the adapter our-style · in 8 bits")).to_be_visible()
    await row.get_by_role("button", name="More for here/coder").click()
    await page.get_by_role("menuitem", name="How it runs…").click()
    await page.get_by_role("combobox", name="Runs on").click()
    await page.get_by_role("option", name="The CPU").click()
    await page.get_by_role("checkbox", name="Load it from the start").check()
    assert await faults(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(row.get_by_text("on the CPU · in 8 bits · loaded from the start")).to_be_visible()
    await row.get_by_role("button", name="Try it at here").click()
    await expect(row.get_by_role("alert")).to_contain_text("torch")
    await picture(page, "models-here-tried")
    assert await faults(page) == []


async def test_a_member_reads_what_admins_change(
    modelless: Modelless, eyes: Eyes, endpoint: OpenAIDouble
) -> None:
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/")
    await connect(page, name="lab", address=endpoint.url, key=endpoint.key)
    await page.get_by_role("checkbox", name="Every model that it has").check()
    await page.get_by_role("button", name="Add the model").click()

    member = await modelless.house.make.user("Kim", role="member")
    theirs = await modelless.enter(eyes, member, width=390, height=844)
    await theirs.goto("/models/")
    await expect(provider(theirs, "lab").get_by_text("every model that it has")).to_be_visible()
    await expect(theirs.get_by_role("button", name="Connect a provider")).to_have_count(0)
    await expect(theirs.get_by_role("button", name="Try it at lab")).to_have_count(0)
    await picture(theirs, "models-member-390")
    assert await faults(theirs) == []


async def with_models(house: Modelless, endpoint: OpenAIDouble) -> str:
    """Two models of one provider, and a key of the owner."""
    headers = house.owner.headers
    whose = {"workspace_id": str(house.owner.workspace_id)}
    async with httpx.AsyncClient(base_url=f"{house.url}/api/v1", headers=headers) as admin:
        lab = {"name": "lab", "kind": "openai", "base_url": endpoint.url, "api_key": endpoint.key}
        made = (await admin.post("/models/providers", json=whose | lab)).json()
        for model in ("double-large", "double-small"):
            new = whose | {"provider_id": made["id"], "model": model}
            added = await admin.post("/models/deployments", json=new)
            assert added.status_code == 201, added.text
        key = await admin.post("/identity/keys", json={"name": "nightly job"})
    return str(key.json()["key"])


async def test_models_are_named_in_order_and_the_choice_is_explained(
    modelless: Modelless, eyes: Eyes, endpoint: OpenAIDouble
) -> None:
    await with_models(modelless, endpoint)
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/?tab=routing")
    await page.get_by_role("button", name="New alias").click()
    await page.get_by_label("Name", exact=True).fill("fast")
    for model in ("lab/double-large", "lab/double-small"):
        await page.get_by_role("combobox", name="Add a model").click()
        await page.get_by_role("option", name=model).click()
    first = page.get_by_role("listitem", name="1. lab/double-large")
    await first.focus()
    await page.keyboard.press("Alt+ArrowDown")
    moved = page.get_by_role("listitem", name="2. lab/double-large")
    await expect(moved).to_be_focused()
    await page.get_by_role("combobox", name="Kept answers").click()
    await page.get_by_role("option", name="For the same request").click()
    await picture(page, "models-alias")
    assert await faults(page) == []
    await page.get_by_role("button", name="Make the alias").click()

    row = page.locator('[data-alias="fast"]')
    await expect(row.get_by_role("listitem")).to_contain_text(["double-small", "double-large"])
    await expect(row).to_contain_text("The same request gets the kept answer.")
    told = page.get_by_role("list", name="Who would answer for fast")
    await expect(told.get_by_role("listitem").first).to_contain_text("lab/double-small")
    await expect(told.get_by_text("chosen", exact=True)).to_have_count(1)
    await picture(page, "models-routing")
    assert await faults(page) == []


async def test_a_key_is_limited_and_what_it_used_is_counted(
    modelless: Modelless, eyes: Eyes, endpoint: OpenAIDouble
) -> None:
    endpoint.forget()
    key = await with_models(modelless, endpoint)
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/?tab=keys")
    row = page.locator('[data-key="nightly job"]')
    await row.get_by_role("button", name="Limits of nightly job").click()
    await page.get_by_role("checkbox", name="Only certain models").check()
    await page.get_by_role("checkbox", name="lab/double-large").check()
    await page.get_by_label("Budget of a day").fill("a lot")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("An amount of dollars")).to_be_visible()
    await page.get_by_label("Budget of a day").fill("2.50")
    await picture(page, "models-limits")
    assert await faults(page) == []
    await page.get_by_role("button", name="Save").click()
    await expect(row.get_by_role("meter", name="Today, nightly job")).to_be_visible()
    await expect(row).to_contain_text("only lab/double-large")
    await picture(page, "models-keys")
    assert await faults(page) == []

    assert await asked(modelless, key, "lab/double-large") == 200
    assert await asked(modelless, key, "lab/double-small") == 403
    await page.goto("/models/?tab=usage&by=key")
    table = page.get_by_role("region", name="Usage in figures")
    await expect(table.get_by_role("rowheader", name="nightly job")).to_be_visible()
    await picture(page, "models-usage-key")
    assert await faults(page) == []
    await page.get_by_role("combobox", name="Summed up").click()
    await page.get_by_role("option", name="By day").click()
    await expect(page.get_by_role("img", name="Requests: most for")).to_be_visible()
    await picture(page, "models-usage")
    assert await faults(page) == []
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": 390, "height": 844})
    await picture(page, "models-usage-390-dark")
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_two_models_answer_side_by_side(
    modelless: Modelless, eyes: Eyes, endpoint: OpenAIDouble
) -> None:
    endpoint.forget()
    await with_models(modelless, endpoint)
    page = await modelless.enter(eyes, modelless.owner)
    await page.goto("/models/?tab=playground")
    endpoint.say("Forty-two.")
    endpoint.say("It is forty-two, as ever.", pace_s=0.05)
    await page.get_by_label("Prompt", exact=True).fill("What is the answer?")
    await page.get_by_label("Prompt", exact=True).press("Control+Enter")
    sides = [page.get_by_role("region", name=name) for name in ("One model", "The other model")]
    for side in sides:
        await expect(side.get_by_text("first words after")).to_be_visible()
    await expect(page.get_by_text("Forty-two.", exact=True)).to_be_visible()
    await expect(page.get_by_text("as ever.")).to_be_visible()
    await picture(page, "models-playground")
    assert await faults(page) == []

    endpoint.say("and so on " * 100, pace_s=0.2)
    endpoint.say("and so on " * 100, pace_s=0.2)
    await page.get_by_role("button", name="Ask both").click()
    await expect(page.get_by_text("and so on")).to_have_count(2)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_text("Stopped.")).to_have_count(2)
    await page.get_by_role("tab", name="Routing").click()
    await page.get_by_role("tab", name="Playground").click()
    await expect(page.get_by_label("Prompt", exact=True)).to_have_value("What is the answer?")
    await page.set_viewport_size({"width": 390, "height": 844})
    await picture(page, "models-playground-390")
    assert await faults(page) == []


async def asked(house: Modelless, key: str, model: str) -> int:
    """Ask as a program does; gives the status."""
    body = {"model": model, "messages": [{"role": "user", "content": "Hello?"}], "stream": True}
    async with httpx.AsyncClient(base_url=house.url) as program:
        answer = await program.post(
            "/v1/chat/completions", json=body, headers={"authorization": f"Bearer {key}"}
        )
    return answer.status_code
