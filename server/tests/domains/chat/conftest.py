from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from tests.conftest import OpenHouse
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.processes import RunningHouse


@pytest.fixture(scope="session")
def endpoint_double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


@pytest.fixture
def double(endpoint_double: OpenAIDouble) -> OpenAIDouble:
    endpoint_double.forget()
    return endpoint_double


@pytest.fixture
async def house_with_model(
    open_test_house: OpenHouse, double: OpenAIDouble
) -> AsyncIterator[RunningHouse]:
    """A house whose questions are answered by the double."""
    connected = {
        "openai_base_url": double.url,
        "openai_api_key": SecretStr(double.key),
        "openai_model": "double-large",
    }
    async with open_test_house(**connected) as house:
        yield house
