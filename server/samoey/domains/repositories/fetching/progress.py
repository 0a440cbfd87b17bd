"""Telling how far a fetch is: at once to those who watch, and now and then to the row."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from samoey.domains.repositories import repository
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.ports.git import OnProgress, Progress

_TOLD_EVERY_S = 0.3


class Teller:
    """Knows the latest word about one fetch, and tells it as often as eyes can follow."""

    def __init__(self, tools: Tools, repository_id: UUID, workspace_id: UUID) -> None:
        self._tools, self._repository_id = tools, repository_id
        self._audience = f"workspace:{workspace_id}"
        self._latest: Progress | None = None
        self._told: Progress | None = None

    def hear(self, progress: Progress) -> None:
        """Remember the latest word."""
        self._latest = progress

    async def tell_forever(self) -> None:
        """Tell what is new, to those who watch and to the row."""
        while True:
            await asyncio.sleep(_TOLD_EVERY_S)
            if (counts := await self.tell()) is not None:
                async with self._tools.work(SYSTEM) as ctx:
                    await repository.keep_progress(ctx.db, self._repository_id, counts)

    async def tell(self) -> dict[str, str | int] | None:
        """Tell those who watch, if there is something new."""
        if self._latest is None or self._latest == self._told:
            return None
        self._told = self._latest
        counts: dict[str, str | int] = {
            "stage": self._told.stage,
            "done": self._told.done,
            "total": self._told.total,
        }
        where = {"audience": self._audience, "repository_id": str(self._repository_id)}
        await self._tools.bus.publish(self._audience, {"type": "progress", **where, **counts})
        return counts


@asynccontextmanager
async def telling(
    tools: Tools, repository_id: UUID, workspace_id: UUID
) -> AsyncIterator[OnProgress]:
    """Give a callback whose latest word is told while the block runs."""
    teller = Teller(tools, repository_id, workspace_id)
    running = asyncio.create_task(teller.tell_forever())
    try:
        yield teller.hear
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await teller.tell()
