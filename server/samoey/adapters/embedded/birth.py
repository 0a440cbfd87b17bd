"""What a child does between its start and its program: become who it must be, die with its parent.

Run as `python -I -S birth.py PARENT SIGNAL HOW UID GID PROGRAM...`, a process of its own, because
the same steps after a fork inside a threaded program may hang it. HOW is `self`, `namespace` (a
user namespace in which we appear as UID, while files stay ours outside) or `account` (give up our
rights for those of UID).
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_namespace(libc: ctypes.CDLL, uid: int, gid: int) -> None:
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "user namespace")
    # The kernel wants this before an unprivileged process may map its group.
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", "ascii")


def become_account(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(parent: int, signal: int, how: str, uid: int, gid: int, program: list[str]) -> None:
    os.umask(0o077)
    libc = ctypes.CDLL(None, use_errno=True)
    if how == "namespace":
        enter_namespace(libc, uid, gid)
    elif how == "account":
        become_account(uid, gid)
    # After the change of identity: the kernel forgets this signal when the identity changes.
    if signal and sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        # A parent that died before the line above sends nothing any more.
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    try:
        main(
            int(sys.argv[1]),
            int(sys.argv[2]),
            sys.argv[3],
            int(sys.argv[4]),
            int(sys.argv[5]),
            sys.argv[6:],
        )
    except OSError as error:
        sys.stderr.write(f"could not start {sys.argv[6]}: {error}\n")
        sys.exit(126)
