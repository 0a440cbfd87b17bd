"""What the clock does for indexes: sweeping the object store, trying again what it kept back."""

import asyncio
import logging
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from samoey.domains.knowledge import repository
from samoey.domains.knowledge.events import IndexWanted
from samoey.domains.knowledge.shelves import stored
from samoey.domains.knowledge.storing.snapshots import ROOT
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.ports.objects import Kept, ObjectStoreAway
from samoey.kit.problems import Problem

log = logging.getLogger(__name__)


async def sweep(tools: Tools) -> None:
    """Remove from the object store what no repository asks for any more.

    Raises:
        ObjectStoreAway: it does not answer; the next hour tries again.
    """
    objects = await asyncio.to_thread(tools.objects.list, ROOT)
    async with tools.work(SYSTEM) as ctx:
        current = await repository.snapshots(ctx.db)
    kept: dict[UUID, list[Kept]] = defaultdict(list)
    for each in objects:
        kept[UUID(each.key.split("/")[1])].append(each)
    grace = timedelta(minutes=tools.settings.objects.grace_minutes)
    for repository_id, theirs in kept.items():
        now = datetime.now(UTC)
        mine = stored(tools, repository_id)
        if repository_id in current:
            name = current[repository_id]
            await asyncio.to_thread(mine.sweep, name, now=now, grace=grace)
        elif all(each.changed + grace < now for each in theirs):
            await asyncio.to_thread(mine.remove)


async def try_again(tools: Tools) -> None:
    """Want the indexes again that failed because the object store was away, if it is back."""
    away = ObjectStoreAway().document()["type"]
    async with tools.work(SYSTEM) as ctx:
        failed = await repository.failed_by(ctx.db, str(away))
    if not failed:
        return
    try:
        await asyncio.to_thread(stored(tools, failed[0].repository_id).listing, failed[0].commit)
    except Problem as problem:
        log.info("the object store is still away", extra={"problem": problem.document()})
        return
    async with tools.work(SYSTEM) as ctx:
        for each in failed:
            await repository.want(ctx.db, each.repository_id, each.workspace_id, each.commit)
            ctx.emit(
                IndexWanted(
                    workspace_id=each.workspace_id,
                    repository_id=each.repository_id,
                    commit=each.commit,
                    afresh=False,
                )
            )
