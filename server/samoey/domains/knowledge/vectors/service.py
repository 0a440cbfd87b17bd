"""Making the vectors of a repository's snapshot, behind its words; pausing and going on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError

from samoey.domains.knowledge.errors import NothingToIndex, SnapshotVanished
from samoey.domains.knowledge.shelves import shelf_of
from samoey.domains.knowledge.tables import IndexVectors, VectorsState
from samoey.domains.knowledge.vectors import folder, repository
from samoey.domains.knowledge.vectors.child import filling
from samoey.domains.knowledge.vectors.events import (
    VectorsMade,
    VectorsNotMade,
    VectorsPaused,
    VectorsResumed,
    VectorsWanted,
)
from samoey.domains.knowledge.vectors.orders import Job, Order, Told
from samoey.domains.knowledge.vectors.recipe import model_of
from samoey.domains.knowledge.vectors.schemas import VectorsOut
from samoey.kit.context import SYSTEM, Context, Tools
from samoey.kit.ports.embedder import MovableEmbedder
from samoey.kit.problems import Problem, ServerError

NOTE_EVERY_S = 1.0
# What nobody works on for so long, though it should be done, is begun again.
SILENT = timedelta(minutes=30)


async def of(ctx: Context, readable: Select[UUID]) -> dict[UUID, VectorsOut]:
    """Tell how far vectors are, by repository, of those that one may read."""
    rows = await repository.of(ctx.db, readable)
    return {each: VectorsOut.model_validate(row) for each, row in rows.items()}


async def want(tools: Tools, repository_id: UUID, workspace_id: UUID) -> None:
    """Have the vectors of a repository made, unless they stand, or may not be made now."""
    embedder = tools.embedder
    try:
        async with tools.work(SYSTEM) as ctx:
            row = await repository.begin(ctx.db, repository_id, workspace_id)
            snapshot = await repository.snapshot_of(ctx.db, repository_id)
            if embedder is None:
                await repository.change(ctx.db, repository_id, state=VectorsState.OFF)
            elif row.paused:
                await repository.change(ctx.db, repository_id, state=VectorsState.PAUSED)
            elif not made(row, snapshot, model_of(embedder.fingerprint)):
                await repository.change(ctx.db, repository_id, state=VectorsState.WAITING)
                about = {"workspace_id": workspace_id, "repository_id": repository_id}
                ctx.emit(VectorsWanted(**about, lane=lane(tools, repository_id)))
    except IntegrityError:
        # The row holds on to its repository, which was deleted a moment ago.
        return


def made(row: IndexVectors, snapshot: str | None, model: str) -> bool:
    """Whether all vectors of a snapshot stand."""
    ready = row.state == VectorsState.READY and row.folder is not None
    return ready and row.snapshot == snapshot and row.model == model


def lane(tools: Tools, repository_id: UUID) -> str:
    """Who waits for whom: everybody, where only one process may have the store open."""
    lanes = tools.settings.knowledge.vector_lanes if tools.vectors.shared else 1
    return f"vectors:{repository_id.int % lanes}"


async def want_what_is_behind(tools: Tools) -> None:
    """Have vectors made wherever they are missing, are another model's, or were given up."""
    if tools.embedder is None:
        return
    model = model_of(tools.embedder.fingerprint)
    async with tools.work(SYSTEM) as ctx:
        behind = await repository.behind(ctx.db, model, since=datetime.now(UTC) - SILENT)
    for repository_id, workspace_id in behind:
        await want(tools, repository_id, workspace_id)


async def pause(ctx: Context, repository_id: UUID, *, paused: bool) -> VectorsOut:
    """Have the making of a repository's vectors wait, or go on; the caller may do that.

    Raises:
        NothingToIndex: nothing was indexed yet.
    """
    row = await repository.of_system(ctx.db, repository_id)
    if row is None:
        raise NothingToIndex
    about = {"workspace_id": row.workspace_id, "repository_id": repository_id}
    if paused and not row.paused:
        # Whoever makes them now sees it within seconds, and lets go.
        state = row.state if row.state == VectorsState.READY else VectorsState.PAUSED
        await repository.change(ctx.db, repository_id, paused=True, state=state, left_s=None)
        ctx.emit(VectorsPaused(**about))
    elif row.paused and not paused:
        await repository.change(ctx.db, repository_id, paused=False)
        ctx.emit(VectorsResumed(**about))
    return VectorsOut.model_validate(await repository.of_system(ctx.db, repository_id))


async def embed(tools: Tools, repository_id: UUID) -> None:
    """Make the vectors of the snapshot that answers; what is kept of them is not made again.

    Raises:
        Problem: one that may pass by itself; any other is only noted.
    """
    if tools.embedder is None:
        return
    async with tools.work(SYSTEM) as ctx:
        row = await repository.of_system(ctx.db, repository_id)
        snapshot = await repository.snapshot_of(ctx.db, repository_id)
    if row is None or snapshot is None or row.paused:
        return
    run = Embedding(tools, tools.embedder, row, snapshot)
    try:
        await run.run()
    except SnapshotVanished:
        return
    except Problem as problem:
        await fail(tools, row, problem)
        if problem.transient:
            raise
    except Exception:
        await fail(tools, row, ServerError())
        raise


async def fail(tools: Tools, row: IndexVectors, problem: Problem) -> None:
    """Note why vectors could not be made, and tell it."""
    async with tools.work(SYSTEM) as ctx:
        noted = await repository.change(
            ctx.db,
            row.repository_id,
            state=VectorsState.FAILED,
            problem=problem.document(f"/indexes/{row.repository_id}/vectors"),
            left_s=None,
            finished_at=datetime.now(UTC),
        )
        if noted:
            ctx.emit(
                VectorsNotMade(
                    workspace_id=row.workspace_id,
                    repository_id=row.repository_id,
                    problem=problem.detail or problem.title,
                )
            )


class LetGo(Exception):
    """It is not to go on: an admin paused it, another commit answers, the repository is gone."""


class Embedding:
    """One run of `embed`."""

    def __init__(
        self, tools: Tools, embedder: MovableEmbedder, row: IndexVectors, snapshot: str
    ) -> None:
        self.tools, self.embedder, self.snapshot = tools, embedder, snapshot
        self.repository_id, self.workspace_id = row.repository_id, row.workspace_id
        self.before = row.folder
        self.model = model_of(embedder.fingerprint)
        self.shelf = shelf_of(tools, row.repository_id)
        self.stands = made(row, snapshot, self.model)
        self.spoke = 0.0

    async def run(self) -> None:
        if self.stands and self.before and (self.shelf / self.before).is_dir():
            return
        await self.change(
            state=VectorsState.RUNNING,
            started_at=datetime.now(UTC),
            finished_at=None,
            problem=None,
            left_s=None,
        )
        order = Order(
            shelf=self.shelf,
            snapshot=self.snapshot,
            desk=self.tools.settings.home / "vectors" / "desk",
            model=self.model,
            before=self.before,
        )
        job = Job(order, self.tools.vectors, self.embedder.elsewhere())
        try:
            async with filling(job, self.embedder) as said:
                async for told in said:
                    await self.hear(told)
        except LetGo:
            return

    async def hear(self, told: Told) -> None:
        if told.folder is not None:
            await self.show(told, told.folder)
        elif time.monotonic() - self.spoke >= NOTE_EVERY_S:
            await self.change(done=told.done, total=told.total, left_s=told.left_s)
            await self.tell(told)

    async def show(self, told: Told, name: str) -> None:
        """Let what there is by now answer."""
        values: dict[str, Any] = {"folder": name, "snapshot": self.snapshot, "model": self.model}
        values |= {"done": told.done, "total": told.total}
        if told.finished:
            values |= {"state": VectorsState.READY, "left_s": None, "problem": None}
            values |= {"finished_at": datetime.now(UTC)}
        await self.change(**values)
        await self.tell(told)
        # Whoever just looked the one before up may still open it.
        kept = {name, self.before or name}
        self.before = name
        await asyncio.to_thread(folder.clear, self.shelf, keep=kept)

    async def change(self, **values: Any) -> None:
        """Note how it stands, unless it is not to go on.

        Raises:
            LetGo: so it is.
        """
        async with self.tools.work(SYSTEM) as ctx:
            row = await repository.of_system(ctx.db, self.repository_id)
            answering = await repository.snapshot_of(ctx.db, self.repository_id)
            if row is None or row.paused or answering != self.snapshot:
                raise LetGo
            await repository.change(ctx.db, self.repository_id, **values)
            if values.get("state") == VectorsState.READY:
                about = {"workspace_id": self.workspace_id, "repository_id": self.repository_id}
                ctx.emit(VectorsMade(**about, vectors=values["done"]))

    async def tell(self, told: Told) -> None:
        self.spoke = time.monotonic()
        audience = f"workspace:{self.workspace_id}"
        await self.tools.bus.publish(
            audience,
            {
                "type": "progress",
                "audience": audience,
                "repository_id": str(self.repository_id),
                "stage": "embedding",
                "done": told.done,
                "total": told.total,
                "left_s": told.left_s,
            },
        )
