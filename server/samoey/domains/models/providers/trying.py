"""Trying a provider before people use it: one tiny real request, and the vendor's own list."""

import time
from uuid import UUID

from samoey.domains.models.errors import ProviderNotFound
from samoey.domains.models.providers import given, repository, wiring
from samoey.domains.models.providers.schemas import ListedModel, TryOut
from samoey.domains.models.providers.wiring import ANY, Place
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.service import Role
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.ports.models import ModelNotFound
from samoey.kit.ports.upstreams import Deployment
from samoey.kit.problems import Problem
from samoey.kit.secrets import Sealer
from samoey.kit.settings import Settings

# Listed beside what can hold a chat, and asked in another way.
_UNFIT = ("embed", "whisper", "tts", "dall-e", "moderation", "rerank", "image", "audio", "realtime")


async def try_provider(tools: Tools, actor: Actor, provider_id: UUID, model: str | None) -> TryOut:
    """Make one tiny real request, and tell how it went.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        SealBroken: its key can no longer be opened.
    """
    async with tools.work(actor) as ctx:
        place, there = await _place(ctx, tools.settings, tools.sealer, provider_id)
    started = time.perf_counter()
    try:
        chosen = _chosen(place, there, model) or await _listed(tools, place)
        answered = await tools.vendors.try_out(chosen)
    except Problem as problem:
        return TryOut(ok=False, ms=_ms(started), model=model, problem=problem.document())
    return TryOut(ok=True, ms=_ms(started), model=answered, problem=None)


async def offered_models(tools: Tools, actor: Actor, provider_id: UUID) -> list[ListedModel]:
    """The models that the vendor itself lists.

    Raises:
        ProviderNotFound, NotPermitted: the actor may not see it, or is no admin.
        SealBroken: its key can no longer be opened.
        Problem: the vendor does not say; tells why.
    """
    async with tools.work(actor) as ctx:
        place, _ = await _place(ctx, tools.settings, tools.sealer, provider_id)
    names = await tools.vendors.models(wiring.unwritten(place))
    return [ListedModel(id=name) for name in sorted(names)]


def _chosen(place: Place, there: list[Deployment], model: str | None) -> Deployment | None:
    """What to try: as said, with all that is written down of it; else the first one."""
    if model is None:
        return next((one for one in there if one.model != ANY), None)
    known = (one for one in there if one.model == model)
    return next(known, wiring.unwritten(place, model))


async def _listed(tools: Tools, place: Place) -> Deployment:
    names = await tools.vendors.models(wiring.unwritten(place))
    fit = [name for name in names if not any(word in name.lower() for word in _UNFIT)]
    if not fit:
        raise ModelNotFound("It lists no model that can be tried; name one.")
    return wiring.unwritten(place, fit[0])


async def _place(
    ctx: Context, settings: Settings, sealer: Sealer, provider_id: UUID
) -> tuple[Place, list[Deployment]]:
    """A provider that the actor may try, and what is written down of its models."""
    there = given.by_id(settings).get(provider_id)
    if there is not None:
        await _require_admin_somewhere(ctx)
        place = wiring.of_given(there)
    else:
        row = await repository.find(ctx.db, ctx.actor, provider_id)
        if row is None:
            raise ProviderNotFound
        await workspaces.require(ctx, row.workspace_id, Role.ADMIN)
        place = wiring.of_row(sealer, row)
    rows = await repository.deployments_of(ctx.db, ctx.actor, provider_id)
    return place, [wiring.deployment(place, row) for row in rows]


async def _require_admin_somewhere(ctx: Context) -> None:
    mine = await workspaces.list_workspaces(ctx)
    if not mine:
        raise ProviderNotFound
    best = max(mine, key=lambda it: it.role.rank)
    await workspaces.require(ctx, best.id, Role.ADMIN)


def _ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
