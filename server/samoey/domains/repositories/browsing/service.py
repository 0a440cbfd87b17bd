"""Verbs that read a repository at a commit, whoever may see it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal
from uuid import UUID

from samoey.domains.repositories import service
from samoey.domains.repositories.browsing.following import Lines, changed, unchanged
from samoey.domains.repositories.errors import NotFetchedYet
from samoey.domains.repositories.schemas import BranchOut, EntryOut, FileOut, FollowedOut, TreeOut
from samoey.kit.context import Actor, Tools
from samoey.kit.languages import language_of
from samoey.kit.ports.git import BlobTooLarge, EntryKind, PathNotFound, TreeEntry

# As git itself tells: a zero byte near the beginning is no text.
_TELLING_BYTES = 8000
# So many of the files that changed since are looked through for lines that left theirs.
_MOST_FILES = 400
_MOST_BYTES = 20_000_000


async def branches(tools: Tools, actor: Actor, repository_id: UUID) -> list[BranchOut]:
    """List the branches of a repository.

    Raises:
        RepositoryNotFound: the actor may not see it.
        NotFetchedYet: it has not been brought here yet.
    """
    mirror, _ = await _at(tools, actor, repository_id, None)
    return [BranchOut.model_validate(one) for one in await tools.git.branches(mirror)]


async def commit(tools: Tools, actor: Actor, repository_id: UUID, *, at: str | None) -> str:
    """Tell a reader which commit a branch, a tag or the beginning of a commit's name stands for.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound: not under this name.
    """
    _, found = await _at(tools, actor, repository_id, at)
    return found


async def tree(
    tools: Tools, actor: Actor, repository_id: UUID, *, at: str | None, path: str
) -> TreeOut:
    """List one folder at a branch, a tag or a commit.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound, PathNotFound, PathRefused: not under this name.
    """
    mirror, commit = await _at(tools, actor, repository_id, at)
    entries = await tools.git.entries(mirror, commit, path)
    return TreeOut(
        commit=commit,
        path=path.strip("/"),
        entries=[EntryOut.model_validate(one) for one in entries],
    )


async def file(
    tools: Tools, actor: Actor, repository_id: UUID, *, at: str | None, path: str
) -> FileOut:
    """Read one file at a branch, a tag or a commit.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound, PathNotFound, PathRefused: not under this name.
    """
    mirror, commit = await _at(tools, actor, repository_id, at)
    entry = await tools.git.entry(mirror, commit, path)
    if entry.kind in {EntryKind.FOLDER, EntryKind.SUBMODULE}:
        raise PathNotFound(f"“{path}” is a {entry.kind}, not a file.")
    return await _show(tools, mirror, commit, entry)


async def follow(
    tools: Tools, actor: Actor, repository_id: UUID, *, at: str, path: str, start: int, end: int
) -> FollowedOut:
    """Tell where lines of an older commit stand in the one that answers now.

    Raises:
        RepositoryNotFound, NotFetchedYet: there is nothing to see.
        RevisionNotFound, PathNotFound, PathRefused: not under this name, back then.
    """
    mirror, now = await _at(tools, actor, repository_id, None)
    then = await tools.git.resolve(mirror, at)
    was = await tools.git.entry(mirror, then, path)
    cited = (await _lines(tools, mirror, was.blob))[start - 1 : end]
    try:
        same = await tools.git.entry(mirror, now, path)
    except PathNotFound:
        same = None
    if same is not None and same.blob == was.blob:
        return FollowedOut(state="same", commit=now, path=path, start=start, end=end)
    files = await _candidates(tools, mirror, then, now, path)
    found = await _found(tools, mirror, files, cited, start)
    if found is None:
        return FollowedOut(state="gone", commit=now)
    where, lines, state = found
    if (where, lines.start, state) == (path, start, "moved"):
        state = "same"
    return FollowedOut(state=state, commit=now, path=where, start=lines.start, end=lines.end)


async def _candidates(
    tools: Tools, mirror: Path, then: str, now: str, path: str
) -> list[tuple[str, str]]:
    """Where lines may have gone (path, blob): their own file first, then those most like it."""
    name, kind = PurePosixPath(path).name, PurePosixPath(path).suffix

    def unlike(other: str) -> tuple[bool, bool, bool]:
        there = PurePosixPath(other)
        return other != path, there.name != name, there.suffix != kind

    since = [each for each in await tools.git.changed(mirror, then, now) if each.blob is not None]
    files, left = [], _MOST_BYTES
    for each in sorted(since, key=lambda each: (unlike(each.path), each.path))[:_MOST_FILES]:
        left -= each.size
        if left < 0:
            break
        files.append((each.path, each.blob or ""))
    return files


async def _found(
    tools: Tools, mirror: Path, files: Sequence[tuple[str, str]], cited: Sequence[str], near: int
) -> tuple[str, Lines, Literal["same", "moved", "changed"]] | None:
    """Where the lines are as they were, else where most of them are; their own file comes first."""
    best: tuple[str, Lines] | None = None
    for path, blob in files:
        text = await _lines(tools, mirror, blob)
        if (whole := await asyncio.to_thread(unchanged, cited, text, near)) is not None:
            return path, whole, "moved"
        most = await asyncio.to_thread(changed, cited, text, near)
        if most is not None and (best is None or most.share > best[1].share):
            best = path, most
    return None if best is None else (*best, "changed")


async def _lines(tools: Tools, mirror: Path, blob: str) -> list[str]:
    try:
        body = await tools.git.blob(mirror, blob)
    except BlobTooLarge:
        return []
    return [] if b"\0" in body[:_TELLING_BYTES] else body.decode("utf-8", "replace").split("\n")


async def _show(tools: Tools, mirror: Path, commit: str, entry: TreeEntry) -> FileOut:
    size = entry.size or 0
    shown = FileOut(
        commit=commit, path=entry.path, size=size, language=None, kind="large", text=None
    )
    if size > tools.settings.repositories.shown_kb * 1000:
        return shown.model_copy(update={"language": language_of(entry.path)})
    body = await tools.git.blob(mirror, entry.blob)
    if b"\0" in body[:_TELLING_BYTES]:
        return shown.model_copy(update={"kind": "binary"})
    return shown.model_copy(
        update={
            "kind": "link" if entry.kind is EntryKind.LINK else "text",
            "language": language_of(entry.path, body[:_TELLING_BYTES]),
            "text": body.decode("utf-8", "replace"),
        }
    )


async def _at(tools: Tools, actor: Actor, repository_id: UUID, at: str | None) -> tuple[Path, str]:
    """The mirror, and the commit that is meant: the one that answers unless another is named."""
    async with tools.work(actor) as ctx:
        shown = await service.find(ctx, repository_id)
    if shown.commit is None:
        raise NotFetchedYet("Its first fetch is still running, or has failed.")
    mirror = service.mirror(tools, repository_id)
    return mirror, shown.commit if at is None else await tools.git.resolve(mirror, at)
