"""PostgreSQL in the home: made once, whole or not at all; reached by a private socket only."""

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

from samoey.adapters.embedded import strays
from samoey.adapters.embedded.errors import (
    ServerDidNotStart,
)
from samoey.adapters.embedded.home import secret, told, write_private
from samoey.adapters.embedded.lodging import Lodging
from samoey.adapters.embedded.processes import Child, Program, born
from samoey.kit.problems import DiskFull

NAME = "samoey"
PASSWORD = "postgres-password"  # noqa: S105 - the name of its file
# Longer than it takes to recover after a crash.
READY_S = 600.0
ANSWER_S = 2.0
STEP_S = 0.01
BUILTIN_LOCALES = 17
PROTOCOL = 3 << 16
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC"}

# For one small team on a laptop: little memory, few processes, nothing that only replicas need.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "jit": "off",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_logical_replication_workers": "0",
    "autovacuum_max_workers": "1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_replication_slots": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}
# PostgreSQL 18 would start three more processes to read with.
SETTINGS_18 = {"io_method": "sync", "autovacuum_worker_slots": "1"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """How PostgreSQL is made and started for one home."""

    home: Path
    place: Lodging
    fsync: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.place.data

    @property
    def url(self) -> str:
        password = secret(self.home, PASSWORD)
        return f"postgresql://{NAME}:{password}@/{NAME}?host={self.place.runtime}"

    def prepare(self) -> None:
        """Make the data folder if there is none; clear what a start that was cut short left.

        Raises:
            ServerDidNotStart: `initdb` refused; its words are in the detail.
            DiskFull: there is no room for it.
        """
        with told(self.home):
            for unfinished in self.place.folder.glob("postgres.new*"):
                shutil.rmtree(unfinished, ignore_errors=True)
            strays.clear(self.data, self.place.runtime)
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            # Lost, but the data is there: whoever can write here may set another.
            secret(self.home, PASSWORD, first=self._set_password)
        else:
            self._make()

    def program(self) -> Program:
        """What to start."""
        settings = SETTINGS | (SETTINGS_18 if self._major() >= 18 else {})  # noqa: PLR2004 - its version
        settings |= {"unix_socket_directories": str(self.place.runtime)}
        settings |= {"fsync": "on" if self.fsync else "off"} | dict(self.settings)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            "postgres",
            (str(self.place.binaries / "postgres"), "-D", str(self.data), *options),
            ENVIRONMENT,
            self.place.identity,
            # Fast shutdown, then at once (the next start recovers), then by force.
            (SIGINT, SIGQUIT, SIGKILL),
            self.home / "logs" / "postgres.log",
        )

    def wait(self, child: Child, give_up_s: float = READY_S) -> None:
        """Return as soon as it takes connections, told as `pg_ctl` is told: by its own pid file.

        Raises:
            ServerDidNotStart: it ended, or took too long.
            DiskFull: there is no room for it to run.
        """
        give_up = time.monotonic() + give_up_s
        while not self._ready(child.pid):
            if child.ended():
                raise refusal("PostgreSQL ended", child.last_words())
            if time.monotonic() > give_up:
                raise refusal("PostgreSQL does not answer", child.last_words())
            time.sleep(STEP_S)

    def _ready(self, pid: int) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and int(lines[0]) == pid and lines[7].strip() == "ready"  # noqa: PLR2004 - the file's eighth line

    def _make(self) -> None:
        unfinished = self.place.folder / f"postgres.new-{os.getpid()}"
        options = ["-U", NAME, "-E", "UTF8", "--auth=scram-sha-256"]
        # The same order everywhere, by code point; capitals are known beyond ASCII where they can.
        if self._major() >= BUILTIN_LOCALES:
            options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            options += ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        options += [] if self.fsync else ["--no-sync"]
        password = secret(self.home, PASSWORD)
        file = self.place.folder / "postgres.new-password"
        with told(self.home):
            write_private(file, password + "\n")
            self.place.give(file)
        try:
            self._run("initdb", "-D", str(unfinished), f"--pwfile={file}", *options)
        finally:
            file.unlink(missing_ok=True)
        self._single(unfinished, f"CREATE DATABASE {NAME}")
        with told(self.home):
            unfinished.rename(self.data)

    def _set_password(self, password: str) -> None:
        self._single(self.data, f"ALTER ROLE {NAME} PASSWORD '{password}'")

    def _single(self, data: Path, statement: str) -> None:
        """Run one statement with no server and no password."""
        options = ["-c", "exit_on_error=on", "-c", f"fsync={'on' if self.fsync else 'off'}"]
        self._run("postgres", "--single", "-D", str(data), *options, "postgres", given=statement)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text("ascii").strip()
        if made_by != str(self._major()):
            raise ServerDidNotStart(
                f"The data in {self.data} was written by PostgreSQL {made_by}; "
                f"this installation brings PostgreSQL {self._major()}. Use the version of Samoey "
                f"that wrote it to export the data, or set DATABASE_URL."
            )

    def _major(self) -> int:
        version = self._run("postgres", "--version")
        found = re.search(r"(\d+)", version)
        return int(found[1]) if found else 0

    def _run(self, program: str, *arguments: str, given: str | None = None) -> str:
        command = (str(self.place.binaries / program), *arguments)
        done = subprocess.run(
            born(command, self.place.identity, dies_by=SIGKILL),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=ENVIRONMENT,
        )
        if done.returncode != 0:
            raise refusal(f"{program} failed", f"{done.stderr or done.stdout}".strip()[-2000:])
        return done.stdout


def answers(folder: Path) -> bool:
    """Whether a server behind the socket in `folder` takes connections now."""
    words = f"user\0{NAME}\0database\0{NAME}\0\0".encode()
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(ANSWER_S)
        try:
            link.connect(str(folder / ".s.PGSQL.5432"))
            link.sendall(struct.pack("!ii", len(words) + 8, PROTOCOL) + words)
            # It asks for the password when it is ready, and says an error when it is not yet.
            return link.recv(1) == b"R"
        except OSError:
            return False


def refusal(what: str, words: str) -> DiskFull | ServerDidNotStart:
    """The problem that the server's own words speak of."""
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return DiskFull(f"{what}: {words}")
    return ServerDidNotStart(f"{what}: {words or 'it said nothing.'}")
