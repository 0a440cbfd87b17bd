"""`samoey models prompts`: keep prompt templates in versions, and share conversations out."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from samoey.domains.models.prompts.schemas import PromptOut, PromptVersionOut
    from samoey.kit.context import Actor, Tools

HELP = "list, show and add prompts, and say which versions answer"
# As much as the longest text can have in bytes.
LARGEST = 32_000


def add_arguments(parser: argparse.ArgumentParser, as_json: argparse.ArgumentParser) -> None:
    """What to do, and with which prompt."""
    kinds = parser.add_subparsers(dest="what", required=True)
    kinds.add_parser("list", parents=[as_json], help="prompts, and what answers conversations")
    shown = kinds.add_parser("show", parents=[as_json], help="print a version")
    shown.add_argument("name", metavar="NAME[@VERSION]", help="`built-in` is there always")
    added = kinds.add_parser("add", parents=[as_json], help="keep a prompt, or its next version")
    added.add_argument("name", metavar="NAME", help="what it is called")
    added.add_argument("file", metavar="FILE", help="its text (-: standard input)")
    added.add_argument(
        "--purpose",
        choices=("assistant", "free"),
        help="of a new one: how conversations are answered (the default), or any text",
    )
    added.add_argument("--note", default="", help="what is different")
    shared = kinds.add_parser("share", parents=[as_json], help="have versions answer by shares")
    shared.add_argument(
        "arms", nargs="+", metavar="NAME[@VERSION]=PERCENT", help="together a hundred"
    )


async def run(
    tools: "Tools", actor: "Actor", workspace_id: "UUID", args: argparse.Namespace, text: str | None
) -> int:
    """Do it."""
    match args.what:
        case "list":
            return await _list(tools, actor, workspace_id, as_json=args.json)
        case "show":
            return await _show(tools, actor, args)
        case "share":
            return await _share(tools, actor, workspace_id, args)
    assert text is not None
    return await _add(tools, actor, workspace_id, args, text)


async def _list(tools: "Tools", actor: "Actor", workspace_id: "UUID", *, as_json: bool) -> int:
    from samoey.cli.terminal import line
    from samoey.domains.models.prompts import service, traffic

    async with tools.work(actor) as ctx:
        prompts = await service.list_prompts(ctx)
        told = await traffic.read_traffic(ctx, workspace_id)
    if as_json:
        listed = [it.model_dump(mode="json") for it in prompts]
        print(json.dumps({"prompts": listed, "traffic": told.model_dump(mode="json")}))
        return 0
    for one in prompts:
        print(line(f"{one.name}@{one.latest.number}  {one.purpose}  {one.latest.note}".rstrip()))
    for arm in told.running.arms if told.running else ():
        number = "" if arm.number is None else f"@{arm.number}"
        print(line(f"{arm.share} % of conversations: {arm.name}{number}"))
    if told.running is None:
        print("what is built in answers conversations; `samoey models prompts share` changes that")
    return 0


async def _show(tools: "Tools", actor: "Actor", args: argparse.Namespace) -> int:
    from samoey.domains.models.prompts import service

    if _is_built_in(args.name):
        built_in = service.built_in()
        print(built_in.model_dump_json() if args.json else built_in.text)
        return 0
    _, version = await _find(tools, actor, args.name)
    print(version.model_dump_json() if args.json else version.text)
    return 0


async def _add(
    tools: "Tools", actor: "Actor", workspace_id: "UUID", args: argparse.Namespace, text: str
) -> int:
    from samoey.cli.terminal import line
    from samoey.domains.models.prompts import service
    from samoey.domains.models.prompts.schemas import NewPrompt, NewPromptVersion
    from samoey.kit.fitting import fitting
    from samoey.kit.problems import InvalidRequest

    async with tools.work(actor) as ctx:
        there = {it.name: it for it in await service.list_prompts(ctx)}.get(args.name)
        if there is not None and args.purpose not in {None, there.purpose}:
            raise InvalidRequest(f"{there.name} is there already, and for another purpose.")
        with fitting():
            if there is None:
                new = NewPrompt(
                    workspace_id=workspace_id,
                    name=args.name,
                    purpose=args.purpose or "assistant",
                    text=text,
                    note=args.note,
                )
            else:
                next_ = NewPromptVersion(version=there.version, text=text, note=args.note)
        if there is None:
            made = await service.add_prompt(ctx, new)
        else:
            made = await service.add_version(ctx, there.id, next_)
    told = line(f"{made.name}@{made.latest.number} is kept")
    print(made.model_dump_json() if args.json else told)
    return 0


async def _share(
    tools: "Tools", actor: "Actor", workspace_id: "UUID", args: argparse.Namespace
) -> int:
    from samoey.domains.models.prompts import traffic
    from samoey.domains.models.prompts.schemas import TrafficWish
    from samoey.kit.fitting import fitting

    arms: list[dict[str, object]] = []
    for told in args.arms:
        name, equals, percent = told.rpartition("=")
        named = name if equals else told
        version = None if _is_built_in(named) else (await _find(tools, actor, named))[1].id
        arms.append({"version_id": version, "share": percent if equals else 100})
    async with tools.work(actor) as ctx:
        now = await traffic.read_traffic(ctx, workspace_id)
        with fitting():
            wish = TrafficWish.model_validate(
                {"workspace_id": workspace_id, "version": now.version, "arms": arms}
            )
        done = await traffic.set_traffic(ctx, wish)
    print(done.model_dump_json() if args.json else "conversations are answered so from now on")
    return 0


async def _find(tools: "Tools", actor: "Actor", named: str) -> "tuple[PromptOut, PromptVersionOut]":
    """The prompt and the version that `NAME` or `NAME@VERSION` means.

    Raises:
        PromptNotFound: there is none.
    """
    from samoey.domains.models.errors import PromptNotFound
    from samoey.domains.models.prompts import service

    async with tools.work(actor) as ctx:
        there = {it.name: it for it in await service.list_prompts(ctx)}
        if named in there:
            return there[named], there[named].latest
        name, _, number = named.rpartition("@")
        if name in there:
            for version in await service.list_versions(ctx, there[name].id):
                if str(version.number) == number:
                    return there[name], version
    raise PromptNotFound(f"`samoey models prompts list` names them all; {named!r} is none.")


def _is_built_in(named: str) -> bool:
    from samoey.domains.models.prompts.schemas import BUILT_IN_NAME

    return named.casefold() == BUILT_IN_NAME.casefold()
