"""Settings become the gateway: the models of one process, for its doors and its rooms."""

import asyncio
import contextlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from samoey.adapters.embedders.minilm import MiniLM
from samoey.adapters.ledger import ValkeyLedger
from samoey.adapters.models.desk import VendorsDesk
from samoey.adapters.models.own import deployment_of
from samoey.adapters.models.switchboard import ModelSwitchboard
from samoey.adapters.models.ways import Ways
from samoey.adapters.network import NetworkGuard, is_local
from samoey.adapters.responses import ValkeyResponses
from samoey.adapters.vectors.engine import ChromaAndFaiss
from samoey.api.relay.app import Relay
from samoey.domains.models.gateway import meters
from samoey.domains.models.gateway.billing import UNCOUNTED, Till
from samoey.domains.models.gateway.budget import Purse, PurseLimits
from samoey.domains.models.gateway.cache import Cache
from samoey.domains.models.gateway.inside import Inside
from samoey.domains.models.gateway.keeping import Keeping
from samoey.domains.models.gateway.rates import Rates
from samoey.domains.models.gateway.semantic import Semantic
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Snapshot
from samoey.domains.models.gateway.usage import Accounts
from samoey.domains.models.providers import wiring
from samoey.domains.models.snapshots.service import Keeper, of_environment
from samoey.domains.models.usage.service import SpentBefore, UsageBooks
from samoey.kit.context import Tools
from samoey.kit.known_providers import given_providers
from samoey.kit.metrics import METRICS
from samoey.kit.ports.models import ModelNotAllowed
from samoey.kit.secrets import kept_key
from samoey.kit.settings import Settings

if TYPE_CHECKING:
    from samoey.adapters.checkpoints.running import Checkpoints


# How soon a model that was set up is loaded, where it is to be there beforehand.
_LOOK_S = 0.5


class Gate:
    """Opened by whoever needs it first, closed with the process.

    Without `tools` it knows what the environment connects, and counts nothing: enough for a look.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises `ModelNotAllowed` for a given address outside, where the settings forbid that."""
        _refuse_outside(settings)
        self._settings = settings
        guard = _guard(settings)
        threads = settings.models.embedder_threads
        self.embedder = MiniLM(settings.home, threads=threads) if MiniLM.installed() else None
        self.ways = Ways(guard, self.embedder, lambda: _checkpoints(settings))
        self.desk = VendorsDesk(guard, self.ways, wiring.patience(settings.models))
        own = {"openai": settings.openai_model} if settings.openai_model else {}
        self.models = ModelSwitchboard(
            self._inside,
            default=settings.models.default,
            given=tuple(one.known.name for one in given_providers(settings)),
            own=own,
        )
        self._tools: Tools | None = None
        self._gateway: Gateway | None = None
        self._opening = asyncio.Lock()
        self._opened = contextlib.AsyncExitStack()

    def furnish(self, tools: Tools) -> None:
        """Decide by what the database holds, and count."""
        self._tools = tools

    async def open(self) -> Gateway:
        """The gateway, opened now if nobody did before.

        Raises:
            Problem: the database does not answer.
        """
        async with self._opening:
            if self._gateway is None:
                self._gateway = await self._open()
            return self._gateway

    async def _inside(self) -> Inside:
        return Inside(await self.open())

    async def _open(self) -> Gateway:
        tools, models = self._tools, self._settings.models
        if tools is None:
            return self._gateway_of(_Given(self._settings), UNCOUNTED)
        assert self._settings.redis_url is not None
        url, prefix = self._settings.redis_url.get_secret_value(), self._settings.redis_prefix
        ledger = ValkeyLedger(url, prefix=prefix)
        self._opened.push_async_callback(ledger.close)
        when_away = models.without_ledger
        purse = Purse(ledger, SpentBefore(tools), PurseLimits(when_away=when_away))
        accounts = Accounts(
            self._settings.home / "usage",
            UsageBooks(tools),
            ledger=ledger,
            when_lost=meters.LOST.inc,
            most_bytes=models.usage_journal_mb * 2**20,
        )
        accounts.watch(meters.Meters().count)
        for one in (purse, accounts):
            await one.open()
            self._opened.push_async_callback(one.close)
        keeper = await self._opened.enter_async_context(Keeper(tools).open())
        till = Till(purse, Rates(ledger, when_away=when_away), accounts)
        attending = asyncio.create_task(self._attend(keeper))
        self._opened.callback(attending.cancel)
        gateway = self._gateway_of(keeper, till, self._cache())
        breakers = meters.Breakers(gateway.breakers)
        METRICS.register(breakers)
        self._opened.callback(METRICS.unregister, breakers)
        return gateway

    async def _attend(self, keeper: Keeper) -> None:
        """Have models that run here loaded beforehand, and let go of those that are no more."""
        seen = ""
        while True:
            snapshot = keeper.current
            wanted = [
                (one.checkpoint, one.context_tokens)
                for one in snapshot.deployments.values()
                if one.checkpoint is not None
            ]
            # Most installations have none, and then nothing of it is ever loaded.
            if snapshot.version != seen and (wanted or "checkpoints" in self.ways.__dict__):
                checkpoints = self.ways.checkpoints
                assert checkpoints is not None
                await checkpoints.attend(wanted)
            seen = snapshot.version
            await asyncio.sleep(_LOOK_S)

    def _cache(self) -> Cache:
        """What all processes keep of answers, and what this one has of it at hand."""
        settings, models = self._settings, self._settings.models
        assert settings.redis_url is not None
        assert settings.secret_key is not None
        kept_s = models.cache_hours * 3600
        shared = ValkeyResponses(
            settings.redis_url.get_secret_value(),
            prefix=f"{settings.redis_prefix}cache:",
            kept_s=kept_s,
            most_bytes=int(models.cache_mib * 2**20),
            answer_s=1,
        )
        self._opened.push_async_callback(shared.close)
        secret = settings.secret_key.get_secret_value().encode()
        keeping = Keeping(shared, secret=secret, kept_s=kept_s)
        cache = Cache(keeping, Semantic(keeping, self.embedder) if self.embedder else None)
        self._opened.push_async_callback(cache.close)
        return cache

    async def relay(self) -> Relay:
        """The door for programs, on this process' gateway."""
        settings = self._settings
        assert settings.redis_url is not None
        responses = ValkeyResponses(
            settings.redis_url.get_secret_value(),
            prefix=settings.redis_prefix,
            kept_s=settings.models.responses_kept_hours * 3600,
            most_bytes=int(settings.models.responses_kept_mib * 2**20),
        )
        self._opened.push_async_callback(responses.close)
        await self.models.ready()
        return Relay(
            await self.open(),
            max_body=int(settings.models.max_body_mb * 2**20),
            responses=responses,
        )

    def _gateway_of(
        self, snapshots: "Keeper | _Given", till: Till, cache: Cache | None = None
    ) -> Gateway:
        return Gateway(
            snapshots=snapshots,
            upstreams=self.ways.upstreams,
            till=till,
            desk=self.desk,
            own=() if self.embedder is None else (deployment_of(self.embedder),),
            cache=cache,
        )

    def warm(self) -> None:
        """Load what speaks to vendors, in a thread and before somebody waits for it."""
        _ = self.ways.loaded

    async def close(self) -> None:
        """Close everything that was opened."""
        await self._opened.aclose()
        await self.ways.close()
        if self.embedder is not None:
            await self.embedder.close()


class _Given:
    """What the environment connects, and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self.current = Snapshot(version="environment", deployments=of_environment(settings))

    async def fresh(self) -> Snapshot:
        """It never changes."""
        return self.current


def _checkpoints(settings: Settings) -> "Checkpoints":
    """The models that run on this server, as the settings let them."""
    from samoey.adapters.checkpoints.folders import Folders
    from samoey.adapters.checkpoints.running import Checkpoints

    models = settings.models
    folders = models.checkpoint_folders or (settings.home / "checkpoints",)
    return Checkpoints(
        settings.home,
        Folders(folders),
        python=models.checkpoint_python,
        threads=models.checkpoint_threads,
    )


def _guard(settings: Settings) -> NetworkGuard:
    """Where models may be asked: as the settings say, and wherever the environment connects one."""
    hosts = (urlsplit(given.base_url).hostname for given in given_providers(settings))
    return NetworkGuard(
        "models.private_addresses",
        private_allowed=settings.models.private_addresses,
        outside_allowed=not settings.models.local_only,
        trusted=frozenset(host for host in hosts if host),
    )


def _refuse_outside(settings: Settings) -> None:
    for given in given_providers(settings):
        variable = f"{given.known.name.upper()}_BASE_URL"
        address = urlsplit(given.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ModelNotAllowed(f"{given.base_url!r} is no http(s) address; mend {variable}.")
        if settings.models.local_only and not is_local(address.hostname):
            raise ModelNotAllowed(
                f"{address.hostname} lies outside, and SAMOEY_MODELS__LOCAL_ONLY forbids that."
            )


def with_secret_key(settings: Settings) -> Settings:
    """The same settings with a key that signs sessions, made once into the home folder."""
    if settings.secret_key is not None:
        return settings
    key = kept_key(settings.home / "session.key")
    return settings.model_copy(update={"secret_key": SecretStr(key.hex())})


def vector_engine(settings: Settings) -> ChromaAndFaiss:
    """Where vectors are kept, and what finds them; nothing is opened yet."""
    url = settings.chroma_url
    return ChromaAndFaiss(settings.home / "vectors", url.get_secret_value() if url else None)
