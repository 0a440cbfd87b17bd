"""A unit of work happens and is told whole, or not at all; its jobs go with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from samoey.kit.context import SYSTEM, Tools
from samoey.kit.events import Event
from samoey.kit.job_failures import note
from samoey.kit.jobs import JobNotFound, Jobs
from samoey.kit.problems import Conflict, Unavailable
from samoey.kit.reactions import Reaction, Registry, Repetition
from samoey.kit.settings import JobSettings
from tests.house.processes import RunningHouse

FAST = JobSettings(heartbeat_s=0.2, stalled_after_s=1, retry_wait_s=0.01)


class KettleBoiled(Event):
    name: ClassVar[str] = "kitchen.kettle_boiled"
    cups: int = 1

    def audience(self) -> str:
        return "kitchen"


class Ledger:
    """What the reactions of one test did."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.fail: list[Exception] = []

    async def pour(self, _tools: Tools, event: KettleBoiled) -> None:
        if self.fail:
            raise self.fail.pop(0)
        self.done.append(event.cups)


def jobs_of(
    house: RunningHouse, work: Callable[[Tools, Any], Awaitable[None]], **changes: Any
) -> Jobs:
    reaction = Reaction(
        "kitchen.pour", KettleBoiled, work, changes.get("attempts", 3), "default", None
    )
    assert house.tools.settings.database_url is not None
    return Jobs(
        Registry({"kitchen.pour": reaction}, changes.get("repetitions", {})),
        changes.get("settings", FAST),
        house.tools.settings.database_url.get_secret_value(),
    )


def with_jobs(tools: Tools, jobs: Jobs) -> Tools:
    from dataclasses import replace

    return replace(tools, recorder=jobs)


async def count(tools: Tools, table: str) -> int:
    async with tools.sessions() as db:
        query = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        return int(await db.scalar(query) or 0)


async def test_what_commits_is_recorded_and_reacted_to_once(house: RunningHouse) -> None:
    ledger = Ledger()
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)

    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=2))
    async with jobs.open(tools):
        await jobs.drain()
        await jobs.drain()

    assert ledger.done == [2]
    assert await count(tools, "events") == 1


async def test_what_rolls_back_is_neither_recorded_nor_reacted_to(house: RunningHouse) -> None:
    ledger = Ledger()
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)

    with pytest.raises(Conflict):  # noqa: PT012 - the failure must come from inside the work
        async with tools.work(SYSTEM) as ctx:
            ctx.emit(KettleBoiled())
            raise Conflict
    async with jobs.open(tools):
        await jobs.drain()

    assert ledger.done == []
    assert await count(tools, "events") == 0
    assert await count(tools, "procrastinate_jobs") == 0


async def test_a_listener_hears_an_event_only_after_it_is_true(house: RunningHouse) -> None:
    async with house.tools.bus.listen("kitchen") as ear:
        async with house.tools.work(SYSTEM) as ctx:
            ctx.emit(KettleBoiled(cups=4))
            early = await ear.get(0.1)
        heard = await ear.get(5)

    assert early is None
    assert heard is not None
    assert heard[1]["name"] == "kitchen.kettle_boiled"
    assert heard[1]["data"] == {"cups": 4}


async def test_a_reaction_that_fails_for_a_while_is_tried_again(house: RunningHouse) -> None:
    ledger = Ledger()
    ledger.fail = [Unavailable(), RuntimeError("a bug")]
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=3))

    async with jobs.open(tools):
        for _ in range(200):
            await jobs.drain()
            if ledger.done:
                break
            await asyncio.sleep(0.02)

    assert ledger.done == [3]


async def test_a_problem_that_stays_is_not_tried_again_and_can_be_replayed(
    house: RunningHouse,
) -> None:
    ledger = Ledger()
    ledger.fail = [Conflict()]
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=5))

    async with jobs.open(tools):
        await jobs.drain()
        failed = await jobs.failed()
        assert [job.reaction for job in failed] == ["kitchen.pour"]
        await jobs.replay(failed[0].id)
        await jobs.drain()
        left = await jobs.failed()

    assert ledger.done == [5]
    assert left == []


@pytest.mark.parametrize(
    ("error", "title", "detail"),
    [
        (Conflict("The \x00kettle is in use."), Conflict.title, "The kettle is in use."),
        (RuntimeError("secret"), "Something broke on our side.", "RuntimeError; the worker's log"),
    ],
)
async def test_why_a_job_failed_is_kept_without_what_a_bug_says(
    house: RunningHouse, error: Exception, title: str, detail: str
) -> None:
    ledger = Ledger()
    ledger.fail = [error]
    jobs = jobs_of(house, ledger.pour, attempts=1)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=5))

    async with jobs.open(tools):
        await jobs.drain()
        [failed] = await jobs.failed()

    assert (failed.title, failed.attempts) == (title, 1)
    assert failed.event is not None
    assert failed.event["cups"] == 5
    assert failed.detail is not None
    assert failed.detail.startswith(detail)
    assert "secret" not in failed.detail


async def test_half_a_sign_in_the_reason_is_kept_as_a_question_mark(house: RunningHouse) -> None:
    ledger = Ledger()
    ledger.fail = [Conflict()]
    jobs = jobs_of(house, ledger.pour, attempts=1)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled())

    async with jobs.open(tools):
        await jobs.drain()
        [failed] = await jobs.failed()
        await note(tools.sessions, failed.id, Conflict("The kettle\ud800 is in use."))
        [failed] = await jobs.failed()

    assert failed.detail == "The kettle? is in use."


async def test_why_a_job_failed_is_forgotten_with_the_job(house: RunningHouse) -> None:
    ledger = Ledger()
    ledger.fail = [Conflict()]
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled())

    async with jobs.open(tools):
        await jobs.drain()
        await jobs.tidy()
        kept = await reasons_kept(tools)
        [failed] = await jobs.failed()
        await jobs.replay(failed.id)
        await jobs.drain()
        await done_long_ago(tools)
        await jobs.tidy()

    assert kept == 1
    assert await reasons_kept(tools) == 0


async def reasons_kept(tools: Tools) -> int:
    async with tools.sessions() as db:
        return await db.scalar(text("SELECT count(*) FROM job_failures")) or 0


async def done_long_ago(tools: Tools) -> None:
    async with tools.sessions.begin() as db:
        await db.execute(text("UPDATE procrastinate_events SET at = at - interval '1 year'"))


async def test_a_job_that_did_not_fail_cannot_be_replayed(house: RunningHouse) -> None:
    async with house.jobs.open(house.tools):
        with pytest.raises(JobNotFound):
            await house.jobs.replay(4711)


async def taken_by_the_dead(tools: Tools) -> None:
    """Every job was taken by a worker that was never heard of again."""
    async with tools.sessions.begin() as db:
        worker = await db.scalar(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - interval '1 hour') RETURNING id"
            )
        )
        await db.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"),
            {"worker": worker},
        )


async def test_a_command_runs_the_job_of_a_dead_worker_too(house: RunningHouse) -> None:
    ledger = Ledger()
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=7))
    await taken_by_the_dead(tools)

    async with jobs.open(tools):
        await jobs.drain()
        left = await jobs.unfinished()

    assert ledger.done == [7]
    assert left == set()


async def test_what_a_process_keeps_is_done_by_nobody_else(house: RunningHouse) -> None:
    here, there = Ledger(), Ledger()
    ours, theirs = jobs_of(house, here.pour), jobs_of(house, there.pour)
    ours.keep("default")
    tools = with_jobs(house.tools, ours)
    others = with_jobs(house.tools, theirs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=1))
    async with others.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=2))

    async with ours.open(tools), theirs.open(others):
        await theirs.drain()
        kept = await ours.unfinished()
        await ours.drain()

    assert (here.done, there.done, kept) == ([1], [2], {"todo"})


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "not begun"])
async def test_what_a_dead_process_kept_is_done_by_a_worker(
    house: RunningHouse, *, begun: bool
) -> None:
    ledger = Ledger()
    dead, alive = jobs_of(house, Ledger().pour), jobs_of(house, ledger.pour)
    dead.keep("default")
    async with with_jobs(house.tools, dead).work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=3))
    if begun:
        await taken_by_the_dead(house.tools)

    async with alive.open(with_jobs(house.tools, alive)):
        await alive.drain()
        early = [*ledger.done]
        await asyncio.sleep(FAST.stalled_after_s + 0.2)
        await alive.drain()

    assert early == ([3] if begun else [])
    assert ledger.done == [3]


async def test_the_job_of_a_dead_worker_runs_again(house: RunningHouse) -> None:
    ledger = Ledger()
    jobs = jobs_of(house, ledger.pour)
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=6))
    await taken_by_the_dead(tools)

    stop = asyncio.Event()
    async with jobs.open(tools):
        working = asyncio.create_task(jobs.work(stop=stop))
        for _ in range(300):
            if ledger.done:
                break
            await asyncio.sleep(0.02)
        stop.set()
        await working

    assert ledger.done == [6]


async def test_what_repeats_runs_by_the_clock(house: RunningHouse) -> None:
    ticked = asyncio.Event()

    async def tick(tools: Tools) -> None:
        ticked.set()

    repetition = Repetition("kitchen.wipe", "* * * * * *", tick)
    jobs = jobs_of(house, Ledger().pour, repetitions={"kitchen.wipe": repetition})
    stop = asyncio.Event()
    async with jobs.open(house.tools):
        working = asyncio.create_task(jobs.work(stop=stop))
        await asyncio.wait_for(ticked.wait(), 20)
        stop.set()
        await working

    assert ticked.is_set()


async def test_jobs_with_the_same_lock_never_run_together(house: RunningHouse) -> None:
    inside, most = 0, 0

    async def slow(tools: Tools, event: KettleBoiled) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.05)
        inside -= 1

    assert house.tools.settings.database_url is not None
    reaction = Reaction("kitchen.slow", KettleBoiled, slow, 1, "default", lambda _: "stove")
    jobs = Jobs(
        Registry({"kitchen.slow": reaction}, {}),
        FAST,
        house.tools.settings.database_url.get_secret_value(),
    )
    tools = with_jobs(house.tools, jobs)
    async with tools.work(SYSTEM) as ctx:
        for cups in range(4):
            ctx.emit(KettleBoiled(cups=cups))
    async with jobs.open(tools):
        for _ in range(20):
            await jobs.drain()

    assert most == 1


async def test_draining_can_be_interrupted_and_the_job_goes_on_elsewhere(
    house: RunningHouse,
) -> None:
    begun, poured = asyncio.Event(), Ledger()

    async def slow(tools: Tools, event: KettleBoiled) -> None:
        begun.set()
        await asyncio.sleep(3600)

    interrupted, other = jobs_of(house, slow), jobs_of(house, poured.pour)
    tools = with_jobs(house.tools, interrupted)
    async with tools.work(SYSTEM) as ctx:
        ctx.emit(KettleBoiled(cups=8))
    async with interrupted.open(tools):
        draining = asyncio.create_task(interrupted.drain())
        await begun.wait()
        draining.cancel()
        await asyncio.wait_for(asyncio.gather(draining, return_exceptions=True), 5)
    async with other.open(house.tools):
        await other.drain()

    assert poured.done == [8]
