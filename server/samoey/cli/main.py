"""`samoey`: finds the verb, runs it, and tells every problem in the same words.

Exit codes: 0 done, 1 a problem (told on stderr), 2 wrong usage or settings, 130 interrupted.
Imports stay light here and at the top of each verb's file; what is heavy is loaded when it runs.
"""

import argparse
import importlib
import json
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from samoey.kit.problems import Problem

VERBS = (
    "up",
    "serve",
    "worker",
    "migrate",
    "ask",
    "search",
    "mcp",
    "index",
    "repositories",
    "models",
    "usage",
    "user",
    "key",
    "jobs",
    "settings",
    "doctor",
)

# Other words for the same verb.
ALSO = {"keys": "key"}

PROBLEM, USAGE, INTERRUPTED = 1, 2, 130


def parser_for(verbs: "Sequence[str]") -> argparse.ArgumentParser:
    """The parser that knows `verbs`, each from its own file."""
    parser = argparse.ArgumentParser(
        prog="samoey",
        description="Samoey Copilot: the AI development platform a team runs itself.",
        epilog="Exit codes: 0 done, 1 a problem, 2 wrong usage or settings, 130 interrupted.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb in verbs:
        module = _module(verb)
        command = commands.add_parser(verb, help=module.HELP, description=module.HELP)
        command.add_argument("--home", help="home folder of the installation (SAMOEY_HOME)")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def _module(verb: str) -> "ModuleType":
    return importlib.import_module(f"samoey.cli.{verb}")


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run one command; gives its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    given[:1] = [ALSO.get(word, word) for word in given[:1]]
    named = [word for word in given if not word.startswith("-")][:1]
    # Only the verb that runs is loaded; help wants them all.
    chosen = named if given[:1] == named and named and named[0] in VERBS else list(VERBS)
    parser = parser_for(chosen)
    args = parser.parse_args(given)
    if args.version:
        from samoey import __version__

        print(__version__)
        return 0
    if args.verb is None:
        parser.print_help()
        return USAGE
    if args.home:
        os.environ["SAMOEY_HOME"] = os.path.abspath(args.home)  # noqa: PTH100 - pathlib is not loaded yet
    return _guarded(args)


def _guarded(args: argparse.Namespace) -> int:
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`); Python would complain once more while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEM
    except Exception as error:  # noqa: BLE001 - told if it is a problem, raised again if not
        return tell(error, as_json=getattr(args, "json", False))


def tell(error: Exception, *, as_json: bool) -> int:
    """Tell a person, or a program with `as_json`, what went wrong; gives the exit code."""
    from pydantic import ValidationError

    from samoey.kit.problems import Problem

    if isinstance(error, ValidationError) and error.title == "Settings":
        print("These settings do not fit:", file=sys.stderr)
        for fault in error.errors(include_input=False, include_url=False):
            print(f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}", file=sys.stderr)
        _name_unknown()
        return USAGE
    problem = error if isinstance(error, Problem) else _of_the_database(error)
    if problem is None:
        raise error
    if as_json:
        print(json.dumps(problem.document(), default=str))
    else:
        _print_problem(problem)
    return PROBLEM


def _of_the_database(error: Exception) -> "Problem | None":
    # Where nothing has spoken to a database, nothing is loaded for it.
    if "sqlalchemy" not in sys.modules:
        return None
    from samoey.kit.db import plainly

    return plainly(error)


def _name_unknown() -> None:
    from samoey.kit.settings import unknown_names

    for name in unknown_names(dict(os.environ)):
        print(f"  unknown setting: {name}", file=sys.stderr)


def _print_problem(problem: "Problem") -> None:
    from samoey.cli.terminal import line, shown

    print(problem.title, file=sys.stderr)
    if problem.detail:
        print(shown(problem.detail), file=sys.stderr)
    misfits = problem.extra.get("errors")
    for misfit in misfits if isinstance(misfits, list) else []:
        print(line(f"  {misfit['pointer'].lstrip('/')}: {misfit['detail']}"), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
