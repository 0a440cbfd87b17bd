"""Repositories that come over the network: credentials, servers that are away, progress."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from samoey.domains.repositories import service
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import (
    NewCredential,
    RepositoryChange,
)
from samoey.kit.context import SYSTEM
from samoey.kit.ports.git import SourceUnreachable
from tests.conftest import OpenHouse
from tests.domains.repositories.steps import connect, fetch, look, mirrors, slug
from tests.doubles.git_host import GitHost, git_host
from tests.house.processes import RunningHouse

TOKEN = "glpat-4vErYs3cret"
OPEN = {"private_addresses": True, "plain_http": True}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    with git_host(tmp_path / "served") as running:
        yield running


async def test_a_token_fetches_and_stands_in_no_row_event_log_or_file(
    open_test_house: OpenHouse, host: GitHost, caplog: pytest.LogCaptureFixture
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.token = TOKEN
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        address = host.url.replace("://", f"://deployer:{TOKEN}@")
        shown = await connect(house, ada, f"{address}/app.git")

        await house.drain()

        assert (await look(house, shown.id)).commit == commit
        assert ("/app.git/git-upload-pack", "deployer") in host.asked
        async with house.tools.work(SYSTEM) as ctx:
            tables = ("repositories", "events", "procrastinate_jobs", "procrastinate_events")
            kept = [list(await ctx.db.execute(text(f"SELECT * FROM {one}"))) for one in tables]  # noqa: S608 - our own names
        home = house.tools.settings.home
        files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert TOKEN not in str(kept)
    assert TOKEN.encode() not in files
    assert TOKEN not in caplog.text


async def test_a_wrong_token_is_not_tried_again_and_a_new_one_mends_it(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.token = TOKEN
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        wrong = NewCredential(kind="token", secret=SecretStr("wrong-token"))
        shown = await connect(house, ada, f"{host.url}/app.git", credential=wrong)

        await house.drain()
        failed = await look(house, shown.id)
        asked = len(host.asked)
        right = NewCredential(kind="token", secret=SecretStr(TOKEN))
        change = RepositoryChange(credential=right)
        await service.change_repository(house.tools, ada.actor, shown.id, change)
        await house.drain()

        assert slug(failed) == "credential-refused"
        assert "wrong-token" not in str(failed.problem)
        assert asked <= 3
        assert (await look(house, shown.id)).commit == commit


async def test_a_server_that_is_away_is_tried_again(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    commit = author.commit("a.py")
    author.git("push", "--quiet", "origin", "main")
    host.cut_after = 100
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        shown = await connect(house, ada, f"{host.url}/app.git")
        with pytest.raises(SourceUnreachable):
            await fetching.fetch(house.tools, shown.id)
        failed = await look(house, shown.id)

        async with house.working():
            host.cut_after = None
            for _ in range(100):
                ready = await look(house, shown.id)
                if ready.status == "ready":
                    break
                await asyncio.sleep(0.1)

        assert slug(failed) == "source-unreachable"
        assert ready.commit == commit
        assert not [name for name in mirrors(house) if "draft" in name]


async def test_a_private_address_is_refused_and_said_so(house: RunningHouse) -> None:
    ada = await house.make.user()
    # The name is looked up only when it is fetched.
    shown = await connect(house, ada, "https://localhost/app.git")

    assert slug(await fetch(house, shown.id)) == "private-address"


async def test_a_deploy_key_without_a_host_key_says_what_to_give(
    open_test_house: OpenHouse,
) -> None:
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        key = NewCredential(kind="ssh_key", secret=SecretStr("key"))
        shown = await connect(house, ada, "git@127.0.0.1:app.git", credential=key)

        assert slug(await fetch(house, shown.id)) == "host-key-needed"


async def test_progress_is_told_to_the_workspace_and_kept_for_those_who_come_later(
    open_test_house: OpenHouse, host: GitHost
) -> None:
    author = host.repository()
    for number in range(3000):
        author.write(f"f{number}", f"{number}\n" * 20)
    author.commit()
    author.git("push", "--quiet", "origin", "main")
    async with open_test_house(repositories=OPEN) as house:
        ada = await house.make.user()
        shown = await connect(house, ada, f"{host.url}/app.git")
        told: list[dict[str, Any]] = []
        async with house.tools.bus.listen(f"workspace:{ada.workspace_id}") as listener:
            running = asyncio.create_task(fetching.fetch(house.tools, shown.id))
            while (got := await listener.get(0.5)) is not None or not running.done():
                told += [got[1]] if got else []
            await running

        ready = await look(house, shown.id)
        counts = [one for one in told if one["type"] == "progress"]
        assert {one["repository_id"] for one in counts} == {str(shown.id)}
        assert all(0 <= one["done"] <= one["total"] for one in counts)
        assert counts[-1]["total"] >= 3000
        names = {one["name"] for one in told if one["type"] == "event"}
        assert "repositories.repository_changed" in names
        assert (ready.status, ready.progress) == ("ready", None)
