"""A gateway whose decisions a test makes: no database, no ledger; the vendors are doubles."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from samoey.adapters.embedders.upstream import LocalUpstream
from samoey.adapters.models.connect.anthropic import AnthropicUpstream
from samoey.adapters.models.connect.http import Vendors
from samoey.adapters.models.connect.openai import OpenAIUpstream
from samoey.adapters.models.own import deployment_of
from samoey.adapters.network import NetworkGuard
from samoey.domains.models.gateway.billing import Till
from samoey.domains.models.gateway.budget import Hold
from samoey.domains.models.gateway.cache import Cache
from samoey.domains.models.gateway.rates import NO_LIMITS, RateState
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Alias, Deployment, KeyPolicy, Snapshot, Target
from samoey.domains.models.gateway.usage import Usage
from samoey.kit.ports.embedder import Embedder
from samoey.kit.ports.inspection import Inspector
from samoey.kit.ports.responses import ResponsesAway
from samoey.kit.ports.upstreams import Kind, TimeLimits, Upstream, VendorKey
from tests.doubles.openai import KEY

PROGRAM_KEY = "sk-samoey-of-a-test"
POLICY = KeyPolicy(key_id="k1", user_id="u1", workspace_id="w1")
# Who tests a limit sets it: a busy machine reaches none of these.
PATIENT = TimeLimits(connect_s=60, first_s=60, gap_s=60, whole_s=600)


def deployment(name: str, url: str, **changes: Any) -> Deployment:
    """A model at a double's address."""
    given: dict[str, Any] = {
        "id": name,
        "provider_id": f"p-{name}",
        "provider": f"at-{name}",
        "kind": "openai",
        "base_url": url,
        "key": VendorKey(KEY),
        "model": f"{name}-model",
        "limits": PATIENT,
    }
    return Deployment(**(given | changes))


def alias(name: str, *targets: str, **changes: Any) -> Alias:
    """A name for deployments, in order."""
    given: dict[str, Any] = {
        "targets": tuple(Target(one) for one in targets),
        "retries": 0,
        "deadline_s": 60.0,
    }
    return Alias(name=name, **(given | changes))


@dataclass
class Decided:
    """What stands in the snapshot."""

    deployments: list[Deployment] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    keys: dict[str, KeyPolicy] = field(default_factory=lambda: {PROGRAM_KEY: POLICY})
    made: int = 0
    _current: Snapshot | None = None

    def decide(self, *deployments: Deployment, aliases: tuple[Alias, ...] = ()) -> None:
        """These there are from now on."""
        self.deployments, self.aliases, self._current = list(deployments), list(aliases), None

    @property
    def current(self) -> Snapshot:
        if self._current is None:
            self.made += 1
            self._current = Snapshot(
                version=str(self.made),
                keys={sha256(key.encode()).digest(): it for key, it in self.keys.items()},
                deployments={it.id: it for it in self.deployments},
                aliases={it.name: it for it in self.aliases},
            )
        return self._current

    async def fresh(self) -> Snapshot:
        return self.current


@dataclass
class Purses:
    """Counts what is held and spent; refuses when told to."""

    held: list[int] = field(default_factory=list)
    spent: list[int] = field(default_factory=list)
    rows: list[Usage] = field(default_factory=list)
    corrected: list[int] = field(default_factory=list)
    refusal: Exception | None = None

    async def reserve(self, _policy: KeyPolicy, amount_micro: int) -> Hold:
        if self.refusal is not None:
            raise self.refusal
        self.held.append(amount_micro)
        return _Kept(self)

    async def admit(self, _policy: KeyPolicy, _tokens: int) -> RateState:
        return NO_LIMITS

    def correct(self, _policy: KeyPolicy, tokens: int) -> None:
        self.corrected.append(tokens)

    def note(self, row: Usage) -> None:
        self.rows.append(row)


class _Kept(Hold):
    __slots__ = ("_purses",)

    def __init__(self, purses: Purses) -> None:
        super().__init__(None, None)
        self._purses = purses

    def settle(self, spent_micro: int) -> None:
        self._purses.spent.append(spent_micro)


@dataclass
class Desk:
    """Lists what a test says."""

    names: list[str] = field(default_factory=list)

    async def models(self, _deployment: Deployment) -> list[str]:
        return self.names


@dataclass
class Standing:
    """The gateway of a test, and everything around it."""

    gateway: Gateway
    decided: Decided
    purses: Purses
    desk: Desk


@asynccontextmanager
async def standing(
    *,
    clock: Callable[[], float] | None = None,
    wall: Callable[[], float] | None = None,
    embedder: Embedder | None = None,
    cache: Cache | None = None,
    inspector: Inspector | None = None,
) -> AsyncIterator[Standing]:
    """A gateway, open as long as the block runs."""
    vendors = Vendors(NetworkGuard("test", private_allowed=True, outside_allowed=False))
    upstream = OpenAIUpstream(vendors)
    decided, purses, desk = Decided(), Purses(), Desk()
    clocks: dict[str, Any] = {}
    if clock:
        clocks["clock"] = clock
    if wall:
        clocks["wall"] = wall
    upstreams: dict[Kind, Upstream] = {
        "openai": upstream,
        "azure": upstream,
        "anthropic": AnthropicUpstream(vendors),
    }
    if embedder is not None:
        upstreams["local"] = LocalUpstream(embedder)
    gateway = Gateway(
        snapshots=decided,
        upstreams=upstreams,
        own=() if embedder is None else (deployment_of(embedder),),
        cache=cache,
        inspector=inspector,
        till=Till(purses, purses, purses),
        desk=desk,
        chance=random.Random(7),
        **clocks,
    )
    try:
        yield Standing(gateway, decided, purses, desk)
    finally:
        await vendors.close()


@dataclass
class Kept:
    """Answers that are kept in this process; away when a test says so."""

    documents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    away: bool = False

    async def keep(self, owner: str, name: str, document: bytes) -> bool:
        self._look()
        self.documents[owner, name] = document
        return True

    async def find(self, owner: str, name: str) -> bytes | None:
        self._look()
        return self.documents.get((owner, name))

    async def drop(self, owner: str, name: str) -> bool:
        self._look()
        return self.documents.pop((owner, name), None) is not None

    def _look(self) -> None:
        if self.away:
            raise ResponsesAway
