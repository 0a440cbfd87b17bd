"""A Valkey that is killed, and comes back knowing nothing: budgets hold all the same."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from samoey.adapters.embedded.binaries import valkey_program
from samoey.adapters.ledger import ValkeyLedger
from samoey.domains.models.gateway.budget import BudgetSpent, Purse, PurseLimits
from samoey.domains.models.gateway.rates import Rates
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.kit.ports.ledger import LedgerAway, Sums
from tests.domains.models.gateway.spender import policy

BUDGET, COST = 2000, 10


class Server:
    """A Valkey of one's own, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "v.sock"
        self.url = f"unix://{self.socket}?db=0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = valkey_program()
        self._process = subprocess.Popen(
            [str(binary), "--port", "0", "--unixsocket", str(self.socket), "--save", ""],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        while b"Ready to accept" not in self._process.stdout.readline():
            pass

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        one = Server(Path(folder))
        one.start()
        yield one
        one.kill()


class Books:
    """What is kept for good: when requests came, and what they cost."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, int]] = []

    async def history(self, _owner: str, until_ms: int) -> Sums:
        whole = sum(cost for at, cost in self.rows if at * 1000 < until_ms)
        return Sums(whole, whole)

    def total(self) -> int:
        return sum(cost for _, cost in self.rows)

    async def request(self, purse: Purse) -> None:
        at = time.time()
        hold = await purse.reserve(policy(BUDGET), COST)
        hold.settle(COST)
        self.rows.append((at, COST))

    async def spend_the_rest(self, purse: Purse) -> None:
        with contextlib.suppress(BudgetSpent):
            while True:
                await self.request(purse)


@contextlib.asynccontextmanager
async def opened(server: Server, books: Books, **limits: object) -> AsyncIterator[Purse]:
    ledger = ValkeyLedger(server.url)
    chosen = PurseLimits(**{"away_s": 0.0, "lease_s": 0.05, "wait_s": 1.0} | limits)  # type: ignore[arg-type]  # a test's own short form
    purse = Purse(ledger, books.history, chosen)
    await purse.open()
    yield purse
    await purse.close()
    await ledger.close()


@pytest.mark.slow
async def test_a_ledger_that_was_killed_refuses_and_then_goes_on_where_it_was(
    server: Server,
) -> None:
    books = Books()
    async with opened(server, books, share=10**9) as purse:
        for _ in range(50):
            await books.request(purse)
        server.kill()
        with pytest.raises(LedgerAway):
            await books.request(purse)
        server.start()
        await books.spend_the_rest(purse)

    assert books.total() == BUDGET


@pytest.mark.slow
async def test_what_passed_while_the_ledger_was_killed_is_counted_when_it_is_back(
    server: Server,
) -> None:
    books = Books()
    async with opened(server, books, share=10**9, when_away="open") as purse:
        for _ in range(20):
            await books.request(purse)
        server.kill()
        for _ in range(30):
            await books.request(purse)
        server.start()
        await books.spend_the_rest(purse)

    assert books.total() == BUDGET


@pytest.mark.slow
async def test_limits_per_minute_begin_anew_when_their_buckets_are_gone(server: Server) -> None:
    limited = KeyPolicy(key_id="key", user_id="ada", workspace_id="here", rpm=1)
    ledger = ValkeyLedger(server.url)
    rates = Rates(ledger)
    await rates.admit(limited, 0)
    server.kill()
    server.start()
    state = await Rates(ledger).admit(limited, 0)
    await ledger.close()

    assert state.left_requests == 0
