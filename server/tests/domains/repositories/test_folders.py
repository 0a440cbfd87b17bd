"""Folders of the server as sources: what is refused, and what to connect instead."""

from pathlib import Path

import httpx
import pytest

from samoey.kit.context import Tools
from tests.author import Author
from tests.domains.repositories.door import add, added, slug
from tests.make import Make, Somebody


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


async def test_a_part_of_a_repository_is_refused_with_the_root_to_connect(
    client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    author.commit("src/app/a.py")
    author.write("scratch/notes.md")

    response = await add(client, ada, str(author.folder / "src" / "app"))

    assert slug(response) == "folder-inside-repository"
    told = response.json()
    assert (told["root"], told["include"]) == (str(author.folder), ["/src/app/"])
    await added(client, ada, source=told["root"], include=told["include"])
    # What the repository around it never took in is a folder of its own.
    assert (await added(client, ada, source=f"{author.folder}/scratch"))["kind"] == "folder"


async def test_a_file_named_as_a_source_tells_what_to_connect_instead(
    client: httpx.AsyncClient, ada: Somebody, author: Author, tmp_path: Path
) -> None:
    author.write("src/app/main.py", "x = 1\n")
    author.commit()
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "notes.md").write_text("x", encoding="utf-8")
    (tmp_path / "link.py").symlink_to(author.folder / "src" / "app" / "main.py")

    inside = await add(client, ada, str(tmp_path / "link.py"))
    outside = await add(client, ada, str(tmp_path / "plain" / "notes.md"))

    assert (slug(inside), inside.json()["root"]) == ("source-is-file", str(author.folder))
    assert f"holds src/app/main.py, which is {author.folder}." in inside.json()["detail"]
    assert slug(outside) == "source-is-file"
    assert f"notes.md lies in, {tmp_path / 'plain'}." in outside.json()["detail"]


async def test_our_own_home_cannot_be_connected(
    client: httpx.AsyncClient, ada: Somebody, tools: Tools, tmp_path: Path
) -> None:
    home = tools.settings.home
    (tmp_path / "link").symlink_to(home)

    for folder in (home, tmp_path / "link", tmp_path, Path("/")):
        assert slug(await add(client, ada, str(folder))) == "local-path-refused"
