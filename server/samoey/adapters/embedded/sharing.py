"""Using a home's servers beside others: join those that run, else run them until all are done."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from samoey.adapters.embedded.errors import HomeInUse
from samoey.adapters.embedded.home import guest, guests_gone, opened_home
from samoey.adapters.embedded.notice import Servers, join, withdraw
from samoey.adapters.embedded.servers import running_servers

# A holder that starts for the first time has this long until its servers answer.
JOIN_S = 60.0
STEP_S = 0.05


@contextmanager
def shared_servers(
    home: Path,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    postgres_binaries: Path | None = None,
) -> Iterator[Servers]:
    """The servers of `home` for as long as the block lasts: those that run, else our own.

    Ours do not end before the last of those who joined us is done. Addresses that are given are
    used as they are; with both, nothing is held or started.

    Raises:
        HomeInUse: the home is held, but its servers do not answer.
        Problem: as `running_servers`.
    """
    if database_url and redis_url:
        yield Servers(database_url, redis_url)
        return
    home = opened_home(home)
    give_up = time.monotonic() + JOIN_S
    with ExitStack() as stack:
        servers = None
        while servers is None:
            try:
                ours = running_servers(
                    home,
                    database_url=database_url,
                    redis_url=redis_url,
                    postgres_binaries=postgres_binaries,
                )
                servers = stack.enter_context(ours)
                stack.callback(guests_gone, home)
                stack.callback(withdraw, home)
            except HomeInUse:
                servers = _joined(home, stack)
                if servers is None and time.monotonic() > give_up:
                    raise
                time.sleep(0 if servers else STEP_S)
        yield Servers(database_url or servers.database_url, redis_url or servers.redis_url)


def is_ours(home: Path) -> bool:
    """Whether this very process holds the home and runs its servers."""
    try:
        return (home / "up.lock").read_text("utf-8").split()[:1] == [str(os.getpid())]
    except (OSError, ValueError):
        return False


def _joined(home: Path, stack: ExitStack) -> Servers | None:
    """Join as a guest for whom the holder waits; no guest when there is nothing to join."""
    with ExitStack() as visit:
        visit.enter_context(guest(home))
        # Asked only now: from here on the holder's servers do not end before we leave.
        servers = join(home)
        if servers:
            stack.push(visit.pop_all())
        return servers
