"""`samoey doctor`: looks at everything a home stands on, and says what to do about what is ill."""

import argparse
import json
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from samoey.kit.settings import Settings

HELP = "look at everything this installation stands on"

_LOW_DISK_GB = 2


class Finding(NamedTuple):
    """One thing that was looked at."""

    subject: str
    well: bool
    said: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to tell it."""
    parser.add_argument("--json", action="store_true", help="print a JSON array")


def run(args: argparse.Namespace) -> int:
    """Look at each thing in turn; 1 when something is ill."""
    from samoey.kit.settings import read_settings

    settings = read_settings()
    findings = list(examine(settings))
    if args.json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            print(f"{'ok ' if finding.well else 'ILL'}  {finding.subject:10} {finding.said}")
    return 0 if all(finding.well for finding in findings) else 1


def examine(settings: "Settings") -> "Iterator[Finding]":
    """Look at what is on this machine, then at the servers, then at the models."""
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])
    git = shutil.which("git")
    yield Finding("git", git is not None, git or "not found: install git")
    yield _home(settings)
    yield _unknown_names()
    yield _web(settings)
    yield from _servers(settings)
    yield _model(settings)


def _home(settings: "Settings") -> Finding:
    there = settings.home if settings.home.is_dir() else settings.home.parent
    while not there.is_dir():
        there = there.parent
    free = shutil.disk_usage(there).free / 2**30
    said = f"{settings.home}, {free:.1f} GB free"
    if settings.home.is_dir() and settings.home.stat().st_mode & 0o067:
        return Finding("home", well=False, said=f"{said}; others may read it: chmod 700 it")
    if free < _LOW_DISK_GB:
        return Finding("home", well=False, said=f"{said}; less than {_LOW_DISK_GB} GB: make room")
    return Finding("home", well=True, said=said)


def _unknown_names() -> Finding:
    import os

    from samoey.kit.settings import unknown_names

    unknown = unknown_names(dict(os.environ))
    said = f"nobody reads {', '.join(unknown)}" if unknown else "every SAMOEY_* variable is known"
    return Finding("settings", not unknown, said)


def _web(settings: "Settings") -> Finding:
    from samoey.kit.pages import web_root

    root = web_root(settings.server)
    return Finding("web", root is not None, str(root) if root else "not built: run `make build`")


def _servers(settings: "Settings") -> "Iterator[Finding]":
    from samoey.cli.local import servers_of
    from samoey.kit.problems import Problem

    try:
        with servers_of(settings) as served:
            yield _checked("database", lambda: _database(served))
            yield _checked("bus", lambda: _bus(served))
    except Problem as problem:
        yield Finding("servers", well=False, said=_words(problem))


def _checked(subject: str, look: "Callable[[], str]") -> Finding:
    from samoey.kit.problems import Problem

    try:
        return Finding(subject, well=True, said=look())
    except Problem as problem:
        return Finding(subject, well=False, said=_words(problem))


def _words(problem: Exception) -> str:
    detail = getattr(problem, "detail", None)
    return " ".join(part for part in (getattr(problem, "title", str(problem)), detail) if part)


def _database(served: "Settings") -> str:
    import psycopg

    from samoey.kit.db import DatabaseUnavailable, libpq_url
    from samoey.kit.schema import HEAD, migrate

    assert served.database_url is not None
    url = served.database_url.get_secret_value()
    changed = migrate(url)
    try:
        with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(str(error).strip()) from error
    version = row[0] if row else "?"
    return f"PostgreSQL {version}, schema {HEAD}{' (migrated just now)' if changed else ''}"


def _bus(served: "Settings") -> str:
    import asyncio

    from samoey.adapters.valkey import ValkeyBus

    async def ping() -> None:
        assert served.redis_url is not None
        bus = ValkeyBus(served.redis_url.get_secret_value())
        try:
            await bus.ping()
        finally:
            await bus.close()

    asyncio.run(ping())
    return "answers"


def _model(settings: "Settings") -> Finding:
    import asyncio

    from samoey.gate import Gate

    async def look() -> Finding:
        gate = Gate(settings)
        try:
            offered = await gate.models.offered()
        finally:
            await gate.close()
        ill = [f"{model.id}: {model.detail}" for model in offered if not model.connected]
        names = ", ".join(model.id for model in offered if model.connected)
        good = f"{names} (default {gate.models.default})"
        return Finding("models", not ill, "; ".join(ill) or good)

    return asyncio.run(look())
