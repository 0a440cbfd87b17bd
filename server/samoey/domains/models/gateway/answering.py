"""An answer on its way to the one who asked: counted as it passes, and paid for exactly once."""

from collections.abc import AsyncIterator, Callable
from typing import Literal, cast

from samoey.domains.models.gateway import refusals
from samoey.domains.models.gateway.asked import Asked
from samoey.domains.models.gateway.attempts import Begun
from samoey.domains.models.gateway.cache import Looked
from samoey.domains.models.gateway.cost import Tokens
from samoey.domains.models.gateway.metering import Meter
from samoey.domains.models.gateway.rates import RateState
from samoey.domains.models.gateway.shapes import Deployment
from samoey.kit.ports.upstreams import BrokeOff, Flow, TooSlow
from samoey.kit.problems import Problem

Outcome = Literal["ok", "refused", "failed", "left"]
# Settles an answer: how it ended, and what it used.
Settle = Callable[["Answer", Outcome, Tokens], int]


class Answer:
    """What came of a request: `body` when it came whole, else `parts` tells it.

    Whoever has it ends it with `aclose`; what was not read by then is not fetched any more, and
    only what was told is paid.
    """

    def __init__(
        self,
        asked: Asked,
        begun: Begun,
        *,
        rates: RateState,
        settle: Settle,
        looked: Looked | None = None,
    ) -> None:
        self.asked, self.rates = asked, rates
        self.status, self.content_type = begun.status, begun.content_type
        self.problem = begun.problem
        self.attempts, self.waited_s = begun.attempts, begun.waited_s
        self.trimmed, self.repairs = begun.trimmed, begun.repairs
        self.reason = begun.candidate.reason
        self.first_s = begun.waited_s
        self.cost_micro: int | None = None
        self._begun, self._settle = begun, settle
        # Whether its failure says nothing against the deployment.
        self._blameless = False
        translation = begun.translation
        # A translation knows by itself what its caller wants to be told.
        self._meter = Meter(hide_usage=translation is None and not asked.usage_wanted)
        self._told = translation.stream() if translation and begun.rest is not None else None
        self.body = begun.body
        # How it came of the cache, or nothing where it was not looked for there.
        self.cache = looked.how if looked else None
        self._looked = looked if looked and looked.how == "miss" else None
        if begun.rest is None:
            self._hear(begun.body or b"")
            self._end("refused" if begun.problem else "ok", begun.tokens or Tokens())

    @property
    def deployment(self) -> Deployment:
        """Who answers."""
        return self._begun.candidate.deployment

    async def parts(self) -> AsyncIterator[bytes]:
        """The events of a stream as they come, each of them whole.

        Raises:
            Problem: it broke off or fell silent; what was told before stands.
        """
        begun = self._begun
        assert begun.rest is not None
        try:
            if told := self._pass(self._first()):
                yield told
            async for part in begun.rest:
                if told := self._cut(part):
                    yield told
            if told := self._last():
                yield told
        except Problem as problem:
            self._broke(problem)
            raise
        self._end("failed" if self._meter.failed else "ok", self._used())

    @property
    def pours(self) -> bool:
        """Whether `pour` can tell it: what somebody looks at first comes in `parts` only."""
        # What `isinstance` does for a protocol, for a hundredth of its time.
        return hasattr(self._begun.rest, "pour")

    async def pour(self, say: Callable[[bytes], bool]) -> bool:
        """What `parts` tells, each at the moment it comes, until `say` has enough or all is told.

        Returns whether there may be more: whoever can take it asks again.

        Raises:
            Problem: as `parts` does.
        """
        rest = cast("Flow", self._begun.rest)

        def heard(part: bytes) -> bool:
            told = self._cut(part)
            return say(told) if told else True

        try:
            if (told := self._pass(self._first())) and not say(told):
                return True
            if await rest.pour(heard):
                return True
            if told := self._last():
                say(told)
        except Problem as problem:
            self._broke(problem)
            raise
        self._end("failed" if self._meter.failed else "ok", self._used())
        return False

    def failure(self, problem: Problem) -> bytes:
        """The end of a stream that broke, where a translation has words of its own for it."""
        return self._told.failed(problem.status, str(problem)) if self._told else b""

    @property
    def translated(self) -> bool:
        """Whether the one who asked speaks otherwise than the deployment."""
        return self._told is not None

    async def aclose(self) -> None:
        """Let go of it; ends what has not ended."""
        self._end("failed" if self._meter.failed else "left", self._used())
        if self._begun.reply is not None:
            await self._begun.reply.aclose()

    def _first(self) -> bytes:
        """What was held back until something was said; the first time it is asked for."""
        held, self._begun.held = self._begun.held, b""
        return held

    def _cut(self, part: bytes) -> bytes:
        """What is told of a part: the events that are whole by now."""
        assert self._begun.events is not None
        block = self._begun.events.feed(part)
        return self._pass(block) if block else b""

    def _pass(self, block: bytes) -> bytes:
        if not block:
            return b""
        block = self._meter.read(block)
        return self._hear(self._told.feed(block) if self._told else block)

    def _last(self) -> bytes:
        """What is to be said when the vendor closed its stream.

        Raises:
            BrokeOff: it closed in the middle of its answer.
        """
        assert self._begun.events is not None
        told = self._told.end() if self._told and not self._begun.events.rest() else b""
        if not (self._meter.ended or self._meter.failed):
            host = refusals.host_of(self.deployment)
            raise BrokeOff(f"{host} stopped in the middle of its answer.")
        return self._hear(told)

    def _hear(self, told: bytes) -> bytes:
        if self._looked is not None:
            self._looked.hear(told)
        return told

    def _broke(self, problem: Problem) -> None:
        """It breaks here. Who talks on until the limit of the whole talked to somebody's wish."""
        self._meter.failed = True
        endless = isinstance(problem, TooSlow) and problem.extra.get("stage") == "whole"
        self._blameless = endless or not refusals.sick(problem)

    def _used(self) -> Tokens:
        """What was used, as the vendor counts it, or estimated where it did not come to that."""
        if self._meter.tokens is not None and self._meter.tokens.completion:
            return self._meter.tokens
        prompt = self._meter.tokens.prompt if self._meter.tokens else 0
        # An event carries a token, more or less.
        return Tokens(prompt or self.asked.needs.tokens, self._meter.events)

    def _end(self, outcome: Outcome, tokens: Tokens) -> None:
        if self.cost_micro is None:
            used = Tokens() if self._begun.kept else tokens
            self.cost_micro = self._settle(self, outcome, used)
            self._judge(outcome)
            self._begun.standing.release()
            if self._looked is not None and outcome == "ok":
                self._looked.heard_out(self.deployment.id, tokens)

    def _judge(self, outcome: Outcome) -> None:
        """Have the breaker told how a stream ended; how it began was told before."""
        if self._begun.rest is None:
            return
        if outcome == "ok":
            self._begun.standing.breaker.succeeded()
        elif outcome == "failed" and not self._blameless:
            self._begun.standing.breaker.failed()
