"""What `samoey models` does, by the verbs of the web door, and how it tells of it."""

import argparse
import json
from typing import Any
from uuid import UUID

from samoey.cli.terminal import line
from samoey.domains.models.aliases import service as aliases
from samoey.domains.models.aliases.schemas import AliasOut, NewAlias
from samoey.domains.models.errors import AliasNotFound, DeploymentNotFound, ProviderNotFound
from samoey.domains.models.providers import service as providers
from samoey.domains.models.providers import trying
from samoey.domains.models.providers.schemas import (
    DeploymentOut,
    NewDeployment,
    NewProvider,
    ProviderOut,
)
from samoey.domains.models.removing import service as removing
from samoey.kit.context import Actor, Tools
from samoey.kit.fitting import fitting

_MICRO = 1_000_000


class There:
    """What is configured, by the names that people type."""

    def __init__(
        self,
        providers_: list[ProviderOut],
        deployments: list[DeploymentOut],
        aliases_: list[AliasOut],
    ) -> None:
        self.providers, self.deployments, self.aliases = providers_, deployments, aliases_
        self._names = {it.id: it.name for it in providers_}

    def called(self, deployment: DeploymentOut) -> str:
        """A model's name, with its provider's."""
        return (
            f"{self._names.get(deployment.provider_id, deployment.provider_id)}/{deployment.model}"
        )

    def provider(self, name: str) -> ProviderOut:
        """The provider of this name or id.

        Raises:
            ProviderNotFound: there is none.
        """
        for one in self.providers:
            if name in {one.name, str(one.id)}:
                return one
        raise ProviderNotFound(f"`samoey models list` names them all; {name!r} is none.")

    def deployment(self, name: str) -> DeploymentOut:
        """The model of this name or id.

        Raises:
            DeploymentNotFound: there is none.
        """
        for one in self.deployments:
            if name in {self.called(one), str(one.id)}:
                return one
        raise DeploymentNotFound(
            f"`samoey models list` names them all; {name!r} is none. `samoey models add model` "
            "sets one up."
        )

    def alias(self, name: str) -> AliasOut:
        """The alias of this name or id.

        Raises:
            AliasNotFound: there is none.
        """
        for one in self.aliases:
            if name in {one.name, str(one.id)}:
                return one
        raise AliasNotFound(f"`samoey models list` names them all; {name!r} is none.")


async def there(tools: Tools, actor: Actor) -> There:
    """Everything that is configured."""
    found = await providers.list_providers(tools, actor)
    async with tools.work(actor) as ctx:
        deployments = await providers.list_deployments(ctx)
        named = await aliases.list_aliases(ctx)
    return There(found, deployments, named)


async def listed(tools: Tools, actor: Actor, *, as_json: bool) -> int:
    """Print everything that is configured."""
    known = await there(tools, actor)
    if as_json:
        parts: dict[str, Any] = {
            "providers": known.providers,
            "deployments": known.deployments,
            "aliases": known.aliases,
        }
        told = {name: [it.model_dump(mode="json") for it in of] for name, of in parts.items()}
        print(json.dumps(told))
        return 0
    for provider in known.providers:
        key = f"key {provider.key_hint}" if provider.has_key else "no key"
        state = "" if provider.enabled else "  switched off"
        source = "  from the environment" if provider.source == "environment" else ""
        print(line(f"{provider.name}  {provider.kind}  {provider.base_url}  {key}{state}{source}"))
        for model in known.deployments:
            if model.provider_id == provider.id:
                print(line(f"  {known.called(model)}"))
    names = {it.id: known.called(it) for it in known.deployments}
    for alias in known.aliases:
        leads = ", ".join(names[target.deployment_id] for target in alias.targets)
        print(line(f"{alias.name} ({alias.strategy}) -> {leads}"))
    if not known.providers:
        print("no providers; `samoey models add provider` connects one")
    return 0


async def added(
    tools: Tools, actor: Actor, workspace_id: UUID, args: argparse.Namespace, *, key: str | None
) -> int:
    """Connect a provider, set up a model, or name an alias."""
    made: ProviderOut | DeploymentOut | AliasOut
    match args.what:
        case "provider":
            with fitting():
                new = NewProvider.model_validate(
                    {"workspace_id": workspace_id, "name": args.name, "kind": args.kind}
                    | {"base_url": args.url, "api_key": key}
                )
            made = await providers.add_provider(tools, actor, new)
            told = f"{made.name} is connected; `samoey models try {made.name}` asks it something"
        case "model":
            made = await _add_model(tools, actor, workspace_id, args)
            told = f"{args.name} can be asked"
        case _:
            made = await _add_alias(tools, actor, workspace_id, args)
            told = f"{made.name} leads there"
    print(made.model_dump_json() if args.json else line(told))
    return 0


async def _add_model(
    tools: Tools, actor: Actor, workspace_id: UUID, args: argparse.Namespace
) -> DeploymentOut:
    at, _, model = args.name.partition("/")
    provider = (await there(tools, actor)).provider(at)
    price = None
    if args.price is not None:
        price = dict(zip(("input", "output"), (_micro(it) for it in args.price), strict=True))
    with fitting():
        new = NewDeployment.model_validate(
            {"workspace_id": workspace_id, "provider_id": provider.id, "model": model}
            | {"context_tokens": args.context, "tools": args.tools, "vision": args.vision}
            | {"price": price, "max_parallel": args.max_parallel, "checkpoint": _checkpoint(args)}
        )
    return await providers.set_up_deployment(tools, actor, new)


def _checkpoint(args: argparse.Namespace) -> dict[str, Any] | None:
    """Where a model lies and how it is run; what was left out is as the web door has it."""
    told = {
        "folder": args.folder,
        "adapter": args.adapter,
        "task": args.task,
        "device": args.device,
        "dtype": args.dtype,
        "quantization": args.quantize,
    }
    said: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if args.idle_minutes is not None:
        said["idle_minutes"] = args.idle_minutes or None
    if args.preload:
        said["preload"] = True
    return said or None


def _micro(dollars: float) -> object:
    """Millionths; what is no amount at all stays as it is, and is refused with the rest."""
    return round(dollars * _MICRO) if abs(dollars) < _MICRO else dollars


async def _add_alias(
    tools: Tools, actor: Actor, workspace_id: UUID, args: argparse.Namespace
) -> AliasOut:
    known = await there(tools, actor)
    targets = []
    for told in args.targets:
        name, equals, weight = told.rpartition("=")
        model = known.deployment(name if equals else told)
        targets.append({"deployment_id": model.id, "weight": weight if equals else 1})
    ceiling = None if args.ceiling is None else _micro(args.ceiling)
    with fitting():
        new = NewAlias.model_validate(
            {"workspace_id": workspace_id, "name": args.name, "strategy": args.strategy}
            | {"targets": targets, "trim": args.trim, "repairs": args.repairs, "cache": args.cache}
            | {"ceiling_micro": ceiling}
        )
    async with tools.work(actor) as ctx:
        return await aliases.add_alias(ctx, new)


async def removed(tools: Tools, actor: Actor, args: argparse.Namespace) -> int:
    """Take a provider, a model or an alias away."""
    known = await there(tools, actor)
    gone: ProviderOut | DeploymentOut | AliasOut
    if args.what == "provider":
        gone = known.provider(args.name)
        await removing.remove_provider(tools, actor, gone.id)
    else:
        gone = known.alias(args.name) if args.what == "alias" else known.deployment(args.name)
        async with tools.work(actor) as ctx:
            if args.what == "alias":
                await aliases.remove_alias(ctx, gone.id)
            else:
                await removing.remove_deployment(ctx, gone.id)
    print(json.dumps({"removed": str(gone.id)}) if args.json else line(f"{args.name} is gone"))
    return 0


async def tried(tools: Tools, actor: Actor, args: argparse.Namespace) -> int:
    """Make one tiny real request, and say how it went; 1 when it did not work."""
    provider = (await there(tools, actor)).provider(args.provider)
    told = await trying.try_provider(tools, actor, provider.id, args.model)
    if args.json:
        print(told.model_dump_json())
    elif told.problem is None:
        print(line(f"{told.model} answered after {told.ms} ms"))
    else:
        print(line(str(told.problem["title"])))
        if told.problem.get("detail"):
            print(line(f"  {told.problem['detail']}"))
    return 0 if told.ok else 1


async def explained(tools: Tools, actor: Actor, args: argparse.Namespace) -> int:
    """Say who would be asked for a model, and why; breakers of running processes are theirs."""
    from samoey.domains.models.explaining import service as explaining
    from samoey.domains.models.gateway.routing import Needs

    needs = Needs(tokens=max(0, args.tokens), tools=args.tools, vision=args.vision)
    told = await explaining.explain(tools, actor, args.model, needs)
    if args.json:
        print(told.model_dump_json())
        return 0
    for place, one in enumerate(told.candidates, 1):
        at = f"{place}." if one.asked else "-"
        print(line(f"{at} {one.provider}/{one.model}: {one.reason}"))
    if not any(one.asked for one in told.candidates):
        print("nobody would be asked")
    return 0
