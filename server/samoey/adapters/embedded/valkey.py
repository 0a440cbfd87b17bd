"""Valkey for what is fleeting: nudges, pieces of answers, counters; nothing of it on the disk."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM

from samoey.adapters.embedded.errors import ServerDidNotStart
from samoey.adapters.embedded.home import secret
from samoey.adapters.embedded.processes import Child, Program

READY_S = 20.0
STEP_S = 0.01
ANSWER_S = 2.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Valkey:
    """How Valkey is started for one home."""

    home: Path
    runtime: Path
    binary: Path

    @property
    def socket(self) -> Path:
        return self.runtime / "v.sock"

    @property
    def url(self) -> str:
        return f"unix://:{self._password}@{self.socket}?db=0"

    @property
    def _password(self) -> str:
        return secret(self.home, "valkey-password")

    def prepare(self) -> None:
        """Have a password before it is needed, and take away the socket of a server that died."""
        secret(self.home, "valkey-password")
        self.socket.unlink(missing_ok=True)

    def program(self) -> Program:
        """What to start; the password is given on the standard input, where nobody else reads."""
        settings = (
            "port 0",
            f"unixsocket {self.socket}",
            "unixsocketperm 700",
            f"requirepass {self._password}",
            f"dir {self.runtime}",
            'save ""',
            "appendonly no",
            "maxmemory 128mb",
            "maxmemory-policy volatile-ttl",
            "loglevel warning",
            "daemonize no",
        )
        return Program(
            "valkey",
            (str(self.binary), "-"),
            ENVIRONMENT,
            signals=(SIGTERM, SIGKILL),
            log=self.home / "logs" / "valkey.log",
            given="\n".join(settings).encode() + b"\n",
        )

    def wait(self, child: Child, give_up_s: float = READY_S) -> None:
        """Return as soon as it answers.

        Raises:
            ServerDidNotStart: it ended, or took too long.
        """
        give_up = time.monotonic() + give_up_s
        while not self.answers():
            if child.ended():
                raise ServerDidNotStart(f"Valkey ended: {child.last_words()}")
            if time.monotonic() > give_up:
                raise ServerDidNotStart(f"Valkey does not answer: {child.last_words()}")
            time.sleep(STEP_S)

    def answers(self) -> bool:
        """Whether a server stands behind the socket and knows the password."""
        return answers(self.socket, self._password)


def answers(path: Path, password: str) -> bool:
    """Whether the server behind the socket takes this password and answers."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(ANSWER_S)
        try:
            link.connect(str(path))
            link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:  # noqa: PLR2004 - a line for each question
                if not (piece := link.recv(256)):
                    return False
                said += piece
        except OSError:
            return False
    return said == b"+OK\r\n+PONG\r\n"
