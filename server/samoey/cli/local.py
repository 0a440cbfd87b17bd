"""What a command needs of a home: its servers, joined or started, and the rooms' tools."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from pydantic import SecretStr

from samoey.adapters.embedded.sharing import is_ours, shared_servers
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Actor, Tools
from samoey.kit.jobs import Jobs
from samoey.kit.schema import migrate
from samoey.kit.settings import LogSettings, Settings, read_settings
from samoey.kit.telemetry import start_logging
from samoey.tools import open_house


@contextlib.contextmanager
def servers_of(settings: Settings) -> Iterator[Settings]:
    """The same settings with servers behind them.

    Those that the settings name; else those of a home that another process holds; else embedded
    ones that live as long as the block, and as others need them who joined meanwhile.

    Raises:
        Problem: no servers can be had here; says which variable to set.
    """
    given = {
        name: url.get_secret_value()
        for name in ("database_url", "redis_url")
        if (url := getattr(settings, name)) is not None
    }
    with shared_servers(settings.home, **given) as servers:
        urls = {
            "database_url": SecretStr(servers.database_url),
            "redis_url": SecretStr(servers.redis_url),
        }
        yield settings.model_copy(update=urls)


@contextlib.asynccontextmanager
async def local_house() -> AsyncIterator[tuple[Tools, Actor, UUID]]:
    """The rooms' tools for the local operator, in this process; reactions run by `Jobs.drain`."""
    settings, begun = read_settings(), time.monotonic()
    # A command speaks to a person: only what goes wrong is logged.
    start_logging(LogSettings(level="error", format="text"))
    with servers_of(settings) as served:
        assert served.database_url is not None
        migrate(served.database_url.get_secret_value())
        async with open_house(served) as house, house.jobs.open(house.tools):
            # Whoever asks here has the answer of the model that is connected here.
            house.jobs.keep("answers")
            # A command ends when there is something to answer from; a worker makes vectors of it.
            house.jobs.leave("vectors")
            if is_ours(settings.home):
                # No worker outlives its servers: whoever spoke last before ours began is dead.
                await house.jobs.rescue(silent_s=time.monotonic() - begun)
            async with house.tools.work(SYSTEM) as ctx:
                actor, workspace_id = await workspaces.local_operator(ctx)
            yield house.tools, actor, workspace_id


def jobs_of(tools: Tools) -> Jobs:
    """The job queue behind the tools of `local_house`."""
    assert isinstance(tools.recorder, Jobs)
    return tools.recorder


@contextlib.asynccontextmanager
async def open_jobs() -> AsyncIterator[Jobs]:
    """The job queue of this home, for those who look after it."""
    async with local_house() as (tools, _actor, _workspace_id):
        yield jobs_of(tools)
