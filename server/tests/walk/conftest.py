"""A real Chromium on the built web application, watched: no error, nothing sent elsewhere."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright, expect
from pydantic import SecretStr

from samoey.adapters.embedded.servers import Servers
from samoey.kit.pages import web_root
from samoey.kit.settings import IdentitySettings, RepositorySettings, ServerSettings
from samoey.tools import open_house
from tests.conftest import settings_for
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.walk.eyes import PATIENCE_MS, Eyes
from tests.walk.place import Place, furnish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these Chromium looks up its maker's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.walk)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium")
    if web_root(ServerSettings()) is None:
        pytest.fail("The web application is not built: make build")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def endpoint() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


def connected(double: OpenAIDouble) -> dict[str, Any]:
    """The settings of a house whose questions the double answers."""
    return {
        "openai_base_url": double.url,
        "openai_api_key": SecretStr(double.key),
        "openai_model": "double-large",
    }


@pytest.fixture(scope="session")
async def whole_place(
    clone: Callable[..., Any],
    servers: Servers,
    endpoint: OpenAIDouble,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    changes = connected(endpoint) | {
        # One of the walks tries an address of this machine at which nobody answers.
        "repositories": RepositorySettings(private_addresses=True, plain_http=True),
        # Ada signs in anew for every walk.
        "identity": IdentitySettings(
            password_memory_kib=64, password_passes=1, password_lanes=1, attempts_per_email=1000
        ),
    }
    with clone() as database_url:
        settings = settings_for(folder / "house", database_url, servers, **changes)
        async with open_house(settings) as inner, inner.jobs.open(inner.tools):
            house = RunningHouse(inner, folder)
            async with house.serving(web=True) as url, house.working():
                yield await furnish(house, url, endpoint)
            await house.close()


@pytest.fixture
def place(whole_place: Place) -> Place:
    """A house that runs, with code in it and a model that answers; shared by all walks."""
    whole_place.double.forget()
    return whole_place


@pytest.fixture
async def eyes(browser: Browser) -> AsyncIterator[Eyes]:
    """Whoever looks at pages in this test; in the end nothing may have gone wrong on any."""
    expect.set_options(timeout=PATIENCE_MS)
    eyes = Eyes(browser)
    yield eyes
    await eyes.close()
    assert eyes.errors == []
    assert eyes.elsewhere == []
