"""A real SSH server on loopback, for as long as a test needs one.

The machine's sshd, or Debian's taken from its package without installing it. It answers as the user
who runs the tests, with keys of its own, and reads nobody's configuration.
"""

import contextlib
import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_PACKAGES = ("openssh-server", "libwrap0")
_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv GIT_PROTOCOL
"""
# As root it wants an account to drop to, which it gets in a mount namespace of its own.
_AS_ROOT = (
    'mount --bind "$1/passwd" /etc/passwd && mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd'
    ' && shift && exec "$@"'
)


@dataclass(frozen=True, slots=True)
class SshHost:
    """The server, a key that opens it, and the key by which it is known."""

    port: int
    key: str
    host_key: str

    def url(self, folder: Path) -> str:
        """The address of a repository of this machine."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{folder}"


def _program(cache: Path) -> tuple[str, dict[str, str]]:
    """Where sshd is, and what it needs to start."""
    found = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if found:
        return found, {}
    unpacked = cache / "unpacked"
    if not unpacked.exists():
        # Made first: what cannot be had is asked for once.
        unpacked.mkdir(parents=True)
        _try(["apt-get", "download", *_PACKAGES], cwd=cache)
        for package in cache.glob("*.deb"):
            _try(["dpkg", "-x", str(package), str(unpacked)], cwd=cache)
    programs = list(unpacked.glob("usr/sbin/sshd"))
    if not programs:
        pytest.skip("no sshd here, and Debian's package of it cannot be had")
    libraries = ":".join({str(path.parent) for path in unpacked.rglob("lib*.so.*")})
    return str(programs[0]), {"LD_LIBRARY_PATH": libraries}


def _try(command: list[str], *, cwd: Path) -> None:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, cwd=cwd, check=False, capture_output=True, timeout=150)


def _make_key(path: Path) -> None:
    arguments = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(arguments, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wrapped(folder: Path, command: list[str]) -> list[str]:
    if os.getuid() != 0 or any(user.pw_name == "sshd" for user in pwd.getpwall()):
        return command
    users = Path("/etc/passwd").read_text(encoding="utf-8")
    (folder / "passwd").write_text(f"{users}sshd:x:65534:65534::/run/sshd:/bin/false\n")
    return ["unshare", "--mount", "sh", "-c", _AS_ROOT, "sh", str(folder), *command]


@contextlib.contextmanager
def ssh_host(folder: Path, *, cache: Path) -> Iterator[SshHost]:
    """Run the server; skips the test where there is none to run."""
    program, env = _program(cache)
    folder.mkdir(parents=True)
    for name in ("host_key", "client_key"):
        _make_key(folder / name)
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    port = _free_port()
    config = folder / "config"
    config.write_text(_CONFIG.format(folder=folder, port=port))
    command = _wrapped(folder, [program, "-D", "-e", "-f", str(config)])
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=dict(os.environ) | env, stderr=log, stdout=log)
    try:
        _await(process, port, folder / "log")
        yield SshHost(
            port=port,
            key=(folder / "client_key").read_text(),
            host_key=(folder / "host_key.pub").read_text(),
        )
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    pytest.skip(f"sshd does not start here: {log.read_text(errors='replace')[-300:]}")
