"""As whom PostgreSQL runs, and where: it refuses root, and others can't reach a home of root's."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from samoey.adapters.embedded.errors import HomeUnusable, ServerDidNotStart
from samoey.adapters.embedded.home import told, write_private
from samoey.adapters.embedded.processes import OURSELVES, Identity, born
from samoey.adapters.embedded.runtime import short_name

# PostgreSQL wants a user with a name; the first of these that the machine knows lends its own.
ACCOUNTS = ("samoey", "postgres", "nobody")
ELSEWHERE = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Lodging:
    """Who runs it, with which programs, and the folders for its data and its socket."""

    identity: Identity
    binaries: Path
    folder: Path
    runtime: Path

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    def give(self, path: Path) -> None:
        """Hand a file or folder over to whoever runs the server, if that is somebody else."""
        if self.identity.how == "account":
            os.chown(path, self.identity.uid, self.identity.gid)


def lodging(binaries: Path, home: Path, runtime: Path) -> Lodging:
    """An ordinary person runs it as themselves; root appears as an account in a user namespace.

    There its files stay root's outside: nothing is given away or opened to others. Where the
    system refuses such namespaces, a copy of the programs and the data belongs to the account.

    Raises:
        ServerDidNotStart: neither is possible.
    """
    if os.geteuid() != 0:
        return Lodging(OURSELVES, binaries, home, runtime)
    person = _account()
    moved = home / "postgres.at"
    namespace = Identity("namespace", person.pw_uid, person.pw_gid)
    if not moved.exists() and _works(namespace, binaries, home):
        return Lodging(namespace, binaries, home, runtime)
    with told(home):
        return _lodged_as(
            Identity("account", person.pw_uid, person.pw_gid), binaries, home, runtime
        )


def _account() -> pwd.struct_passwd:
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerDidNotStart(
        "PostgreSQL does not run as root, and no account of this machine can lend its name: "
        "make one called samoey, run Samoey as an ordinary user, or set DATABASE_URL."
    )


def _works(identity: Identity, binaries: Path, home: Path) -> bool:
    """Whether such a process may write into the home and run the programs."""
    test = 'test -w "$1" && exec "$2" --version'
    return _succeeds(identity, "/bin/sh", "-c", test, "sh", str(home), str(binaries / "postgres"))


def _succeeds(identity: Identity, *command: str) -> bool:
    done = subprocess.run(born(command, identity), capture_output=True, check=False, cwd="/")
    return done.returncode == 0


def _lodged_as(identity: Identity, binaries: Path, home: Path, runtime: Path) -> Lodging:
    folder = _folder(identity, home)
    if not _succeeds(identity, str(binaries / "initdb"), "--version"):
        binaries = _copied(binaries, folder / "programs", identity)
    place = Lodging(identity, binaries, folder, runtime / "postgres")
    runtime.chmod(0o711)
    place.runtime.mkdir(mode=0o700, exist_ok=True)
    place.give(place.runtime)
    _copy_data(home, place)
    return place


def _folder(identity: Identity, home: Path) -> Path:
    """The account's own folder: in the home if it can get there, else among the system's data."""
    noted = home / "postgres.at"
    if noted.exists():
        folder = Path(noted.read_text("utf-8", "surrogateescape"))
        if not folder.is_dir():
            raise HomeUnusable(f"The database of {home} was kept in {folder}, which is gone.")
        return folder
    if _succeeds(identity, "/bin/sh", "-c", 'cd "$1"', "sh", str(home.parent)):
        # The account may pass through the home, nobody else; what lies there stays closed to it.
        os.chown(home, -1, identity.gid)
        home.chmod(0o710)
        folder = home / "account"
    else:
        folder = ELSEWHERE / f"samoey-{short_name(home)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, identity.uid, identity.gid)
    write_private(noted, str(folder))
    return folder


def _copied(binaries: Path, programs: Path, identity: Identity) -> Path:
    """Copy the programs, once per version of them, to where the account can run them."""
    installed, wheel = binaries.parent, binaries.parents[1]
    copy = programs / wheel.name / installed.name / binaries.name
    source = f"{binaries} {(binaries / 'postgres').stat().st_mtime_ns}"
    noted = programs / "copied-from"
    if noted.exists() and noted.read_text("utf-8", "surrogateescape") == source:
        return copy
    shutil.rmtree(programs, ignore_errors=True)
    shutil.copytree(installed, copy.parent, symlinks=True)
    # A wheel keeps its libraries beside itself, and its programs look for them there.
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, programs / libraries.name, symlinks=True)
    _hand_over(programs, identity)
    write_private(noted, source)
    return copy


def _hand_over(folder: Path, identity: Identity) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)


def _copy_data(home: Path, place: Lodging) -> None:
    """Take along the data of a home that was used where namespaces were allowed."""
    earlier = home / "postgres"
    if place.data.exists() or not earlier.exists():
        return
    unfinished = place.folder / "postgres.new-copy"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(earlier, unfinished, symlinks=True)
    _hand_over(unfinished, place.identity)
    unfinished.rename(place.data)
    earlier.rename(home / "postgres.before-move")
