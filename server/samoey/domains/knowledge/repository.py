"""Every statement about indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.knowledge.tables import Index, IndexState, IndexVectors
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Actor
from samoey.kit.ids import new_id

Ids = Select[UUID]


@dataclass(frozen=True, slots=True)
class Answering:
    """A snapshot that answers for a repository."""

    repository_id: UUID
    snapshot: str
    commit: str
    # The folder of its vectors, and the model that made them.
    vectors: str | None = None
    model: str | None = None


def visible(readable: Ids) -> Select[Index]:
    """The indexes of repositories that one may read."""
    return select(Index).where(Index.repository_id.in_(readable))


async def all_of(db: AsyncSession, readable: Ids, workspace_id: UUID | None) -> Sequence[Index]:
    """List indexes, the oldest first."""
    wanted = visible(readable).order_by(Index.id)
    if workspace_id is not None:
        wanted = wanted.where(Index.workspace_id == workspace_id)
    return (await db.scalars(wanted)).all()


async def answering(
    db: AsyncSession,
    readers: tuple[Actor, ...],
    *,
    workspace_id: UUID | None,
    repository_ids: tuple[UUID, ...],
) -> list[Answering]:
    """Find the snapshots that answer, among what every one of the readers may read."""
    wanted = asking_for(readers, workspace_id, repository_ids)
    found = await (await db.connection()).execute(wanted)
    return [Answering(*each) for each in found]


@lru_cache(maxsize=1024)
def asking_for(
    readers: tuple[Actor, ...], workspace_id: UUID | None, repository_ids: tuple[UUID, ...]
) -> Select[UUID, str, str, str | None, str | None]:
    """Build what each search asks: kept, for that takes longer than to ask it.

    For the same reason it goes past the mapper of rows to objects.
    """
    table = Index.__table__.c
    vectors = IndexVectors.__table__.c
    of_it = and_(vectors.repository_id == table.repository_id, vectors.snapshot == table.snapshot)
    wanted = (
        select(
            table.repository_id,
            table.snapshot,
            table.snapshot_commit,
            vectors.folder,
            vectors.model,
        )
        .select_from(Index.__table__.outerjoin(IndexVectors.__table__, of_it))
        .where(
            table.snapshot.is_not(None),
            *(table.repository_id.in_(repositories.readable(reader)) for reader in readers),
        )
    )
    if workspace_id is not None:
        wanted = wanted.where(table.workspace_id == workspace_id)
    if repository_ids:
        wanted = wanted.where(table.repository_id.in_(repository_ids))
    return wanted


async def permitted(db: AsyncSession, readers: tuple[Actor, ...], repository_id: UUID) -> bool:
    """Whether everybody may read this repository and it has an index row."""
    wanted = select(Index.id).where(
        Index.repository_id == repository_id,
        *(Index.repository_id.in_(repositories.readable(reader)) for reader in readers),
    )
    return await db.scalar(wanted) is not None


async def of_system(db: AsyncSession, repository_id: UUID) -> Index | None:
    """Find an index for work that the system does by itself."""
    return await db.scalar(select(Index).where(Index.repository_id == repository_id))


async def snapshots(db: AsyncSession) -> dict[UUID, str | None]:
    """Tell which snapshot answers for each repository, for work of the system itself."""
    rows = await db.execute(select(Index.repository_id, Index.snapshot))
    return {row.repository_id: row.snapshot for row in rows}


async def failed_by(db: AsyncSession, problem: str) -> Sequence[Index]:
    """Find the indexes that failed by a problem, for work of the system itself."""
    wanted = select(Index).where(
        Index.state == IndexState.FAILED, Index.problem["type"].astext == problem
    )
    return (await db.scalars(wanted.order_by(Index.id))).all()


async def begin(db: AsyncSession, repository_id: UUID, workspace_id: UUID, commit: str) -> Index:
    """Note that the indexing of a commit begins (again)."""
    values: dict[str, Any] = {
        "commit": commit,
        "state": IndexState.RUNNING,
        "files_done": 0,
        "files_total": 0,
        "started_at": datetime.now(UTC),
        "finished_at": None,
        "problem": None,
    }
    await want(db, repository_id, workspace_id, commit)
    await change(db, repository_id, **values)
    row = await of_system(db, repository_id)
    assert row is not None
    return row


async def want(db: AsyncSession, repository_id: UUID, workspace_id: UUID, commit: str) -> None:
    """Note that an index is wanted; one that exists goes on answering until it is made."""
    row = {
        "id": new_id(),
        "created_at": datetime.now(UTC),
        "repository_id": repository_id,
        "workspace_id": workspace_id,
        "commit": commit,
        "state": IndexState.WAITING,
        "files_done": 0,
        "files_total": 0,
        "chunks": 0,
        "windowed": 0,
        "skipped": 0,
        "bytes": 0,
    }
    await db.execute(
        insert(Index)
        .values(row)
        .on_conflict_do_update(
            index_elements=["repository_id"], set_={"state": IndexState.WAITING, "problem": None}
        )
    )


async def change(db: AsyncSession, repository_id: UUID, **values: Any) -> bool:
    """Change what is noted of an index; False when the repository is gone."""
    changed = await db.execute(
        update(Index)
        .where(Index.repository_id == repository_id)
        .values(values)
        .returning(Index.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


async def remove(db: AsyncSession, repository_id: UUID) -> None:
    """Forget an index."""
    await db.execute(delete(Index).where(Index.repository_id == repository_id))
