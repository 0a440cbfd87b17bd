"""Two that start together migrate once; nothing half-applied stays; newer schemas are refused."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine, make_url

from samoey.adapters.embedded.servers import Servers
from samoey.kit.db import METADATA, DatabaseUnavailable
from samoey.kit.schema import (
    HEAD,
    SchemaTooNew,
    TwoHeads,
    migrate,
    migrations_folder,
)

REVISION = """
revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None
from alembic import op

def upgrade():
    {body}
"""


@pytest.fixture
def empty(servers: Servers) -> Iterator[str]:
    """An empty database."""
    origin = make_url(servers.database_url)
    admin = origin.set(database="postgres").render_as_string(hide_password=False)
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield origin.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our revisions that a test may add to."""
    shutil.copytree(migrations_folder(), tmp_path / "migrations")
    return tmp_path / "migrations"


def add(folder: Path, revision: str, down: str, body: str) -> None:
    text = REVISION.format(revision=revision, down=down, body=body)
    (folder / "versions" / f"{revision}_more.py").write_text(text)


async def test_two_that_start_together_migrate_once(empty: str) -> None:
    changed = await asyncio.gather(*(asyncio.to_thread(migrate, empty) for _ in range(4)))

    assert sorted(changed) == [False, False, False, True]
    assert {"events", "procrastinate_jobs", "alembic_version"} <= tables(empty)


def test_a_second_start_has_nothing_to_do(empty: str) -> None:
    assert migrate(empty) is True
    assert migrate(empty) is False


def test_a_migration_that_fails_leaves_nothing_behind(empty: str, folder: Path) -> None:
    add(folder, "9001", HEAD, "op.execute('CREATE TABLE half (id int)')")
    add(folder, "9002", "9001", "op.execute('SELECT 1/0')")

    with contextlib.suppress(Exception):
        migrate(empty, folder=folder)

    assert tables(empty) == set()
    assert migrate(empty) is True


def test_an_older_program_refuses_a_newer_schema(empty: str, folder: Path) -> None:
    add(folder, "9001", HEAD, "op.execute('CREATE TABLE newer (id int)')")
    migrate(empty, folder=folder)

    with pytest.raises(SchemaTooNew, match=r"schema is 9001.*knows up to"):
        migrate(empty)


def test_two_heads_are_refused(empty: str, folder: Path) -> None:
    add(folder, "9001", HEAD, "pass")
    add(folder, "9002", HEAD, "pass")

    with pytest.raises(TwoHeads, match="9001, 9002"):
        migrate(empty, folder=folder)

    assert tables(empty) == set()


def test_a_database_that_is_not_there_is_said_plainly() -> None:
    with pytest.raises(DatabaseUnavailable):
        migrate("postgresql://nobody:hush@127.0.0.1:1/nothing")


def test_head_is_the_newest_revision_in_the_folder(empty: str) -> None:
    migrate(empty)
    with psycopg.connect(empty) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()

    assert row == (HEAD,)


def test_the_job_tables_are_those_of_the_installed_library() -> None:
    ours = (migrations_folder() / "procrastinate_3_10_0.sql").read_text(encoding="utf-8")

    assert ours == SchemaManager.get_schema()


def test_the_tables_in_the_code_are_those_of_the_migrations(empty: str) -> None:
    migrate(empty)
    engine = create_engine(make_url(empty).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _, name, kind, __, ___: (
                    not (kind in {"table", "index"} and str(name).startswith("procrastinate"))
                )
            },
        )
        found = compare_metadata(context, METADATA)
    engine.dispose()

    assert found == []
