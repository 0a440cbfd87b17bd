"""Folders and git repositories that a test writes itself."""

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository

if TYPE_CHECKING:
    from tests.house.processes import RunningHouse
    from tests.make import Somebody

GREETING = {
    "src/greeting.py": (
        "import os\n\n\ndef parse_greeting(text):\n"
        '    """Read a greeting."""\n    return text.strip()\n\n\n'
        "class Greeter:\n    def greet(self, name):\n        return f'hello {name}'\n"
    ),
    "tests/test_greeting.py": "def test_parse_greeting():\n    assert parse_greeting(' x ') == 'x'\n",
    "README.md": "# Greetings\n\nHow to greet people.\n",
}


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def git(folder: Path, *arguments: str) -> str:
    told = {name: "Test" for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME")}
    told |= {name: "test@example.org" for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")}
    told |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | told,
    ).stdout.strip()


def commit(folder: Path, files: dict[str, str | bytes]) -> str:
    """Write files and commit everything; the first time this makes the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work")
    return git(folder, "rev-parse", "HEAD")


async def connect(
    house: "RunningHouse", owner: "Somebody", folder: Path, **wishes: list[str]
) -> UUID:
    """Connect a folder; it is fetched and indexed when the house drains."""
    new = NewRepository(workspace_id=owner.workspace_id, source=str(folder), **wishes)
    return (await repositories.add_repository(house.tools, owner.actor, new)).id
