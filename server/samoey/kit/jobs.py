"""Background work on Procrastinate: recorded with the data, run at least once, never lost.

The job row is written on the session's own connection, so a job can be neither lost nor sent for
work that rolled back. Procrastinate finds the jobs of a killed worker but does not run them again;
`rescue` does.
"""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate import JobContext, exceptions, jobs, retry, tasks
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from samoey.kit import job_failures
from samoey.kit.context import Tools
from samoey.kit.event_log import RecordedEvent
from samoey.kit.events import Event
from samoey.kit.ids import new_id
from samoey.kit.job_failures import FailedJob
from samoey.kit.problems import NotFound, Problem
from samoey.kit.reactions import Reaction, Registry, Repetition
from samoey.kit.settings import JobSettings
from samoey.kit.telemetry import JOBS, request_id

log = logging.getLogger(__name__)

_TICKS = "default"
# A queue that one process keeps for itself is called after the shared one and a number.
_OF = ":"
_GIVE_BACK = """
    UPDATE procrastinate_jobs AS job SET queue_name = split_part(queue_name, %(of)s, 1)
    WHERE status = 'todo' AND position(%(of)s in queue_name) > 0
      AND NOT queue_name = ANY(%(ours)s)
      AND greatest(
            scheduled_at, (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id)
          ) < now() - make_interval(secs => %(seconds)s)
"""


class JobNotFound(NotFound):
    """No failed job has this number."""

    title = "There is no failed job with this number."


class Backoff(retry.BaseRetryStrategy):
    """Try again what may succeed later, waiting twice as long each time."""

    def __init__(self, attempts: int, first_wait_s: float) -> None:
        self.attempts, self.first_wait_s = attempts, first_wait_s

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> retry.RetryDecision | None:
        """Give up on problems that stay, and after the last attempt."""
        if isinstance(exception, asyncio.CancelledError):
            # Its process ends; the job is as good as it was and goes on elsewhere.
            return retry.RetryDecision(retry_at=datetime.now(UTC))
        tried = job.attempts + 1
        lasting = isinstance(exception, Problem) and not exception.transient
        if lasting or tried >= self.attempts:
            return None
        wait = timedelta(seconds=self.first_wait_s * 2 ** (tried - 1))
        return retry.RetryDecision(retry_at=datetime.now(UTC) + wait)


class Jobs:
    """The reactions of the house as Procrastinate tasks; also the recorder of events."""

    def __init__(self, registry: Registry, settings: JobSettings, database_url: str) -> None:
        self._registry, self._settings = registry, settings
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=database_url, min_size=1, max_size=max(2, settings.concurrency)
            )
        )
        self._tools: Tools | None = None
        self._kept: dict[str, str] = {}
        self._left: set[str] = set()
        self._running: set[asyncio.Task[Any]] = set()
        self._tasks = {r.name: self._task(r) for r in registry.reactions.values()}
        for repetition in registry.repetitions.values():
            self._repeat(repetition)

    async def record(
        self, db: AsyncSession, actor_id: UUID | None, events: Sequence[Event]
    ) -> None:
        """Write one row per event and one job per reaction to it, on `db`'s own connection."""
        if not events:
            return
        rows = [RecordedEvent.values_of(event, actor_id) for event in events]
        await db.execute(insert(RecordedEvent), rows)
        due = [(event, reaction) for event in events for reaction in self._registry.to(event)]
        if not due:
            return
        raw = await (await db.connection()).get_raw_connection()
        for event, reaction in due:
            lock = reaction.lock(event) if reaction.lock else None
            queue = self._kept.get(reaction.queue, reaction.queue)
            await (
                self._tasks[reaction.name]
                .configure(connection=raw.driver_connection, lock=lock, queue=queue)
                .defer_async(event=event.model_dump(mode="json"))
            )

    def _task(self, reaction: Reaction[Any]) -> tasks.Task[..., Any, Any]:
        async def run(context: JobContext, event: dict[str, Any]) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            try:
                async with self._noting(context):
                    await self._perform(reaction, event)
            finally:
                self._running.discard(task)

        return self._app.task(
            name=reaction.name,
            queue=reaction.queue,
            pass_context=True,
            retry=Backoff(reaction.attempts, self._settings.retry_wait_s),
        )(run)

    def _repeat(self, repetition: Repetition) -> None:
        async def run(context: JobContext, timestamp: int) -> None:
            log.debug("tick", extra={"repetition": repetition.name, "timestamp": timestamp})
            async with self._noting(context):
                await repetition.work(self._hands())

        task = self._app.task(
            name=repetition.name, queueing_lock=repetition.name, pass_context=True
        )(run)
        self._app.periodic(cron=repetition.cron)(task)

    @contextlib.asynccontextmanager
    async def _noting(self, context: JobContext) -> AsyncIterator[None]:
        """Keep why the job could not be done, if it cannot."""
        try:
            yield
        except Exception as error:
            assert context.job.id is not None
            await job_failures.note(self._hands().sessions, context.job.id, error)
            raise

    async def _perform(self, reaction: Reaction[Any], event: dict[str, Any]) -> None:
        request_id.set(str(event.get("id") or new_id()))
        started = time.perf_counter()
        try:
            await reaction.work(self._hands(), reaction.event.model_validate(event))
        except Problem as problem:
            JOBS.labels(reaction.name, problem.slug()).inc()
            log.warning(
                "reaction met a problem",
                extra={"reaction": reaction.name, "problem": problem.document()},
            )
            raise
        except Exception:
            JOBS.labels(reaction.name, "bug").inc()
            log.exception("reaction failed", extra={"reaction": reaction.name})
            raise
        JOBS.labels(reaction.name, "done").inc()
        took = round((time.perf_counter() - started) * 1000)
        log.info("reaction done", extra={"reaction": reaction.name, "ms": took})

    def _hands(self) -> Tools:
        if self._tools is None:
            message = "jobs run only inside `Jobs.open`"
            raise RuntimeError(message)
        return self._tools

    @contextlib.asynccontextmanager
    async def open(self, tools: Tools) -> AsyncIterator[None]:
        """Connect to the job tables and give the reactions their tools."""
        self._tools = tools
        async with self._app.open_async():
            yield
        self._tools = None

    def keep(self, queue: str) -> None:
        """Do the jobs of `queue` that this process causes in this process, by `drain`.

        The others' jobs of that queue are left to them. If this process dies, its jobs go back to
        the shared queue after the time-out, and a worker does them.
        """
        self._kept[queue] = f"{queue}{_OF}{secrets.token_hex(6)}"

    def leave(self, queue: str) -> None:
        """Do no job of `queue` by `drain` in this process: they are long, and a worker's."""
        self._left.add(queue)

    async def work(self, *, stop: asyncio.Event | None = None) -> None:
        """Run jobs until `stop` is set (or, with none, a signal comes)."""
        rescuer = asyncio.create_task(self._rescue_forever())
        worker = asyncio.create_task(self._worker(self._shared(), wait=True, signals=stop is None))
        stopped = asyncio.create_task(stop.wait()) if stop else None
        try:
            await asyncio.wait(
                [task for task in (worker, rescuer, stopped) if task],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            # Cancelling Procrastinate's worker asks it to finish what it is doing.
            for task in (worker, rescuer, stopped):
                if task and not task.done():
                    task.cancel()
            await asyncio.gather(
                *(task for task in (rescuer, stopped) if task), return_exceptions=True
            )
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    async def drain(self, *, kept_only: bool = False) -> None:
        """Run every job that is due, in this process, until none is left.

        Those of dead workers are among them; with `kept_only` no more than this process keeps.
        """
        queues = self._ours(kept_only=kept_only)
        await self.rescue()
        before: set[int | None] = set()
        # A worker that does not wait leaves when it finds nothing, though what still runs may
        # cause more. Jobs that another process holds the lock of stay where they are.
        while (due := await self._due(queues)) and due != before:
            await self._finish_or_hand_back(queues)
            before = due

    async def _finish_or_hand_back(self, queues: Sequence[str]) -> None:
        """Run a worker to its end; whoever interrupts it does not wait for what it is doing."""
        working = asyncio.create_task(self._worker(queues, wait=False, signals=False))
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            working.cancel()
            for job in self._running:
                job.cancel()
            await asyncio.gather(working, return_exceptions=True)
            raise

    async def unfinished(self, *queues: str) -> set[str]:
        """How the jobs of `queues` stand: `todo` (waiting), `doing`, both, or none of it is left.

        Without a name the queues are those that `drain` looks after.
        """
        asked = queues or self._ours(kept_only=False)
        return {
            status
            for status in ("todo", "doing")
            for job in await self._app.job_manager.list_jobs_async(status=status)
            if job.queue in asked
        }

    def kept(self) -> list[str]:
        """The queues that this process keeps for itself."""
        return list(self._kept.values())

    def _shared(self) -> list[str]:
        return sorted({_TICKS, *(it.queue for it in self._registry.reactions.values())})

    def _ours(self, *, kept_only: bool) -> list[str]:
        if kept_only:
            return self.kept()
        others = (q for q in self._shared() if q not in self._kept and q not in self._left)
        return [*self.kept(), *others]

    async def _due(self, queues: Sequence[str]) -> set[int | None]:
        now = datetime.now(UTC)
        waiting = await self._app.job_manager.list_jobs_async(status="todo")
        return {
            job.id
            for job in waiting
            if job.queue in queues and (job.scheduled_at is None or job.scheduled_at <= now)
        }

    async def _worker(self, queues: Sequence[str], *, wait: bool, signals: bool) -> None:
        await self._app.run_worker_async(
            queues=queues,
            wait=wait,
            concurrency=self._settings.concurrency,
            install_signal_handlers=signals,
            update_heartbeat_interval=self._settings.heartbeat_s,
            stalled_worker_timeout=self._settings.stalled_after_s,
            fetch_job_polling_interval=2.0,
            # One that does not wait shuts down while its last jobs run, and is to finish them.
            shutdown_graceful_timeout=10 if wait else math.inf,
        )

    async def _rescue_forever(self) -> None:
        while True:
            try:
                await self.rescue()
                await self.tidy()
            except (exceptions.ConnectorException, SQLAlchemyError):
                log.warning("could not look for stalled jobs", exc_info=True)
            await asyncio.sleep(self._settings.stalled_after_s / 2)

    async def tidy(self) -> None:
        """Forget the jobs that were done long ago, and why they failed before."""
        await self._app.job_manager.delete_old_jobs(nb_hours=self._settings.keep_days * 24)
        await job_failures.forget(self._hands().sessions)

    async def rescue(self, *, silent_s: float | None = None) -> int:
        """Put the jobs of workers that gave no sign of life back in the queue; how many.

        `silent_s` takes the place of the settings' time-out where more is known of the workers.
        """
        silent_s = self._settings.stalled_after_s if silent_s is None else silent_s
        stalled = list(
            await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_s)
        )
        for job in stalled:
            log.warning("job of a dead worker runs again", extra={"job": job.call_string})
            await self._app.job_manager.retry_job(job, queue=self._found_by_others(job.queue))
        # What a dead process kept for itself and had not begun yet.
        await self._app.connector.execute_query_async(
            _GIVE_BACK,
            of=_OF,
            ours=self.kept(),
            seconds=self._settings.stalled_after_s,
        )
        return len(stalled)

    def _found_by_others(self, queue: str) -> str:
        return queue if queue in self.kept() else queue.partition(_OF)[0]

    async def failed(self) -> list[FailedJob]:
        """The jobs that failed for good, oldest first."""
        return await job_failures.failed(self._hands().sessions)

    async def replay(self, job_id: int) -> None:
        """Run a failed job once more.

        Raises:
            JobNotFound: no failed job has this number.
        """
        if job_id not in {job.id for job in await self.failed()}:
            raise JobNotFound
        await self._app.job_manager.retry_job_by_id_async(job_id=job_id, retry_at=datetime.now(UTC))
