"""How a deployment stands: whether it fails, is busy or full, and how soon it begins to answer."""

import asyncio
import math
from collections import deque
from collections.abc import Callable

Clock = Callable[[], float]

FAILURES = 5
_REST_S = 10.0
_LONGEST_REST_S = 300.0
_LONGEST_PAUSE_S = 60.0
_HALF_LIFE_S = 30.0
# What was measured longer ago says nothing: the deployment is taken for an unknown one.
_FORGOTTEN_AFTER_S = 600.0


class Breaker:
    """Keeps requests from a deployment that fails, and has one of them look now and then.

    Closed, all go; after some failures in a row it opens and none goes; after a rest it is half
    open and one goes, whose end decides. A stream that begins lets others go too, and counts when
    it ends: one that breaks off in its middle is a failure like any other. The clock is a steady
    one: what time of day it is, or becomes, changes nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._rest_s = _REST_S
        self._open_until: float | None = None
        self._busy_until = -math.inf
        self._looking = self._on_trial = False

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        if self._open_until is None:
            return "closed"
        return "half-open" if self._clock() >= self._open_until else "open"

    def wait_s(self) -> float:
        """Seconds until a request may go; 0 when one may go now."""
        now = self._clock()
        wait = self._busy_until - now
        if self._open_until is not None:
            wait = max(wait, self._open_until - now)
            if wait <= 0 and self._looking:
                # Somebody else is looking already.
                return _REST_S
        return max(0.0, wait)

    def begin(self) -> bool:
        """Whether a request may go now; if the breaker is half open, this is the one that looks."""
        if self.wait_s() > 0:
            return False
        self._looking = self._open_until is not None
        return True

    def began(self) -> None:
        """A stream began: others may go too, and how it ends decides whether all is well."""
        self._on_trial = self._on_trial or self._looking
        self._open_until, self._looking = None, False

    def succeeded(self) -> None:
        """It answered: all is well again."""
        self._failures, self._rest_s = 0, _REST_S
        self._open_until, self._looking, self._on_trial = None, False, False

    def failed(self) -> None:
        """It did not answer, or not to the end."""
        self._failures += 1
        again = self._looking or self._on_trial
        if again:
            self._rest_s = min(_LONGEST_REST_S, self._rest_s * 2)
        if again or self._failures >= FAILURES:
            self._open_until = self._clock() + self._rest_s
        self._looking = self._on_trial = False

    def undecided(self) -> None:
        """The request ended without telling anything about the deployment."""
        self._looking = False

    def busy(self, seconds: float) -> None:
        """It asked not to be asked for a while."""
        self._busy_until = self._clock() + min(_LONGEST_PAUSE_S, seconds)
        self._looking = False


class Latency:
    """A decaying average of how many milliseconds something takes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._average = 0.0
        self._at: float | None = None

    def note(self, ms: float) -> None:
        """It took so many milliseconds once more."""
        now = self._clock()
        known = self.ms()
        if known is None or self._at is None:
            self._average = ms
        else:
            # At least a little of what is new, however many answers come at once.
            kept = min(0.8, 0.5 ** ((now - self._at) / _HALF_LIFE_S))
            self._average = known * kept + ms * (1 - kept)
        self._at = now

    def ms(self) -> float | None:
        """The average, or None where nothing is known, or nothing new."""
        if self._at is None or self._clock() - self._at > _FORGOTTEN_AFTER_S:
            return None
        return self._average


class Standing:
    """All of it for one deployment, and how many requests it has in hand."""

    def __init__(self, clock: Clock) -> None:
        self.breaker = Breaker(clock)
        # Until the first token of a stream, and until the end of what comes in one piece.
        self.first, self.whole = Latency(clock), Latency(clock)
        self.in_hand = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def full(self, most: int | None) -> bool:
        """Whether it has as many requests in hand as it takes at a time."""
        return most is not None and self.in_hand >= most

    def take(self) -> None:
        """One more request is in hand."""
        self.in_hand += 1

    def answered(self, ms: float, *, whole: bool) -> None:
        """An answer is there, or a stream of it began, after so many milliseconds."""
        if whole:
            self.whole.note(ms)
            self.breaker.succeeded()
        else:
            self.first.note(ms)
            self.breaker.began()

    def release(self) -> None:
        """One less is; whoever waits longest is told."""
        self.in_hand -= 1
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return

    async def freed(self) -> None:
        """Wait until a request leaves."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            await waiting
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)


class Standings:
    """How every deployment stands, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_id: dict[str, Standing] = {}

    def of(self, deployment_id: str) -> Standing:
        """How this one stands; one that was never asked stands well."""
        found = self._by_id.get(deployment_id)
        if found is None:
            found = self._by_id[deployment_id] = Standing(self._clock)
        return found

    def states(self) -> dict[str, str]:
        """The state of each breaker, by deployment."""
        return {key: one.breaker.state for key, one in self._by_id.items()}

    def keep(self, ids: set[str]) -> None:
        """Forget those that are no more; what is in hand ends by itself."""
        for gone in self._by_id.keys() - ids:
            if not self._by_id[gone].in_hand:
                del self._by_id[gone]
