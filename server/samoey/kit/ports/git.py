r"""The seam to git: what rooms may ask of repositories, in shapes that know no subprocess.

A *mirror* is the folder of one bare repository of ours. Paths inside a repository are text: bytes
that are not UTF-8 appear as `\xff`, and a path in that form is understood when it comes back.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from samoey.kit.problems import InvalidRequest, NotFound, Problem, TooLarge, Unavailable

if TYPE_CHECKING:
    # A child process that only reads blobs has no other use for it.
    from pydantic import SecretStr


class RevisionNotFound(NotFound):
    """A commit, branch or tag was named that the mirror does not have."""

    title = "This repository has no such branch or commit."


class PathNotFound(NotFound):
    """A path was named that the commit does not have."""

    title = "There is no such file or folder in this commit."


class PathRefused(InvalidRequest):
    """A path was named that no commit can have."""

    title = "This is not a path inside a repository."


class SourceRefused(InvalidRequest):
    """The address is one that this installation does not fetch from."""

    title = "This repository address cannot be used."


class SourceNotFound(InvalidRequest):
    """Something answered, and it has no such repository."""

    title = "There is no git repository at this address."


class SourceEmpty(InvalidRequest):
    """The repository exists and nothing was ever committed to it."""

    title = "This repository has no commits yet."


class SourceRedirects(InvalidRequest):
    """The address sends callers elsewhere, which is never followed."""

    title = "This address redirects to another one."


class CredentialRefused(InvalidRequest):
    """The other side wants a credential, or another one than was given."""

    title = "The repository's server refused the credential."


class HostKeyNeeded(InvalidRequest):
    """An SSH server cannot be told from an impostor without its key."""

    title = "The SSH server's host key is needed."


class HostKeyRefused(InvalidRequest):
    """The SSH server showed another key than the one that was pinned."""

    title = "The SSH server showed another host key than the pinned one."


class SourceUnreachable(Unavailable):
    """The network, or the other side, did not answer; a later try may succeed."""

    title = "The repository's server could not be reached."


class FetchTimedOut(SourceUnreachable):
    """The fetch took longer than the installation allows; the next one would too."""

    title = "Fetching the repository took too long."
    transient = False


class RepositoryTooLarge(TooLarge):
    """The repository is larger than the installation allows."""

    title = "This repository is too large."


class BlobTooLarge(TooLarge):
    """A file is larger than the caller was ready to take."""

    title = "This file is too large to be read."


class GitMissing(Unavailable):
    """The machine has no git program."""

    title = "The program git is not installed on the server."
    transient = False


class GitFailed(Problem):
    """Git refused for a reason that has no name here; its own words stand in the detail."""

    status = 502
    title = "Git could not do this."


class EntryKind(StrEnum):
    """What stands at a path of a commit."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Token:
    """What opens a repository over HTTP."""

    secret: "SecretStr"
    username: str | None = None


@dataclass(frozen=True, slots=True)
class SshKey:
    """What opens a repository over SSH, and the key its server must show."""

    secret: "SecretStr"
    host_key: str | None = None


Credential = Token | SshKey


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is fetched from: an address without secrets, or a folder's path."""

    source: str
    credential: Credential | None = None

    @property
    def local(self) -> bool:
        """Whether the source is a folder of this machine."""
        return self.source.startswith("/")


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a mirror."""

    name: str
    commit: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch found; `host_key` is set when an SSH server was met for the first time."""

    default_branch: str | None
    head: str | None
    host_key: str | None = None


@dataclass(frozen=True, slots=True)
class LocalState:
    """What a folder of this machine is: a work tree of git, or just a folder.

    `folder` is where it really is, with no link on the way. `root` is the work tree around a folder
    that is a part of what is committed there. When a file was named, `file` is where that really is
    and the rest is said of its folder.
    """

    folder: Path
    is_git: bool
    dirty: bool = False
    root: Path | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit made in the mirror from files that were never committed.

    `too_large` and `unreadable` count what was left out.
    """

    commit: str
    files: int
    too_large: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file of a commit; `kind` is FILE or LINK, and a link's blob is its target's text."""

    path: str
    blob: str
    size: int
    mode: str

    @property
    def kind(self) -> EntryKind:
        """What the file's mode says it is."""
        return EntryKind.LINK if self.mode == "120000" else EntryKind.FILE


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a folder in a commit; folders and submodules have no size."""

    name: str
    path: str
    kind: EntryKind
    blob: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A path that differs between two commits; no blob means that it is gone or no file now."""

    path: str
    blob: str | None
    size: int
    mode: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is, in git's own counts."""

    stage: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


class BlobsReader(Protocol):
    """Reads blobs by a mirror's own files; it can be pickled."""

    def __call__(
        self, mirror: Path, blobs: Iterable[str], *, limit: int = 8_000_000
    ) -> Iterator[tuple[str, bytes]]:
        """Many blobs in the order asked; those over `limit` are passed by.

        Raises:
            RevisionNotFound: the mirror lacks one of them.
        """
        ...


class Git(Protocol):
    """Repositories: bring them here, and read them at any commit."""

    async def fetch(
        self, mirror: Path, remote: Remote, *, on_progress: OnProgress | None = None
    ) -> Fetched:
        """Make `mirror` equal to the remote; a first fetch leaves all of it or nothing.

        Raises:
            SourceRefused, PrivateAddress: the address is not one to fetch from.
            SourceUnreachable, FetchTimedOut: nothing, or too little, came in time.
            SourceNotFound, SourceEmpty, SourceRedirects: the other side has nothing to fetch.
            CredentialRefused, HostKeyNeeded, HostKeyRefused: one side does not trust the other.
            RepositoryTooLarge, DiskFull: there is no room for it.
            GitFailed: anything else, in git's words.
        """
        ...

    def check_source(self, source: str) -> None:
        """Look at an address before anything is fetched from it.

        Raises:
            SourceRefused: it is none, or not of a kind that is ever fetched from.
            PrivateAddress: it is a number in a private network; names are looked up by `fetch`.
        """
        ...

    async def local_state(self, mirror: Path | None, folder: Path) -> LocalState | None:
        """Say what `folder` is, and (with its mirror) whether it differs from its last commit.

        None when there is no such folder, or the server may not read it.
        """
        ...

    async def snapshot(
        self,
        mirror: Path,
        folder: Path,
        *,
        parent: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Snapshot:
        """Commit the files of `folder` in the mirror, never touching the folder itself.

        With a `parent` the changes of a work tree since that commit; without one a folder that
        git does not know, on top of what was taken of it before.

        Raises:
            SourceUnreachable: the folder cannot be read.
            RepositoryTooLarge, DiskFull: there is no room for it.
        """
        ...

    async def keep(self, mirror: Path, commit: str) -> None:
        """Hold on to a commit that answers cite, even when its branch is gone."""
        ...

    async def remove(self, mirror: Path) -> None:
        """Delete a mirror; one that does not exist is fine."""
        ...

    async def resolve(self, mirror: Path, rev: str) -> str:
        """The full commit id behind a branch, a tag, `HEAD` or a (short) commit id.

        Raises:
            RevisionNotFound: the mirror has nothing of that name.
        """
        ...

    async def branches(self, mirror: Path) -> list[Branch]:
        """Every branch, by name."""
        ...

    async def files(self, mirror: Path, commit: str) -> list[TreeFile]:
        """Every file and link of a commit, in git's order; submodules are left out."""
        ...

    async def changed(self, mirror: Path, old: str, new: str) -> list[Change]:
        """What must be looked at again when going from `old` to `new`."""
        ...

    async def entries(self, mirror: Path, commit: str, path: str = "") -> list[TreeEntry]:
        """The entries of one folder, folders first.

        Raises:
            PathRefused: no commit can have such a path.
            PathNotFound, RevisionNotFound: this one has not.
        """
        ...

    async def entry(self, mirror: Path, commit: str, path: str) -> TreeEntry:
        """What stands at one path.

        Raises:
            PathRefused: no commit can have such a path.
            PathNotFound, RevisionNotFound: this one has not.
        """
        ...

    async def among(self, mirror: Path, commit: str, paths: Sequence[str]) -> list[TreeEntry]:
        """Those of many paths that a commit has; one that ends with `/` means what lies in it.

        Raises:
            RevisionNotFound: the mirror has no such commit.
        """
        ...

    async def blob(self, mirror: Path, blob: str, *, limit: int = 8_000_000) -> bytes:
        """The bytes of one blob.

        Raises:
            BlobTooLarge: there are more than `limit`.
            RevisionNotFound: the mirror has no such blob.
        """
        ...

    @property
    def blobs_sync(self) -> BlobsReader:
        """What reads many blobs in a child process, to which it can be sent."""
        ...

    def blobs_at_once(
        self, mirror: Path, blobs: Iterable[str], *, limit: int = 8_000_000
    ) -> Generator[tuple[str, bytes]]:
        """Read as `blobs_sync` does, for a thread: to ask for a few costs little.

        Whoever wants no more of them closes the iterator.

        Raises:
            RevisionNotFound: the mirror lacks one of them.
        """
        ...
