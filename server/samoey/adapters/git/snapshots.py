"""Files that were never committed, as commits in our own mirror.

Git works with our mirror as its repository and the person's folder as its work tree, on an index of
our own: nothing in the folder, and nothing of its `.git`, is written, and none of its configuration
is obeyed, so no filter or hook of it runs.
"""

import asyncio
import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from samoey.adapters.git import mirrors
from samoey.adapters.git.fetching import HEAD
from samoey.adapters.git.process import ask, configured, reading_environment, try_to
from samoey.adapters.git.reading import git_dir
from samoey.kit.ports.git import (
    LocalState,
    OnProgress,
    Progress,
    Snapshot,
    SourceUnreachable,
)
from samoey.kit.settings import RepositorySettings

# The branch that carries what was taken of a folder without git.
BRANCH = "refs/heads/snapshot"
_AT_ONCE = 500
_LINK_FILE_BYTES = 4096
_NAME = "Samoey Copilot"
_MAIL = "samoey@localhost"


@dataclass(slots=True)
class Found:
    """What stands in a folder now, sorted by what is to be done with it."""

    taken: list[bytes] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    size: int = 0
    too_large: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class WorkTree:
    """A person's folder, seen through our mirror and an index of our own."""

    mirror: Path
    folder: Path
    index: Path
    # Our own home, of which nothing is ever taken: it may lie inside the folder.
    home: Path

    def env(self) -> dict[str, str]:
        """What git needs to see it so; two settings stand in no file that we may write."""
        config = {"core_bare": "false", "core_safecrlf": "false"}
        if (git := _git_folder(self.folder)) is not None:
            config["core_excludesFile"] = str(git / "info" / "exclude")
        where = {"GIT_WORK_TREE": str(self.folder), "GIT_INDEX_FILE": str(self.index)}
        return reading_environment() | where | configured(**config)

    async def git(
        self, *arguments: str, feed: bytes | None = None, fine: tuple[int, ...] = (0,)
    ) -> tuple[int, bytes]:
        """Run git here."""
        # Commands that want a work tree want to stand in it.
        where = ["-C", str(self.folder), git_dir(self.mirror)]
        return await ask([*where, *arguments], self.env(), feed=feed, fine=fine)


async def local_state(mirror: Path | None, folder: Path) -> LocalState | None:
    """Say what `folder` is, and whether it differs from its last commit."""
    folder = await asyncio.to_thread(folder.resolve)
    if _is_file(folder):
        around = folder.parent
        root = None if (is_git := _is_git(around)) else await _root_of(around)
        return LocalState(around, is_git, root=root, file=folder)
    if not _is_readable(folder):
        return None
    if not _is_git(folder):
        return LocalState(folder, is_git=False, root=await _root_of(folder))
    if mirror is None or not mirrors.exists(mirror) or not _has_index(folder):
        return LocalState(folder, is_git=True)
    async with mirrors.locked(mirror):
        with mirrors.disk_watched(), mirrors.private_folder(mirror) as private:
            tree = WorkTree(mirror, folder, private / "index", mirror.parent)
            await _copy_index(tree, HEAD)
            return LocalState(folder, is_git=True, dirty=await _is_dirty(tree))


async def snapshot(
    mirror: Path,
    folder: Path,
    parent: str | None,
    settings: RepositorySettings,
    home: Path,
    on_progress: OnProgress | None,
) -> Snapshot:
    """Commit the files of `folder` in the mirror."""
    if not _is_readable(folder):
        raise SourceUnreachable(f"The folder {folder} is gone or cannot be read.")
    async with mirrors.locked(mirror), mirrors.draft_of(mirror) as work:
        with mirrors.disk_watched(), mirrors.private_folder(mirror) as private:
            tree = WorkTree(work, folder, private / "index", home)
            if parent is not None:
                await _copy_index(tree, parent)
            found = await _take(tree, settings, on_progress)
            commit = await _commit(tree, parent)
            return Snapshot(commit, len(found.taken), found.too_large, found.unreadable)


async def _take(
    tree: WorkTree, settings: RepositorySettings, on_progress: OnProgress | None
) -> Found:
    """Bring the index in step with the folder."""
    _, known = await tree.git("ls-files", "-z", "--stage")
    _, others = await tree.git("ls-files", "-z", "--others", "--exclude-standard")
    _, sparse = await tree.git("ls-files", "-z", "-t")
    hidden = {line[2:] for line in sparse.split(b"\0") if line.startswith(b"S ")}
    staged = [entry for entry in map(_staged, known.split(b"\0")[:-1]) if entry]
    names = [path for path, _ in staged if path not in hidden]
    names += [path for path in others.split(b"\0") if path]
    names = [name for name in names if not _is_ours(tree, name)]
    found = await asyncio.to_thread(_sort, tree.folder, names, settings.max_file_mb)
    mirrors.check_size(found.size, settings.max_mb)
    await _forget(tree, [*found.gone, *await _unknown(tree, staged)])
    for done in range(0, len(found.taken), _AT_ONCE):
        batch = found.taken[done : done + _AT_ONCE]
        await tree.git(
            "update-index", "--add", "--replace", "--remove", "-z", "--stdin", feed=_list(batch)
        )
        if on_progress is not None:
            on_progress(Progress("fetching", done + len(batch), len(found.taken)))
    return found


def _is_ours(tree: WorkTree, name: bytes) -> bool:
    path = os.fsencode(tree.folder) + b"/" + name
    return path.startswith(os.fsencode(tree.home) + b"/")


def _sort(folder: Path, names: list[bytes], most_mb: float) -> Found:
    """Look at each name without following any link."""
    found = Found()
    real: dict[bytes, bool] = {b"": True}
    for name in dict.fromkeys(names):
        path = os.fsencode(folder) + b"/" + name
        try:
            what = os.lstat(path)
        except OSError:
            found.gone.append(name)
            continue
        if not _stands_in_folders(os.fsencode(folder), name, real):
            found.gone.append(name)
        elif stat.S_ISLNK(what.st_mode):
            found.taken.append(name)
        elif stat.S_ISREG(what.st_mode):
            _sort_file(found, name, path, what.st_size, most_mb)
        # What is left are sockets, pipes, devices, and folders where submodules are.
    return found


def _sort_file(found: Found, name: bytes, path: bytes, size: int, most_mb: float) -> None:
    if size > most_mb * 1_000_000:
        found.too_large += 1
    elif not os.access(path, os.R_OK):
        found.unreadable += 1
    else:
        found.size += size
        found.taken.append(name)


def _stands_in_folders(folder: bytes, name: bytes, real: dict[bytes, bool]) -> bool:
    """Whether every step to a file is a folder: through a link it would be another file."""
    parent = name.rpartition(b"/")[0]
    if parent not in real:
        whole = os.path.join(folder, parent)  # noqa: PTH118 - bytes, which pathlib does not take
        is_link = stat.S_ISLNK(os.lstat(whole).st_mode)
        real[parent] = not is_link and _stands_in_folders(folder, parent, real)
    return real[parent]


async def _unknown(tree: WorkTree, staged: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Staged files whose content only the person's repository has: the folder's is taken."""
    wanted = {blob for _, blob in staged}
    _, out = await tree.git(
        "cat-file", "--batch-check", "--buffer", feed=b"\n".join(wanted) + b"\n"
    )
    missing = {line.split()[0] for line in out.splitlines() if line.endswith(b" missing")}
    return [path for path, blob in staged if blob in missing]


async def _forget(tree: WorkTree, names: list[bytes]) -> None:
    if names:
        await tree.git("update-index", "--force-remove", "-z", "--stdin", feed=_list(names))


async def _commit(tree: WorkTree, parent: str | None) -> str:
    """The commit of what the index holds; the parent itself when nothing differs."""
    _, out = await tree.git("write-tree")
    written = out.decode().strip()
    under = parent or await _last(tree.mirror)
    if under is not None:
        _, out = await ask([git_dir(tree.mirror), "rev-parse", f"{under}^{{tree}}"])
        if out.decode().strip() == written:
            return under
    arguments = ["commit-tree", written, "-m", "Files as they are in the folder"]
    env = reading_environment() | await _signature(tree.mirror, parent)
    lineage = ["-p", under] if under else []
    _, out = await ask([git_dir(tree.mirror), *arguments, *lineage], env)
    commit = out.decode().strip()
    if parent is None:
        await ask([git_dir(tree.mirror), "update-ref", BRANCH, commit])
        await ask([git_dir(tree.mirror), "symbolic-ref", "HEAD", BRANCH])
    return commit


async def _last(mirror: Path) -> str | None:
    out = await try_to([git_dir(mirror), "rev-parse", "--verify", "--quiet", BRANCH])
    return out.decode().strip() if out else None


async def _signature(mirror: Path, parent: str | None) -> dict[str, str]:
    names = {f"GIT_{role}_NAME": _NAME for role in ("AUTHOR", "COMMITTER")}
    mails = {f"GIT_{role}_EMAIL": _MAIL for role in ("AUTHOR", "COMMITTER")}
    if parent is None:
        return names | mails
    # The same changes on the same commit shall be the same snapshot, whenever it is taken.
    _, out = await ask([git_dir(mirror), "show", "--no-patch", "--format=%ct", parent])
    when = f"{int(out)} +0000"
    return names | mails | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}


async def _is_dirty(tree: WorkTree) -> bool:
    quiet = ("--quiet", "--ignore-submodules=all")
    await tree.git("update-index", "-q", "--ignore-submodules", "--refresh", fine=(0, 1))
    staged, _ = await tree.git("diff-index", "--cached", *quiet, HEAD, fine=(0, 1))
    if staged:
        return True
    changed, _ = await tree.git("diff-files", *quiet, fine=(0, 1))
    if changed:
        return True
    _, others = await tree.git("ls-files", "-z", "--others", "--exclude-standard", "--directory")
    return bool(others)


async def _copy_index(tree: WorkTree, commit: str) -> None:
    """Begin with the person's own index, whose time stamps say what is unchanged."""
    git = _git_folder(tree.folder)
    source = git / "index" if git is not None else None
    if source is not None and source.exists():
        # With its time: an entry as young as the index is looked at more closely.
        shutil.copy2(source, tree.index)
        if await try_to([git_dir(tree.mirror), "ls-files", "-z"], tree.env()) is not None:
            return
    # A split index points into the person's repository; one made from the commit does not.
    tree.index.unlink(missing_ok=True)
    await tree.git("read-tree", commit)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _is_readable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)


def _git_folder(folder: Path) -> Path | None:
    """Where a work tree's own git folder is; linked work trees name it in a file."""
    dot = folder / ".git"
    if dot.is_dir():
        return dot
    try:
        with dot.open("rb") as file:
            line = os.fsdecode(file.read(_LINK_FILE_BYTES)).strip()
    except OSError:
        return None
    return folder / line.removeprefix("gitdir: ") if line.startswith("gitdir: ") else None


async def _root_of(folder: Path) -> Path | None:
    """The work tree that `folder` is committed in; one that it merely lies in says nothing."""
    for root in folder.parents:
        if (git := _git_folder(root)) is not None:
            part = os.fsencode(folder.relative_to(root))
            known = await try_to(
                [b"--git-dir=" + os.fsencode(git), "cat-file", "-e", b"HEAD:" + part]
            )
            return root if known is not None else None
    return None


def _has_index(folder: Path) -> bool:
    git = _git_folder(folder)
    return git is not None and (git / "index").exists()


def _is_git(folder: Path) -> bool:
    bare = all((folder / name).exists() for name in ("HEAD", "objects", "refs"))
    return bare or _git_folder(folder) is not None


def _staged(entry: bytes) -> tuple[bytes, bytes] | None:
    """The path and the blob of an index entry; submodules have none."""
    meta, path = entry.split(b"\t", 1)
    mode, blob, _ = meta.split(b" ")
    return None if mode == b"160000" else (path, blob)


def _list(names: list[bytes]) -> bytes:
    return b"".join(name + b"\0" for name in names)
