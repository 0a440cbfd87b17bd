"""The journal of usage: nothing lost to a kill, nothing written twice, nobody made to wait."""

import asyncio
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from samoey.domains.models.gateway.usage import Accounts, Usage
from samoey.kit.ports.ledger import Closing
from tests.domains.models.gateway.noter import row

SERVER = Path(__file__).parents[4]
SEGMENT = 4096


class Kept:
    """A sink in memory that remembers how far each segment was written."""

    def __init__(self) -> None:
        self.rows: list[Usage] = []
        self.places: dict[UUID, int] = {}
        self.away = False

    async def written(self, segment: UUID) -> int:
        return self.places.get(segment, 0)

    async def write(self, segment: UUID, start: int, end: int, rows: list[Usage]) -> bool:
        await asyncio.sleep(0)
        if self.away:
            raise OSError
        if self.places.get(segment, 0) > start:
            return False
        self.places[segment] = end
        self.rows += rows
        return True

    def numbers(self) -> list[int]:
        return sorted(one.prompt_tokens for one in self.rows)


def files(folder: Path) -> int:
    return len(list(folder.iterdir()))


def noting_process(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.domains.models.gateway.noter", str(folder), "500"],
        cwd=SERVER,
        stdout=subprocess.PIPE,
    )


async def opened(folder: Path, sink: Kept, **changes: float) -> Accounts:
    limits = {"segment_bytes": SEGMENT, "every_s": 600} | changes
    accounts = Accounts(folder, sink, **limits)  # type: ignore[arg-type]  # a test's own short form
    await accounts.open()
    return accounts


async def test_what_is_noted_is_written_once_and_leaves_no_file_behind(tmp_path: Path) -> None:
    sink = Kept()
    accounts = await opened(tmp_path, sink)
    for number in range(100):
        accounts.note(row(number, first_ms=7, hold="h"))
    await accounts.flush()
    await accounts.flush()
    accounts.note(row(100))
    await accounts.close()

    assert sink.numbers() == list(range(101))
    assert sink.rows[0] == row(0, first_ms=7, hold="h")
    assert files(tmp_path) == 0


async def test_a_sink_that_is_away_loses_nothing_and_has_it_all_later(tmp_path: Path) -> None:
    sink = Kept()
    sink.away = True
    accounts = await opened(tmp_path, sink)
    for number in range(50):
        accounts.note(row(number))
    with pytest.raises(OSError):  # noqa: PT011 - the sink's own
        await accounts.flush()
    await accounts.close()
    left = files(tmp_path)

    sink.away = False
    later = await opened(tmp_path, sink)
    await later.adopt()
    await later.close()

    assert left > 1
    assert sink.numbers() == list(range(50))
    assert files(tmp_path) == 0


@pytest.mark.slow
async def test_a_killed_process_leaves_its_rows_to_whichever_comes_first(tmp_path: Path) -> None:
    noting = noting_process(tmp_path)
    assert noting.stdout is not None
    await asyncio.to_thread(noting.stdout.readline)
    sink = Kept()
    first = await opened(tmp_path, sink)
    before = await first.adopt()
    noting.kill()
    await asyncio.to_thread(noting.communicate)
    second = await opened(tmp_path, sink)

    await asyncio.gather(first.adopt(), second.adopt())
    await first.close()
    await second.close()

    assert before == 0
    assert sink.numbers() == list(range(500))
    assert files(tmp_path) == 0


async def test_a_process_that_died_between_writing_and_removing_is_not_written_again(
    tmp_path: Path,
) -> None:
    sink = Kept()
    died = await opened(tmp_path, sink)
    for number in range(10):
        died.note(row(number))
    await died.flush()
    died.note(row(10))
    for segment in died._segments:
        segment.close(remove=False)
    died._segments = []
    assert died._writer is not None
    died._writer.cancel()

    later = await opened(tmp_path, sink)
    await later.adopt()
    await later.close()

    assert sink.numbers() == list(range(11))


async def test_a_row_that_was_half_written_and_a_file_that_is_none_stop_nobody(
    tmp_path: Path,
) -> None:
    sink = Kept()
    died = await opened(tmp_path, sink)
    for number in range(3):
        died.note(row(number))
    [segment] = died._segments
    segment._map[segment.end - 1] ^= 0xFF
    segment.close(remove=False)
    died._segments = []
    assert died._writer is not None
    died._writer.cancel()
    (tmp_path / f"{UUID(int=9)}.journal").touch()

    later = await opened(tmp_path, sink)
    await later.adopt()
    await later.close()

    assert sink.numbers() == [0, 1]
    assert files(tmp_path) == 0


async def test_a_full_journal_counts_what_it_can_not_keep(tmp_path: Path) -> None:
    sink = Kept()
    sink.away = True
    told: list[None] = []
    accounts = Accounts(
        tmp_path,
        sink,
        segment_bytes=SEGMENT,
        most_bytes=2 * SEGMENT,
        every_s=600,
        when_lost=lambda: told.append(None),
    )
    await accounts.open()
    for number in range(200):
        accounts.note(row(number))
    sink.away = False
    await accounts.flush()
    await accounts.close()

    assert accounts.lost == len(told) > 0
    assert len(sink.rows) + accounts.lost == 200


async def test_what_was_written_makes_room_for_more(tmp_path: Path) -> None:
    sink = Kept()
    accounts = Accounts(
        tmp_path,
        sink,
        ledger=Told(),  # type: ignore[arg-type]  # it only hears
        segment_bytes=SEGMENT,
        most_bytes=2 * SEGMENT,
        every_s=600,
    )
    await accounts.open()
    for number in range(200):
        accounts.note(row(number))
        if number % 10 == 0:
            await accounts.flush()
    await accounts.close()

    assert accounts.lost == 0
    assert sink.numbers() == list(range(200))


async def test_a_home_without_room_stops_nobody_and_keeps_rows_when_there_is_some(
    tmp_path: Path,
) -> None:
    sink, folder = Kept(), tmp_path / "journal"
    folder.write_text("something else")
    accounts = await opened(folder, sink)
    accounts.note(row(1))
    folder.unlink()
    folder.mkdir()
    accounts.note(row(2))
    await accounts.close()

    assert accounts.lost == 1
    assert sink.numbers() == [2]


async def test_every_row_is_shown_to_those_who_watch(tmp_path: Path) -> None:
    accounts = await opened(tmp_path, Kept())
    seen: list[int] = []
    accounts.watch(lambda one: seen.append(one.prompt_tokens))
    accounts.note(row(5))
    await accounts.close()

    assert seen == [5]


class Told:
    """A ledger that only hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[Closing, ...]]] = []

    async def settle(self, owner: str, closings: tuple[Closing, ...], **_: float) -> None:
        self.heard.append((owner, closings))


async def test_the_ledger_is_told_what_a_process_that_died_may_not_have_told(
    tmp_path: Path,
) -> None:
    sink, ledger = Kept(), Told()
    sink.away = True
    died = await opened(tmp_path, sink)
    for hold in ("a", "a", "b", ""):
        died.note(row(1, hold=hold, cost_micro=5))
    await died.close()

    sink.away = False
    later = Accounts(tmp_path, sink, ledger=ledger)  # type: ignore[arg-type]  # it only hears
    await later.open()
    await later.adopt()
    await later.close()

    key = str(UUID(int=1))
    assert ledger.heard == [(key, (Closing(id="a", spent=10), Closing(id="b", spent=5)))]


class Busy(Kept):
    """While it writes, one more request ends: a few hundred times, then the test has failed."""

    accounts: Accounts
    writes = 0

    async def write(self, segment: UUID, start: int, end: int, rows: list[Usage]) -> bool:
        self.writes += 1
        if self.writes < 300:
            self.accounts.note(row(self.writes))
        return await super().write(segment, start, end, rows)


async def test_what_is_noted_while_rows_are_written_waits_for_the_next_time(
    tmp_path: Path,
) -> None:
    sink = Busy()
    sink.accounts = await opened(tmp_path, sink, segment_bytes=1024 * 1024)
    sink.accounts.note(row(0))

    await sink.accounts.flush()

    # The journal's own first look may have written, too; nobody went on as long as there were rows.
    assert 1 <= sink.writes <= 3
    sink.writes = 1000
    await sink.accounts.close()
