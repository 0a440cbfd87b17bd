"""Which of a repository's instruction files hold for a path."""

from pathlib import Path
from uuid import UUID

import pytest

from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.errors import RepositoryNotFound
from samoey.domains.repositories.instructing import means
from samoey.domains.repositories.schemas import NewRepository, RepositoryChange
from samoey.kit.context import Actor
from tests.author import Author
from tests.house.processes import RunningHouse
from tests.make import Somebody

Held = list[tuple[str, list[str]]]


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


async def connected(house: RunningHouse, author: Author, ada: Somebody) -> tuple[UUID, str]:
    commit = author.commit()
    new = NewRepository(workspace_id=ada.workspace_id, source=str(author.folder))
    added = await repositories.add_repository(house.tools, ada.actor, new)
    await house.drain()
    return added.id, commit


async def held(house: RunningHouse, actor: Actor, of: tuple[UUID, str], *paths: str) -> Held:
    told = await repositories.instructions(house.tools, actor, of[0], commit=of[1], paths=paths)
    return [(it.path, it.holds_for) for it in told]


async def test_the_nearest_file_holds_and_of_several_the_first_name(
    house: RunningHouse, author: Author
) -> None:
    for path in ("AGENTS.md", "CLAUDE.md", "web/CLAUDE.md", "web/GEMINI.md", "web/ui/.cursorrules"):
        author.write(path, f"From {path}.\n")
    author.write("api/AGENTS.md", " \n\n")
    ada = await house.make.user()
    of = await connected(house, author, ada)

    assert await held(house, ada.actor, of, "web/a.ts", "web/lib/b.ts", "web/ui/c.ts", "d.py") == [
        ("web/CLAUDE.md", ["web/a.ts", "web/lib/b.ts"]),
        ("web/ui/.cursorrules", ["web/ui/c.ts"]),
        ("AGENTS.md", ["d.py"]),
    ]
    # An empty one says that nothing is to be said.
    assert await held(house, ada.actor, of, "api/e.py") == []


async def test_rules_hold_for_the_paths_that_they_name(house: RunningHouse, author: Author) -> None:
    author.write(".cursor/rules/all.mdc", "---\nalwaysApply: true\n---\nAlways.\n")
    author.write(".cursor/rules/web.mdc", "---\nglobs: *.ts,*.tsx\n---\nFor the web.\n")
    author.write(".cursor/rules/wish.mdc", "---\ndescription: d\nalwaysApply: false\n---\nx\n")
    author.write(".continue/rules/py.md", "---\nglobs: ['api/**/*.py']\n---\nFor Python.\n")
    author.write(".openhands/microagents/repo.md", "Of the whole.\n")
    author.write(".openhands/microagents/git.md", "---\ntriggers:\n- git\n---\nOn git.\n")
    author.write(".github/copilot-instructions.md", "Be brief.\n")
    ada = await house.make.user()
    of = await connected(house, author, ada)

    whole = {".cursor/rules/all.mdc", ".openhands/microagents/repo.md"}
    whole.add(".github/copilot-instructions.md")
    web = {path for path, _ in await held(house, ada.actor, of, "web/a.ts")}
    python = {path for path, _ in await held(house, ada.actor, of, "api/v1/b.py")}

    assert web == whole | {".cursor/rules/web.mdc"}
    assert python == whole | {".continue/rules/py.md"}


async def test_links_giants_and_what_the_patterns_leave_out_are_not_read(
    house: RunningHouse, author: Author
) -> None:
    (author.folder / "AGENTS.md").symlink_to("/etc/passwd")
    author.write("CLAUDE.md", "x" * 100_001)
    author.write("GEMINI.md", "Read me.\n")
    author.write("a.py")
    ada = await house.make.user()
    of = await connected(house, author, ada)

    assert await held(house, ada.actor, of, "a.py") == [("GEMINI.md", ["a.py"])]
    change = RepositoryChange(exclude=["GEMINI.md"])
    await repositories.change_repository(house.tools, ada.actor, of[0], change)
    assert await held(house, ada.actor, of, "a.py") == []


async def test_a_stranger_is_told_nothing(house: RunningHouse, author: Author) -> None:
    author.write("AGENTS.md", "Be brief.\n")
    of = await connected(house, author, await house.make.user())
    stranger = await house.make.user("Grace", role=None)

    with pytest.raises(RepositoryNotFound):
        await held(house, stranger.actor, of, "a.py")


@pytest.mark.parametrize(
    ("head", "holds"),
    [
        ("globs: *.py", True),
        ("globs: '*.ts'", False),
        ("globs:\nalwaysApply: false", False),
        ("alwaysApply: true\nglobs: '*.ts'", True),
        ("name: Mine", True),
        ("- a list", True),
        ("globs: [", False),
        ("a: &a [*a, *a]", True),
    ],
)
def test_a_head_is_read_as_people_write_it(head: str, holds: bool) -> None:  # noqa: FBT001 - pytest names it
    assert means(head, ["src/a.py"]) is holds
