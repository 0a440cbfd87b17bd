"""Reading a mirror at any commit."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from samoey.adapters.git import names
from samoey.adapters.git.process import ask, reading_environment, started, try_to
from samoey.kit.ports.git import (
    BlobTooLarge,
    Branch,
    Change,
    EntryKind,
    PathNotFound,
    RevisionNotFound,
    TreeEntry,
    TreeFile,
)

_LINK, _SUBMODULE = "120000", "160000"
# So many paths fit into one command.
_MOST_NAMED = 500


def git_dir(mirror: Path) -> str:
    """The option that names the repository, so that git never looks for one."""
    return f"--git-dir={mirror}"


async def resolve(mirror: Path, rev: str) -> str:
    """The commit behind a name that a person gave."""
    for name in names.candidates(rev):
        found = await try_to(
            [git_dir(mirror), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
        )
        if found:
            return found.decode().strip()
    raise RevisionNotFound(f"“{rev}” is neither a branch, a tag nor a commit of this repository.")


async def branches(mirror: Path) -> list[Branch]:
    """Every branch, by name."""
    head = await try_to([git_dir(mirror), "symbolic-ref", "--quiet", "HEAD"])
    _, out = await ask(
        [git_dir(mirror), "for-each-ref", "--format=%(refname)%00%(objectname)", "refs/heads/"]
    )
    found = (line.split(b"\0") for line in out.splitlines())
    return [
        Branch(
            names.text_of(ref.removeprefix(b"refs/heads/")),
            commit.decode(),
            is_default=head is not None and ref == head.strip(),
        )
        for ref, commit in found
    ]


async def files(mirror: Path, commit: str) -> list[TreeFile]:
    """Every file and link of a commit."""
    out = await _list(mirror, commit, "-r")
    # Parsing a hundred thousand lines would hold up everybody else.
    return await asyncio.to_thread(_files, out)


def _files(out: bytes) -> list[TreeFile]:
    return [
        TreeFile(names.text_of(path), blob, int(size), mode)
        for mode, kind, blob, size, path in map(_fields, _records(out))
        if kind == "blob"
    ]


async def entries(mirror: Path, commit: str, path: str) -> list[TreeEntry]:
    """The entries of one folder."""
    path = path.strip("/")
    if not path:
        return _in_order(await _list(mirror, commit))
    for name in names.bytes_of(path):
        if out := await _list(mirror, commit, "--", name + b"/"):
            return _in_order(out)
    raise PathNotFound(f"This commit has no folder “{path}”.")


async def entry(mirror: Path, commit: str, path: str) -> TreeEntry:
    """What stands at one path."""
    path = path.strip("/")
    for name in names.bytes_of(path):
        if out := await _list(mirror, commit, "--", name):
            return _entry(_records(out)[0])
    raise PathNotFound(f"This commit has no file “{path}”.")


async def among(mirror: Path, commit: str, paths: Sequence[str]) -> list[TreeEntry]:
    """Those of many paths that a commit has."""
    wanted = [
        name + (b"/" if path.endswith("/") else b"")
        for path in paths
        for name in names.bytes_of(path.strip("/"))
    ]
    found: list[TreeEntry] = []
    for begin in range(0, len(wanted), _MOST_NAMED):
        out = await _list(mirror, commit, "--", *wanted[begin : begin + _MOST_NAMED])
        found += map(_entry, _records(out))
    return found


async def changed(mirror: Path, old: str, new: str) -> list[Change]:
    """The paths that differ between two commits."""
    pair = [await _tree(mirror, commit) for commit in (old, new)]
    options = ["-r", "-z", "--raw", "--no-renames", "--full-index", "--no-abbrev"]
    _, out = await ask([git_dir(mirror), "diff-tree", *options, *pair])
    fields = out.split(b"\0")
    found = [
        (path, *_new_side(meta)) for meta, path in zip(fields[:-1:2], fields[1::2], strict=True)
    ]
    sizes = await _sizes(mirror, [blob for _, mode, blob in found if _is_file(mode)])
    return [
        Change(names.text_of(path), blob, sizes.get(blob, 0), mode)
        if _is_file(mode)
        else Change(names.text_of(path), None, 0, None)
        for path, mode, blob in found
    ]


async def blob(mirror: Path, oid: str, limit: int) -> bytes:
    """The bytes of one blob."""
    request = f"{names.object_id(oid)}\n".encode()
    arguments = [git_dir(mirror), "cat-file", "--batch"]
    async with started(arguments, reading_environment(), stdin=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request)
        header = (await process.stdout.readline()).decode().split()
        if len(header) != 3 or header[1] != "blob":  # noqa: PLR2004 - id, type, size
            raise RevisionNotFound("The repository no longer has this file.")
        size = int(header[2])
        if size > limit:
            raise BlobTooLarge(f"It has {size} bytes.", size=size)
        return await process.stdout.readexactly(size)


async def _tree(mirror: Path, commit: str) -> str:
    out = await try_to(
        [git_dir(mirror), "rev-parse", "--verify", f"{names.object_id(commit)}^{{tree}}"]
    )
    if out is None:
        raise RevisionNotFound(f"The repository no longer has the commit {commit[:12]}.")
    return out.decode().strip()


async def _list(mirror: Path, commit: str, *more: str | bytes) -> bytes:
    commit = names.object_id(commit)
    options = ["ls-tree", "-z", "-l", "--full-tree"]
    flags = [one for one in more[:1] if one == "-r"]
    out = await try_to([git_dir(mirror), *options, *flags, commit, *more[len(flags) :]])
    if out is None:
        raise RevisionNotFound(f"The repository has no commit {commit[:12]}.")
    return out


async def _sizes(mirror: Path, blobs: list[str]) -> dict[str, int]:
    if not blobs:
        return {}
    _, out = await ask(
        [git_dir(mirror), "cat-file", "--buffer", "--batch-check=%(objectname) %(objectsize)"],
        feed="".join(f"{oid}\n" for oid in blobs).encode(),
    )
    pairs = (line.split() for line in out.decode().splitlines())
    return {oid: int(size) for oid, size in pairs if size.isdigit()}


def _new_side(meta: bytes) -> tuple[str, str]:
    _, mode, _, oid, _ = meta.decode().split(" ")
    return mode, oid


def _is_file(mode: str) -> bool:
    return mode not in {"000000", _SUBMODULE}


def _records(out: bytes) -> list[bytes]:
    return out.split(b"\0")[:-1]


def _fields(record: bytes) -> tuple[str, str, str, str, bytes]:
    meta, path = record.split(b"\t", 1)
    mode, kind, oid, size = meta.decode().split()
    return mode, kind, oid, size, path


def _entry(record: bytes) -> TreeEntry:
    mode, kind, oid, size, raw = _fields(record)
    path = names.text_of(raw)
    return TreeEntry(
        name=path.rsplit("/", 1)[-1],
        path=path,
        kind=_kind(mode, kind),
        blob=oid,
        size=int(size) if size.isdigit() else None,
    )


def _kind(mode: str, kind: str) -> EntryKind:
    if kind == "tree":
        return EntryKind.FOLDER
    if mode == _SUBMODULE:
        return EntryKind.SUBMODULE
    return EntryKind.LINK if mode == _LINK else EntryKind.FILE


def _in_order(out: bytes) -> list[TreeEntry]:
    found = [_entry(record) for record in _records(out)]
    return sorted(found, key=lambda one: (one.kind is not EntryKind.FOLDER, one.name.lower()))
