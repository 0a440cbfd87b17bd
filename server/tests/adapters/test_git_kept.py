"""Gits that stand by: what they hand over is right, and none is left behind."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import Remote, RevisionNotFound
from samoey.kit.settings import RepositorySettings
from tests.author import Author

MISSING = "0123456789" * 4


@pytest.fixture
def git(tmp_path: Path) -> Iterator[SystemGit]:
    git = SystemGit(RepositorySettings(), tmp_path / "home")
    yield git
    git.close()
    assert standing_by(tmp_path) == []


@pytest.fixture
async def blobs(git: SystemGit, tmp_path: Path) -> dict[str, bytes]:
    """What a mirror of some files holds, by the names of the blobs."""
    author = Author(tmp_path / "work")
    for number in range(100):
        author.write(f"f{number}", f"{number}\n" * 2000)
    author.write("empty", "")
    commit = author.commit()
    await git.fetch(mirror_in(tmp_path), Remote(str(author.folder)))
    files = await git.files(mirror_in(tmp_path), commit)
    return {file.blob: (author.folder / file.path).read_bytes() for file in files}


def mirror_in(folder: Path) -> Path:
    return folder / "home" / "mirrors" / "one.git"


def standing_by(folder: Path) -> list[int]:
    """The processes of git that read the mirror in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--git-dir={mirror_in(folder)}".encode() in words and b"cat-file" in words:
            found.append(int(process.name))
    return found


async def test_all_blobs_come_in_order(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    twice = [*blobs, *reversed(blobs)]

    found = list(git.blobs_at_once(mirror_in(tmp_path), twice))

    assert found == [(blob, blobs[blob]) for blob in twice]


async def test_whoever_stops_early_leaves_nothing_to_the_next(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    names = list(blobs)

    for number in range(1, 40, 3):
        with closing(git.blobs_at_once(mirror_in(tmp_path), names[number:])) as reading:
            for _ in range(number):
                blob, content = next(reading)
                assert content == blobs[blob]

    assert len(standing_by(tmp_path)) == 1


async def test_two_who_read_at_once_do_not_hear_each_other(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    names = list(blobs)

    one = git.blobs_at_once(mirror_in(tmp_path), names)
    other = git.blobs_at_once(mirror_in(tmp_path), reversed(names))
    pairs = list(zip(one, other, strict=True))

    assert [first for (first, _), _ in pairs] == names
    assert [first for _, (first, _) in pairs] == names[::-1]
    assert len(standing_by(tmp_path)) == 2


async def test_what_the_mirror_lacks_is_said_and_spoils_nothing(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    some = list(blobs)[:3]

    with pytest.raises(RevisionNotFound):
        list(git.blobs_at_once(mirror_in(tmp_path), [*some, MISSING, *some]))
    with pytest.raises(RevisionNotFound):
        list(git.blobs_at_once(mirror_in(tmp_path), ["--help"]))

    assert [blob for blob, _ in git.blobs_at_once(mirror_in(tmp_path), some)] == some


async def test_large_blobs_are_passed_by(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    found = dict(git.blobs_at_once(mirror_in(tmp_path), blobs, limit=5_000))

    assert found == {blob: content for blob, content in blobs.items() if len(content) <= 5_000}
    assert 1 < len(found) < len(blobs)


async def test_a_git_that_died_is_replaced(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    first = next(iter(blobs))
    list(git.blobs_at_once(mirror_in(tmp_path), [first]))
    (process,) = standing_by(tmp_path)
    os.kill(process, signal.SIGKILL)
    await asyncio.to_thread(os.waitid, os.P_PID, process, os.WEXITED | os.WNOWAIT)

    assert list(git.blobs_at_once(mirror_in(tmp_path), [first])) == [(first, blobs[first])]


async def test_a_mirror_that_is_gone_has_nothing(
    git: SystemGit, blobs: dict[str, bytes], tmp_path: Path
) -> None:
    shutil.rmtree(mirror_in(tmp_path))

    with pytest.raises(RevisionNotFound):
        list(git.blobs_at_once(mirror_in(tmp_path), list(blobs)))
