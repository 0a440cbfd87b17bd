"""What gateway processes decide by, held in memory and loaded anew soon after every change."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from samoey.domains.identity import service as identity
from samoey.domains.models.aliases import repository as aliases
from samoey.domains.models.gateway.prices import prices
from samoey.domains.models.gateway.shapes import (
    Alias,
    CacheKind,
    KeyPolicy,
    Snapshot,
    Strategy,
    Target,
)
from samoey.domains.models.policies import repository as policies
from samoey.domains.models.policies.tables import KeyPolicyRow
from samoey.domains.models.providers import given, wiring
from samoey.domains.models.providers import repository as providers
from samoey.domains.models.snapshots import repository
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Context, Tools
from samoey.kit.ids import new_id
from samoey.kit.ports.bus import BusUnavailable, Listener, Message
from samoey.kit.ports.upstreams import Deployment
from samoey.kit.secrets import SealBroken, Sealer
from samoey.kit.settings import Settings

log = logging.getLogger(__name__)

# Most of what an idle process costs. A decision is mostly heard of at once; where it is not, a key
# that was revoked is refused within a second all the same.
LOOK_EACH_S = 0.5
# How far back a look goes: commits may come later than the ids of their events were made.
_LOOK_BACK_S = 15.0
# Whatever clocks and commits may do: no snapshot becomes older than this.
OLDEST_S = 30.0
# Who shows a key that is not known has us look, but no more often than this.
_ASKED_EACH_S = 0.2
# A database that hangs is as good as one that is away.
_PATIENCE_S = 5.0


async def load(tools: Tools) -> Snapshot:
    """Everything that was decided elsewhere; providers' keys are opened, in memory only."""
    async with tools.work(SYSTEM) as ctx:
        deployments = await _deployments(ctx, tools.settings, tools.sealer)
        return Snapshot(
            version=str(new_id()),
            keys=await _keys(ctx),
            deployments=deployments,
            aliases=await _aliases(ctx),
            prices=prices(tools.settings.models.prices),
        )


async def _deployments(ctx: Context, settings: Settings, sealer: Sealer) -> dict[str, Deployment]:
    rows, written = await providers.of_system(ctx.db)
    places = {it: wiring.of_given(one) for it, one in given.by_id(settings).items()}
    limits = wiring.patience(settings.models)
    found = of_environment(settings)
    known = prices(settings.models.prices)
    for row in rows:
        if not row.enabled:
            continue
        try:
            places[row.id] = wiring.of_row(sealer, row)
        except SealBroken:
            log.warning("a provider's key does not open", extra={"provider": row.name})
    for deployment in written:
        if (at := places.get(deployment.provider_id)) is not None:
            one = wiring.deployment(at, deployment, limits)
            if one.price is None:
                one = replace(one, price=known.of(one.base_url, one.model))
            found[one.id] = one
    return found


def of_environment(settings: Settings) -> dict[str, Deployment]:
    """What the environment connects. No other step: whatever model is named is passed on."""
    limits = wiring.patience(settings.models)
    endpoints = [
        wiring.unwritten(wiring.of_given(one), limits=limits)
        for one in given.by_id(settings).values()
    ]
    return {one.id: one for one in endpoints}


async def _aliases(ctx: Context) -> dict[str, Alias]:
    rows, targets = await aliases.of_system(ctx.db)
    return {
        row.name: Alias(
            name=row.name,
            strategy=convert(row.strategy, Strategy),
            targets=tuple(
                Target(str(it.deployment_id), it.weight) for it in targets.get(row.id, [])
            ),
            workspace_id=str(row.workspace_id),
            cache=convert(row.cache, CacheKind),
            threshold=row.threshold,
            deadline_s=row.deadline_s,
            retries=row.retries,
            trim=row.trim,
            repairs=row.repairs,
            ceiling_micro=row.ceiling_micro,
        )
        for row in rows
    }


async def _keys(ctx: Context) -> dict[bytes, KeyPolicy]:
    roles = await workspaces.roles(ctx)
    written = {row.key_id: row for row in await policies.of_system(ctx.db)}
    found: dict[bytes, KeyPolicy] = {}
    for key in await identity.good_keys(ctx):
        if key.user_id not in roles:
            # Whoever is in no workspace sees no models.
            continue
        workspace_id, role = roles[key.user_id]
        # A key without a policy may do what its owner may.
        row = written.get(key.id) or KeyPolicyRow()
        models = None if row.models is None else frozenset(row.models)
        if role.rank < workspaces.Role.MEMBER.rank:
            # A viewer reads what others asked, and asks nothing.
            models = frozenset()
        found[key.hash] = KeyPolicy(
            key_id=str(key.id),
            user_id=str(key.user_id),
            workspace_id=str(workspace_id),
            models=models,
            rpm=row.rpm,
            tpm=row.tpm,
            day_micro=row.day_micro,
            month_micro=row.month_micro,
            expires_at=key.expires_at.timestamp() if key.expires_at else None,
        )
    return found


class Keeper:
    """Keeps the snapshot of one process, and stays with the last one while PostgreSQL is away."""

    def __init__(
        self, tools: Tools, *, look_each_s: float = LOOK_EACH_S, oldest_s: float = OLDEST_S
    ) -> None:
        self._tools, self._look_each_s, self._oldest_s = tools, look_each_s, oldest_s
        self._current: Snapshot | None = None
        self._seen: frozenset[UUID] = frozenset()
        self._loaded_at = self._looked_at = -math.inf
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._heard: set[str] = set()
        self._running: list[asyncio.Task[None]] = []
        self._away = False
        # Whether a change is heard of at once, or only by the next look.
        self.listening = False

    @property
    def current(self) -> Snapshot:
        """What is decided by now."""
        assert self._current is not None, "the keeper is not open"
        return self._current

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Keeper"]:
        """Load, and stay up to date inside the block.

        Raises:
            Exception: the database does not answer, and there is no last snapshot to stay with.
        """
        await self._look()
        self._running = [asyncio.create_task(self._watch()), asyncio.create_task(self._listen())]
        try:
            yield self
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def fresh(self) -> Snapshot:
        """The snapshot after a look of this moment: for a key that is not known, or not yet."""
        if time.monotonic() - self._looked_at > _ASKED_EACH_S:
            await self._try_to_look()
        return self.current

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look_each_s):
                    await self._wake.wait()
            self._wake.clear()
            await self._try_to_look()

    async def _try_to_look(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._look()
        except Exception:
            # Whoever is let in goes on being let in by what was decided last.
            if not self._away:
                log.exception("the gateway stays with what was decided last")
            self._away = True
        else:
            self._away = False

    async def _look(self) -> None:
        async with self._one_at_a_time:
            now = time.monotonic()
            async with self._tools.work(SYSTEM) as ctx:
                lately = frozenset(await repository.decided_lately(ctx.db, _LOOK_BACK_S))
            if lately <= self._seen and now - self._loaded_at < self._oldest_s:
                self._looked_at = now
                return
            # Looked first, loaded then: what happens in between is seen by the next look.
            self._current = await load(self._tools)
            self._seen, self._loaded_at, self._looked_at = lately, now, now

    async def _listen(self) -> None:
        while True:
            try:
                self._heard = self._audiences()
                async with self._tools.bus.listen(*self._heard) as listener:
                    self.listening = True
                    # Nobody heard what was said before.
                    self._wake.set()
                    while True:
                        await self._hear(listener)
            except BusUnavailable:
                self.listening = False
                # What is said meanwhile comes by the looks at the database.
                await asyncio.sleep(self._look_each_s)

    async def _hear(self, listener: Listener) -> None:
        for audience in self._audiences() - self._heard:
            await listener.add(audience)
            self._heard.add(audience)
        heard = await listener.get(self._look_each_s)
        if heard is not None and _decides(heard[1]):
            self._wake.set()

    def _audiences(self) -> set[str]:
        spaces = {policy.workspace_id for policy in self.current.keys.values()}
        named = {alias.workspace_id for alias in self.current.aliases.values()}
        return {identity.KEYS_AUDIENCE} | {f"workspace:{it}" for it in spaces | named}


def _decides(message: Message) -> bool:
    """Whether what was heard can be about who may ask for which model."""
    if message.get("type") != "event":
        return message.get("type") == identity.KEYS_ENDED
    return str(message.get("name")).startswith(("models.", "workspaces.member_"))
