"""CPython's standard library as a repository in a running house: shared by the indexing benches."""

import atexit
import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from start import PATIENCE_S, pss_mb, tree, up

INDEXING_PATIENCE_S = 600.0
LEFT_OUT = ("site-packages", "__pycache__", "config-*")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Door:
    """The REST door of a running house: one client, one connection."""

    connection: http.client.HTTPConnection
    key: str
    supervisor: int

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        sent = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api/v1/{path}", sent, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer) if answer else None

    def wait_for(self, commit: str | None = None, *, every_s: float = 0.1) -> dict[str, Any]:
        """Wait until the index of a commit, or of whichever, answers; as the door shows it."""
        late = time.monotonic() + INDEXING_PATIENCE_S
        while time.monotonic() < late:
            for index in self.call("GET", "knowledge/indexes"):
                if index["state"] == "failed":
                    raise RuntimeError(str(index["problem"]))
                if index["state"] == "ready" and commit in (None, index["commit"]):
                    return dict(index)
            time.sleep(every_s)
        raise TimeoutError(commit)

    def connect(self, source: Path) -> str:
        """Connect a folder; gives the repository's id."""
        workspace = self.call("GET", "workspaces")[0]["id"]
        wanted = {"workspace_id": workspace, "source": str(source)}
        return str(self.call("POST", "repositories", wanted)["id"])


@contextmanager
def door(home: Path) -> Iterator[Door]:
    """A running house, spoken to as its local operator."""
    # What is measured here are words; vectors would be made behind them, on the same cores.
    os.environ.setdefault("SAMOEY_KNOWLEDGE__VECTORS", "false")
    with up(home) as (process, _):
        command = ["key", "--home", str(home), "create", "--name", "bench", "--json"]
        made = subprocess.run(
            [sys.executable, "-m", "samoey.cli.main", *command],
            check=True,
            capture_output=True,
            text=True,
        )
        # The house writes its number and its address there.
        url = (home / "up.lock").read_text().split()[1]
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        yield Door(connection, json.loads(made.stdout)["key"], process.pid)
        connection.close()


@dataclass(frozen=True)
class Indexed:
    """What was seen while a house indexed the library."""

    megabytes: float
    cpu_s: float
    wall_s: float
    peak_mb: float
    index: dict[str, Any]


class Library:
    """A home whose only repository is the library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.source = folder / "lib"
        shutil.copytree(
            sysconfig.get_path("stdlib"),
            self.source,
            ignore=shutil.ignore_patterns(*LEFT_OUT),
            ignore_dangling_symlinks=True,
        )
        self.git("init", "-q", "-b", "main")
        self.commit("the library")
        with door(self.home) as house:
            self.indexed = self.watch(house)

    def git(self, *arguments: str) -> str:
        known = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
        command = ["git", "-C", str(self.source), *known, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def watch(self, house: Door) -> Indexed:
        """Connect the library and watch every process of the house until its index answers."""
        watch = Watch(house.supervisor)
        began, spent = time.perf_counter(), cpu_s(house.supervisor)
        watch.start()
        house.connect(self.source)
        index = house.wait_for(self.git("rev-parse", "HEAD"))
        watch.over.set()
        watch.join()
        return Indexed(
            megabytes=index["bytes"] / 1e6,
            cpu_s=cpu_s(house.supervisor) - spent,
            wall_s=time.perf_counter() - began,
            peak_mb=watch.peak_mb,
            index=index,
        )


class Watch(threading.Thread):
    """Sees how much memory the processes that index hold at most: the worker and its children."""

    def __init__(self, supervisor: int) -> None:
        super().__init__(daemon=True)
        self.supervisor, self.over, self.peak_mb = supervisor, threading.Event(), 0.0

    def run(self) -> None:
        (worker,) = (pid for pid in tree(self.supervisor) if is_worker(pid))
        while not self.over.wait(0.1):
            held = 0.0
            for pid in tree(worker):
                with contextlib.suppress(OSError):
                    held += pss_mb(pid)
            self.peak_mb = max(self.peak_mb, held)


def is_worker(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return b"worker" in words


def cpu_s(supervisor: int) -> float:
    """The CPU seconds of a process and all that descend from it, also of those that have ended."""
    ticks = 0
    for pid in tree(supervisor):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / TICKS_PER_S


@cache
def library() -> Library:
    """The library, indexed once per run of the benches and removed when they end."""
    folder = Path(tempfile.mkdtemp(prefix="samoey-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Library(folder)
