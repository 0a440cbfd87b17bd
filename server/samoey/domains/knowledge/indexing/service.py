"""Making the index of a repository's present commit, and removing it."""

import asyncio
import logging
import shutil
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.knowledge import repository
from samoey.domains.knowledge.errors import SourceVanished
from samoey.domains.knowledge.events import IndexFailed, IndexFinished, IndexStarted
from samoey.domains.knowledge.indexing.child import indexing
from samoey.domains.knowledge.indexing.orders import Job
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.domains.knowledge.lexical.shelf import clear, snapshot_name, sweep
from samoey.domains.knowledge.shelves import shelf_of, stored
from samoey.domains.knowledge.storing.snapshots import SnapshotLost
from samoey.domains.knowledge.tables import IndexState
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import RepositoryOut
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.ports.git import EntryKind, RevisionNotFound
from samoey.kit.problems import Problem, ServerError

log = logging.getLogger(__name__)

NOTE_EVERY_S = 0.5


async def index(tools: Tools, repository_id: UUID, *, afresh: bool = False) -> None:
    """Make the index of a repository's present commit; nothing is done where it stands already.

    Raises:
        Problem: one that may pass by itself; any other is only noted with the index.
    """
    async with tools.work(SYSTEM) as ctx:
        found = await repositories.find_for_system(ctx, repository_id)
    if found is None:
        await remove(tools, repository_id)
        return
    if found.commit is None:
        return
    try:
        await Indexing(tools, found, found.commit, afresh=afresh).run()
    except SourceVanished as vanished:
        if not await superseded(tools, found):
            await fail(tools, found, vanished)
    except Problem as problem:
        await fail(tools, found, problem)
        if problem.transient:
            raise
    except Exception:
        await fail(tools, found, ServerError())
        raise


async def remove(tools: Tools, repository_id: UUID) -> None:
    """Remove everything that was made of a repository.

    Raises:
        ObjectStoreAway: what it keeps of it may be left; try again.
    """
    async with tools.work(SYSTEM) as ctx:
        await repository.remove(ctx.db, repository_id)
    await asyncio.to_thread(shutil.rmtree, shelf_of(tools, repository_id), ignore_errors=True)
    await asyncio.to_thread(stored(tools, repository_id).remove)


async def superseded(tools: Tools, indexed: RepositoryOut) -> bool:
    """Whether another commit answers by now; its own event has it indexed."""
    async with tools.work(SYSTEM) as ctx:
        now = await repositories.find_for_system(ctx, indexed.id)
        if now is not None and now.commit != indexed.commit:
            await repository.change(ctx.db, indexed.id, state=IndexState.WAITING)
            return True
    return now is None


async def fail(tools: Tools, indexed: RepositoryOut, problem: Problem) -> None:
    """Note why an index could not be made, and tell it."""
    async with tools.work(SYSTEM) as ctx:
        noted = await repository.change(
            ctx.db,
            indexed.id,
            state=IndexState.FAILED,
            problem=problem.document(f"/indexes/{indexed.id}"),
            finished_at=datetime.now(UTC),
        )
        if noted:
            ctx.emit(
                IndexFailed(
                    workspace_id=indexed.workspace_id,
                    repository_id=indexed.id,
                    commit=str(indexed.commit),
                    problem=problem.detail or problem.title,
                )
            )


class Gone(Exception):
    """The repository was deleted while it was being indexed."""


class Indexing:
    """One run of `index`."""

    def __init__(self, tools: Tools, indexed: RepositoryOut, commit: str, *, afresh: bool) -> None:
        self.tools, self.indexed, self.commit, self.afresh = tools, indexed, commit, afresh
        self.shelf = shelf_of(tools, indexed.id)
        self.stored = stored(tools, indexed.id)
        self.spoke = 0.0

    async def run(self) -> None:
        name = snapshot_name(
            self.commit,
            largest_kb=self.tools.settings.knowledge.largest_file_kb,
            filters=(self.indexed.include, self.indexed.exclude),
        )
        standing = await asyncio.to_thread(self.stored.listing, name) is not None
        try:
            ready, previous = await self.begin(name, standing=standing)
        except IntegrityError:
            # The row holds on to its repository, which was deleted a moment ago.
            await remove(self.tools, self.indexed.id)
            return
        if ready:
            return
        try:
            await self.build(name, previous)
        except Gone:
            await remove(self.tools, self.indexed.id)
            return
        # The one before stays until the next is made: whoever just looked it up may still open it.
        await asyncio.to_thread(clear, self.shelf, keep=[name, previous or name])
        await self.sweep(name)

    async def sweep(self, name: str) -> None:
        """Remove from the object store what is no longer asked for."""
        grace = timedelta(minutes=self.tools.settings.objects.grace_minutes)
        try:
            await asyncio.to_thread(self.stored.sweep, name, now=datetime.now(UTC), grace=grace)
        except Problem as problem:
            # The next commit or the next hour sweeps, too.
            log.warning("old snapshots are not swept", extra={"problem": problem.document()})

    async def begin(self, name: str, *, standing: bool) -> tuple[bool, str | None]:
        """Note that it begins, unless this very snapshot answers; give the one that does, too."""
        async with self.tools.work(SYSTEM) as ctx:
            row = await repository.of_system(ctx.db, self.indexed.id)
            ready = row is not None and row.state == IndexState.READY and row.snapshot == name
            if ready and standing and not self.afresh:
                return True, name
            row = await repository.begin(
                ctx.db, self.indexed.id, self.indexed.workspace_id, self.commit
            )
            ctx.emit(
                IndexStarted(
                    workspace_id=self.indexed.workspace_id,
                    repository_id=self.indexed.id,
                    commit=self.commit,
                )
            )
            return False, row.snapshot

    async def order(self, name: str, previous: str | None) -> Job:
        mirror = repositories.mirror(self.tools, self.indexed.id)
        wanted = repositories.chooser(self.indexed)
        try:
            files = await self.tools.git.files(mirror, self.commit)
        except RevisionNotFound as gone:
            raise SourceVanished from gone
        sources = [
            Source(file.path, file.blob, file.size)
            for file in files
            if file.kind is EntryKind.FILE and wanted(file.path)
        ]
        largest = int(self.tools.settings.knowledge.largest_file_kb * 1000)
        order = Order(
            shelf=self.shelf,
            name=name,
            commit=self.commit,
            mirror=mirror,
            files=sources,
            previous=previous,
            largest_bytes=largest,
            afresh=self.afresh,
        )
        return Job(order, partial(self.tools.git.blobs_sync, limit=largest))

    async def build(self, name: str, previous: str | None) -> None:
        job = await self.order(name, await self.brought(previous))
        total = len(job.order.files)
        await self.advance(0, total)
        try:
            async with indexing(job) as said:
                async for told in said:
                    if told.built is not None:
                        await self.publish(name, previous)
                        await self.finish(name, total, asdict(told.built))
                    elif time.monotonic() - self.spoke >= NOTE_EVERY_S:
                        await self.advance(told.done, total)
        finally:
            sweep(self.shelf)

    async def brought(self, previous: str | None) -> str | None:
        """Have the snapshot to build upon here; one that is lost is not built upon."""
        if previous is None or self.afresh:
            return None
        try:
            await asyncio.to_thread(self.stored.bring, self.shelf / previous)
        except SnapshotLost:
            return None
        return previous

    async def publish(self, name: str, previous: str | None) -> None:
        """Let all machines have the new snapshot, before any of them is told of it."""
        await asyncio.to_thread(self.stored.publish, self.shelf / name, previous=previous)

    async def advance(self, done: int, total: int) -> None:
        """Note how far it is, and tell those who watch."""
        self.spoke = time.monotonic()
        async with self.tools.work(SYSTEM) as ctx:
            there = await repository.change(
                ctx.db, self.indexed.id, files_done=done, files_total=total
            )
        if not there:
            raise Gone
        await self.tell(done, total)

    async def tell(self, done: int, total: int) -> None:
        await self.tools.bus.publish(
            f"workspace:{self.indexed.workspace_id}",
            {
                "type": "progress",
                "audience": f"workspace:{self.indexed.workspace_id}",
                "repository_id": str(self.indexed.id),
                "stage": "indexing",
                "done": done,
                "total": total,
            },
        )

    async def finish(self, name: str, total: int, counts: dict[str, int]) -> None:
        """Let the new snapshot answer."""
        async with self.tools.work(SYSTEM) as ctx:
            there = await repository.change(
                ctx.db,
                self.indexed.id,
                state=IndexState.READY,
                files_done=total,
                files_total=total,
                finished_at=datetime.now(UTC),
                snapshot=name,
                snapshot_commit=self.commit,
                problem=None,
                **{key: counts[key] for key in ("chunks", "windowed", "skipped", "bytes")},
            )
            if there:
                ctx.emit(
                    IndexFinished(
                        workspace_id=self.indexed.workspace_id,
                        repository_id=self.indexed.id,
                        commit=self.commit,
                        chunks=counts["chunks"],
                    )
                )
        if not there:
            raise Gone
        await self.tell(total, total)
