"""Having made again what of an index cannot be read, for whatever verb came upon it."""

import asyncio
import shutil
from collections.abc import Awaitable, Sequence
from typing import TypeVar
from uuid import UUID

from samoey.domains.knowledge import repository, shelves
from samoey.domains.knowledge.errors import SymbolsAway
from samoey.domains.knowledge.events import IndexWanted
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.schemas import IndexOut
from samoey.domains.knowledge.symbols import service as symbols
from samoey.kit.context import SYSTEM, Actor, Context, Tools

Readers = Actor | Sequence[Actor]
Told = TypeVar("Told")


def all_of(readers: Readers) -> tuple[Actor, ...]:
    return (readers,) if isinstance(readers, Actor) else tuple(readers)


async def wanted(ctx: Context, repository_id: UUID, workspace_id: UUID, commit: str) -> IndexOut:
    await repository.want(ctx.db, repository_id, workspace_id, commit)
    ctx.emit(IndexWanted(workspace_id=workspace_id, repository_id=repository_id, commit=commit))
    row = await repository.of_system(ctx.db, repository_id)
    return IndexOut.model_validate(row)


async def mend(tools: Tools, lost: Answering) -> None:
    """Have an index made again that cannot be read, unless another one answers by now."""
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, lost.repository_id)
        if row is None or row.snapshot != lost.snapshot:
            return
        await repository.change(ctx.db, lost.repository_id, snapshot=None, snapshot_commit=None)
        await wanted(ctx, row.repository_id, row.workspace_id, row.commit)


async def whole(tools: Tools, told: Awaitable[Told]) -> Told:
    """Have symbols made again that cannot be read."""
    try:
        return await told
    except symbols.Lost as lost:
        gone = lost.answering
        folder = shelves.shelf_of(tools, gone.repository_id) / gone.snapshot
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await mend(tools, gone)
        raise SymbolsAway from lost
