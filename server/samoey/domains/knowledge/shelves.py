"""The snapshots that answer for repositories, brought to this machine and opened."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.knowledge.opening import Closed, Wanted, open_snapshots
from samoey.domains.knowledge.repository import Answering
from samoey.kit.context import Tools

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.reading import Snapshot

Opened = list[tuple[Answering, "Snapshot"]]
NotOpened = list[tuple[Answering, Closed]]


def shelf_of(tools: Tools, repository_id: UUID) -> Path:
    """The folder that holds the snapshots of a repository."""
    return tools.settings.home / "indexes" / str(repository_id)


async def opened(
    tools: Tools, answering: Sequence[Answering], *, patience_s: float
) -> tuple[Opened, NotOpened]:
    """Open these snapshots; also tell which are not open after so long, and why."""
    # tantivy is loaded when somebody first searches, not when the process starts.
    from samoey.domains.knowledge.lexical.shelf import readable

    whole = [each for each in answering if readable(each.snapshot)]
    given = await open_snapshots(tools.settings.knowledge.open_mib).get(
        [Wanted(shelf_of(tools, each.repository_id) / each.snapshot) for each in whole],
        patience_s=patience_s,
    )
    ready: Opened = []
    closed: NotOpened = [(each, Closed.LOST) for each in answering if not readable(each.snapshot)]
    for each, got in zip(whole, given, strict=True):
        if isinstance(got, Closed):
            closed.append((each, got))
        else:
            ready.append((each, got))
    return ready, closed
