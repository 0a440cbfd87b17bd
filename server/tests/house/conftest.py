import shutil
from pathlib import Path

import pytest

from samoey.kit.schema import migrate
from tests.adapters.homes import running


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    with running(home) as servers:
        migrate(servers.database_url)
    return home


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A person's folder with a Samoey home in it, in which nothing is kept yet."""
    shutil.copytree(made_home, tmp_path / "person" / "data")
    return tmp_path / "person"
