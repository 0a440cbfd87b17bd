import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from samoey.adapters.embedded.servers import Servers
from samoey.domains.knowledge import service
from samoey.domains.knowledge.opening import open_snapshots
from samoey.domains.knowledge.schemas import Citation, Query
from samoey.domains.knowledge.shelves import shelf_of, stored
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.settings import Settings
from samoey.tools import open_house
from tests.conftest import settings_for
from tests.domains.knowledge.sources import GREETING, bring, commit, git, write
from tests.make import Make, Somebody

SEARCH = "/api/v1/knowledge/search"


class Place:
    """One indexed repository, its owner, and the door."""

    def __init__(self, tools: Tools, http: httpx.AsyncClient, ada: Somebody) -> None:
        self.tools, self.http, self.ada = tools, http, ada
        self.make = Make(tools)
        self.repository_id = UUID(int=0)
        self.commit = ""

    async def get(self, url: str, /, who: Somebody | None = None, **query: Any) -> httpx.Response:
        return await self.http.get(url, params=query, headers=(who or self.ada).headers)

    async def paths(self, **query: Any) -> list[str]:
        answer = await self.get(SEARCH, **query)
        assert answer.status_code == 200, answer.text
        return [hit["path"] for hit in answer.json()["hits"]]


@dataclass(frozen=True)
class Greetings:
    """A repository that was indexed once; each test has a copy, and changes none of this."""

    settings: Settings
    ada: Somebody
    commit: str
    repository_id: UUID


@pytest.fixture(scope="session")
async def greetings(
    clone: Callable[..., Any], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Greetings]:
    folder = tmp_path_factory.mktemp("search")
    head = commit(folder / "greetings", GREETING)
    with clone() as url:
        settings = settings_for(folder / "home", url, servers)
        async with open_house(settings) as house:
            ada = await Make(house.tools).user()
            repository_id = await bring(house.tools, ada, folder / "greetings")
        yield Greetings(settings, ada, head, repository_id)


@pytest.fixture(scope="session")
def engine_url(greetings: Greetings) -> str:
    assert greetings.settings.database_url is not None
    return greetings.settings.database_url.get_secret_value()


@pytest.fixture(autouse=True)
def _home(greetings: Greetings, tmp_path: Path) -> None:
    shutil.copytree(greetings.settings.home, tmp_path / "home")


@pytest.fixture
def place(tools: Tools, client: httpx.AsyncClient, greetings: Greetings) -> Place:
    place = Place(tools, client, greetings.ada)
    place.commit, place.repository_id = greetings.commit, greetings.repository_id
    return place


async def test_a_search_answers_with_citations(place: Place) -> None:
    answer = await place.get(SEARCH, q="parse greeting")

    assert answer.status_code == 200
    body = answer.json()
    assert body["query"] == "parse greeting"
    assert body["took_ms"] > 0
    first = body["hits"][0]
    assert first.pop("score") > 0
    assert first == {
        "repository_id": str(place.repository_id),
        "repository_name": "greetings",
        "path": "src/greeting.py",
        "start": 4,
        "end": 6,
        "commit": place.commit,
        "symbol": "parse_greeting",
        "kind": "function",
        "language": "python",
        "text": 'def parse_greeting(text):\n    """Read a greeting."""\n    return text.strip()',
        "also": [],
        "why": None,
    }


async def test_a_hit_found_by_words_says_what_its_score_is_the_sum_of(place: Place) -> None:
    answer = await place.get(SEARCH, q="`parse_greeting` in its file", explain=True)

    hits = answer.json()["hits"]
    assert len(hits) > 1
    for hit in hits:
        assert sum(hit["why"]["parts"].values()) == pytest.approx(hit["score"], abs=0.001)
        assert hit["why"]["meaning"] is None
    assert hits[0]["symbol"] == "parse_greeting"
    assert hits[0]["why"]["parts"]["named"] > 0
    stepping = [hit for hit in hits if hit["why"]["stepped_back"]]
    assert stepping
    assert all(hit["why"]["parts"]["prior"] < 0 for hit in stepping)


async def test_a_search_keeps_to_what_it_is_told(place: Place) -> None:
    assert set(await place.paths(q="greeting")) == {
        "src/greeting.py",
        "tests/test_greeting.py",
        "README.md",
    }
    assert await place.paths(q="greeting", path="tests/") == ["tests/test_greeting.py"]
    assert await place.paths(q="greeting", language="markdown") == ["README.md"]
    assert len(await place.paths(q="greeting", limit=1)) == 1
    assert await place.paths(q="greeting", repository_id=str(uuid4())) == []
    assert await place.paths(q="greeting", workspace_id=str(uuid4())) == []
    assert await place.paths(
        q="greeting", repository_id=str(place.repository_id), path="", language="", limit=1
    )


@pytest.mark.parametrize("asked", ["", "std::vector<int> AND (", "🚀", "x" * 30_000, "\x00"])
async def test_rubbish_finds_nothing_and_breaks_nothing(place: Place, asked: str) -> None:
    assert await place.paths(q=asked) == []


@pytest.mark.parametrize("wrong", [{"limit": "0"}, {"limit": "101"}, {"repository_id": "x"}])
async def test_a_search_that_does_not_fit_is_refused(place: Place, wrong: dict[str, Any]) -> None:
    answer = await place.get(SEARCH, q="greeting", **wrong)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"


async def test_a_tangled_path_pattern_is_refused(place: Place) -> None:
    answer = await place.get(SEARCH, q="greeting", path="a*" * 250)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/path-pattern-refused"


async def test_a_stranger_sees_nothing(place: Place) -> None:
    eve = await place.make.user("Eve", role=None)

    hits = (await place.get(SEARCH, eve, q="greeting")).json()["hits"]
    indexes = (await place.get("/api/v1/knowledge/indexes", eve)).json()
    outline = await place.get(
        "/api/v1/knowledge/outline", eve, repository_id=place.repository_id, path="README.md"
    )

    assert (hits, indexes, outline.status_code) == ([], [], 404)


async def test_nobody_searches_without_signing_in(place: Place) -> None:
    assert (await place.http.get(SEARCH, params={"q": "greeting"})).status_code == 401


async def test_several_readers_find_only_what_all_of_them_may_read(place: Place) -> None:
    eve = await place.make.user("Eve", role=None)
    vera = await place.make.user("Vera", role="viewer")
    query = Query(text="greeting")

    together = await service.search(place.tools, [place.ada.actor, vera.actor], query)
    with_stranger = await service.search(place.tools, [place.ada.actor, eve.actor], query)

    assert len(together.hits) > 0
    assert (with_stranger.hits, with_stranger.repositories) == ([], 0)


async def test_two_repositories_are_searched_at_once(place: Place, tmp_path: Path) -> None:
    commit(tmp_path / "other", {"lib/parse.go": "package lib\n\nfunc ParseGreeting() {}\n"})
    await bring(place.tools, place.ada, tmp_path / "other")

    answer = await place.get(SEARCH, q="parse greeting")

    hits = answer.json()["hits"]
    assert {hit["repository_name"] for hit in hits} == {"greetings", "other"}
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


async def test_a_symbol_that_is_named_comes_first_of_all_repositories(
    place: Place, tmp_path: Path
) -> None:
    chatter = {f"doc/{n}.md": "# What does hello do\n\nhello 2 repo, hello 2\n" for n in range(9)}
    commit(tmp_path / "repo", chatter)
    await bring(place.tools, place.ada, tmp_path / "repo")
    bodies = "".join(f"    value{n} = compute(value{n})\n" for n in range(30))
    commit(tmp_path / "deep", {"src/pkg2/hello.py": f"def hello_2():\n{bodies}"})
    await bring(place.tools, place.ada, tmp_path / "deep")

    paths = await place.paths(q="What does hello_2 do in repo?")

    assert paths[0] == "src/pkg2/hello.py"


async def test_a_repository_that_is_named_goes_before_one_that_answers_as_well(
    place: Place, tmp_path: Path
) -> None:
    commit(tmp_path / "other", GREETING)
    await bring(place.tools, place.ada, tmp_path / "other")

    for name in ("other", "greetings"):
        answer = await place.get(SEARCH, q=f"strip text in {name}?")

        assert answer.json()["hits"][0]["repository_name"] == name


async def test_an_outline_lists_what_a_file_defines(place: Place) -> None:
    answer = await place.get(
        "/api/v1/knowledge/outline", repository_id=place.repository_id, path="src/greeting.py"
    )

    assert answer.json() == [
        {"name": "parse_greeting", "kind": "function", "start": 4, "end": 6},
        {"name": "Greeter", "kind": "class", "start": 9, "end": 11},
        {"name": "Greeter.greet", "kind": "method", "start": 10, "end": 11},
    ]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"path": "no/such.py"}, 404),
        ({"path": "../../etc/passwd"}, 422),
        ({"path": "README.md", "at": "nowhere"}, 404),
        ({"path": "README.md", "at": "--help"}, 404),
    ],
)
async def test_an_outline_of_nothing_is_a_clear_problem(
    place: Place, wrong: dict[str, Any], status: int
) -> None:
    answer = await place.get(
        "/api/v1/knowledge/outline", repository_id=place.repository_id, **wrong
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_an_admin_has_an_index_made_again(place: Place) -> None:
    wish = {"repository_id": str(place.repository_id)}
    url = "/api/v1/knowledge/indexes"
    bob = await place.make.user("Bob", role="member")
    eve = await place.make.user("Eve", role=None)

    member = await place.http.post(url, json=wish, headers=bob.headers)
    stranger = await place.http.post(url, json=wish, headers=eve.headers)
    owner = await place.http.post(url, json=wish, headers=place.ada.headers)

    assert (member.status_code, stranger.status_code, owner.status_code) == (403, 404, 202)
    assert owner.json()["state"] == "waiting"
    # The old index answers until the new one is made.
    assert await place.paths(q="parse greeting")
    await service.index(place.tools, place.repository_id, afresh=True)
    (index,) = (await place.get(url)).json()
    assert index["state"] == "ready"


async def test_an_index_that_this_machine_lost_is_brought_from_the_object_store(
    place: Place, jobs_waiting: Callable[[], Awaitable[list[str]]]
) -> None:
    open_snapshots.cache_clear()
    shutil.rmtree(shelf_of(place.tools, place.repository_id))

    assert await place.paths(q="parse greeting")

    assert "knowledge.index_afresh" not in await jobs_waiting()


async def test_an_index_that_the_object_store_lost_too_is_made_again(
    place: Place, jobs_waiting: Callable[[], Awaitable[list[str]]]
) -> None:
    open_snapshots.cache_clear()
    shutil.rmtree(shelf_of(place.tools, place.repository_id))
    stored(place.tools, place.repository_id).remove()

    first = (await place.get(SEARCH, q="parse greeting")).json()
    waiting = await jobs_waiting()
    await service.index(place.tools, place.repository_id, afresh=True)

    assert (first["hits"], first["answered"], first["repositories"]) == ([], 0, 1)
    assert first["note"] == "Answered from 0 of 1 repositories: 1 is being made again."
    assert waiting.count("knowledge.index_afresh") == 1
    assert await place.paths(q="parse greeting")


async def test_an_index_that_an_older_version_made_is_made_again(
    place: Place, jobs_waiting: Callable[[], Awaitable[list[str]]]
) -> None:
    async with place.tools.work(SYSTEM) as ctx:
        await ctx.db.execute(text("UPDATE indexes SET snapshot = 'c.0-0.1.0.abcd'"))

    assert await place.paths(q="greeting") == []

    assert "knowledge.index_afresh" in await jobs_waiting()
    (index,) = (await place.get("/api/v1/knowledge/indexes")).json()
    assert (index["state"], index["snapshot_commit"]) == ("waiting", None)


async def test_a_search_follows_the_commits(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "people"
    commit(folder, GREETING)
    one = str(await bring(place.tools, place.ada, folder))
    git(folder, "rm", "-q", "README.md")
    write(folder, {"src/farewell.py": "def say_farewell():\n    return 'bye'\n"})
    head = commit(folder, {})
    await bring(place.tools, place.ada, folder)

    hits = (await place.get(SEARCH, q="farewell")).json()["hits"]
    left = await place.paths(q="greeting", repository_id=one)

    assert [(hit["path"], hit["commit"]) for hit in hits] == [("src/farewell.py", head)]
    assert set(left) == {"src/greeting.py", "tests/test_greeting.py"}


async def test_a_citation_is_judged_against_the_mirror(place: Place) -> None:
    async def judged(**changed: Any) -> str | None:
        given = {
            "repository_id": place.repository_id,
            "path": "src/greeting.py",
            "start": 4,
            "end": 6,
            "commit": place.commit,
            "text": "return text.strip()",
        }
        verdict = await service.judge(
            place.tools, place.ada.actor, Citation.model_validate(given | changed)
        )
        return verdict.reason

    assert await judged() is None
    assert await judged(end=600) == "no-such-lines"
    assert await judged(text="return 42") == "other-text"
    assert await judged(path="src/none.py") == "no-file"
    assert await judged(path="../secret") == "no-file"
    assert await judged(path="src") == "no-file"
    assert await judged(commit="f" * 40) == "no-commit"
    assert await judged(commit=place.commit[:9]) == "no-commit"
    assert await judged(commit="main") == "no-commit"
    assert await judged(repository_id=uuid4()) == "no-repository"


async def test_a_citation_that_holds_tells_what_stands_there(place: Place) -> None:
    citation = Citation(
        repository_id=place.repository_id,
        path="src/greeting.py",
        start=10,
        end=11,
        commit=place.commit,
    )

    verified = await service.verify(place.tools, place.ada.actor, citation)

    assert verified is not None
    assert verified.symbol == "Greeter.greet"
    assert verified.text.endswith("return f'hello {name}'")


async def test_a_reader_who_may_not_read_it_makes_a_citation_fall(place: Place) -> None:
    eve = await place.make.user("Eve", role=None)
    citation = Citation(
        repository_id=place.repository_id, path="README.md", start=1, end=1, commit=place.commit
    )

    readers = [place.ada.actor, eve.actor]

    assert await service.verify(place.tools, readers, citation) is None
