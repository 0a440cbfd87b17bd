from collections.abc import AsyncIterator

import pytest

from tests.api.scene import Scene
from tests.domains.chat.talk import Talk
from tests.house.processes import RunningHouse


@pytest.fixture
async def scene(house: RunningHouse) -> AsyncIterator[Scene]:
    ada = await house.make.user()
    async with house.serving() as url:
        yield Scene(house, url, ada, await Talk.begin(house, ada))
