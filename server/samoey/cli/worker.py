"""`samoey worker`: background work alone, on servers that already run."""

import argparse

HELP = "run background work (needs DATABASE_URL and REDIS_URL)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: everything about a worker is a setting."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every verb is called the same way
    """Work until a signal comes."""
    from samoey.kit.starting import undisturbed

    with undisturbed():
        from samoey.kit.settings import read_settings
        from samoey.worker import work

    work(read_settings())
    return 0
