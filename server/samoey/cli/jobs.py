"""`samoey jobs`: lists the background jobs that failed for good, and runs them again."""

import argparse
import asyncio
import json
import sys
from datetime import UTC
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.cli.terminal import line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from samoey.kit.context import Tools
    from samoey.kit.job_failures import FailedJob

HELP = "list failed background jobs and run them again"

# What a job is about, where its event names several things.
_SUBJECTS = ("repository", "conversation")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, or `replay` with the jobs' numbers."""
    commands = parser.add_subparsers(dest="action", required=True)
    listing = commands.add_parser("list", help="the jobs that failed for good")
    listing.add_argument(
        "--json", action="store_true", help="print a JSON array, with the events whole"
    )
    replay = commands.add_parser("replay", help="run failed jobs once more")
    replay.add_argument("job", nargs="*", type=int, help="the job's number, from the list")
    replay.add_argument("--all", action="store_true", help="every failed job")


def run(args: argparse.Namespace) -> int:
    """List or replay."""
    return asyncio.run(_list(as_json=args.json) if args.action == "list" else _replay(args))


async def _list(*, as_json: bool) -> int:
    from samoey.cli.local import jobs_of, local_house

    async with local_house() as (tools, _actor, _workspace_id):
        failed = await jobs_of(tools).failed()
        subjects = [] if as_json else [await _subject(tools, job.event or {}) for job in failed]
    if as_json:
        rows = [
            {
                "id": job.id,
                "reaction": job.reaction,
                "tried": job.attempts,
                "event": job.event,
                "failed_at": job.failed_at.isoformat(),
                "title": job.title,
                "detail": job.detail,
            }
            for job in failed
        ]
        print(json.dumps(rows))
        return 0
    for job, subject in zip(failed, subjects, strict=True):
        print(_told(job, subject), end="\n\n")
    print("`samoey jobs replay NUMBER` runs one again." if failed else "no failed jobs")
    return 0


async def _subject(tools: "Tools", event: "Mapping[str, Any]") -> str:
    """What a job was about, by name where it has one: ` of repository flask`."""
    from samoey.domains.repositories import service as repositories
    from samoey.kit.context import SYSTEM

    ids = {key.removesuffix("_id"): value for key, value in event.items() if key.endswith("_id")}
    if "repository" in ids:
        async with tools.work(SYSTEM) as ctx:
            found = await repositories.find_for_system(ctx, UUID(ids["repository"]))
        if found is not None:
            return f" of repository {line(found.name)}"
    for kind in (*_SUBJECTS, *ids):
        if ids.get(kind):
            return f" of {kind} {ids[kind]}"
    return ""


def _told(job: "FailedJob", subject: str) -> str:
    tried = "once" if job.attempts == 1 else f"{job.attempts} times"
    reason = " ".join(part for part in (job.title, job.detail) if part)
    lines = [
        f"{job.id}  {job.reaction}{subject}",
        f"failed on {job.failed_at.astimezone(UTC):%-d %B %Y, %H:%M} UTC, tried {tried}",
        line(reason) or "No reason was kept; the worker's log of that time may say it.",
    ]
    return "\n    ".join(lines)


async def _replay(args: argparse.Namespace) -> int:
    if bool(args.job) == args.all:
        print("Name the jobs to run again by their numbers, or --all.", file=sys.stderr)
        return 2
    from samoey.cli.local import open_jobs

    async with open_jobs() as jobs:
        numbers = [job.id for job in await jobs.failed()] if args.all else args.job
        for number in numbers:
            await jobs.replay(number)
            print(f"job {number} waits to run again")
    return 0
