"""Importing what another gateway's configuration says: all of it in one transaction, or nothing."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from samoey.domains.models.aliases import service as aliases
from samoey.domains.models.aliases.schemas import NewAlias
from samoey.domains.models.importing import reading
from samoey.domains.models.importing.plan import Plan
from samoey.domains.models.providers import service as providers
from samoey.domains.models.providers.schemas import NewDeployment, NewProvider
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.problems import Problem

Shape = TypeVar("Shape", bound=BaseModel)


class Imported(BaseModel):
    """What was made, by name; and in plain words what was not."""

    providers: list[str]
    deployments: list[str]
    aliases: list[str]
    notes: list[str]


async def import_litellm(
    tools: Tools, actor: Actor, workspace_id: UUID, text: str, environment: Mapping[str, str]
) -> Imported:
    """Connect and name everything that a configuration of LiteLLM says and that can be kept.

    Raises:
        ImportRefused: it is no such file.
        NotPermitted: the actor is no admin of the workspace.
        ModelNameTaken: an alias is called so already; nothing was imported.
    """
    plan = reading.read(text, environment)
    # Those of the environment, too: a name stands for one provider.
    taken = {it.name for it in await providers.list_providers(tools, actor)}
    names = _free_names(plan, taken)
    made = _new_providers(workspace_id, plan, names)
    refused = _refused(tools, plan, made)
    async with tools.work(actor) as ctx:
        ids: dict[str, UUID] = {}
        for name in [name for name in made if name not in refused]:
            kept = await providers.keep_provider(ctx, tools.sealer, tools.settings, made[name])
            ids[name] = kept.id
        there: dict[str, UUID] = {}
        for deployment in plan.deployments.values():
            if deployment.provider not in ids:
                continue
            told = {"workspace_id": workspace_id, "provider_id": ids[deployment.provider]}
            new = _fitting(
                plan,
                f"The model {deployment.name}",
                NewDeployment,
                told | {"model": deployment.model, **deployment.known},
            )
            if new is None:
                continue
            kept_model = await providers.add_deployment(ctx, tools.settings, new)
            there[deployment.name] = kept_model.id
        named = await _name(ctx, workspace_id, plan, there)
    return Imported(
        providers=[names[name] for name in plan.providers if name in ids],
        deployments=[
            f"{names[it.provider]}/{it.model}"
            for it in plan.deployments.values()
            if it.name in there
        ],
        aliases=named,
        notes=sorted(plan.notes, key=str.lower),
    )


def _free_names(plan: Plan, taken: set[str]) -> dict[str, str]:
    """How each planned provider is called here, where its name may be taken."""
    names: dict[str, str] = {}
    for name in plan.providers:
        free, number = name, 2
        while free in taken | set(names.values()):
            free, number = f"{name}-{number}", number + 1
        names[name] = free
        if free != name:
            plan.note(f"The provider {name} is called {free} here: that name was taken.")
    return names


def _new_providers(workspace_id: UUID, plan: Plan, names: dict[str, str]) -> dict[str, NewProvider]:
    made: dict[str, NewProvider] = {}
    for name, planned in plan.providers.items():
        told = {"workspace_id": workspace_id, "name": names[name], "kind": planned.kind}
        told |= {"base_url": planned.base_url, "api_key": planned.key}
        new = _fitting(plan, f"The provider {name}", NewProvider, told)
        if new is not None:
            made[name] = new
    return made


def _fitting(plan: Plan, what: str, shape: type[Shape], told: Mapping[str, Any]) -> Shape | None:
    """What was planned in the shape that is kept; None, with a note, when it does not fit."""
    try:
        return shape.model_validate(told)
    except ValidationError as error:
        why = "; ".join(
            f"{'.'.join(map(str, it['loc']))}: {it['msg']}"
            for it in error.errors(include_input=False, include_url=False)
        )
        plan.note(f"{what}: not imported; {why}.")
        return None


def _refused(tools: Tools, plan: Plan, made: dict[str, NewProvider]) -> set[str]:
    """Those whose address is not one to go to; each is noted."""
    refused = set()
    for name, new in made.items():
        try:
            tools.vendors.check(providers.place_of(new))
        except Problem as problem:
            plan.note(f"The provider {name}: not imported; {problem}")
            refused.add(name)
    return refused


async def _name(ctx: Context, workspace_id: UUID, plan: Plan, there: dict[str, UUID]) -> list[str]:
    named = []
    for alias in plan.aliases.values():
        targets: list[dict[str, Any]] = [
            {"deployment_id": there[it], "weight": weight}
            for it, weight in alias.targets.items()
            if it in there
        ]
        if not targets:
            plan.note(f"{alias.name}: not imported; nothing that it leads to was.")
            continue
        if not any(target["weight"] for target in targets):
            # What would have been asked first was not imported.
            targets = [target | {"weight": 1} for target in targets]
        told: dict[str, Any] = {"workspace_id": workspace_id, "name": alias.name}
        told |= {"targets": targets, "strategy": alias.strategy, **alias.settings}
        new = _fitting(plan, f"The name {alias.name}", NewAlias, told)
        if new is None:
            continue
        await aliases.add_alias(ctx, new)
        named.append(alias.name)
    return named
