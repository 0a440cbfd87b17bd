"""The one gateway to every model: who may ask, who answers, what it costs, at every door."""

import hashlib
import random
import time
from collections.abc import Mapping
from functools import partial
from typing import Protocol

from samoey.domains.models.gateway.answering import Answer
from samoey.domains.models.gateway.asked import Asked, read
from samoey.domains.models.gateway.attempts import Attempts, Begun
from samoey.domains.models.gateway.billing import Bill, Till
from samoey.domains.models.gateway.breaker import Clock, Standing, Standings
from samoey.domains.models.gateway.cache import Cache, Use, again
from samoey.domains.models.gateway.explaining import Explained, explained
from samoey.domains.models.gateway.inspecting import look_over
from samoey.domains.models.gateway.listing import Desk, Lists
from samoey.domains.models.gateway.names import Names
from samoey.domains.models.gateway.repairing import mend
from samoey.domains.models.gateway.routing import Needs, Router
from samoey.domains.models.gateway.shapes import Alias, Caller, Deployment, KeyPolicy, Snapshot
from samoey.domains.models.gateway.structure import may_wish
from samoey.kit.ports.inspection import Answering, Inspector
from samoey.kit.ports.upstreams import Dialect, Kind, Upstream
from samoey.kit.problems import Unauthenticated


class KeyRefused(Unauthenticated):
    """There is no such key, or it expired, was revoked, or its owner may no longer ask."""

    title = "This API key opens nothing."


class Snapshots(Protocol):
    """Where the gateway finds what was decided elsewhere."""

    @property
    def current(self) -> Snapshot:
        """The newest that is known."""

    async def fresh(self) -> Snapshot:
        """The newest that there is."""


class Gateway:
    """One process' way to the models; what it decides by comes from snapshots and ledgers."""

    def __init__(  # noqa: PLR0913 - what it stands on, each by its name
        self,
        *,
        snapshots: Snapshots,
        upstreams: Mapping[Kind, Upstream],
        till: Till,
        desk: Desk,
        own: tuple[Deployment, ...] = (),
        cache: Cache | None = None,
        inspector: Inspector | None = None,
        clock: Clock = time.monotonic,
        wall: Clock = time.time,
        chance: random.Random | None = None,
    ) -> None:
        self._snapshots, self._till, self._own = snapshots, till, own
        self._clock, self._wall = clock, wall
        self.standings = Standings(clock)
        self.lists = Lists(desk, clock)
        chance = chance or random.Random()  # noqa: S311 - shares of traffic are no secret
        self._router = Router(self.standings, chance)
        self._attempts = Attempts(upstreams, self.standings, clock=clock, chance=chance)
        self._cache, self._nobody = cache, Standing(clock)
        self._inspector = inspector
        self._named: tuple[Snapshot, Names] | None = None

    @property
    def names(self) -> Names:
        """Everything that may be asked for now."""
        snapshot = self._snapshots.current
        if self._named is None or self._named[0] is not snapshot:
            self._named = snapshot, Names(snapshot, self._own)
            self.standings.keep({*snapshot.deployments, *(it.id for it in self._own)})
        return self._named[1]

    async def caller(self, key: str, request_id: str) -> Caller:
        """Who shows a key.

        Raises:
            KeyRefused: it opens nothing.
        """
        digest = hashlib.sha256(key.encode()).digest()
        policy = self._snapshots.current.keys.get(digest)
        if policy is None and key:
            # Perhaps it was made a moment ago.
            policy = (await self._snapshots.fresh()).keys.get(digest)
        if policy is None or (policy.expires_at and policy.expires_at <= self._wall()):
            raise KeyRefused
        return Caller(policy=policy, request_id=request_id)

    async def ask(
        self,
        caller: Caller,
        dialect: Dialect,
        body: bytes,
        *,
        by_hand: bool = False,
        cache: Use = "use",
    ) -> Answer:
        """Ask the model that `body` names; the caller ends the answer with `aclose`.

        Who asks by hand, and again, wants another answer: it is never one that was kept.

        Raises:
            Problem: the key may not, its limits or its budget are used up, or nobody answers.
        """
        asked = read(dialect, body)
        found = self.names.find(asked.model, caller.policy)
        bill = Bill(self._till, caller, asked, clock=self._clock, wall=self._wall)
        try:
            looked = None
            if self._cache is not None and found[0].cache != "off" and not by_hand:
                looked = await self._cache.look(asked, found, caller.policy.workspace_id, cache)
            if looked is not None and looked.how != "miss":
                await bill.admit()
                begun = again(asked, looked, found, self._nobody)
            else:
                route = self._router.route(found, asked.needs)
                await bill.open(route)
                begun = await self._attempts.begin(asked, route, by_hand=by_hand)
        except BaseException as error:
            bill.unanswered(error)
            raise
        told = partial(Answer, asked, begun, rates=bill.rates, settle=bill.settle, looked=looked)
        if self._inspector is not None or found[0].repairs:
            try:
                await self._care(caller, asked, found[0], begun)
            except BaseException:
                # What was answered by then is paid for.
                await told().aclose()
                raise
        return told()

    async def _care(self, caller: Caller, asked: Asked, alias: Alias, begun: Begun) -> None:
        """Have an answer mended, and looked at."""
        if alias.repairs and not begun.kept and may_wish(asked):
            await mend(self._attempts, asked, alias, begun, self._clock)
        if self._inspector is not None:
            policy = caller.policy
            about = Answering(
                request_id=caller.request_id,
                user_id=policy.user_id,
                workspace_id=policy.workspace_id,
                key_id=policy.key_id,
                model=asked.model,
            )
            await look_over(asked, begun, self._inspector.begin(about))

    async def offered(self, policy: KeyPolicy) -> list[str]:
        """What may be asked for: aliases, models that were written down, what endpoints list."""
        names = self.names
        offered = [*names.offered(policy), *names.own()]
        for endpoint in names.endpoints():
            listed = await self.lists.of(endpoint)
            offered += [f"{endpoint.provider}/{name}" for name in sorted(listed.names)]
        return [name for name in dict.fromkeys(offered) if names.may(name, policy)]

    def breakers(self) -> dict[str, str]:
        """How the breaker of each deployment stands, by provider and model."""
        states = self.standings.states()
        known = (*self._snapshots.current.deployments.values(), *self._own)
        return {f"{it.provider}/{it.model}": states.get(it.id, "closed") for it in known}

    def explain(self, name: str, needs: Needs, policy: KeyPolicy) -> list[Explained]:
        """Who would be asked for `name` now, in which order and why; and who would not.

        Raises:
            ModelNotFound, ModelForbidden: nobody, under this name, for this policy.
        """
        return explained(self._router.route(self.names.find(name, policy), needs), self.standings)
