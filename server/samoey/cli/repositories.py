"""`samoey repositories`: what is connected, from the terminal, by the verbs of the web door."""

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING

from samoey.cli.files import read_file
from samoey.cli.terminal import line

if TYPE_CHECKING:
    from uuid import UUID

    from samoey.domains.repositories.schemas import NewCredential, RepositoryOut
    from samoey.kit.context import Actor, Tools

HELP = "list, add, sync, rename and delete repositories"

_LONGEST_SECRET = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `add` with a source, or what to do with one repository."""
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON, as the REST door does")
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("list", parents=[as_json], help="every connected repository")
    _add_add(commands.add_parser("add", parents=[as_json], help="connect, fetch and index one"))
    for action, what in (
        ("sync", "bring one up to date now"),
        ("rename", "give one another name"),
        ("delete", "disconnect one; its mirror and its index go along"),
    ):
        command = commands.add_parser(action, parents=[as_json], help=what, description=what)
        command.add_argument("repository", metavar="NAME_OR_ID", help="as `list` prints it")
        if action == "sync":
            _add_no_wait(command)
        elif action == "rename":
            command.add_argument("name", help="the new name")
        else:
            command.add_argument(
                "--yes", action="store_true", help="do not ask whether it is meant"
            )


def _add_add(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", metavar="PATH_OR_URL", help="a folder here, or a git URL")
    command.add_argument("--name", help="what it is called here (default: the source's last part)")
    command.add_argument("--branch", help="the branch to read (default: the repository's own)")
    for flag in ("include", "exclude"):
        command.add_argument(
            f"--{flag}",
            metavar="PATTERN",
            action="append",
            default=[],
            help=f"paths to {flag}, as in .gitignore; may be given several times",
        )
    command.add_argument(
        "--dirty", action="store_true", help="read changes that are not committed, too"
    )
    command.add_argument(
        "--sync-minutes", type=int, metavar="N", help="bring it up to date each N minutes"
    )
    secret = command.add_mutually_exclusive_group()
    for flag, what in (("token", "an HTTPS token"), ("ssh-key", "an SSH deploy key")):
        secret.add_argument(
            f"--{flag}-file", metavar="FILE", help=f"read {what} from here (-: standard input)"
        )
    _add_no_wait(command)


def _add_no_wait(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--no-wait", action="store_true", help="leave the work to a worker of this installation"
    )


def run(args: argparse.Namespace) -> int:
    """Do it as the local operator."""
    if args.action == "delete" and not args.yes and not sys.stdin.isatty():
        print("Nobody is here to be asked: say --yes to delete it.", file=sys.stderr)
        return 2
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from samoey.cli.local import local_house

    credential = _credential(args) if args.action == "add" else None
    async with local_house() as (tools, actor, workspace_id):
        match args.action:
            case "list":
                return await _list(tools, actor, as_json=args.json)
            case "add":
                return await _add(tools, actor, workspace_id, args, credential)
        chosen = await _chosen(tools, actor, args.repository)
        match args.action:
            case "sync":
                return await _sync(tools, actor, chosen, args)
            case "rename":
                return await _rename(tools, actor, chosen, args)
        return await _delete(tools, actor, chosen, args)


async def _list(tools: "Tools", actor: "Actor", *, as_json: bool) -> int:
    from samoey.domains.repositories import service as repositories

    async with tools.work(actor) as ctx:
        found = await repositories.list_repositories(ctx)
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in found]))
        return 0
    for one in found:
        at = one.commit[:12] if one.commit else "no commit yet"
        told = f"{one.id}  {one.name}  {one.status}  {at}  {one.source}"
        print(line(told + (f" ({one.branch})" if one.branch else "")))
        if one.problem is not None:
            print(line(f"  {one.problem['title']}"))
    if not found:
        print("no repositories")
    return 0


async def _add(
    tools: "Tools",
    actor: "Actor",
    workspace_id: "UUID",
    args: argparse.Namespace,
    credential: "NewCredential | None",
) -> int:
    from samoey.cli.bringing import whole_source
    from samoey.domains.repositories import service as repositories
    from samoey.domains.repositories.schemas import NewRepository
    from samoey.kit.fitting import fitting

    given = {name: getattr(args, name) for name in ("name", "branch", "include", "exclude")}
    given |= {"dirty": args.dirty, "sync_minutes": args.sync_minutes, "credential": credential}
    whole = whole_source(args.source)
    # Of a folder that is connected already, only what is said is changed.
    said = {name: value for name, value in given.items() if value}
    with fitting():
        new = NewRepository.model_validate({"workspace_id": workspace_id, "source": whole} | said)
    added = await repositories.add_repository(tools, actor, new)
    return await _told(tools, actor, added, args)


def _credential(args: argparse.Namespace) -> "NewCredential | None":
    """What opens a private repository: never in an argument, which others of this machine see."""
    from samoey.domains.repositories.schemas import NewCredential
    from samoey.kit.fitting import fitting

    named = args.token_file or args.ssh_key_file
    if named is None:
        return None
    secret = read_file(named, most=_LONGEST_SECRET)
    kind = "token" if args.token_file else "ssh_key"
    with fitting():
        shown = secret.strip() if kind == "token" else secret
        return NewCredential.model_validate({"kind": kind, "secret": shown})


async def _sync(
    tools: "Tools", actor: "Actor", chosen: "RepositoryOut", args: argparse.Namespace
) -> int:
    from samoey.domains.repositories import service as repositories

    async with tools.work(actor) as ctx:
        asked = await repositories.sync_repository(ctx, chosen.id)
    return await _told(tools, actor, asked, args)


async def _told(
    tools: "Tools", actor: "Actor", repository: "RepositoryOut", args: argparse.Namespace
) -> int:
    """Wait for what was asked for, unless nobody wants to, and print what came out."""
    from samoey.cli.bringing import brought
    from samoey.cli.index import for_people
    from samoey.domains.knowledge import service as knowledge

    if not args.no_wait:
        repository = await brought(tools, actor, repository.id)
    if args.json:
        print(repository.model_dump_json())
    elif args.no_wait:
        print(line(f"{repository.id}  {repository.name}  waits for a worker (`samoey up`)"))
    else:
        async with tools.work(actor) as ctx:
            indexes = await knowledge.indexes(ctx, workspace_id=repository.workspace_id)
        index = next(each for each in indexes if each.repository_id == repository.id)
        print(f"{repository.id}  {for_people(repository, index)}")
    return 0


async def _rename(
    tools: "Tools", actor: "Actor", chosen: "RepositoryOut", args: argparse.Namespace
) -> int:
    from samoey.domains.repositories import service as repositories
    from samoey.domains.repositories.schemas import RepositoryChange
    from samoey.kit.fitting import fitting

    with fitting():
        change = RepositoryChange(name=args.name)
    changed = await repositories.change_repository(tools, actor, chosen.id, change)
    print(changed.model_dump_json() if args.json else line(f"{changed.id}  {changed.name}"))
    return 0


async def _delete(
    tools: "Tools", actor: "Actor", chosen: "RepositoryOut", args: argparse.Namespace
) -> int:
    from samoey.cli.local import jobs_of
    from samoey.domains.repositories import service as repositories

    if not args.yes and not _meant(chosen):
        print("Nothing was deleted.", file=sys.stderr)
        return 1
    async with tools.work(actor) as ctx:
        await repositories.delete_repository(ctx, chosen.id)
    # What was made of it goes now, or with the next worker.
    await jobs_of(tools).drain()
    print(json.dumps({"deleted": str(chosen.id)}) if args.json else line(f"{chosen.name} is gone"))
    return 0


def _meant(chosen: "RepositoryOut") -> bool:
    sys.stderr.write(line(f"Disconnect {chosen.name} ({chosen.source})?"))
    sys.stderr.write(" Its mirror and index go; the source itself is not touched. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


async def _chosen(tools: "Tools", actor: "Actor", named: str) -> "RepositoryOut":
    """The one repository of this name or id.

    Raises:
        RepositoryNotFound: there is none.
        Conflict: there are several of this name; says their ids.
    """
    from samoey.domains.repositories import service as repositories
    from samoey.domains.repositories.errors import RepositoryNotFound
    from samoey.kit.problems import Conflict

    async with tools.work(actor) as ctx:
        found = await repositories.list_repositories(ctx)
    meant = [one for one in found if str(one.id) == named.lower()]
    meant = meant or [one for one in found if one.name == named]
    if not meant:
        raise RepositoryNotFound(f"`samoey repositories list` names them all; {named!r} is none.")
    if len(meant) > 1:
        ids = ", ".join(str(one.id) for one in meant)
        raise Conflict(f"{len(meant)} repositories have this name. Name one by its id: {ids}.")
    return meant[0]
