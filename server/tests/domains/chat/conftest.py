from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from samoey.adapters.embedded.servers import Servers
from samoey.kit.settings import ModelSettings, Settings
from samoey.tools import open_house
from tests.conftest import OpenHouse, settings_for
from tests.domains.chat.talk import with_code
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse
from tests.make import Somebody


@pytest.fixture(scope="session")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


@pytest.fixture(scope="session")
async def lived_in(
    clone: Callable[..., Any], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Settings, Somebody]]:
    """A house that was left with code in it, and whose it is: made once, to be copied."""
    folder = tmp_path_factory.mktemp("lived_in")
    with clone() as url:
        settings = settings_for(folder / "house", url, servers)
        async with open_house(settings) as inner, inner.jobs.open(inner.tools):
            house = RunningHouse(inner, folder)
            ada = await house.make.user()
            await with_code(house, folder, ada)
        yield settings, ada


@pytest.fixture
def ada(lived_in: tuple[Settings, Somebody]) -> Somebody:
    """The owner of `house_with_code` and `house_with_model`."""
    return lived_in[1]


@pytest.fixture
async def house_with_code(
    open_test_house: OpenHouse, lived_in: tuple[Settings, Somebody]
) -> AsyncIterator[RunningHouse]:
    async with open_test_house(like=lived_in[0]) as house:
        yield house


@pytest.fixture
async def house_with_model(
    open_test_house: OpenHouse, lived_in: tuple[Settings, Somebody], double: OpenAIDouble
) -> AsyncIterator[RunningHouse]:
    """A house with code in it, whose questions are answered by the double."""
    async with open_test_house(like=lived_in[0], **connected(double)) as house:
        yield house


@pytest.fixture
async def house_in_haste(
    open_test_house: OpenHouse, lived_in: tuple[Settings, Somebody], double: OpenAIDouble
) -> AsyncIterator[RunningHouse]:
    """One that waits half a second for a model's first word."""
    models = ModelSettings(local_only=True, first_word_s=0.5)
    async with open_test_house(like=lived_in[0], models=models, **connected(double)) as house:
        yield house


def connected(double: OpenAIDouble) -> dict[str, Any]:
    """The settings by which the double answers."""
    return {
        "openai_base_url": double.url,
        "openai_api_key": SecretStr(double.key),
        "openai_model": "double-large",
    }
