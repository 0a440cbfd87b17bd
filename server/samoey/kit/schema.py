"""Brings the database to the schema of this program, once, whoever starts first.

All pending revisions run in one transaction, so a half-applied migration can't be left behind; an
advisory lock makes processes that start together wait for one another.
"""

import logging
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from samoey.kit.db import DatabaseUnavailable
from samoey.kit.problems import Conflict, ServerError

log = logging.getLogger(__name__)

# The newest revision this program knows; a test holds it against the files. It stands here so
# that a start on a current database need not load Alembic.
HEAD = "0016"

# Any number will do, as long as every version of the program takes the same.
_LOCK = 0x5A_4D_4F_45


class SchemaTooNew(Conflict):
    """The database was migrated by a newer version of the program."""

    title = "The database belongs to a newer version of Samoey Copilot."


class TwoHeads(ServerError):
    """Two revisions both claim to be the newest; a merge is missing."""

    title = "The migrations have more than one head."


def migrations_folder() -> Path:
    """Where the revisions lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def migrate(database_url: str, *, folder: Path | None = None, head: str = HEAD) -> bool:
    """Bring the database to `head`; whether there was anything to do.

    Raises:
        SchemaTooNew: a newer program was here; this one must not touch its data.
        TwoHeads: the revisions in `folder` do not form one line.
        DatabaseUnavailable: it does not answer, or refuses the credentials.
    """
    engine = create_engine(
        make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            if folder is None and _version(connection) == head:
                return False
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            connection.commit()
            return _upgrade(connection, folder or migrations_folder())
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(str(error).strip().splitlines()[0]) from error
    except Exception as error:
        if isinstance(error.__cause__, psycopg.OperationalError):
            reason = str(error.__cause__).strip().splitlines()
            raise DatabaseUnavailable(reason[0] if reason else None) from error
        raise
    finally:
        engine.dispose()


def _version(connection: Any) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(version) if version is not None else None


def _upgrade(connection: Any, folder: Path) -> bool:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    heads = scripts.get_heads()
    if len(heads) > 1:
        raise TwoHeads(f"These revisions have no successor: {', '.join(sorted(heads))}.")
    version = _version(connection)
    if version == heads[0]:
        return False
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise SchemaTooNew(
            f"Its schema is {version}, this program knows up to {heads[0]}. "
            "Install the newer version, or restore a backup made before the upgrade."
        )
    log.info("migrating", extra={"from": version, "to": heads[0]})
    command.upgrade(config, "head")
    connection.commit()
    return True
