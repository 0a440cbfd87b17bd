"""What tests of fetching do and look at, in words."""

from typing import Any
from uuid import UUID

from samoey.domains.repositories import service
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import NewRepository, RepositoryOut
from samoey.kit.context import SYSTEM
from tests.house.processes import RunningHouse
from tests.make import Somebody


async def connect(house: RunningHouse, who: Somebody, source: object, **more: Any) -> RepositoryOut:
    new = NewRepository(workspace_id=who.workspace_id, source=str(source), **more)
    return await service.add_repository(house.tools, who.actor, new)


async def fetch(house: RunningHouse, repository_id: UUID) -> RepositoryOut:
    await fetching.fetch(house.tools, repository_id)
    return await look(house, repository_id)


async def look(house: RunningHouse, repository_id: UUID) -> RepositoryOut:
    async with house.tools.work(SYSTEM) as ctx:
        found = await service.find_for_system(ctx, repository_id)
    assert found is not None
    return found


def slug(shown: RepositoryOut) -> str:
    assert shown.status == "failed"
    assert shown.problem is not None
    return str(shown.problem["type"]).removeprefix("/problems/")


def mirrors(house: RunningHouse) -> list[str]:
    folder = house.tools.settings.home / "mirrors"
    return [path.name for path in folder.iterdir()] if folder.exists() else []
