"""Telling how far a fetch is: at once to those who watch, and now and then to the row."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from samoey.domains.repositories import repository
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.ports.git import OnProgress, Progress

_TOLD_EVERY_S = 0.3


@asynccontextmanager
async def telling(
    tools: Tools, repository_id: UUID, workspace_id: UUID
) -> AsyncIterator[OnProgress]:
    """Give a callback whose latest word is told, as often as eyes can follow, in this block."""
    latest: list[Progress] = []
    teller = asyncio.create_task(_tell(tools, repository_id, workspace_id, latest))
    try:
        yield lambda progress: latest.__setitem__(slice(None), [progress])
    finally:
        teller.cancel()
        with suppress(asyncio.CancelledError):
            await teller


async def _tell(
    tools: Tools, repository_id: UUID, workspace_id: UUID, latest: list[Progress]
) -> None:
    told: Progress | None = None
    while True:
        await asyncio.sleep(_TOLD_EVERY_S)
        if not latest or latest[0] == told:
            continue
        told = latest[0]
        counts = {"stage": told.stage, "done": told.done, "total": told.total}
        where = {"audience": f"workspace:{workspace_id}", "repository_id": str(repository_id)}
        await tools.bus.publish(where["audience"], {"type": "progress", **where, **counts})
        async with tools.work(SYSTEM) as ctx:
            await repository.keep_progress(ctx.db, repository_id, counts)
