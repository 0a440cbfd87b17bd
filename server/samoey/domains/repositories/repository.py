"""Every SQL statement about repositories."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.repositories.tables import Repository, RepositoryStatus
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor


def visible(actor: Actor) -> Select[Repository]:
    """What `actor` may read: whatever the workspaces hold that they are in."""
    return select(Repository).where(Repository.workspace_id.in_(workspaces.readable(actor)))


def readable(actor: Actor) -> Select[UUID]:
    """The ids of what `actor` may read."""
    return select(Repository.id).where(Repository.workspace_id.in_(workspaces.readable(actor)))


async def find(
    db: AsyncSession, actor: Actor, repository_id: UUID, *, locked: bool = False
) -> Repository | None:
    """One repository that the actor may read; `locked` until the end of the work."""
    wanted = visible(actor).where(Repository.id == repository_id)
    return await db.scalar(wanted.with_for_update(of=Repository) if locked else wanted)


async def all_of(db: AsyncSession, actor: Actor, workspace_id: UUID | None) -> list[Repository]:
    """Those the actor may read, by name."""
    wanted = visible(actor)
    if workspace_id is not None:
        wanted = wanted.where(Repository.workspace_id == workspace_id)
    return list(await db.scalars(wanted.order_by(func.lower(Repository.name), Repository.id)))


async def same_source(
    db: AsyncSession, workspace_id: UUID, source: str, branch: str | None
) -> Repository | None:
    """The repository that already brings this branch of this source here."""
    wanted = select(Repository).where(
        Repository.workspace_id == workspace_id,
        Repository.source == source,
        Repository.branch.is_not_distinct_from(branch),
    )
    return await db.scalar(wanted.with_for_update())


async def of_system(
    db: AsyncSession, repository_id: UUID, *, locked: bool = False
) -> Repository | None:
    """One repository, for work that the system does by itself."""
    wanted = select(Repository).where(Repository.id == repository_id)
    return await db.scalar(wanted.with_for_update() if locked else wanted)


async def due(db: AsyncSession) -> list[Repository]:
    """Those whose schedule says that they should be brought up to date, locked."""
    last = func.greatest(Repository.synced_at, Repository.asked_at, Repository.created_at)
    passed = func.extract("epoch", func.now() - last) >= Repository.sync_minutes * 60
    wanted = select(Repository).where(Repository.sync_minutes.is_not(None), passed)
    return list(await db.scalars(wanted.with_for_update(skip_locked=True)))


async def keep_progress(db: AsyncSession, repository_id: UUID, progress: dict[str, Any]) -> None:
    """Note how far a fetch is, for those who look at the list only now."""
    wanted = update(Repository).where(Repository.id == repository_id)
    await db.execute(wanted.values(progress=progress))


def asked_just_now(repository: Repository) -> bool:
    """Whether a wish to bring it up to date is still on its way."""
    # A fetch that has begun may have looked already: who asks now wants another one.
    waiting = repository.status == RepositoryStatus.WAITING
    asked = repository.asked_at
    fresh = asked is not None and datetime.now(UTC) - asked < timedelta(seconds=5)
    return waiting and fresh
