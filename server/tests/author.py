"""Somebody who writes code: a work tree of git, made and changed as people do it."""

import os
import subprocess
from pathlib import Path

from samoey.adapters.git.process import git_program


class Author:
    """A repository under somebody's hands."""

    def __init__(self, folder: Path, *, bare: bool = False, branch: str = "main") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", f"--initial-branch={branch}", *(["--bare"] if bare else []))

    def git(self, *arguments: str) -> str:
        """Run git here, as a person with no configuration of their own."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C",
            **{f"GIT_{role}_NAME": "Ada" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "ada@example.org" for role in ("AUTHOR", "COMMITTER")},
        }
        done = subprocess.run(
            [git_program(), *arguments], cwd=self.folder, env=env, check=True, capture_output=True
        )
        return done.stdout.decode(errors="replace").strip()

    def write(self, path: str | bytes, content: str | bytes = "text\n") -> None:
        """Put a file there."""
        whole = self.folder / os.fsdecode(path)
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, *paths: str, text: str = "print('hello')\n") -> str:
        """Commit everything, after writing to `paths`; gives the commit."""
        for path in paths:
            self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "work")
        return self.git("rev-parse", "HEAD")
