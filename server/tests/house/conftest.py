import shutil
from pathlib import Path

import pytest

from samoey.adapters.embedded.servers import running_servers
from samoey.kit.schema import migrate


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    # Commands bring the servers that come along, also in a run that is about another PostgreSQL.
    with running_servers(home, fsync=False) as servers:
        migrate(servers.database_url)
    return home


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A person's folder with a Samoey home in it, in which nothing is kept yet."""
    shutil.copytree(made_home, tmp_path / "person" / "data")
    return tmp_path / "person"
