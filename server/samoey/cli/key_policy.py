"""What the holder of a key may ask of models, told and changed at a terminal."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samoey.domains.models.policies.schemas import PolicyOut

_MICRO = 1_000_000
_LIMITS = ("models", "rpm", "tpm", "day", "month")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The limits of one key; those that are not named stay."""
    parser.add_argument(
        "--models", nargs="+", metavar="NAME", help="aliases and models that may be asked"
    )
    parser.add_argument("--rpm", type=int, metavar="N", help="requests per minute")
    parser.add_argument("--tpm", type=int, metavar="N", help="tokens per minute")
    parser.add_argument("--day", type=float, metavar="DOLLARS", help="budget of a day (UTC)")
    parser.add_argument("--month", type=float, metavar="DOLLARS", help="budget of a month (UTC)")
    parser.add_argument(
        "--no-limit", nargs="+", choices=_LIMITS, default=[], help="take these limits away"
    )


async def run(args: argparse.Namespace) -> int:
    """Print a key's limits, changed first if any are named."""
    from samoey.cli.local import local_house
    from samoey.domains.models.policies import service as policies
    from samoey.domains.models.policies.schemas import PolicyShape
    from samoey.kit.fitting import fitting

    wanted = {_field(name): None for name in args.no_limit} | _given(args)
    async with local_house() as (tools, actor, _), tools.work(actor) as ctx:
        policy = await policies.read_policy(ctx, args.id)
        if wanted:
            with fitting():
                whole = policy.model_dump(exclude={"key_id"}) | wanted
                new = PolicyShape.model_validate(whole)
            policy = await policies.set_policy(ctx, args.id, new)
    if args.json:
        sys.stdout.write(f"{policy.model_dump_json()}\n")
    else:
        _print(policy)
    return 0


def _field(name: str) -> str:
    return f"{name}_micro" if name in {"day", "month"} else name


def _given(args: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(args, name) for name in ("models", "rpm", "tpm")}
    for name in ("day", "month"):
        dollars = getattr(args, name)
        # What is no amount of money is refused with the rest.
        given[_field(name)] = (
            round(dollars * _MICRO) if dollars is not None and abs(dollars) < _MICRO**2 else dollars
        )
    return {name: value for name, value in given.items() if value is not None}


def _print(policy: "PolicyOut") -> None:
    from samoey.cli.terminal import line

    print(line(f"models: {', '.join(policy.models) if policy.models is not None else 'all'}"))
    for name, limit in (("requests", policy.rpm), ("tokens", policy.tpm)):
        print(f"{name} per minute: {'no limit' if limit is None else limit}")
    for name, limit in (("day", policy.day_micro), ("month", policy.month_micro)):
        print(
            f"budget per {name}: {'no limit' if limit is None else f'{limit / _MICRO:g} dollars'}"
        )
