"""Only where the Python that runs models is named: `make test-local` installs one and names it."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from samoey.adapters.checkpoints.running import PROGRAM
from tests.adapters.checkpoints.scene import Asking, asking

VARIABLE = "SAMOEY_TEST_LOCAL_PYTHON"
if not os.environ.get(VARIABLE):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def python() -> Path:
    # Not resolved: a virtual environment is known by the name it is called by.
    return Path(os.environ[VARIABLE])


@pytest.fixture(scope="session")
def home(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with tiny models, made now."""
    home = tmp_path_factory.mktemp("home")
    script = Path(__file__).with_name("tiny.py")
    subprocess.run([python, script, home / "checkpoints"], check=True, capture_output=True)
    return home


@pytest.fixture(scope="session")
def models(home: Path) -> Path:
    return home / "checkpoints"


@pytest.fixture(scope="session")
async def one(home: Path, python: Path) -> AsyncIterator[Asking]:
    """A process that may ask; what it started stays for the tests that come after."""
    async with asking(home, python=python, program=PROGRAM) as process:
        yield process
