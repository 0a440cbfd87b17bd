"""The way to an answer: deployment after deployment, again after a while, inside one deadline."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from samoey.domains.models.gateway import metering, refusals
from samoey.domains.models.gateway.asked import Asked, rewritten
from samoey.domains.models.gateway.beginning import first_word
from samoey.domains.models.gateway.breaker import Clock, Standing, Standings
from samoey.domains.models.gateway.cost import Tokens
from samoey.domains.models.gateway.dialects.translation import Translation, between
from samoey.domains.models.gateway.routing import Candidate, Route
from samoey.domains.models.gateway.trimming import Trimming
from samoey.kit.ports.models import (
    ModelBusy,
    ModelPromptTooLong,
    ModelSpokeNonsense,
    ModelUnavailable,
)
from samoey.kit.ports.upstreams import BrokeOff, Deployment, Kind, Reply, TooSlow, Upstream
from samoey.kit.problems import Problem

_GOOD = 200
_MOST_ERROR_BYTES = 64 * 1024
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 8.0
# What a program did wrong is told in the vendor's own words, by which its callers go.
_IN_ITS_WORDS = frozenset({400, 404, 413, 422})


class Declined(Exception):
    """A deployment said no, in its own words."""

    def __init__(self, problem: Problem, status: int, body: bytes) -> None:
        super().__init__(str(problem))
        self.problem, self.status, self.body = problem, status, body


class Begun(Struct, kw_only=True):
    """An answer that is there, or has begun to come; `standing` has it in hand until the end."""

    candidate: Candidate
    standing: Standing
    translation: Translation | None
    attempts: int
    waited_s: float
    # How many messages had no room.
    trimmed: int = 0
    # How often it was asked for again, because it missed the shape that was asked for.
    repairs: int = 0
    status: int = _GOOD
    content_type: str = "application/json"
    reply: Reply | None = None
    events: metering.Events | None = None
    held: bytes = b""
    rest: AsyncIterator[bytes] | None = None
    body: bytes | None = None
    tokens: Tokens | None = None
    problem: Problem | None = None
    # Nobody was asked: it was kept from before.
    kept: bool = False


class Attempts:
    """Asks deployments, each through its kind's upstream."""

    def __init__(
        self,
        upstreams: Mapping[Kind, Upstream],
        standings: Standings,
        *,
        clock: Clock,
        chance: random.Random,
    ) -> None:
        self._upstreams, self._standings = upstreams, standings
        self._clock, self._chance = clock, chance

    async def begin(self, asked: Asked, route: Route, *, by_hand: bool = False) -> Begun:
        """The first answer that begins, good or (where nobody else could help) bad.

        Who asks by hand decides when to ask again, and is let through to the only one there is,
        however it did so far: it shall tell by itself what is the matter.

        Raises:
            Problem: nobody answered in time; it is the one of whoever was asked last.
        """
        search = _Search(0 if by_hand else route.alias.retries)
        search.insists = by_hand and len(route.candidates) == 1
        search.trimming = Trimming(asked) if route.alias.trim else None
        doing = asyncio.current_task()
        assert doing is not None
        # What `asyncio.timeout` does, for a third of its time: this stands in every request's way.
        end = asyncio.get_running_loop().call_later(route.alias.deadline_s, search.expire, doing)
        try:
            while True:
                begun = await self._round(asked, route, search)
                if begun is not None:
                    return begun
                await self._pause(route, search)
        except asyncio.CancelledError:
            if not search.expired or doing.uncancel() > search.cancelled_before:
                raise
            if search.problem is not None:
                raise search.problem from None
            raise TooSlow(
                f"No model answered within {route.alias.deadline_s:g} s.", stage="whole"
            ) from None
        finally:
            end.cancel()

    async def _round(self, asked: Asked, route: Route, search: "_Search") -> Begun | None:
        """Ask each of the candidates once, until one answers."""
        search.begin_round()
        for candidate in route.candidates:
            deployment = candidate.deployment
            standing = self._standings.of(deployment.id)
            if standing.full(deployment.max_parallel):
                search.full.append(standing)
                continue
            if not (standing.breaker.begin() or search.insists):
                search.resting_s.append(standing.breaker.wait_s())
                continue
            search.attempts += 1
            began = self._clock()
            try:
                return await self._once(asked, candidate, standing, search)
            except Declined as no:
                search.waited_s += self._clock() - began
                search.problem = no.problem
                if not refusals.elsewhere(no.problem) or search.is_last(candidate, route):
                    if begun := self._in_its_words(asked, candidate, standing, search, no):
                        return begun
                    if not refusals.elsewhere(no.problem):
                        raise no.problem from None
            except Problem as problem:
                search.waited_s += self._clock() - began
                search.problem = problem
                if not refusals.elsewhere(problem):
                    raise
        return None

    async def _pause(self, route: Route, search: "_Search") -> None:
        """Wait until it makes sense to ask again.

        Raises:
            Problem: it does not.
        """
        if not route.candidates:
            reasons = "; ".join(f"{it.deployment.model} {it.reason}" for it in route.passed)
            kind = ModelPromptTooLong if route.too_long else ModelUnavailable
            raise kind(f"“{route.alias.name}” has nobody who could answer. {reasons}")
        if not search.tried and search.full:
            await _any_freed(search.full)
            return
        if search.problem is None:
            seconds = max(1, round(min(search.resting_s)))
            raise ModelUnavailable(
                f"Whoever answers “{route.alias.name}” failed or is busy, and is asked again in "
                f"{seconds} s.",
                retry_after=seconds,
            )
        if search.retries <= 0 or not refusals.again(search.problem):
            raise search.problem
        search.retries -= 1
        # The jitter keeps many who failed together from coming back together.
        wait_s = self._chance.uniform(search.wait_s / 2, search.wait_s)
        search.wait_s = min(_LONGEST_WAIT_S, search.wait_s * 2)
        asked_for = search.problem.extra.get("retry_after")
        wait_s = max(wait_s, asked_for if isinstance(asked_for, int) else 0)
        search.waited_s += wait_s
        await asyncio.sleep(wait_s)

    async def _once(
        self, asked: Asked, candidate: Candidate, standing: Standing, search: "_Search"
    ) -> Begun:
        deployment = candidate.deployment
        upstream = self._upstreams.get(deployment.kind)
        if upstream is None:
            standing.breaker.undecided()
            raise ModelUnavailable(f"Nothing here speaks to models of the kind {deployment.kind}.")
        asked, trimmed = search.trimming.cut(deployment) if search.trimming else (asked, 0)
        standing.take()
        reply: Reply | None = None
        began = self._clock()
        try:
            translation = between(asked.dialect, upstream.dialects(deployment))
            spoken = translation.spoken if translation else asked.dialect
            body = (
                translation.request(asked.body, deployment.model)
                if translation
                else rewritten(asked, deployment.model)
            )
            begun = Begun(
                candidate=candidate,
                standing=standing,
                translation=translation,
                attempts=search.attempts,
                waited_s=0,
                trimmed=trimmed,
            )
            # What comes whole has no first token: vendors begin to send it when it is done.
            patient = deployment if asked.stream else _for_the_whole(deployment)
            reply = await upstream.send(patient, spoken, body)
            if asked.stream:
                # The limit of the first token holds for all that comes before it.
                left_s = deployment.limits.first_s - (self._clock() - began)
                async with asyncio.timeout(left_s):
                    await self._receive(begun, reply)
            else:
                await self._receive(begun, reply)
        except TimeoutError:
            slow = TooSlow(f"{refusals.host_of(deployment)} did not answer in time.", stage="first")
            await self._give_up(standing, reply, slow)
            raise slow from None
        except BaseException as error:
            await self._give_up(standing, reply, error)
            raise
        spent_s = self._clock() - began
        standing.answered(spent_s * 1000, whole=begun.rest is None)
        begun.waited_s = search.waited_s + spent_s
        return begun

    async def _give_up(self, standing: Standing, reply: Reply | None, error: BaseException) -> None:
        problem = error.problem if isinstance(error, Declined) else error
        if isinstance(problem, ModelBusy):
            wait = problem.extra.get("retry_after")
            standing.breaker.busy(wait if isinstance(wait, int) else 0)
        elif isinstance(problem, Problem) and refusals.sick(problem):
            standing.breaker.failed()
        else:
            standing.breaker.undecided()
        standing.release()
        if reply is not None:
            await reply.aclose()

    async def _receive(self, begun: Begun, reply: Reply) -> None:
        deployment = begun.candidate.deployment
        begun.content_type = reply.content_type
        kind = reply.content_type.partition(";")[0].strip().lower()
        if reply.status != _GOOD:
            body = await reply.read(_MOST_ERROR_BYTES)
            problem = refusals.refusal(deployment, reply.status, reply.retry_after_s, body)
            raise Declined(problem, reply.status, body)
        if kind == "text/event-stream":
            begun.reply, begun.events = reply, metering.Events()
            begun.rest = reply.parts()
            begun.held = await first_word(begun.rest, begun.events, deployment)
            return
        if kind != "application/json":
            raise ModelSpokeNonsense(
                f"{refusals.host_of(deployment)} answered with {kind}, which is no chat. "
                f"Look at {refusals.address_of(deployment)}; it mostly ends in /v1."
            )
        begun.body = await reply.read(metering.MOST_BYTES)
        await reply.aclose()
        try:
            begun.tokens = metering.used(begun.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BrokeOff(
                f"What {refusals.host_of(deployment)} sent is not a whole answer."
            ) from error
        if begun.translation is not None:
            begun.body = begun.translation.answer(begun.body)

    def _in_its_words(
        self,
        asked: Asked,
        candidate: Candidate,
        standing: Standing,
        search: "_Search",
        no: Declined,
    ) -> Begun | None:
        """A refusal that is passed on as it is, because it speaks of the request."""
        if no.status not in _IN_ITS_WORDS or isinstance(no.problem, ModelSpokeNonsense):
            return None
        upstream = self._upstreams[candidate.deployment.kind]
        translation = between(asked.dialect, upstream.dialects(candidate.deployment))
        standing.take()
        return Begun(
            candidate=candidate,
            standing=standing,
            translation=translation,
            attempts=search.attempts,
            waited_s=search.waited_s,
            status=no.status,
            body=translation.refusal(no.status, no.body) if translation else no.body,
            problem=no.problem,
        )


class _Search:
    """What became of the search so far."""

    def __init__(self, retries: int) -> None:
        self.retries, self.attempts, self.wait_s = retries, 0, _FIRST_WAIT_S
        self.waited_s = 0.0
        self.insists = self.expired = False
        self.trimming: Trimming | None = None
        self.cancelled_before = 0
        self.problem: Problem | None = None
        self.begin_round()

    def expire(self, doing: "asyncio.Task[object]") -> None:
        """The deadline has passed."""
        self.expired = True
        self.cancelled_before = doing.cancelling()
        doing.cancel()

    def begin_round(self) -> None:
        """All candidates are looked at once more."""
        self.full: list[Standing] = []
        self.resting_s: list[float] = []
        self._before = self.attempts

    @property
    def tried(self) -> bool:
        """Whether anybody was asked in this round."""
        return self.attempts > self._before

    def is_last(self, candidate: Candidate, route: Route) -> bool:
        """Whether nobody else is left to ask."""
        return candidate is route.candidates[-1]


@lru_cache(1024)
def _for_the_whole(deployment: Deployment) -> Deployment:
    limits = deployment.limits
    return replace(deployment, limits=replace(limits, first_s=limits.whole_s))


async def _any_freed(standings: list[Standing]) -> None:
    """Wait until one of them has room."""
    waits = [asyncio.ensure_future(one.freed()) for one in standings]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
