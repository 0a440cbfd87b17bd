"""Every SQL statement about aliases."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.models.aliases.schemas import TargetShape
from samoey.domains.models.aliases.tables import AliasRow, AliasTarget
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor

Targets = dict[UUID, list[TargetShape]]


def visible(actor: Actor) -> Select[AliasRow]:
    """The aliases that `actor` may know about: those of their workspaces."""
    return select(AliasRow).where(AliasRow.workspace_id.in_(workspaces.readable(actor)))


async def all_of(db: AsyncSession, actor: Actor) -> Sequence[AliasRow]:
    """The aliases that the actor sees, by name."""
    wanted = visible(actor).order_by(func.lower(AliasRow.name), AliasRow.id)
    return (await db.scalars(wanted)).all()


async def find(
    db: AsyncSession, actor: Actor, alias_id: UUID, *, locked: bool = False
) -> AliasRow | None:
    """One alias that the actor sees; `locked` until the end of the work."""
    wanted = visible(actor).where(AliasRow.id == alias_id)
    return await db.scalar(wanted.with_for_update(of=AliasRow) if locked else wanted)


async def targets_of(db: AsyncSession, alias_ids: Iterable[UUID]) -> Targets:
    """The targets of some aliases, in order."""
    rows = await db.scalars(
        select(AliasTarget)
        .where(AliasTarget.alias_id.in_(list(alias_ids)))
        .order_by(AliasTarget.place)
    )
    found: Targets = defaultdict(list)
    for row in rows:
        found[row.alias_id].append(TargetShape(deployment_id=row.deployment_id, weight=row.weight))
    return found


async def set_targets(db: AsyncSession, alias_id: UUID, targets: Sequence[TargetShape]) -> None:
    """Have an alias lead there, and nowhere else."""
    await db.execute(delete(AliasTarget).where(AliasTarget.alias_id == alias_id))
    db.add_all(
        AliasTarget(
            alias_id=alias_id,
            deployment_id=target.deployment_id,
            place=place,
            weight=target.weight,
        )
        for place, target in enumerate(targets)
    )
    await db.flush()


async def leading_to(db: AsyncSession, deployment_ids: Iterable[UUID]) -> Sequence[str]:
    """The names of the aliases that lead to any of these deployments."""
    wanted = (
        select(AliasRow.name)
        .join(AliasTarget, AliasTarget.alias_id == AliasRow.id)
        .where(AliasTarget.deployment_id.in_(list(deployment_ids)))
        .distinct()
        .order_by(AliasRow.name)
    )
    return (await db.scalars(wanted)).all()


async def of_system(db: AsyncSession) -> tuple[Sequence[AliasRow], Targets]:
    """Everything, for the snapshot that the gateway decides by."""
    rows = (await db.scalars(select(AliasRow).order_by(AliasRow.id))).all()
    return rows, await targets_of(db, [row.id for row in rows])
