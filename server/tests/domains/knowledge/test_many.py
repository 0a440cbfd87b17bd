"""Many repositories are searched as if they were one, and none takes more than its share."""

import asyncio
import threading
from pathlib import Path

import pytest

from samoey.domains.knowledge.lexical.opener import Opener, SnapshotDamaged
from samoey.domains.knowledge.lexical.ranking import Place, Wish, best_of
from samoey.domains.knowledge.lexical.reading import Filter, Snapshot
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.opening import Closed, OpenSnapshots, Wanted
from samoey.domains.knowledge.service import partly
from tests.domains.knowledge.shelves import Bench, source

PATIENT_S = 30


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "shelf")


@pytest.fixture
def folders(bench: Bench) -> list[Path]:
    """Four snapshots that hold one function each."""
    for number in range(4):
        bench.build(f"s{number}", {f"{number}.py": source(f"load_{number}")})
    return [bench.folder / f"s{number}" for number in range(4)]


def names(places: list[Snapshot], asked: str, limit: int = 5) -> list[tuple[int, str | None]]:
    words = Words().line(asked).split()
    found = best_of([Place(each) for each in places], words, asked, Wish(limit), Filter())
    return [(which, each.passage.name) for which, each in found]


def test_the_one_hit_in_a_tiny_repository_is_not_drowned_by_a_large_one(bench: Bench) -> None:
    chatter = {
        f"{n}.py": f"def work_{n}(session):\n    return session.{'config' if n < 20 else 'run'}()\n"
        for n in range(60)
    }
    bench.build("large", chatter)
    bench.build("tiny", {"y.py": "def rotate():\n    return quaternion(1)\n"})
    large, tiny = (Snapshot.open(bench.folder / name) for name in ("large", "tiny"))

    together = names([large, tiny], "quaternion config", limit=10)

    words = ["quaternion", "config"]
    by_itself = [each.search(words, 10)[-1].score for each in (large, tiny)]
    assert by_itself[0] > 2 * by_itself[1]
    assert together[0] == (1, "rotate")


def test_several_repositories_rank_like_one_that_holds_all_their_files(bench: Bench) -> None:
    files = {
        f"{n}.py": f"def f_{n}(a):\n    return {' + '.join([word] * (n % 3 + 1))}\n"
        for n, word in enumerate(["alpha", "beta", "alpha", "gamma", "beta", "alpha", "delta"] * 3)
    }
    bench.build("whole", files)
    parts: list[Snapshot] = []
    for part in range(3):
        bench.build(f"p{part}", {path: files[path] for path in list(files)[part::3]})
        parts.append(Snapshot.open(bench.folder / f"p{part}"))
    whole = Snapshot.open(bench.folder / "whole")

    for asked in ("delta", "gamma alpha", "beta delta"):
        one = [name for _, name in names([whole], asked, limit=8)]
        several = [name for _, name in names(parts, asked, limit=8)]
        assert sorted(map(str, several)) == sorted(map(str, one))


def test_passages_are_fetched_from_the_repository_that_has_many_of_the_best(bench: Bench) -> None:
    many = {f"{n}.py": source(*(f"token_{n}_{m}" for m in range(8))) for n in range(10)}
    bench.build("rich", many)
    places = [Snapshot.open(bench.folder / "rich")]
    for number in range(30):
        bench.build(f"poor{number}", {"a.py": source("something", "else_entirely")})
        places.append(Snapshot.open(bench.folder / f"poor{number}"))

    found = names(places, "token", limit=40)

    assert len(found) == 40
    assert {which for which, _ in found} == {0}


def watchers() -> int:
    """Count the threads of this process in which tantivy looks after folders."""
    tasks = Path("/proc/self/task").glob("*/comm")
    return sum(each.read_text().startswith("thread-tantivy") for each in tasks)


def test_a_process_opens_many_snapshots_with_one_thread_and_no_mix_up(
    folders: list[Path],
) -> None:
    before = watchers()
    opener = Opener()

    opened = [opener.open(folder) for folder in folders]

    assert watchers() <= before + 1
    for number, snapshot in enumerate(opened):
        assert [each.passage.path for each in snapshot.search(["load"], 9)] == [f"{number}.py"]
    assert [each.name for each in opener.folder.glob("[!.]*")] == ["meta.json"]


def test_a_snapshot_that_lost_a_file_is_not_opened_and_disturbs_no_other(
    folders: list[Path],
) -> None:
    opener = Opener()
    next(folders[0].glob("*.term")).unlink()
    (folders[1] / "meta.json").write_text("{")

    with pytest.raises(SnapshotDamaged):
        opener.open(folders[0])
    with pytest.raises(SnapshotDamaged):
        opener.open(folders[1])
    with pytest.raises(FileNotFoundError):
        opener.open(folders[2].with_name("nothing"))

    assert opener.open(folders[2]).size == 1


async def test_what_is_not_open_in_time_is_told_and_is_there_the_next_time(
    folders: list[Path],
) -> None:
    desk = OpenSnapshots(64)
    arrived = threading.Event()
    wanted = [Wanted(folders[0]), Wanted(folders[1], arrived.wait)]
    await desk.get(wanted[:1], patience_s=PATIENT_S)

    first = await desk.get(wanted, patience_s=0)
    arrived.set()
    second = await desk.get(wanted, patience_s=PATIENT_S)

    assert (type(first[0]), first[1]) == (Snapshot, Closed.COMING)
    assert [type(each) for each in second] == [Snapshot, Snapshot]


async def test_a_question_to_one_repository_is_served_before_one_to_many(
    folders: list[Path],
) -> None:
    desk = OpenSnapshots(64, at_once=1)
    begin, order = threading.Event(), list[str]()

    def fetch(folder: Path) -> None:
        begin.wait()
        order.append(folder.name)

    await desk.get([Wanted(folders[0].with_name("none"), begin.wait)], patience_s=0)
    many = [Wanted(each, lambda each=each: fetch(each)) for each in folders[:3]]  # type: ignore[misc]
    await desk.get(many, patience_s=0)
    await desk.get([Wanted(folders[3], lambda: fetch(folders[3]))], patience_s=0)
    begin.set()
    await desk.get([*many, Wanted(folders[3])], patience_s=PATIENT_S)

    assert order == ["s3", "s0", "s1", "s2"]


async def test_the_same_snapshot_is_opened_once_however_many_ask(folders: list[Path]) -> None:
    desk = OpenSnapshots(64)
    fetched = []
    wanted = [Wanted(folders[0], lambda: fetched.append(1))]

    given = await asyncio.gather(*(desk.get(wanted, patience_s=PATIENT_S) for _ in range(5)))

    assert len({id(each) for (each,) in given}) == 1
    assert fetched == [1]


async def test_open_snapshots_stay_within_their_memory_and_the_least_used_is_closed(
    folders: list[Path],
) -> None:
    desk = OpenSnapshots(2.5 * 16_000 / 2**20)
    for folder in (folders[0], folders[1], folders[0], folders[2]):
        await desk.get([Wanted(folder)], patience_s=PATIENT_S)

    assert list(desk.open) == [folders[0], folders[2]]


async def test_what_was_unpacked_of_open_snapshots_counts_and_is_let_go(
    folders: list[Path],
) -> None:
    desk = OpenSnapshots(1)
    wanted = [Wanted(each) for each in folders[:2]]
    read, quiet = await desk.get(wanted, patience_s=PATIENT_S)
    assert isinstance(read, Snapshot)
    for _ in range(100):
        read.search(["load"], 5)

    again = await desk.get(wanted, patience_s=PATIENT_S)

    assert read.cost > 2**20
    assert isinstance(again[0], Snapshot)
    assert again[0] is not read
    assert again[1] is quiet
    assert sum(each.cost for each in desk.open.values()) <= desk.most_bytes


async def test_a_question_to_more_than_fit_is_answered_from_those_that_do(
    folders: list[Path],
) -> None:
    desk = OpenSnapshots(2.5 * 16_000 / 2**20)

    given = await desk.get([Wanted(each) for each in folders], patience_s=PATIENT_S)
    again = await desk.get([Wanted(each) for each in folders], patience_s=PATIENT_S)

    assert [given.count(Closed.NO_ROOM), len(desk.open)] == [2, 2]
    assert again.count(Closed.NO_ROOM) == 2


async def test_what_is_lost_and_what_cannot_be_fetched_are_told_apart(folders: list[Path]) -> None:
    desk = OpenSnapshots(64)

    def breaks() -> None:
        raise RuntimeError

    given = await desk.get(
        [Wanted(folders[0].with_name("gone")), Wanted(folders[1], breaks)], patience_s=PATIENT_S
    )

    assert given == [Closed.LOST, Closed.AWAY]


def test_an_answer_from_a_part_of_the_repositories_says_so() -> None:
    assert partly(3, []) is None
    assert partly(312, [Closed.COMING] * 688) == (
        "Answered from 312 of 1,000 repositories; the rest is being opened."
    )
    assert partly(1, [Closed.AWAY, Closed.LOST, Closed.LOST]) == (
        "Answered from 1 of 4 repositories: 2 are being made again, 1 cannot be read now."
    )
