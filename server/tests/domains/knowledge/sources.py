"""Folders and git repositories that a test writes itself."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.knowledge import service as knowledge
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import NewRepository
from samoey.kit.context import Tools

if TYPE_CHECKING:
    from tests.make import Somebody

GREETING = {
    "src/greeting.py": (
        "import os\n\n\ndef parse_greeting(text):\n"
        '    """Read a greeting."""\n    return text.strip()\n\n\n'
        "class Greeter:\n    def greet(self, name):\n        return f'hello {name}'\n"
    ),
    "tests/test_greeting.py": "def test_parse_greeting():\n    assert parse_greeting('x')\n",
    "README.md": "# Greetings\n\nHow to greet people.\n",
}


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def git(folder: Path, *arguments: str) -> str:
    told = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Test")
    told |= dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "test@example.org")
    told |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["/usr/bin/env", "git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | told,
    ).stdout.strip()


def commit(folder: Path, files: Mapping[str, str | bytes]) -> str:
    """Write files and commit everything; the first time this makes the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work")
    return git(folder, "rev-parse", "HEAD")


async def connect(tools: Tools, owner: "Somebody", folder: Path, **wishes: list[str]) -> UUID:
    """Connect a folder; the reactions that fetch and index it have yet to run."""
    new = NewRepository(workspace_id=owner.workspace_id, source=str(folder), **wishes)
    return (await repositories.add_repository(tools, owner.actor, new)).id


async def bring(tools: Tools, owner: "Somebody", folder: Path, **wishes: list[str]) -> UUID:
    """Connect a folder, and do at once what its reactions would."""
    repository_id = await connect(tools, owner, folder, **wishes)
    await fetching.fetch(tools, repository_id)
    await knowledge.index(tools, repository_id)
    return repository_id
