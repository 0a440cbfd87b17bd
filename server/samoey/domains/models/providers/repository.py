"""Every SQL statement about providers and deployments."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.domains.models.providers.tables import DeploymentRow, Provider
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import Actor


def visible(actor: Actor) -> Select[Provider]:
    """The providers that `actor` may know about: those of their workspaces."""
    return select(Provider).where(Provider.workspace_id.in_(workspaces.readable(actor)))


def visible_deployments(actor: Actor) -> Select[DeploymentRow]:
    """The deployments that `actor` may know about."""
    return select(DeploymentRow).where(DeploymentRow.workspace_id.in_(workspaces.readable(actor)))


async def all_of(db: AsyncSession, actor: Actor) -> Sequence[Provider]:
    """The providers that the actor sees, by name."""
    wanted = visible(actor).order_by(func.lower(Provider.name), Provider.id)
    return (await db.scalars(wanted)).all()


async def find(
    db: AsyncSession, actor: Actor, provider_id: UUID, *, locked: bool = False
) -> Provider | None:
    """One provider that the actor sees; `locked` until the end of the work."""
    wanted = visible(actor).where(Provider.id == provider_id)
    return await db.scalar(wanted.with_for_update(of=Provider) if locked else wanted)


async def deployments_of(
    db: AsyncSession, actor: Actor, provider_id: UUID | None = None
) -> Sequence[DeploymentRow]:
    """The deployments that the actor sees, by model."""
    wanted = visible_deployments(actor)
    if provider_id is not None:
        wanted = wanted.where(DeploymentRow.provider_id == provider_id)
    ordered = wanted.order_by(func.lower(DeploymentRow.model), DeploymentRow.id)
    return (await db.scalars(ordered)).all()


async def find_deployment(
    db: AsyncSession, actor: Actor, deployment_id: UUID, *, locked: bool = False
) -> DeploymentRow | None:
    """One deployment that the actor sees; `locked` until the end of the work."""
    wanted = visible_deployments(actor).where(DeploymentRow.id == deployment_id)
    return await db.scalar(wanted.with_for_update(of=DeploymentRow) if locked else wanted)


async def remove_deployments(db: AsyncSession, provider_id: UUID) -> None:
    """Forget what is asked at a provider that goes."""
    await db.execute(delete(DeploymentRow).where(DeploymentRow.provider_id == provider_id))


async def of_system(db: AsyncSession) -> tuple[Sequence[Provider], Sequence[DeploymentRow]]:
    """Everything, for the snapshot that the gateway decides by."""
    providers = (await db.scalars(select(Provider).order_by(Provider.id))).all()
    deployments = (await db.scalars(select(DeploymentRow).order_by(DeploymentRow.id))).all()
    return providers, deployments
