"""`samoey migrate`: brings the database's schema up to this program, and says so."""

import argparse

HELP = "bring the database's schema up to this version (serve and worker do it too)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - every verb is called the same way
    """Migrate the database of the home, or the one at DATABASE_URL."""
    from samoey.cli.local import servers_of
    from samoey.kit.schema import HEAD, migrate
    from samoey.kit.settings import read_settings

    with servers_of(read_settings()) as settings:
        assert settings.database_url is not None
        changed = migrate(settings.database_url.get_secret_value())
    print(f"migrated to {HEAD}" if changed else f"already at {HEAD}")
    return 0
