"""`samoey key`: API keys for programs, made and revoked from the terminal."""

import argparse
import asyncio
import json
import sys
from uuid import UUID

from samoey.cli import key_policy

HELP = "make, list, limit and revoke API keys"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`create`, `list`, or `limit` and `revoke` with a key's id."""
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="action", required=True)
    create = commands.add_parser("create", parents=[as_json], help="make a key and show it once")
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--user", metavar="EMAIL", help="whom it acts as (the local operator)")
    create.add_argument("--days", type=float, help="days until it expires (never)")
    commands.add_parser("list", parents=[as_json], help="every key that is not revoked")
    limit = commands.add_parser(
        "limit", parents=[as_json], help="say what its holder may ask of models"
    )
    limit.add_argument("id", type=UUID, help="the key's id, from the list")
    key_policy.add_arguments(limit)
    revoke = commands.add_parser("revoke", parents=[as_json], help="let a key open no door")
    revoke.add_argument("id", type=UUID, help="the key's id, from the list")


def run(args: argparse.Namespace) -> int:
    """Do it as the local operator."""
    if args.action == "create":
        return asyncio.run(_create(args))
    if args.action == "list":
        return asyncio.run(_list(as_json=args.json))
    if args.action == "limit":
        return asyncio.run(key_policy.run(args))
    return asyncio.run(_revoke(args.id, as_json=args.json))


async def _create(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime, timedelta

    from pydantic import ValidationError

    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity
    from samoey.domains.identity.keys.schemas import NewKey
    from samoey.kit.problems import InvalidRequest

    try:
        lasts = None if args.days is None else datetime.now(UTC) + timedelta(days=args.days)
        new = NewKey(name=args.name, expires_at=lasts)
    except (ValidationError, ValueError, OverflowError):
        raise InvalidRequest(
            "A name is one line of up to 100 characters; a key lasts up to ten years."
        ) from None
    async with local_house() as (tools, actor, _), tools.work(actor) as ctx:
        owner = await identity.operator(ctx)
        if args.user is not None:
            owner = (await identity.find_person(ctx, args.user.strip().lower())).id
        key = await identity.make_key_for(ctx, owner, new)
    if args.json:
        print(key.model_dump_json())
        return 0
    print("Shown this once; keep it where secrets are kept.", file=sys.stderr)
    print(key.key.get_secret_value())
    return 0


async def _list(*, as_json: bool) -> int:
    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity

    async with local_house() as (tools, actor, _), tools.work(actor) as ctx:
        keys = await identity.list_owned_keys(ctx)
    if as_json:
        print(json.dumps([key.model_dump(mode="json") for key in keys]))
        return 0
    for key in keys:
        used = f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
        ends = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "no end"
        print(f"{key.id}  {key.prefix}...  {key.name}  {key.owner}  {used}  {ends}")
    if not keys:
        print("no keys")
    return 0


async def _revoke(key_id: UUID, *, as_json: bool) -> int:
    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity

    async with local_house() as (tools, actor, _):
        await identity.revoke_key(tools, actor, key_id)
    print(json.dumps({"revoked": str(key_id)}) if as_json else f"{key_id} opens no door any more")
    return 0
