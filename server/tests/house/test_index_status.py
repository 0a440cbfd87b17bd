"""`samoey index --status`: how far the indexes are, from a terminal."""

import json
from pathlib import Path

from samoey.domains.knowledge.exact.postings import SUFFIX as TRIGRAMS
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import NewRepository
from tests.author import Author
from tests.domains.chat.talk import with_code
from tests.house.processes import RunningHouse


async def test_what_stands_and_what_does_not_is_told_for_each_repository(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    nothing = await house.command("index", "--status")
    author = await with_code(house, tmp_path, ada)
    head = author.git("rev-parse", "HEAD")
    whole = await house.command("index", "--status", "--json")
    shown = await house.command("index", "--status")
    for part in house.tools.settings.home.glob(f"indexes/*/*/*.{TRIGRAMS}"):
        part.unlink()
    without = await house.command("index", "--status", "--json")

    assert (nothing.returncode, nothing.stdout) == (0, "no repositories\n")
    [told] = json.loads(whole.stdout)
    assert (told["name"], told["state"], told["commit"], told["answers"]) == (
        "motor",
        "ready",
        head,
        head,
    )
    assert (told["files_done"], told["files_total"]) == (2, 2)
    assert told["chunks"] > 0
    for kind in ("words", "symbols", "exact"):
        assert (told[kind]["done"], told[kind]["total"]) == (2, 2)
        assert told[kind]["bytes"] > 0
    parts = sum(told[kind]["bytes"] for kind in ("words", "symbols", "exact"))
    assert told["bytes"] == parts + told["vectors"]["bytes"]
    assert told["error"] is None
    assert shown.stdout.startswith(f"motor@{head[:12]}  ready  2 of 2 files, ")
    assert "  exact    2 of 2 files, " in shown.stdout
    [less] = json.loads(without.stdout)
    assert less["exact"] == {"done": 0, "total": 2, "bytes": 0}
    assert less["symbols"]["done"] == less["words"]["done"] == 2


async def test_what_went_wrong_is_told_and_is_an_exit_code(
    house: RunningHouse, tmp_path: Path
) -> None:
    ada = await house.make.user()
    author = Author(tmp_path / "motor")
    author.commit("a.py")
    new = NewRepository(workspace_id=ada.workspace_id, source=str(author.folder), branch="gone")
    await repositories.add_repository(house.tools, ada.actor, new)
    await house.drain()

    told = await house.command("index", "--status")
    both = await house.command("index", "--status", str(author.folder))
    neither = await house.command("index")

    assert told.returncode == 1
    assert "motor@no commit yet  failed" in told.stdout
    assert "  error    " in told.stdout
    assert (both.returncode, neither.returncode) == (2, 2)
