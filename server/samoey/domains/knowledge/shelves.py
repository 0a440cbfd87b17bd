"""The snapshots that answer for repositories, brought to this machine and opened."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.knowledge.opening import Closed, Wanted, open_snapshots
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.storing.cache import trim_now_and_then
from samoey.domains.knowledge.storing.snapshots import StoredSnapshots
from samoey.kit.context import Tools

if TYPE_CHECKING:
    from samoey.domains.knowledge.lexical.reading import Snapshot

Opened = list[tuple[Answering, "Snapshot"]]
NotOpened = list[tuple[Answering, Closed]]


def shelf_of(tools: Tools, repository_id: UUID) -> Path:
    """The folder that holds the snapshots of a repository."""
    return tools.settings.home / "indexes" / str(repository_id)


def stored(tools: Tools, repository_id: UUID) -> StoredSnapshots:
    """What the object store holds of a repository."""
    return StoredSnapshots(tools.objects, str(repository_id))


async def folder_of(tools: Tools, answering: Answering) -> Path:
    """Give the folder of a snapshot, which is brought from the object store where it must be.

    Raises:
        SnapshotLost: the store does not have it; `mend` has it made again.
        ObjectStoreAway, DiskFull: it cannot be brought now.
    """
    folder = shelf_of(tools, answering.repository_id) / answering.snapshot
    await asyncio.to_thread(bring, tools, answering.repository_id, folder)
    return folder


def bring(tools: Tools, repository_id: UUID, folder: Path) -> None:
    there = folder.is_dir()
    stored(tools, repository_id).bring(folder)
    if there:
        return
    trim_now_and_then(
        shelf_of(tools, repository_id).parent,
        most_bytes=tools.settings.objects.cache_gib * 2**30,
    )


async def opened(
    tools: Tools, answering: Sequence[Answering], *, patience_s: float
) -> tuple[Opened, NotOpened]:
    """Open these snapshots; also tell which are not open after so long, and why."""
    # tantivy is loaded when somebody first searches, not when the process starts.
    from samoey.domains.knowledge.lexical.shelf import readable

    whole = [each for each in answering if readable(each.snapshot)]
    given = await open_snapshots(tools.settings.knowledge.open_mib).get(
        [wanted(tools, each) for each in whole],
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


def wanted(tools: Tools, answering: Answering) -> Wanted:
    folder = shelf_of(tools, answering.repository_id) / answering.snapshot
    return Wanted(folder, partial(bring, tools, answering.repository_id, folder))


async def at_hand(
    tools: Tools, answering: Sequence[Answering], *, patience_s: float
) -> tuple[list[Answering], NotOpened]:
    """Give those whose snapshots stand in their folders here, for whoever reads them there."""
    away = [each for each in answering if not wanted(tools, each).folder.is_dir()]
    if not away:
        return list(answering), []
    # One that is open already may have lost its folder to others.
    desk = open_snapshots(tools.settings.knowledge.open_mib)
    desk.forget([wanted(tools, each).folder for each in away])
    _, closed = await opened(tools, away, patience_s=patience_s)
    missing = {each.repository_id for each, _ in closed}
    return [each for each in answering if each.repository_id not in missing], closed
