"""What operators are told of the background jobs that failed for good."""

import json
from pathlib import Path
from uuid import UUID

from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.events import SyncRequested
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.jobs import Jobs
from samoey.kit.problems import DiskFull
from samoey.kit.reactions import Reaction, Registry
from tests.domains.chat.talk import with_code
from tests.house.processes import RunningHouse
from tests.kit.test_work import FAST, with_jobs


async def full(_tools: Tools, _event: SyncRequested) -> None:
    raise DiskFull("Make room on the disk that holds the mirrors.")


async def failed_on(house: RunningHouse, repository_id: UUID, workspace_id: UUID) -> None:
    """A job about a repository has failed for good."""
    reaction = Reaction("kitchen.stock", SyncRequested, full, 3, "kitchen", None)
    assert house.tools.settings.database_url is not None
    url = house.tools.settings.database_url.get_secret_value()
    jobs = Jobs(Registry({reaction.name: reaction}, {}), FAST, url)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(SyncRequested(repository_id=repository_id, workspace_id=workspace_id))
    async with jobs.open(tools):
        await jobs.drain()


async def test_a_failed_job_is_listed_with_what_it_was_about_and_why_it_failed(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    await with_code(house, tmp_path, ada)
    async with house.tools.work(ada.actor) as ctx:
        [motor] = await repositories.list_repositories(ctx)
    await failed_on(house, motor.id, ada.workspace_id)

    plain = await house.command("jobs", "list")
    whole = await house.command("jobs", "list", "--json")

    [told] = json.loads(whole.stdout)
    first, when, why, *rest = plain.stdout.splitlines()
    assert first == f"{told['id']}  kitchen.stock of repository motor"
    assert when.startswith("    failed on ")
    assert when.endswith(" UTC, tried once")
    assert why == ("    The server's disk is full. Make room on the disk that holds the mirrors.")
    assert rest == ["", "`samoey jobs replay NUMBER` runs one again."]
    assert told["title"] == DiskFull.title
    assert told["event"]["repository_id"] == str(motor.id)


async def test_a_failed_job_about_what_is_gone_is_told_by_its_id(house: RunningHouse) -> None:
    ada = await house.make.user()
    gone = UUID(int=7)
    await failed_on(house, gone, ada.workspace_id)

    listed = await house.command("jobs", "list")

    assert f"kitchen.stock of repository {gone}" in listed.stdout
