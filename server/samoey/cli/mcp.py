"""`samoey mcp`: the code as tools of the Model Context Protocol, on stdin and stdout."""

import argparse
import asyncio

HELP = "serve the code to an assistant on this machine, as MCP tools over stdin and stdout"


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Nothing: an assistant starts it and says the rest."""


def run(_: argparse.Namespace) -> int:
    """Serve until the assistant goes away; nothing but the protocol is printed."""
    return asyncio.run(_serve())


async def _serve() -> int:
    from samoey.api.mcp.speaking import converse, server_for
    from samoey.cli.local import local_house

    async with local_house() as (tools, actor, _):
        await converse(server_for(tools, actor))
    return 0
