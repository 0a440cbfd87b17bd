"""Folders and files at a commit, as people and the code viewer read them."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from samoey.domains.repositories import patterns, service
from samoey.domains.repositories.errors import PatternRefused
from samoey.domains.repositories.fetching import service as fetching
from samoey.domains.repositories.schemas import NewRepository
from samoey.kit.context import Tools
from tests.author import Author
from tests.make import Make, Somebody

PLACE = "/api/v1/repositories"


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


class Reader:
    """Somebody who reads one repository by its door."""

    def __init__(self, client: httpx.AsyncClient, who: Somebody, repository_id: object) -> None:
        self.client, self.who, self.place = client, who, f"{PLACE}/{repository_id}"

    async def get(self, what: str, **query: str) -> httpx.Response:
        return await self.client.get(f"{self.place}/{what}", params=query, headers=self.who.headers)

    async def read(self, what: str, **query: str) -> Any:
        response = await self.get(what, **query)
        assert response.status_code == 200, response.text
        return response.json()

    async def slug(self, what: str, **query: str) -> str:
        response = await self.get(what, **query)
        return str(response.json()["type"]).removeprefix("/problems/")


async def reader_of(
    tools: Tools, client: httpx.AsyncClient, who: Somebody, author: Author, *, fetch: bool = True
) -> Reader:
    new = NewRepository(workspace_id=who.workspace_id, source=str(author.folder))
    shown = await service.add_repository(tools, who.actor, new)
    if fetch:
        await fetching.fetch(tools, shown.id)
    return Reader(client, who, shown.id)


async def test_a_tree_is_read_at_any_commit(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    first = author.commit("src/a.py")
    author.git("tag", "v1")
    second = author.commit("src/b.py", "z.md")
    reader = await reader_of(tools, client, ada, author)

    now = await reader.read("tree", path="src/")
    then = await reader.read("tree", at=first, path="src")

    assert (now["commit"], now["path"]) == (second, "src")
    assert [one["path"] for one in now["entries"]] == ["src/a.py", "src/b.py"]
    assert [one["name"] for one in then["entries"]] == ["a.py"]
    assert (await reader.read("tree", at="v1"))["commit"] == first
    assert [one["kind"] for one in (await reader.read("tree"))["entries"]] == ["folder", "file"]


async def test_a_file_is_read_with_its_language(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    commit = author.commit("src/a.py", text="print('ü')\n")
    reader = await reader_of(tools, client, ada, author)

    shown = await reader.read("file", path="src/a.py", at="main")

    assert shown == {
        "commit": commit,
        "path": "src/a.py",
        "size": 12,
        "language": "python",
        "kind": "text",
        "text": "print('ü')\n",
    }


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (b"\x89PNG\0\0", "binary", None),
        (b"x" * 1_000_001, "large", None),
        (b"caf\xe9\n", "text", "caf\ufffd\n"),
        (b"", "text", ""),
        (b"\xef\xbb\xbfx\r\n", "text", "\ufeffx\r\n"),
    ],
)
async def test_what_is_no_readable_text_is_said_to_be_so(
    tools: Tools,
    client: httpx.AsyncClient,
    ada: Somebody,
    author: Author,
    content: bytes,
    kind: str,
    text: str | None,
) -> None:
    author.write("file", content)
    author.commit()
    reader = await reader_of(tools, client, ada, author)

    shown = await reader.read("file", path="file")

    assert (shown["kind"], shown["text"], shown["size"]) == (kind, text, len(content))


async def test_a_link_is_shown_and_not_followed(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    (author.folder / "link").symlink_to("/etc/passwd")
    (author.folder / "loop").symlink_to("loop")
    author.commit()
    reader = await reader_of(tools, client, ada, author)

    assert (await reader.read("file", path="link"))["text"] == "/etc/passwd"
    assert (await reader.read("file", path="loop"))["kind"] == "link"


async def test_unusual_names_are_found_again_under_what_is_shown(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    author.write("line\nbreak.py", "1")
    author.write(b"caf\xe9.py", "2")
    author.write("a&b=c#d?.py", "3")
    author.commit()
    reader = await reader_of(tools, client, ada, author)

    entries = (await reader.read("tree"))["entries"]

    assert len(entries) == 3
    for entry in entries:
        assert (await reader.read("file", path=entry["path"]))["path"] == entry["path"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"path": "../etc/passwd"}, "path-refused"),
        ({"path": "a/../../x"}, "path-refused"),
        ({"path": "a\0b"}, "path-refused"),
        ({"path": "nothing.py"}, "path-not-found"),
        ({"path": "src"}, "path-not-found"),
        ({"path": "a.py", "at": "nowhere"}, "revision-not-found"),
        ({"path": "a.py", "at": "--help"}, "revision-not-found"),
        ({"path": "a.py", "at": "0" * 40}, "revision-not-found"),
        ({"path": "a.py", "at": "HEAD~1"}, "revision-not-found"),
        ({"path": "x" * 5000}, "invalid-request"),
        ({}, "invalid-request"),
    ],
)
async def test_what_is_not_there_is_told_plainly(
    tools: Tools,
    client: httpx.AsyncClient,
    ada: Somebody,
    author: Author,
    query: dict[str, str],
    problem: str,
) -> None:
    author.commit("a.py", "src/b.py")
    reader = await reader_of(tools, client, ada, author)

    assert await reader.slug("file", **query) == problem


async def test_a_folder_that_is_not_there_is_told_plainly(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    reader = await reader_of(tools, client, ada, author)

    assert await reader.slug("tree", path="nowhere") == "path-not-found"
    assert await reader.slug("tree", path="..") == "path-refused"


async def test_nothing_can_be_read_before_the_first_fetch(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    author.commit("a.py")
    reader = await reader_of(tools, client, ada, author, fetch=False)

    for what in ("tree", "branches"):
        assert await reader.slug(what) == "not-fetched-yet"
    assert await reader.slug("file", path="a.py") == "not-fetched-yet"


async def test_branches_are_listed(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    commit = author.commit("a.py")
    author.git("branch", "topic/one")
    reader = await reader_of(tools, client, ada, author)

    assert await reader.read("branches") == [
        {"name": "main", "commit": commit, "is_default": True},
        {"name": "topic/one", "commit": commit, "is_default": False},
    ]


@pytest.mark.parametrize(
    ("include", "exclude", "path", "wanted"),
    [
        ([], [], "a/b.py", True),
        (["src/"], [], "src/a.py", True),
        (["src/"], [], "lib/a.py", False),
        (["*.py"], ["tests/"], "tests/a.py", False),
        (["*.py"], ["tests/"], "deep/down/a.py", True),
        ([], ["/docs/**/*.md"], "docs/x/y.md", False),
        ([], ["*.min.js"], "web/app.min.js", False),
        (["*"], ["!keep.py"], "keep.py", True),
    ],
)
def test_patterns_choose_paths_as_gitignore_does(
    include: list[str],
    exclude: list[str],
    path: str,
    wanted: bool,  # noqa: FBT001 - an example's answer
) -> None:
    assert patterns.chooser(include, exclude)(path) is wanted


@pytest.mark.parametrize("path", ["src", "app/[id]", "a*b/c?", "back\\slash"])
def test_the_pattern_of_a_folder_matches_what_it_holds_and_no_other(path: str) -> None:
    wanted = patterns.chooser([patterns.of_folder(path)], [])

    assert wanted(f"{path}/deep/a.py")
    assert not wanted(f"other/{path}/a.py")
    assert not wanted("a-b/cc/a.py")


@pytest.mark.parametrize("pattern", ["\\", "[", "src/[", "[z-a]", "!", "/", "# a remark"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    for include, exclude in (([pattern], []), ([], ["*.md", pattern])):
        with pytest.raises(PatternRefused):
            patterns.chooser(include, exclude)
