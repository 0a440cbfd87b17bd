"""The port to git, kept by the git program of the machine."""

from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from samoey.adapters.git import addresses, batch, fetching, mirrors, reading, snapshots
from samoey.adapters.git.kept import KeptGits
from samoey.kit.ports.git import (
    Branch,
    Change,
    Fetched,
    LocalState,
    OnProgress,
    Remote,
    Snapshot,
    TreeEntry,
    TreeFile,
)
from samoey.kit.settings import RepositorySettings

_LARGEST_BLOB = 8_000_000


class SystemGit:
    """Repositories by the system's git; see `kit.ports.git.Git` for what each verb promises."""

    def __init__(self, settings: RepositorySettings, home: Path) -> None:
        self._settings = settings
        self._home = home.resolve()
        self._kept = KeptGits()

    def close(self) -> None:
        """End the processes that stand by."""
        self._kept.close()

    def check_source(self, source: str) -> None:
        """Refuse what is no address to fetch from."""
        address = addresses.read(source)
        addresses.guard(self._settings).check(address.host, address.port)
        fetching.check_scheme(address, self._settings)

    async def fetch(
        self, mirror: Path, remote: Remote, *, on_progress: OnProgress | None = None
    ) -> Fetched:
        """Make `mirror` equal to the remote."""
        return await fetching.fetch(mirror, remote, self._settings, on_progress)

    async def local_state(self, mirror: Path | None, folder: Path) -> LocalState | None:
        """Say what `folder` is, and whether it differs from its last commit."""
        return await snapshots.local_state(mirror, folder)

    async def snapshot(
        self,
        mirror: Path,
        folder: Path,
        *,
        parent: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Snapshot:
        """Commit the files of `folder` in the mirror."""
        return await snapshots.snapshot(
            mirror, folder, parent, self._settings, self._home, on_progress
        )

    async def keep(self, mirror: Path, commit: str) -> None:
        """Hold on to a commit, and pack the mirror when much has gathered."""
        async with mirrors.locked(mirror):
            await fetching.keep(mirror, commit)
            await fetching.tidy(mirror)

    async def remove(self, mirror: Path) -> None:
        """Delete a mirror."""
        await mirrors.remove(mirror)

    async def resolve(self, mirror: Path, rev: str) -> str:
        """The commit behind a name."""
        return await reading.resolve(mirror, rev)

    async def branches(self, mirror: Path) -> list[Branch]:
        """Every branch."""
        return await reading.branches(mirror)

    async def files(self, mirror: Path, commit: str) -> list[TreeFile]:
        """Every file and link of a commit."""
        return await reading.files(mirror, commit)

    async def changed(self, mirror: Path, old: str, new: str) -> list[Change]:
        """What differs between two commits."""
        return await reading.changed(mirror, old, new)

    async def entries(self, mirror: Path, commit: str, path: str = "") -> list[TreeEntry]:
        """The entries of one folder."""
        return await reading.entries(mirror, commit, path)

    async def entry(self, mirror: Path, commit: str, path: str) -> TreeEntry:
        """What stands at one path."""
        return await reading.entry(mirror, commit, path)

    async def among(self, mirror: Path, commit: str, paths: Sequence[str]) -> list[TreeEntry]:
        """Those of many paths that a commit has."""
        return await reading.among(mirror, commit, paths)

    async def blob(self, mirror: Path, blob: str, *, limit: int = _LARGEST_BLOB) -> bytes:
        """The bytes of one blob."""
        return await reading.blob(mirror, blob, limit)

    # By its own name: a child process that is given it loads that file and nothing of this one.
    blobs_sync = staticmethod(batch.blobs_sync)

    def blobs_at_once(
        self, mirror: Path, blobs: Iterable[str], *, limit: int = _LARGEST_BLOB
    ) -> Generator[tuple[str, bytes]]:
        """Many blobs, for a thread that may want no more of them soon."""
        return self._kept.blobs(mirror, blobs, limit=limit)
