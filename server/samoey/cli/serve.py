"""`samoey serve`: the web door alone, on servers that already run."""

import argparse
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samoey.kit.settings import Settings

HELP = "serve the web application and the API (needs DATABASE_URL and REDIS_URL)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument(
        "--doors",
        choices=("all", "relay"),
        default="all",
        help="`relay` serves programs that ask models (/v1/*) and nothing else, in a light process",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    from samoey.kit.starting import SETTINGS_FD_VARIABLE, told, undisturbed, wait_for_go

    with undisturbed():
        from samoey.kit.settings import read_settings

        if SETTINGS_FD_VARIABLE in os.environ:
            told(SETTINGS_FD_VARIABLE, _what_up_needs(read_settings()))
        if args.doors == "relay":
            from samoey.relay import serve
        else:
            from samoey.main import serve

    wait_for_go()
    settings = read_settings()
    chosen = {name: getattr(args, name) for name in ("host", "port")}
    given = {name: value for name, value in chosen.items() if value is not None}
    serve(settings.model_copy(update={"server": settings.server.model_copy(update=given)}))
    return 0


def _what_up_needs(settings: "Settings") -> dict[str, Any]:
    """`samoey up` loads no settings itself: what reading them loads would stay with it."""
    urls = {"database_url": settings.database_url, "redis_url": settings.redis_url}
    return {
        "home": str(settings.home),
        "host": settings.server.host,
        "port": settings.server.port,
        **{name: url and url.get_secret_value() for name, url in urls.items()},
    }
