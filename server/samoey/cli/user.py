"""`samoey user`: who has an account here; a new password for somebody who forgot theirs."""

import argparse
import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samoey.kit.settings import Settings

HELP = "list people, offer a new password, switch accounts off and on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, or what to do with one person."""
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("list", parents=[as_json], help="everybody who has an account")
    for action, what in (
        ("reset", "print a one-time link by which somebody chooses a new password"),
        ("disable", "close the door to somebody, now and everywhere; all of theirs stays"),
        ("enable", "let somebody in again"),
    ):
        command = commands.add_parser(action, parents=[as_json], help=what, description=what)
        command.add_argument("email", help="the e-mail address of the account")


def run(args: argparse.Namespace) -> int:
    """Do it as the local operator."""
    if args.action == "list":
        return asyncio.run(_list(as_json=args.json))
    if args.action == "reset":
        return asyncio.run(_reset(args.email, as_json=args.json))
    return asyncio.run(_switch(args.email, on=args.action == "enable", as_json=args.json))


async def _list(*, as_json: bool) -> int:
    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity

    async with local_house() as (tools, actor, _), tools.work(actor) as ctx:
        people = await identity.list_people(ctx)
    if as_json:
        rows = [
            {
                "id": str(person.id),
                "email": person.email,
                "name": person.name,
                "kind": person.kind,
                "disabled": person.disabled,
            }
            for person in people
        ]
        print(json.dumps(rows))
        return 0
    for person in people:
        state = "disabled" if person.disabled else person.kind
        print(f"{person.email}  {person.name}  {state}")
    return 0


async def _reset(email: str, *, as_json: bool) -> int:
    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity

    async with local_house() as (tools, actor, _):
        hours = tools.settings.identity.reset_hours
        async with tools.work(actor) as ctx:
            token = await identity.offer_reset(ctx, _plain(email), lasts=timedelta(hours=hours))
        link = f"{_where(tools.settings)}/reset/#{token.get_secret_value()}"
    if as_json:
        print(json.dumps({"link": link, "hours": hours}))
        return 0
    print(f"Good once, for {hours:g} hours; whoever opens it chooses the password:")
    print(link)
    return 0


async def _switch(email: str, *, on: bool, as_json: bool) -> int:
    from samoey.cli.local import local_house
    from samoey.domains.identity import service as identity

    async with local_house() as (tools, actor, _):
        if on:
            async with tools.work(actor) as ctx:
                await identity.enable(ctx, _plain(email))
        else:
            await identity.disable(tools, actor, _plain(email))
    if as_json:
        print(json.dumps({"email": _plain(email), "disabled": not on}))
    else:
        print(f"{_plain(email)} may sign in again" if on else f"{_plain(email)} is out")
    return 0


def _plain(email: str) -> str:
    from samoey.domains.identity.errors import UserNotFound
    from samoey.domains.identity.schemas import plain_email

    try:
        return plain_email(email)
    except ValueError:
        raise UserNotFound(f"{email!r} is not an e-mail address.") from None


def _where(settings: "Settings") -> str:
    """The address that people open: as set, as the running house says, or as it will listen."""
    from samoey.adapters.embedded.home import answers_at

    server = settings.server
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(server.host, server.host)  # noqa: S104 - what is listened on, as an address to open
    url = server.public_url or answers_at(settings.home) or f"http://{host}:{server.port}"
    return url.rstrip("/")
