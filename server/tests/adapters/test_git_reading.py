"""Reading mirrors that hold what real repositories hold."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from samoey.adapters.git.system import SystemGit
from samoey.kit.ports.git import (
    BlobTooLarge,
    EntryKind,
    PathNotFound,
    PathRefused,
    Remote,
    RevisionNotFound,
)
from samoey.kit.settings import RepositorySettings
from tests.author import Author

MISSING = "0123456789" * 4


@pytest.fixture
def git(tmp_path: Path) -> SystemGit:
    return SystemGit(RepositorySettings(), tmp_path / "home")


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "home" / "mirrors" / "one.git"


async def fetched(git: SystemGit, mirror: Path, author: Author) -> Path:
    await git.fetch(mirror, Remote(str(author.folder)))
    return mirror


async def test_a_revision_has_many_names(git: SystemGit, mirror: Path, author: Author) -> None:
    commit = author.commit("a.py")
    author.git("tag", "v1")
    author.git("branch", "feature/one")
    await fetched(git, mirror, author)

    for name in (commit, commit[:8], "main", "feature/one", "v1", "HEAD"):
        assert await git.resolve(mirror, name) == commit


@pytest.mark.parametrize(
    "rev",
    ["", "nowhere", MISSING, "-h", "--upload-pack=x", "HEAD~1", "main^", "a..b", "a b", "main\n",
     "@{-1}", ":/fix", "refs/../x", "a\0b", "*", "x.lock"],
)  # fmt: skip
async def test_what_names_no_revision_is_not_found(
    git: SystemGit, mirror: Path, author: Author, rev: str
) -> None:
    author.commit("a.py")
    author.commit("b.py")
    await fetched(git, mirror, author)

    with pytest.raises(RevisionNotFound):
        await git.resolve(mirror, rev)


async def test_every_file_is_listed_whatever_its_name(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.write("line\nbreak.py", "one")
    author.write("tab\tand “quotes” ü.py", "two!")
    author.write(b"caf\xe9.txt", "three")
    author.write(b":(glob)*", "4")
    commit = author.commit()
    await fetched(git, mirror, author)

    found = {file.path: file.size for file in await git.files(mirror, commit)}

    assert found == {
        "line\nbreak.py": 3,
        "tab\tand “quotes” ü.py": 4,
        "caf\\xe9.txt": 5,
        ":(glob)*": 1,
    }
    for path in found:
        assert (await git.entry(mirror, commit, path)).path == path


async def test_links_are_shown_and_never_followed(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.write("real.py")
    (author.folder / "passwd").symlink_to("/etc/passwd")
    (author.folder / "loop").symlink_to("loop")
    (author.folder / "up").symlink_to("..")
    commit = author.commit()
    await fetched(git, mirror, author)

    entries = {entry.name: entry for entry in await git.entries(mirror, commit)}

    assert {name: entry.kind for name, entry in entries.items()} == {
        "real.py": EntryKind.FILE,
        "passwd": EntryKind.LINK,
        "loop": EntryKind.LINK,
        "up": EntryKind.LINK,
    }
    assert await git.blob(mirror, entries["passwd"].blob) == b"/etc/passwd"
    with pytest.raises(PathNotFound):
        await git.entries(mirror, commit, "up")


async def test_a_submodule_is_shown_as_one_and_holds_no_files(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.commit("a.py")
    author.git("update-index", "--add", "--cacheinfo", f"160000,{MISSING},vendor/lib")
    author.git("commit", "--quiet", "-m", "submodule")
    commit = author.git("rev-parse", "HEAD")
    await fetched(git, mirror, author)

    assert [file.path for file in await git.files(mirror, commit)] == ["a.py"]
    (entry,) = await git.entries(mirror, commit, "vendor")
    assert (entry.kind, entry.size, entry.path) == (EntryKind.SUBMODULE, None, "vendor/lib")


async def test_folders_come_first(git: SystemGit, mirror: Path, author: Author) -> None:
    commit = author.commit("b.py", "A.py", "z/one.py", "c/two.py")
    await fetched(git, mirror, author)

    names = [entry.name for entry in await git.entries(mirror, commit, "/")]

    assert names == ["c", "z", "A.py", "b.py"]
    assert [one.path for one in await git.entries(mirror, commit, "z/")] == ["z/one.py"]


@pytest.mark.parametrize("path", ["..", "../x", "a/../b", "a//b", "./a", "a/.", "a\0b", "\ud800"])
async def test_a_path_that_leads_out_is_refused(
    git: SystemGit, mirror: Path, author: Author, path: str
) -> None:
    commit = author.commit("a/b")
    await fetched(git, mirror, author)

    with pytest.raises(PathRefused):
        await git.entry(mirror, commit, path)
    with pytest.raises(PathRefused):
        await git.entries(mirror, commit, path)


async def test_a_path_that_is_not_there_is_not_found(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    commit = author.commit("a/b")
    await fetched(git, mirror, author)

    for path in ("c", "a/c", "-r", "--", "*"):
        with pytest.raises(PathNotFound):
            await git.entry(mirror, commit, path)
        with pytest.raises(PathNotFound):
            await git.entries(mirror, commit, path)
    with pytest.raises(PathNotFound):
        await git.entries(mirror, commit, "a/b")


@pytest.mark.parametrize("commit", [MISSING, "--help", "HEAD", ""])
async def test_a_commit_that_is_not_there_is_not_found(
    git: SystemGit, mirror: Path, author: Author, commit: str
) -> None:
    real = author.commit("a.py")
    await fetched(git, mirror, author)

    with pytest.raises(RevisionNotFound):
        await git.files(mirror, commit)
    with pytest.raises(RevisionNotFound):
        await git.entries(mirror, commit)
    with pytest.raises(RevisionNotFound):
        await git.changed(mirror, commit, real)
    with pytest.raises(RevisionNotFound):
        await git.blob(mirror, commit)


async def test_a_change_names_what_is_to_be_looked_at_again(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    author.write("stays.py")
    author.write("goes.py")
    author.write("moves.py", "moved\n")
    old = author.commit("changes.py", text="before\n")
    (author.folder / "goes.py").unlink()
    (author.folder / "moves.py").rename(author.folder / "moved.py")
    author.write("changes.py", "afterwards\n")
    author.write("new\nname.py", "n")
    new = author.commit()
    await fetched(git, mirror, author)

    changes = {one.path: one for one in await git.changed(mirror, old, new)}

    assert {path: one.size for path, one in changes.items() if one.blob} == {
        "changes.py": 11,
        "moved.py": 6,
        "new\nname.py": 1,
    }
    assert {path for path, one in changes.items() if one.blob is None} == {"goes.py", "moves.py"}
    assert await git.changed(mirror, new, new) == []


async def test_a_large_blob_is_refused_before_it_is_read(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    commit = author.commit("big.txt", text="x" * 5000)
    await fetched(git, mirror, author)
    entry = await git.entry(mirror, commit, "big.txt")

    with pytest.raises(BlobTooLarge):
        await git.blob(mirror, entry.blob, limit=4999)
    assert len(await git.blob(mirror, entry.blob, limit=5000)) == 5000


def read_all(mirror: Path, blobs: list[str], limit: int) -> list[tuple[str, bytes]]:
    return list(SystemGit.blobs_sync(mirror, blobs, limit=limit))


async def test_many_blobs_are_read_in_a_child_process(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    for number in range(600):
        author.write(f"f{number}", f"{number}\n" * 50)
    author.write("large", "x" * 300_000)
    author.write("empty", "")
    commit = author.commit()
    await fetched(git, mirror, author)
    files = {file.blob: file.path for file in await git.files(mirror, commit)}

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = pool.submit(read_all, mirror, list(files), 200_000).result()

    assert [blob for blob, _ in found] == [one for one in files if files[one] != "large"]
    contents = {files[blob]: body for blob, body in found}
    assert contents["f7"] == b"7\n" * 50
    assert contents["empty"] == b""


async def test_a_reader_of_many_blobs_may_stop_early(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    for number in range(50):
        author.write(f"f{number}", os.urandom(50_000))
    commit = author.commit()
    await fetched(git, mirror, author)
    blobs = [file.blob for file in await git.files(mirror, commit)]

    reading = SystemGit.blobs_sync(mirror, blobs)

    assert next(iter(reading))[0] == blobs[0]
    with pytest.raises(RevisionNotFound):
        list(SystemGit.blobs_sync(mirror, [MISSING]))


async def test_a_mirror_that_is_not_there_has_no_revisions(git: SystemGit, mirror: Path) -> None:
    with pytest.raises(RevisionNotFound):
        await git.resolve(mirror, "main")


async def test_of_many_paths_those_are_told_that_a_commit_has(
    git: SystemGit, mirror: Path, author: Author
) -> None:
    commit = author.commit("a.py", "src/b.py", "src/deep/c.py", "[x]*.py")
    await fetched(git, mirror, author)

    wanted = ["a.py", "no.py", "src/b.py", "src/", "src/no/d.py", "[x]*.py", *map(str, range(900))]
    found = await git.among(mirror, commit, wanted)

    assert {(it.path, it.kind) for it in found} == {
        ("a.py", EntryKind.FILE),
        ("src/b.py", EntryKind.FILE),
        ("src/deep", EntryKind.FOLDER),
        ("[x]*.py", EntryKind.FILE),
    }
    assert await git.among(mirror, commit, []) == []
    with pytest.raises(RevisionNotFound):
        await git.among(mirror, MISSING, ["a.py"])
    with pytest.raises(PathRefused):
        await git.among(mirror, commit, ["../a.py"])
