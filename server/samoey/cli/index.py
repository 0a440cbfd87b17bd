"""`samoey index`: index a repository's commit, or tell how far the indexes of all of them are."""

import argparse
import asyncio
import json
import sys
from typing import TYPE_CHECKING

from samoey.cli.terminal import line

if TYPE_CHECKING:
    from samoey.domains.knowledge.schemas import IndexOut
    from samoey.domains.repositories.schemas import RepositoryOut

HELP = "fetch and index a repository, so that it can be asked about; --status tells of all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which repository, and which state of it."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "source", nargs="?", metavar="PATH_OR_URL", help="a folder here, or a git URL"
    )
    what.add_argument(
        "--status", action="store_true", help="tell how far every index is, and what it takes"
    )
    parser.add_argument("--branch", help="the branch to read (default: the repository's own)")
    parser.add_argument(
        "--dirty", action="store_true", help="read changes that are not committed, too"
    )
    parser.add_argument("--json", action="store_true", help="print the counts for a program")


def run(args: argparse.Namespace) -> int:
    """Index, telling the progress on stderr, and print what came out; or print the status."""
    if args.status:
        from samoey.cli.index_status import status

        return asyncio.run(status(as_json=args.json))
    return asyncio.run(_index(args))


async def _index(args: argparse.Namespace) -> int:
    from samoey.cli.bringing import bring
    from samoey.cli.local import local_house
    from samoey.domains.knowledge import service as knowledge

    async with local_house() as (tools, actor, workspace_id):
        repository = await bring(
            tools, actor, workspace_id, args.source, branch=args.branch, dirty=args.dirty
        )
        async with tools.work(actor) as ctx:
            indexes = await knowledge.indexes(ctx, workspace_id=workspace_id)
    (index,) = (each for each in indexes if each.repository_id == repository.id)
    print(_for_programs(repository, index) if args.json else for_people(repository, index))
    if repository.dirty and not repository.dirty_wanted:
        print(
            "There are changes that are not committed; the last commit was read (--dirty reads"
            " them, too).",
            file=sys.stderr,
        )
    return 0


def _for_programs(repository: "RepositoryOut", index: "IndexOut") -> str:
    counts = index.model_dump(
        mode="json", include={"commit", "chunks", "windowed", "skipped", "bytes", "note"}
    )
    told = {"repository": repository.name, "id": str(repository.id), "files": index.files_total}
    return json.dumps(told | counts, indent=2)


def for_people(repository: "RepositoryOut", index: "IndexOut") -> str:
    """What came out, on one line."""
    name = line(repository.name)
    if index.note:
        return f"{name}@{index.commit[:12]}: {line(index.note)}"
    told = (
        f"{name}@{index.commit[:12]}: {index.files_total:,} files,"
        f" {index.chunks:,} passages, {index.bytes / 1e6:.1f} MB"
    )
    if index.windowed:
        told += f"; {index.windowed:,} without a parser, read by windows"
    if index.skipped:
        told += f"; {index.skipped:,} left out (binary or too large)"
    return told
