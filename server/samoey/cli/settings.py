"""`samoey settings check`: reads the settings as a start would, and names what nobody reads."""

import argparse
import json
import os
import sys

HELP = "check the settings, and name unknown SAMOEY_* variables"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`check` is the only action."""
    commands = parser.add_subparsers(dest="action", required=True)
    check = commands.add_parser("check", help="read the settings as a start would")
    check.add_argument("--json", action="store_true", help="print the tree as JSON, secrets masked")


def run(args: argparse.Namespace) -> int:
    """Read and judge; 2 when something does not fit or is unknown."""
    from samoey.kit.settings import read_settings, unknown_names

    settings = read_settings()
    unknown = unknown_names(dict(os.environ))
    if args.json:
        print(json.dumps({"settings": settings.model_dump(mode="json"), "unknown": unknown}))
    else:
        print(settings.model_dump_json(indent=2))
        for name in unknown:
            print(f"unknown setting: {name}", file=sys.stderr)
    return 2 if unknown else 0
