"""Connecting providers, and saying which of their models can be asked."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from samoey.domains.models.errors import (
    ChangedMeanwhile,
    DeploymentNotFound,
    KeyNeededAgain,
    ModelNameTaken,
    ProviderNotFound,
    ProviderReadOnly,
)
from samoey.domains.models.events import (
    DeploymentAdded,
    DeploymentChanged,
    DeploymentRemoved,
    ProviderAdded,
    ProviderChanged,
    ProviderRemoved,
)
from samoey.domains.models.providers import given, repository, wiring
from samoey.domains.models.providers.schemas import (
    DeploymentChange,
    DeploymentOut,
    NewDeployment,
    NewProvider,
    ProviderChange,
    ProviderOut,
)
from samoey.domains.models.providers.tables import DeploymentRow, Provider
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.ids import new_id
from samoey.kit.known_providers import KNOWN_PROVIDERS
from samoey.kit.ports.vendors import CheckpointRefused, VendorAddressRefused
from samoey.kit.secrets import Sealer
from samoey.kit.settings import Settings

# The kind whose models run on this server: it has no address and no key.
HERE = "transformers"


async def list_providers(tools: Tools, actor: Actor) -> list[ProviderOut]:
    """The providers of one's workspaces, by name; those of the environment come first."""
    async with tools.work(actor) as ctx:
        rows = await repository.all_of(ctx.db, ctx.actor)
        insider = bool(await workspaces.list_workspaces(ctx))
    ours = [given.shown(one) for one in given.by_id(tools.settings).values()] if insider else []
    return ours + [ProviderOut.model_validate(row) for row in rows]


async def add_provider(tools: Tools, actor: Actor, new: NewProvider) -> ProviderOut:
    """Connect a provider.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        VendorAddressRefused, PrivateAddress, OutsideAddress: it is not an address to go to.
        ModelNameTaken: the workspace or the environment has a provider of this name.
    """
    place = place_of(new)
    if new.kind == HERE:
        _refuse_elsewhere(new.base_url, new.api_key)
    else:
        tools.vendors.check(place)
    async with tools.work(actor) as ctx:
        return await keep_provider(ctx, tools.sealer, tools.settings, new)


def place_of(new: NewProvider) -> str:
    """Where a new provider answers: as said, or as the vendor is known.

    Raises:
        VendorAddressRefused: nothing was said, and a vendor of this kind has no one place.
    """
    if new.kind == HERE:
        return ""
    if new.base_url is not None:
        return new.base_url.rstrip("/")
    known = next((it for it in KNOWN_PROVIDERS if it.kind == new.kind and it.address), None)
    if known is None or known.address is None:
        raise VendorAddressRefused("Give the address of your resource; this vendor has no other.")
    return known.address


async def keep_provider(
    ctx: Context, sealer: Sealer, settings: Settings, new: NewProvider
) -> ProviderOut:
    """Keep a provider whose address was judged.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        ModelNameTaken: the workspace or the environment has a provider of this name.
    """
    await workspaces.require(ctx, new.workspace_id, Role.ADMIN)
    _refuse_given_name(settings, new.name)
    row = Provider(
        id=new_id(),
        workspace_id=new.workspace_id,
        name=new.name,
        kind=new.kind,
        base_url=place_of(new),
        enabled=new.enabled,
        version=1,
    )
    _set_key(row, sealer, new.api_key)
    ctx.db.add(row)
    await _flush(ctx, f"There is a provider “{new.name}” already.")
    ctx.emit(ProviderAdded(workspace_id=row.workspace_id, provider_id=row.id))
    return ProviderOut.model_validate(row)


async def change_provider(
    tools: Tools, actor: Actor, provider_id: UUID, change: ProviderChange
) -> ProviderOut:
    """Change a provider; of two who change the same version, the second is told.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        ProviderReadOnly: the environment connects it.
        ChangedMeanwhile: somebody else changed it since.
        KeyNeededAgain: the kept key would go to another server.
        VendorAddressRefused, PrivateAddress, OutsideAddress: it is not an address to go to.
        ModelNameTaken: the workspace or the environment has a provider of this name.
    """
    if change.base_url is not None:
        tools.vendors.check(change.base_url)
    async with tools.work(actor) as ctx:
        row = await _for_admin(ctx, tools.settings, provider_id)
        require_version(row.version, change.version)
        if row.kind == HERE:
            _refuse_elsewhere(change.base_url, change.api_key)
        _change(row, tools.sealer, tools.settings, change)
        row.version += 1
        await _flush(ctx, f"There is a provider “{row.name}” already.")
        ctx.emit(ProviderChanged(workspace_id=row.workspace_id, provider_id=row.id))
        return ProviderOut.model_validate(row)


def _refuse_elsewhere(base_url: str | None, key: SecretStr | None) -> None:
    """What runs here lies in folders, which are said of each model."""
    if base_url is not None:
        raise VendorAddressRefused("These models run on this server: leave the address out.")
    if key is not None:
        raise VendorAddressRefused("These models run on this server: they need no key.")


def _change(row: Provider, sealer: Sealer, settings: Settings, change: ProviderChange) -> None:
    if change.name is not None and change.name != row.name:
        _refuse_given_name(settings, change.name)
        row.name = change.name
    if change.enabled is not None:
        row.enabled = change.enabled
    if change.base_url is not None:
        base_url = change.base_url.rstrip("/")
        elsewhere = _server(base_url) != _server(row.base_url)
        if elsewhere and row.key is not None and "api_key" not in change.model_fields_set:
            # Else whoever may change the address could have the key sent to themselves.
            raise KeyNeededAgain("It was given for another server. Give it again, or take it away.")
        row.base_url = base_url
    if "api_key" in change.model_fields_set:
        _set_key(row, sealer, change.api_key)


async def remove_provider(ctx: Context, settings: Settings, provider_id: UUID) -> None:
    """Disconnect a provider, whose deployments go along; no alias leads to them any more.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        ProviderReadOnly: the environment connects it.
    """
    row = await _for_admin(ctx, settings, provider_id)
    for deployment in await repository.deployments_of(ctx.db, ctx.actor, row.id):
        ctx.emit(DeploymentRemoved(workspace_id=row.workspace_id, deployment_id=deployment.id))
    await repository.remove_deployments(ctx.db, row.id)
    await ctx.db.delete(row)
    await ctx.db.flush()
    ctx.emit(ProviderRemoved(workspace_id=row.workspace_id, provider_id=row.id))


async def list_deployments(ctx: Context, provider_id: UUID | None = None) -> list[DeploymentOut]:
    """The models that can be asked by name, those of one provider or all."""
    rows = await repository.deployments_of(ctx.db, ctx.actor, provider_id)
    return [DeploymentOut.model_validate(row) for row in rows]


async def set_up_deployment(tools: Tools, actor: Actor, new: NewDeployment) -> DeploymentOut:
    """Say that a model of a provider can be asked; one that runs here is looked at first.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        CheckpointRefused: it is no folder of a model, or lies where none is taken from.
        ProviderNotFound, ModelNameTaken: as `add_deployment` tells.
    """
    if new.checkpoint is not None:
        # Who may not set up models does not learn what lies on the server's disk.
        async with tools.work(actor) as ctx:
            await workspaces.require(ctx, new.workspace_id, Role.ADMIN)
        seen = await tools.vendors.look(wiring.checkpoint(new.checkpoint))
        new = wiring.filled(new, seen)
    async with tools.work(actor) as ctx:
        return await add_deployment(ctx, tools.settings, new)


async def add_deployment(ctx: Context, settings: Settings, new: NewDeployment) -> DeploymentOut:
    """Say that a model of a provider can be asked.

    Raises:
        WorkspaceNotFound, NotPermitted: the actor is no admin of the workspace.
        ProviderNotFound: neither the workspace nor the environment has it.
        ModelNameTaken: the provider has this model already.
        CheckpointRefused: only what runs on this server has a folder, and that needs one.
    """
    await workspaces.require(ctx, new.workspace_id, Role.ADMIN)
    kind = ""
    if new.provider_id not in given.by_id(settings):
        # Held, so that it is not removed meanwhile.
        row = await repository.find(ctx.db, ctx.actor, new.provider_id, locked=True)
        if row is None or row.workspace_id != new.workspace_id:
            raise ProviderNotFound
        kind = row.kind
    _require_place(kind, new)
    deployment = DeploymentRow(id=new_id(), version=1, **new.model_dump())
    ctx.db.add(deployment)
    await _flush(ctx, f"The provider has “{new.model}” already.")
    ctx.emit(DeploymentAdded(workspace_id=new.workspace_id, deployment_id=deployment.id))
    return DeploymentOut.model_validate(deployment)


def _require_place(kind: str, new: NewDeployment) -> None:
    if kind == HERE and new.checkpoint is None:
        raise CheckpointRefused("Say in which folder of the server the model lies.")
    if kind == HERE and new.model == wiring.ANY:
        raise CheckpointRefused("Each model that runs on this server is set up by its own name.")
    if kind != HERE and new.checkpoint is not None:
        raise CheckpointRefused("This provider's models do not lie on this server.")


async def reset_deployment(
    tools: Tools, actor: Actor, deployment_id: UUID, change: DeploymentChange
) -> DeploymentOut:
    """Change what is known of a deployment; where a model lies is looked at first.

    Raises:
        DeploymentNotFound, NotPermitted: the actor may not see it, or is no admin.
        CheckpointRefused: it is no folder of a model, or lies where none is taken from.
        ChangedMeanwhile: somebody else changed it since.
    """
    if change.checkpoint is not None:
        async with tools.work(actor) as ctx:
            await _deployment_for_admin(ctx, deployment_id)
        seen = await tools.vendors.look(wiring.checkpoint(change.checkpoint))
        shape = wiring.with_task(change.checkpoint, seen)
        change = change.model_copy(update={"checkpoint": shape})
    async with tools.work(actor) as ctx:
        return await change_deployment(ctx, deployment_id, change)


async def change_deployment(
    ctx: Context, deployment_id: UUID, change: DeploymentChange
) -> DeploymentOut:
    """Change what is known of a deployment; of two who do at once, the second is told.

    Raises:
        DeploymentNotFound, NotPermitted: the actor may not see it, or is no admin.
        ChangedMeanwhile: somebody else changed it since.
        CheckpointRefused: what runs on this server needs a folder, and nothing else has one.
    """
    row = await _deployment_for_admin(ctx, deployment_id)
    require_version(row.version, change.version)
    told = "checkpoint" in change.model_fields_set
    if told and (change.checkpoint is None) != (row.checkpoint is None):
        raise CheckpointRefused("A model stays on this server, or elsewhere; set up another one.")
    told_of = change.model_dump(include=change.model_fields_set - {"version"})
    for name, value in told_of.items():
        setattr(row, name, value)
    row.version += 1
    await ctx.db.flush()
    ctx.emit(DeploymentChanged(workspace_id=row.workspace_id, deployment_id=row.id))
    return DeploymentOut.model_validate(row)


async def remove_deployment(ctx: Context, deployment_id: UUID) -> None:
    """Let a model be asked no longer; no alias leads to it any more.

    Raises:
        DeploymentNotFound, NotPermitted: the actor may not see it, or is no admin.
    """
    row = await _deployment_for_admin(ctx, deployment_id)
    await ctx.db.delete(row)
    await ctx.db.flush()
    ctx.emit(DeploymentRemoved(workspace_id=row.workspace_id, deployment_id=row.id))


async def owned_deployments(ctx: Context, settings: Settings, provider_id: UUID) -> list[UUID]:
    """The deployments of a provider that the actor may remove.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        ProviderReadOnly: the environment connects it.
    """
    row = await _for_admin(ctx, settings, provider_id)
    return [it.id for it in await repository.deployments_of(ctx.db, ctx.actor, row.id)]


async def require_deployment(ctx: Context, deployment_id: UUID) -> None:
    """Make sure that the actor may change a deployment.

    Raises:
        DeploymentNotFound, NotPermitted: the actor may not see it, or is no admin.
    """
    await _deployment_for_admin(ctx, deployment_id)


async def deployment_ids(ctx: Context, workspace_id: UUID) -> set[UUID]:
    """The deployments that an alias of this workspace may lead to."""
    rows = await repository.deployments_of(ctx.db, ctx.actor)
    return {row.id for row in rows if row.workspace_id == workspace_id}


def require_version(has: int, read: int) -> None:
    """Refuse a change of something that is not as it was read.

    Raises:
        ChangedMeanwhile: says which version it has now.
    """
    if has != read:
        raise ChangedMeanwhile(
            f"You changed version {read}; it has become version {has} since.", version=has
        )


def known_names(rows: Iterable[Provider], settings: Settings) -> set[str]:
    """The names that a new provider cannot have."""
    return {row.name for row in rows} | {it.known.name for it in given.by_id(settings).values()}


def _set_key(row: Provider, sealer: Sealer, key: SecretStr | None) -> None:
    plain = None if key is None else key.get_secret_value()
    row.key = None if plain is None else sealer.seal(plain, about=wiring.about(row.id))
    row.key_hint = None if plain is None else given.hint(plain)


def _server(base_url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(base_url)
    return parts.scheme.lower(), parts.hostname, parts.port


def _refuse_given_name(settings: Settings, name: str) -> None:
    if name in known_names([], settings):
        raise ModelNameTaken(f"The environment connects a provider “{name}”.")


async def _for_admin(ctx: Context, settings: Settings, provider_id: UUID) -> Provider:
    if (there := given.by_id(settings).get(provider_id)) is not None:
        if not await workspaces.list_workspaces(ctx):
            raise ProviderNotFound
        raise ProviderReadOnly(
            f"Change {there.known.key_field.upper()} and {there.known.url_field.upper()} there."
        )
    row = await repository.find(ctx.db, ctx.actor, provider_id, locked=True)
    if row is None:
        raise ProviderNotFound
    await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
    return row


async def _deployment_for_admin(ctx: Context, deployment_id: UUID) -> DeploymentRow:
    row = await repository.find_deployment(ctx.db, ctx.actor, deployment_id, locked=True)
    if row is None:
        raise DeploymentNotFound
    await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
    return row


async def _flush(ctx: Context, taken: str) -> None:
    try:
        await ctx.db.flush()
    except IntegrityError:
        raise ModelNameTaken(taken) from None
