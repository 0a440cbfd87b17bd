"""`samoey search`: passages that fit best, or every line that holds a text or matches a pattern."""

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING

from samoey.cli.terminal import line

if TYPE_CHECKING:
    from uuid import UUID

    from samoey.domains.knowledge.exact.schemas import ExactOut
    from samoey.domains.knowledge.schemas import Searched
    from samoey.kit.context import Actor, Tools

HELP = "search code: the best passages, or every line with a text or a regular expression"

_RANKED, _EXACT = 20, 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for, in which way, and where."""
    parser.add_argument("query", help="words; with --exact a text, with --regex a pattern of RE2's")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--exact", action="store_true", help="every line that holds the text")
    way.add_argument("--regex", action="store_true", help="every line that matches the pattern")
    parser.add_argument(
        "-i", "--ignore-case", action="store_true", help="upper and lower case are the same"
    )
    parser.add_argument("-w", "--word", action="store_true", help="whole words only")
    parser.add_argument(
        "--repo",
        metavar="PATH_OR_URL",
        help="the repository: connected, or looked at again, first; none searches all connected",
    )
    parser.add_argument(
        "--path", metavar="GLOB", help="only these paths: `*.py`, `src/`, `docs/**`"
    )
    parser.add_argument("--language", help="only files of this language")
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"at most so many (default: {_RANKED} passages, {_EXACT} lines)",
    )
    parser.add_argument("--json", action="store_true", help="print what the REST door answers")


def run(args: argparse.Namespace) -> int:
    """Search, and print what was found."""
    return asyncio.run(_search(args))


async def _search(args: argparse.Namespace) -> int:
    from samoey.cli.bringing import bring
    from samoey.cli.local import local_house
    from samoey.kit.problems import InvalidRequest

    if (args.ignore_case or args.word) and not (args.exact or args.regex):
        detail = "Case and whole words count with --exact and --regex only."
        raise InvalidRequest(errors=[{"pointer": "/query", "detail": detail}])
    async with local_house() as (tools, actor, workspace_id):
        chosen = []
        if args.repo is not None:
            brought = await bring(tools, actor, workspace_id, args.repo, older_will_do=True)
            chosen = [brought.id]
        if args.exact or args.regex:
            _print_lines(await _lines(tools, actor, args, chosen), args)
        else:
            _print_passages(await _passages(tools, actor, args, chosen), args)
    return 0


async def _lines(
    tools: "Tools", actor: "Actor", args: argparse.Namespace, chosen: "list[UUID]"
) -> "ExactOut":
    from samoey.domains.knowledge import service as knowledge
    from samoey.domains.knowledge.exact.schemas import ExactQuery
    from samoey.kit.fitting import fitting

    with fitting():
        query = ExactQuery(
            text=args.query,
            regex=args.regex,
            case=not args.ignore_case,
            word=args.word,
            repository_ids=tuple(chosen),
            path=args.path,
            language=args.language,
            limit=_EXACT if args.limit is None else args.limit,
            count=True,
        )
    return await knowledge.exact(tools, actor, query)


async def _passages(
    tools: "Tools", actor: "Actor", args: argparse.Namespace, chosen: "list[UUID]"
) -> "Searched":
    from samoey.domains.knowledge import service as knowledge
    from samoey.domains.knowledge.schemas import Query
    from samoey.kit.fitting import fitting

    with fitting():
        query = Query(
            text=args.query,
            repository_ids=tuple(chosen),
            path=args.path,
            language=args.language,
            limit=_RANKED if args.limit is None else args.limit,
        )
    # Nobody comes back for what is being opened meanwhile.
    return await knowledge.search(tools, actor, query, patience_s=60)


def _print_lines(found: "ExactOut", args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps(found.model_dump(mode="json"), indent=2))
        return
    for hit in found.hits:
        whose = "" if args.repo else f"{line(hit.repository_name)}: "
        # What a match spans is shown from its first line on.
        text = hit.text.split("\n")[0]
        print(f"{whose}{line(hit.path)}:{hit.line}:{hit.column}: {line(text)}")
    print(for_people(found), file=sys.stderr)


def for_people(found: "ExactOut") -> str:
    """How much there is, in a sentence."""
    totals = found.totals
    if not totals.hits and totals.exact:
        return "Nothing found."
    told = "" if totals.exact else "At least "
    told += (
        f"{totals.hits:,} line{'s' * (totals.hits != 1)} in {totals.files:,}"
        f" file{'s' * (totals.files != 1)}"
    )
    if found.repositories > 1:
        told += f" of {totals.repositories:,} of {found.repositories:,} repositories"
    if len(found.hits) < totals.hits:
        told += f"; the first {len(found.hits):,} are shown"
    if found.searched < found.repositories or found.out_of_time:
        told += "; not everything was searched"
    return f"{told}."


def _print_passages(found: "Searched", args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps(found.model_dump(mode="json"), indent=2))
        return
    for hit in found.hits:
        whose = "" if args.repo else f"{line(hit.repository_name)}: "
        named = f"  {line(hit.symbol)}" if hit.symbol else ""
        print(f"{whose}{line(hit.path)}:{hit.start}-{hit.end}@{hit.commit[:12]}{named}")
    print(found.note or ("" if found.hits else "Nothing found."), file=sys.stderr)
