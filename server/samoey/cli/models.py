"""`samoey models`: connect providers, name models, try and import them, from the terminal."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from samoey.cli import model_prompts

if TYPE_CHECKING:
    from uuid import UUID

    from samoey.kit.context import Actor, Tools

HELP = "list, add, remove, try, import and explain models; prompts"

_KINDS = ("openai", "azure", "anthropic", "transformers")
_STRATEGIES = ("priority", "weighted", "latency", "cost", "capability")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which provider, model or alias."""
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print JSON, as the REST door does")
    commands = parser.add_subparsers(dest="action", required=True)
    commands.add_parser("list", parents=[as_json], help="providers, their models, and aliases")
    _add_add(
        commands.add_parser("add", help="connect a provider, set up a model or an alias"), as_json
    )
    remove = commands.add_parser("remove", help="take a provider, a model or an alias away")
    kinds = remove.add_subparsers(dest="what", required=True)
    for what, named in (("provider", "NAME"), ("model", "PROVIDER/MODEL"), ("alias", "NAME")):
        gone = kinds.add_parser(what, parents=[as_json], help=f"take the {what} of this name away")
        gone.add_argument("name", metavar=named, help="as `list` prints it")
    tried = commands.add_parser("try", parents=[as_json], help="make one tiny real request")
    tried.add_argument("provider", metavar="PROVIDER", help="as `list` prints it")
    tried.add_argument("model", nargs="?", help="which model to try (one that is there)")
    imported = commands.add_parser(
        "import", parents=[as_json], help="take over LiteLLM's configuration"
    )
    imported.add_argument("file", metavar="FILE", help="its YAML file (-: standard input)")
    _add_explain(
        commands.add_parser("explain", parents=[as_json], help="who would be asked, and why")
    )
    model_prompts.add_arguments(commands.add_parser("prompts", help=model_prompts.HELP), as_json)


def _add_add(parser: argparse.ArgumentParser, as_json: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True)
    provider = kinds.add_parser("provider", parents=[as_json], help="connect where models answer")
    provider.add_argument("name", metavar="NAME", help="what it is called here")
    provider.add_argument(
        "--kind", choices=_KINDS, default="openai", help="whose protocol it speaks"
    )
    provider.add_argument("--url", help="where it answers (default: the vendor's own address)")
    provider.add_argument(
        "--key-file", metavar="FILE", help="read its key from here (-: standard input)"
    )
    model = kinds.add_parser("model", parents=[as_json], help="set up a model, for aliases")
    model.add_argument("name", metavar="PROVIDER/MODEL", help="the model as its provider calls it")
    model.add_argument("--context", type=int, metavar="TOKENS", help="how much text it takes")
    for flag in ("tools", "vision"):
        model.add_argument(
            f"--{flag}",
            action=argparse.BooleanOptionalAction,
            default=None,
            help=f"whether it can use {flag}" if flag == "tools" else "whether it sees pictures",
        )
    model.add_argument(
        "--price",
        nargs=2,
        type=float,
        metavar=("INPUT", "OUTPUT"),
        help="dollars per million tokens (default: as known of the model)",
    )
    model.add_argument("--max-parallel", type=int, metavar="N", help="requests at the same time")
    _add_checkpoint(model)
    _add_alias(
        kinds.add_parser("alias", parents=[as_json], help="give a name to one or more models")
    )


def _add_checkpoint(model: argparse.ArgumentParser) -> None:
    here = model.add_argument_group("a model that runs on this server (kind transformers)")
    here.add_argument("--folder", metavar="DIR", help="where its files lie")
    here.add_argument("--adapter", metavar="DIR", help="a LoRA adapter that is put on it")
    here.add_argument("--task", choices=("generate", "embed"), help="what it is made for")
    here.add_argument("--device", choices=("auto", "cpu", "cuda"), help="on what it runs")
    here.add_argument(
        "--dtype", choices=("auto", "float32", "bfloat16", "float16"), help="how exact its weights"
    )
    here.add_argument("--quantize", choices=("int8", "int4"), help="weights in 8 or in 4 bits")
    here.add_argument("--preload", action="store_true", help="keep it in memory from the start")
    here.add_argument(
        "--idle-minutes", type=float, metavar="N", help="how long it stays unasked (15; 0: always)"
    )


def _add_alias(alias: argparse.ArgumentParser) -> None:
    alias.add_argument("name", metavar="NAME", help="what people ask for")
    alias.add_argument(
        "targets", nargs="+", metavar="PROVIDER/MODEL[=WEIGHT]", help="in the order of choice"
    )
    alias.add_argument("--strategy", choices=_STRATEGIES, default="priority", help="how to choose")
    alias.add_argument(
        "--cache",
        choices=("off", "exact", "semantic"),
        default="off",
        help="whether answers are told again: to the same request, or also to the same question",
    )
    alias.add_argument(
        "--trim",
        action="store_true",
        help="leave out a conversation's oldest turns where it is too long for a model",
    )
    alias.add_argument(
        "--repairs",
        type=int,
        choices=range(3),
        default=0,
        help="how often to ask again for an answer that misses the shape that was asked for",
    )
    alias.add_argument(
        "--ceiling",
        type=float,
        metavar="DOLLARS",
        help="ask no model at which a request would cost more, as estimated",
    )


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="an alias, or provider/model")
    parser.add_argument("--tokens", type=int, default=0, help="how long the prompt would be")
    parser.add_argument("--tools", action="store_true", help="with tools")
    parser.add_argument("--vision", action="store_true", help="with pictures")


def run(args: argparse.Namespace) -> int:
    """Do it as the local operator."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    from samoey.cli import models_said
    from samoey.cli.local import local_house

    # Read first: what cannot be read needs no servers.
    given = _given(args)
    async with local_house() as (tools, actor, workspace_id):
        match args.action:
            case "list":
                return await models_said.listed(tools, actor, as_json=args.json)
            case "try":
                return await models_said.tried(tools, actor, args)
            case "explain":
                return await models_said.explained(tools, actor, args)
            case "import":
                assert given is not None
                return await _import(tools, actor, workspace_id, given, as_json=args.json)
            case "add":
                return await models_said.added(tools, actor, workspace_id, args, key=given)
            case "prompts":
                return await model_prompts.run(tools, actor, workspace_id, args, given)
        return await models_said.removed(tools, actor, args)


def _given(args: argparse.Namespace) -> str | None:
    """What stands in the file that a command names."""
    from samoey.cli.files import read_file

    if args.action == "import":
        return read_file(args.file, most=1_000_001)
    if args.action == "add" and args.what == "provider" and args.key_file:
        return read_file(args.key_file, most=4_000).strip()
    if args.action == "prompts" and args.what == "add":
        return read_file(args.file, most=model_prompts.LARGEST)
    return None


async def _import(
    tools: "Tools", actor: "Actor", workspace_id: "UUID", text: str, *, as_json: bool
) -> int:
    import os

    from samoey.cli.terminal import line
    from samoey.domains.models.importing import service as importing

    done = await importing.import_litellm(tools, actor, workspace_id, text, os.environ)
    if as_json:
        print(done.model_dump_json())
        return 0
    for what, names in (
        ("providers", done.providers),
        ("models", done.deployments),
        ("aliases", done.aliases),
    ):
        print(line(f"{what}: {', '.join(names) or 'none'}"))
    for note in done.notes:
        print(line(f"  {note}"), file=sys.stderr)
    return 0
