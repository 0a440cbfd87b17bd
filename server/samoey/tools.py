"""Settings become Tools: the only file that introduces the adapters to the rooms."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import async_sessionmaker

from samoey.adapters.git.system import SystemGit
from samoey.adapters.models.desk import VendorsDesk
from samoey.adapters.models.switchboard import ModelSwitchboard
from samoey.adapters.models.ways import Ways
from samoey.adapters.network import NetworkGuard
from samoey.adapters.valkey import ValkeyBus
from samoey.domains.chat import reactions as chat_reactions
from samoey.domains.identity import reactions as identity_reactions
from samoey.domains.knowledge import reactions as knowledge_reactions
from samoey.domains.models.usage import reactions as usage_reactions
from samoey.domains.repositories import reactions as repositories_reactions
from samoey.kit.context import Tools
from samoey.kit.db import connect, libpq_url
from samoey.kit.jobs import Jobs
from samoey.kit.known_providers import given_providers
from samoey.kit.ports.upstreams import TimeLimits
from samoey.kit.problems import Unavailable
from samoey.kit.reactions import Registry
from samoey.kit.secrets import Sealer, kept_key
from samoey.kit.settings import ModelSettings, Settings

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
    """One process' share of the product: the rooms' tools, and the jobs they cause."""

    tools: Tools
    jobs: Jobs


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
    models = ModelSwitchboard(settings)
    guard = model_guard(settings)
    ways = Ways(guard)
    tools = Tools(
        settings=settings,
        sessions=async_sessionmaker(engine, expire_on_commit=False),
        bus=bus,
        recorder=jobs,
        git=SystemGit(settings.repositories, settings.home),
        models=models,
        vendors=VendorsDesk(guard, ways, _limits(settings.models)),
        sealer=Sealer.from_home(settings.home),
    )
    try:
        yield House(tools, jobs)
    finally:
        await ways.close()
        await models.close()
        await bus.close()
        await engine.dispose()


def model_guard(settings: Settings) -> NetworkGuard:
    """Where models may be asked: as the settings say, and wherever the environment connects one."""
    hosts = (urlsplit(given.base_url).hostname for given in given_providers(settings))
    return NetworkGuard(
        "models.private_addresses",
        private_allowed=settings.models.private_addresses,
        outside_allowed=not settings.models.local_only,
        trusted=frozenset(host for host in hosts if host),
    )


def _limits(settings: ModelSettings) -> TimeLimits:
    return TimeLimits(
        connect_s=settings.connect_s, first_s=settings.first_word_s, gap_s=settings.next_word_s
    )


def with_secret_key(settings: Settings) -> Settings:
    """The same settings with a key that signs sessions, made once into the home folder."""
    if settings.secret_key is not None:
        return settings
    key = kept_key(settings.home / "session.key")
    return settings.model_copy(update={"secret_key": SecretStr(key.hex())})
