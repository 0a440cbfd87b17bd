"""Disconnecting providers and taking models away, unless an alias still leads there."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from samoey.domains.models.aliases import service as aliases
from samoey.domains.models.errors import DeploymentInUse
from samoey.domains.models.providers import service as providers
from samoey.kit.context import Actor, Context, Tools


async def remove_provider(tools: Tools, actor: Actor, provider_id: UUID) -> None:
    """Disconnect a provider, whose deployments go along.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        ProviderReadOnly: the environment connects it.
        DeploymentInUse: aliases lead to its deployments; says which.
    """
    async with tools.work(actor) as ctx:
        there = await providers.owned_deployments(ctx, tools.settings, provider_id)
        await _require_unused(ctx, there)
        with _used_meanwhile():
            await providers.remove_provider(ctx, tools.settings, provider_id)


async def remove_deployment(ctx: Context, deployment_id: UUID) -> None:
    """Let a model be asked no longer.

    Raises:
        DeploymentNotFound, NotPermitted: the actor may not see it, or is no admin.
        DeploymentInUse: aliases lead there; says which.
    """
    await providers.require_deployment(ctx, deployment_id)
    await _require_unused(ctx, [deployment_id])
    with _used_meanwhile():
        await providers.remove_deployment(ctx, deployment_id)


async def _require_unused(ctx: Context, deployment_ids: list[UUID]) -> None:
    found = await aliases.leading_to(ctx, deployment_ids)
    if found:
        raise DeploymentInUse(f"Change or remove first: {', '.join(found)}.", aliases=found)


@contextmanager
def _used_meanwhile() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        # Since we looked, somebody had an alias lead there.
        raise DeploymentInUse from None
