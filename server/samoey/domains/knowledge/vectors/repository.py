"""Every statement about vectors."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.knowledge.tables import Index, IndexVectors, VectorsState
from samoey.kit.ids import new_id


async def of(db: AsyncSession, readable: Select[UUID]) -> dict[UUID, IndexVectors]:
    """The vectors of repositories that one may read, by repository."""
    wanted = select(IndexVectors).where(IndexVectors.repository_id.in_(readable))
    return {row.repository_id: row for row in await db.scalars(wanted)}


async def of_system(db: AsyncSession, repository_id: UUID) -> IndexVectors | None:
    """Find the vectors of a repository for work that the system does by itself."""
    return await db.scalar(select(IndexVectors).where(IndexVectors.repository_id == repository_id))


async def begin(db: AsyncSession, repository_id: UUID, workspace_id: UUID) -> IndexVectors:
    """Find the vectors of a repository, noted now if they never were."""
    row = {
        "id": new_id(),
        "created_at": datetime.now(UTC),
        "repository_id": repository_id,
        "workspace_id": workspace_id,
        "state": VectorsState.WAITING,
        "paused": False,
        "done": 0,
        "total": 0,
    }
    await db.execute(insert(IndexVectors).values(row).on_conflict_do_nothing())
    found = await of_system(db, repository_id)
    assert found is not None
    return found


async def change(db: AsyncSession, repository_id: UUID, **values: Any) -> bool:
    """Change what is noted of vectors; False when the repository is gone."""
    changed = await db.execute(
        update(IndexVectors)
        .where(IndexVectors.repository_id == repository_id)
        .values(values)
        .returning(IndexVectors.id)
    )
    return changed.first() is not None


async def snapshot_of(db: AsyncSession, repository_id: UUID) -> str | None:
    """The snapshot that answers for a repository now."""
    return await db.scalar(select(Index.snapshot).where(Index.repository_id == repository_id))


async def behind(db: AsyncSession, model: str, *, since: datetime) -> list[tuple[UUID, UUID]]:
    """Repositories, with workspaces, whose vectors are not those of their snapshot by this model.

    Left out are those that an admin paused, and those that something was begun with `since`.
    """
    vectors = IndexVectors
    wanted = (
        select(Index.repository_id, Index.workspace_id)
        .outerjoin(vectors, vectors.repository_id == Index.repository_id)
        .where(
            Index.snapshot.is_not(None),
            or_(
                vectors.id.is_(None),
                and_(
                    vectors.paused.is_(False),
                    or_(vectors.started_at.is_(None), vectors.started_at < since),
                    or_(
                        vectors.model.is_distinct_from(model),
                        vectors.snapshot.is_distinct_from(Index.snapshot),
                        vectors.state != VectorsState.READY,
                    ),
                ),
            ),
        )
    )
    return [(repository_id, workspace) for repository_id, workspace in await db.execute(wanted)]
