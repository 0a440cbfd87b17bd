"""Settings become Tools: the only file that introduces the adapters to the rooms."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import async_sessionmaker

from samoey.adapters.git.system import SystemGit
from samoey.adapters.objects import open_objects
from samoey.adapters.valkey import ValkeyBus
from samoey.domains.chat import reactions as chat_reactions
from samoey.domains.identity import reactions as identity_reactions
from samoey.domains.knowledge import reactions as knowledge_reactions
from samoey.domains.models.usage import reactions as usage_reactions
from samoey.domains.repositories import reactions as repositories_reactions
from samoey.gate import Gate, vector_engine, with_secret_key
from samoey.kit.context import Tools
from samoey.kit.db import connect, libpq_url
from samoey.kit.jobs import Jobs
from samoey.kit.problems import Unavailable
from samoey.kit.reactions import Registry
from samoey.kit.secrets import Sealer
from samoey.kit.settings import Settings

REGISTRY = Registry.of(
    [
        identity_reactions,
        repositories_reactions,
        knowledge_reactions,
        chat_reactions,
        usage_reactions,
    ]
)


class ServersMissing(Unavailable):
    """This process was started without servers and may not start any itself."""

    title = "DATABASE_URL and REDIS_URL are not set."


@dataclass(frozen=True, slots=True)
class House:
    """One process' share of the product: the rooms' tools, the jobs they cause, the models."""

    tools: Tools
    jobs: Jobs
    gate: Gate


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Connect everything that `settings` name, and close it again.

    Raises:
        ServersMissing: `samoey up` starts servers; a single role needs their addresses.
    """
    if settings.database_url is None or settings.redis_url is None:
        raise ServersMissing(
            "Start `samoey up`, which brings both, or set the two variables to your own servers."
        )
    settings = with_secret_key(settings)
    assert settings.database_url is not None
    assert settings.redis_url is not None
    url = libpq_url(settings.database_url.get_secret_value())
    engine = connect(url, pool_size=settings.database.pool_size)
    bus = ValkeyBus(settings.redis_url.get_secret_value(), prefix=settings.redis_prefix)
    jobs = Jobs(REGISTRY, settings.jobs, url)
    gate = Gate(settings)
    git = SystemGit(settings.repositories, settings.home)
    tools = Tools(
        settings=settings,
        sessions=async_sessionmaker(engine, expire_on_commit=False),
        bus=bus,
        recorder=jobs,
        git=git,
        objects=open_objects(settings),
        models=gate.models,
        vendors=gate.desk,
        sealer=Sealer.from_home(settings.home),
        vectors=vector_engine(settings),
        embedder=gate.embedder if settings.knowledge.vectors else None,
    )
    gate.furnish(tools)
    try:
        yield House(tools, jobs, gate)
    finally:
        git.close()
        await gate.close()
        await bus.close()
        await engine.dispose()
