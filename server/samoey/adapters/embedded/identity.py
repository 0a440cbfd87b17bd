"""As whom PostgreSQL runs: it refuses root, and nobody else can reach a home under `/root`."""

import os
import pwd
import subprocess
from pathlib import Path

from samoey.adapters.embedded.errors import ServerDidNotStart
from samoey.adapters.embedded.processes import OURSELVES, Identity, born

# PostgreSQL wants a name for its user; the first of these that the machine has lends its own.
ACCOUNTS = ("samoey", "postgres", "nobody")


def chosen_identity(binaries: Path, home: Path) -> Identity:
    """An ordinary person runs it as themselves; root appears as an account in a user namespace.

    There its files stay root's outside, so that nothing needs to be given away or opened.

    Raises:
        ServerDidNotStart: root, and the system allows neither.
    """
    if os.geteuid() != 0:
        return OURSELVES
    account = _account()
    namespace = Identity("namespace", account.pw_uid, account.pw_gid)
    if works(namespace, binaries, home):
        return namespace
    raise ServerDidNotStart("user namespaces are not allowed here")


def works(identity: Identity, binaries: Path, home: Path) -> bool:
    """Whether such a process may run the binaries and write into the home."""
    test = 'test -w "$1" && exec "$2" --version'
    command = ("/bin/sh", "-c", test, "sh", str(home), str(binaries / "postgres"))
    done = subprocess.run(born(command, identity), capture_output=True, check=False, cwd="/")
    return done.returncode == 0


def _account() -> pwd.struct_passwd:
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerDidNotStart("no account")
