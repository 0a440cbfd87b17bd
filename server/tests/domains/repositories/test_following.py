"""Lines that were cited once are found again in the newest commit."""

from pathlib import Path
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samoey.domains.repositories.browsing.following import changed, unchanged
from samoey.domains.repositories.fetching import service as fetching
from samoey.kit.context import Tools
from tests.author import Author
from tests.domains.repositories.test_browsing import Reader, reader_of
from tests.make import Make, Somebody

RETRY = """\
def retry(call, times):
    for attempt in range(times):
        try:
            return call()
        except Busy:
            wait(attempt)
    raise GaveUp
"""
OTHER = "def other():\n    return 1\n\n\n"


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


def id_of(reader: Reader) -> UUID:
    return UUID(reader.place.rpartition("/")[2])


async def after(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> tuple[Reader, dict[str, str]]:
    """A reader of what the next commit is made of, and what was cited before it."""
    author.write("app/calls.py", OTHER + RETRY)
    first = author.commit()
    reader = await reader_of(tools, client, ada, author)
    return reader, {"at": first, "path": "app/calls.py", "start": "5", "end": "11"}


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("app/calls.py", OTHER + RETRY + "# more\n", ("same", "app/calls.py", 5, 11)),
        ("app/calls.py", OTHER + OTHER + RETRY, ("moved", "app/calls.py", 9, 15)),
        ("lib/retrying.py", RETRY, ("moved", "lib/retrying.py", 1, 7)),
        (
            "lib/retrying.py",
            "class Retry:\n" + RETRY.replace("def", "    def"),
            ("moved", "lib/retrying.py", 2, 8),
        ),
        (
            "app/calls.py",
            OTHER + RETRY.replace("wait(attempt)", "log()\n            sleep(attempt)"),
            ("changed", "app/calls.py", 5, 12),
        ),
        ("app/calls.py", OTHER, ("gone", None, None, None)),
    ],
)
async def test_lines_are_followed_through_a_commit(
    tools: Tools,
    client: httpx.AsyncClient,
    ada: Somebody,
    author: Author,
    path: str,
    text: str,
    told: tuple[str, str | None, int | None, int | None],
) -> None:
    reader, cited = await after(tools, client, ada, author)
    author.git("rm", "-q", "app/calls.py")
    author.write(path, text)
    second = author.commit()
    await fetching.fetch(tools, id_of(reader))

    found = await reader.read("follow", **cited)

    assert (found["state"], found["path"], found["start"], found["end"]) == told
    assert found["commit"] == second


async def test_lines_of_the_commit_that_answers_are_where_they_are(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author
) -> None:
    reader, cited = await after(tools, client, ada, author)

    found = await reader.read("follow", **cited)

    assert (found["state"], found["start"]) == ("same", 5)


async def test_a_stranger_follows_nothing_and_odd_places_are_told(
    tools: Tools, client: httpx.AsyncClient, ada: Somebody, author: Author, make: Make
) -> None:
    reader, cited = await after(tools, client, ada, author)
    stranger = Reader(client, await make.user("Eve", role=None), id_of(reader))

    told = [
        await stranger.slug("follow", **cited),
        await reader.slug("follow", **(cited | {"at": "f" * 40})),
        await reader.slug("follow", **(cited | {"path": "none.py"})),
        await reader.slug("follow", **(cited | {"path": "../etc/passwd"})),
        await reader.slug("follow", **(cited | {"start": "0"})),
    ]
    past_the_end = await reader.read("follow", **(cited | {"start": "900", "end": "901"}))

    assert told == [
        "repository-not-found",
        "revision-not-found",
        "path-not-found",
        "path-refused",
        "invalid-request",
    ]
    assert past_the_end["state"] == "same"


LINES = st.lists(
    st.sampled_from(["alpha()", "beta()", "}", "", "  gamma = 1", "delta"]), max_size=12
)


@given(before=LINES, cited=LINES, behind=LINES)
def test_whatever_comes_before_and_behind_lines_that_stay_are_found_as_they_are(
    before: list[str], cited: list[str], behind: list[str]
) -> None:
    text = [*before, *cited, *behind]

    found = unchanged(cited, text, len(before) + 1)

    if any(sum(map(str.isalnum, line)) >= 3 for line in cited):
        assert found is not None
        assert found.start == len(before) + 1
        assert [line.strip() for line in text[found.start - 1 : found.end]] == [
            line.strip() for line in cited
        ]
    else:
        assert found is None


@given(cited=LINES, text=LINES)
def test_changed_lines_lie_in_the_text_and_hold_at_least_half(
    cited: list[str], text: list[str]
) -> None:
    found = changed(cited, text, 1)

    if found is not None:
        assert 1 <= found.start <= found.end <= len(text)
        assert found.share >= 0.5
