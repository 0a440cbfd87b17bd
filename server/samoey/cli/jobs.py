"""`samoey jobs`: lists the background jobs that failed for good, and runs them again."""

import argparse
import asyncio
import json
import sys

HELP = "list failed background jobs and run them again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, or `replay` with the jobs' numbers."""
    commands = parser.add_subparsers(dest="action", required=True)
    listing = commands.add_parser("list", help="the jobs that failed for good")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    replay = commands.add_parser("replay", help="run failed jobs once more")
    replay.add_argument("job", nargs="*", type=int, help="the job's number, from the list")
    replay.add_argument("--all", action="store_true", help="every failed job")


def run(args: argparse.Namespace) -> int:
    """List or replay."""
    return asyncio.run(_list(as_json=args.json) if args.action == "list" else _replay(args))


async def _list(*, as_json: bool) -> int:
    from samoey.cli.local import open_jobs

    async with open_jobs() as jobs:
        failed = await jobs.failed()
    if as_json:
        rows = [
            {"id": job.id, "reaction": job.task_name, "tried": job.attempts, **job.task_kwargs}
            for job in failed
        ]
        print(json.dumps(rows, default=str))
        return 0
    for job in failed:
        print(f"{job.id}  {job.task_name}  tried {job.attempts}x  {json.dumps(job.task_kwargs)}")
    if not failed:
        print("no failed jobs")
    return 0


async def _replay(args: argparse.Namespace) -> int:
    if bool(args.job) == args.all:
        print("Name the jobs to run again by their numbers, or --all.", file=sys.stderr)
        return 2
    from samoey.cli.local import open_jobs

    async with open_jobs() as jobs:
        numbers = [job.id for job in await jobs.failed() if job.id] if args.all else args.job
        for number in numbers:
            await jobs.replay(number)
            print(f"job {number} waits to run again")
    return 0
