"""Real PostgreSQL and Valkey with the real migrations, in two kinds of fixture.

`db`: one rolled-back transaction, one unit of work at a time, reactions not run; deferred jobs are
rows to be looked at. `house`: a database of its own, cloned from the migrated one, with its own
Valkey prefix, for anything with a worker, `/live`, two people at once, `kill -9` or a browser.
"""

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from samoey.adapters.embedded.servers import Servers, running_servers
from samoey.api.app import create_app
from samoey.kit.context import Tools
from samoey.kit.db import connect
from samoey.kit.knowledge_settings import KnowledgeSettings
from samoey.kit.known_providers import ProviderVariables
from samoey.kit.schema import migrate
from samoey.kit.settings import (
    IdentitySettings,
    JobSettings,
    ModelSettings,
    Settings,
)
from samoey.tools import open_house
from tests.ceph import S3, running_s3
from tests.house.processes import RunningHouse
from tests.make import Make
from tests.sharing_out import SharedOut

# A full run on another PostgreSQL: the folder of its programs.
POSTGRES_VARIABLE = "SAMOEY_TEST_POSTGRES"
# Whether the tests marked `s3` run: Ceph's programs are installed.
S3_VARIABLE = "SAMOEY_TEST_S3"

# No test fails on a wall clock; where CI is set, Hypothesis itself sees to that.
hypothesis_settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
if os.environ.get("CI") != "true":
    hypothesis_settings.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedOut:
    return SharedOut(config, log)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    binaries = os.environ.get(POSTGRES_VARIABLE)
    home = tmp_path_factory.mktemp("servers")
    with running_servers(
        home, fsync=False, postgres_binaries=Path(binaries) if binaries else None
    ) as running:
        yield running


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """A real S3 server; it takes a while to install and to start, so only some runs have it."""
    if not os.environ.get(S3_VARIABLE):
        pytest.skip("make test-s3 runs this on a real S3 server")
    # Its sockets want a short path.
    with tempfile.TemporaryDirectory(prefix="s3-") as home, running_s3(Path(home)) as running:
        yield running


@pytest.fixture(scope="session")
def clone(servers: Servers) -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Make databases that hold the migrated schema, or what another holds that nobody uses."""
    migrate(servers.database_url)
    origin = make_url(servers.database_url)
    admin = origin.set(database="postgres").render_as_string(hide_password=False)

    @contextlib.contextmanager
    def clone(of: str = servers.database_url) -> Iterator[str]:
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE "{make_url(of).database}"')
        yield origin.set(database=name).render_as_string(hide_password=False)
        # Seen to wait for ever now and then; what is left goes with its server.
        patience = "-c statement_timeout=10s"
        with (
            contextlib.suppress(psycopg.errors.QueryCanceled),
            psycopg.connect(admin, autocommit=True, options=patience) as connection,
        ):
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return clone


def settings_for(home: Path, database_url: str, servers: Servers, **changes: Any) -> Settings:
    given = {
        "home": home,
        "database_url": SecretStr(database_url),
        "redis_url": SecretStr(servers.redis_url),
        "redis_prefix": f"{secrets.token_hex(6)}:",
        "secret_key": SecretStr("k" * 32),
        "identity": IdentitySettings(password_memory_kib=64, password_passes=1, password_lanes=1),
        "jobs": JobSettings(heartbeat_s=0.3, stalled_after_s=1.5, retry_wait_s=0.05),
        # Tests of vectors switch them on: elsewhere they would only take time.
        "knowledge": KnowledgeSettings(vectors=False),
        # Whatever stands in the environment: no test speaks with a vendor.
        # Long for a busy machine, and shorter than a test may take.
        "models": ModelSettings(local_only=True, first_word_s=30, next_word_s=30),
        "openai_api_key": None,
        "openai_base_url": None,
        "openai_model": None,
        "s3_bucket": None,
    }
    given |= dict.fromkeys(ProviderVariables.model_fields)
    return Settings.model_validate(given | changes)


@pytest.fixture(scope="session")
async def engine_url(clone: Callable[..., Any]) -> AsyncIterator[str]:
    with clone() as url:
        yield url


@pytest.fixture
async def db(engine_url: str) -> AsyncIterator[AsyncConnection]:
    """One connection whose transaction is rolled back at the end."""
    engine = connect(engine_url, pool_size=1)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
    await engine.dispose()


@pytest.fixture
async def tools(
    db: AsyncConnection, engine_url: str, servers: Servers, tmp_path: Path
) -> AsyncIterator[Tools]:
    """Everything real, on the one transaction of `db`."""
    async with open_house(settings_for(tmp_path / "home", engine_url, servers)) as house:
        yield on_connection(house.tools, db)


def on_connection(tools: Tools, db: AsyncConnection) -> Tools:
    from dataclasses import replace

    sessions = async_sessionmaker(
        db, class_=AsyncSession, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    return replace(tools, sessions=sessions)


@pytest.fixture
async def client(tools: Tools) -> AsyncIterator[httpx.AsyncClient]:
    """The web door in this process, on the transaction of `db`."""
    transport = httpx.ASGITransport(create_app(tools, web_root=None), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://samoey.test") as http:
        yield http


@pytest.fixture
def told(db: AsyncConnection) -> Callable[[], Awaitable[list[str]]]:
    """The names of the events recorded so far, oldest first: `await told()`."""

    async def names() -> list[str]:
        rows = await db.execute(text("SELECT name FROM events ORDER BY id"))
        return [name for (name,) in rows]

    return names


@pytest.fixture
def jobs_waiting(db: AsyncConnection) -> Callable[[], Awaitable[list[str]]]:
    """The names of the reactions that wait to run: `await jobs_waiting()`."""

    async def names() -> list[str]:
        rows = await db.execute(
            text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        )
        return [name for (name,) in rows]

    return names


@pytest.fixture
def make(tools: Tools) -> Make:
    return Make(tools)


OpenHouse = Callable[..., AbstractAsyncContextManager[RunningHouse]]


@pytest.fixture
def open_test_house(clone: Callable[..., Any], servers: Servers, tmp_path: Path) -> OpenHouse:
    """Open a house with changed settings: `async with open_test_house(models=...) as house`.

    It is empty, or `like` one that was lived in and closed.
    """

    @contextlib.asynccontextmanager
    async def opened(
        *, like: Settings | None = None, **changes: Any
    ) -> AsyncIterator[RunningHouse]:
        database = like.database_url if like else None
        of = database.get_secret_value() if database else servers.database_url
        if like:
            shutil.copytree(like.home, tmp_path / "house")
        with clone(of) as url:
            settings = settings_for(tmp_path / "house", url, servers, **changes)
            async with open_house(settings) as inner, inner.jobs.open(inner.tools):
                house = RunningHouse(inner, tmp_path)
                try:
                    yield house
                finally:
                    await house.close()

    return opened


@pytest.fixture
async def house(open_test_house: OpenHouse) -> AsyncIterator[RunningHouse]:
    """A house of one's own: real transactions, workers, sockets."""
    async with open_test_house() as opened:
        yield opened
