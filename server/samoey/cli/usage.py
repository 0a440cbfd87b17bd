"""`samoey usage`: what was asked of models and what it cost, from the terminal."""

import argparse
import asyncio
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samoey.domains.models.usage.schemas import UsageOut

HELP = "what was asked of models, by whom, and what it cost"

_MICRO = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """By what it is summed up, and for how long back."""
    parser.add_argument(
        "--by", choices=("day", "model", "key", "person"), default="day", help="(default: day)"
    )
    parser.add_argument("--days", type=int, default=30, help="how far back (default: 30)")
    parser.add_argument("--json", action="store_true", help="print JSON, as the REST door does")


def run(args: argparse.Namespace) -> int:
    """Show everybody's, as the local operator."""
    return asyncio.run(_show(args.by, args.days, as_json=args.json))


async def _show(by: str, days: int, *, as_json: bool) -> int:
    from datetime import UTC, datetime, timedelta

    from samoey.cli.local import local_house
    from samoey.domains.models.usage import service
    from samoey.domains.models.usage.schemas import By
    from samoey.kit.problems import InvalidRequest

    try:
        start = datetime.now(UTC) - timedelta(days=days)
    except OverflowError:
        raise InvalidRequest("--days is 400 at most.") from None
    async with local_house() as (tools, actor, _), tools.work(actor) as ctx:
        told = await service.list_usage(ctx, by=By(by), start=start)
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in told]))
    elif told:
        _table(by, told)
    else:
        print("no model was asked in this time")
    return 0


def _table(by: str, told: "list[UsageOut]") -> None:
    head = (by, "requests", "errors", "prompt", "completion", "cost $", "p50 ms", "p95 ms", "first")
    rows = [head, *(_cells(one) for one in told)]
    if len(told) > 1:
        rows.append(_sums(told))
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    for row in rows:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print("  ".join((first, *rest)))


def _cells(one: "UsageOut") -> tuple[str, ...]:
    from samoey.cli.terminal import line

    name = one.label or one.bucket or "(in the product)"
    times = (one.p50_ms, one.p95_ms, one.first_ms)
    return (
        line(name),
        str(one.requests),
        str(one.errors),
        str(one.prompt_tokens),
        str(one.completion_tokens),
        f"{one.cost_micro / _MICRO:.4f}",
        *("-" if it is None else str(it) for it in times),
    )


def _sums(told: "list[UsageOut]") -> tuple[str, ...]:
    return (
        "all",
        str(sum(one.requests for one in told)),
        str(sum(one.errors for one in told)),
        str(sum(one.prompt_tokens for one in told)),
        str(sum(one.completion_tokens for one in told)),
        f"{sum(one.cost_micro for one in told) / _MICRO:.4f}",
        "",
        "",
        "",
    )
