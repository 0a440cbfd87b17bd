"""What orchestrators, Prometheus and people with a problem ask of a process."""

import asyncio
import hmac
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from samoey.domains.chat import service as chat
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.http import ToolsDep
from samoey.kit.metrics import METRICS
from samoey.kit.problems import NotFound, Problem, Unauthenticated

router = APIRouter(include_in_schema=False)

_PATIENCE_S = 3

_JOB_COUNTS = text(
    "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status <> 'succeeded' GROUP BY 1"
)
_OLDEST = text(
    "SELECT coalesce(extract(epoch FROM now() - min(e.at)), 0) FROM procrastinate_jobs j "
    "JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' "
    "WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()"
)


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """This process runs; nothing is said of what it stands on."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def readyz(tools: ToolsDep) -> JSONResponse:
    """This process can serve: its database and its bus answer."""
    checks = {"database": _database(tools), "bus": tools.bus.ping()}
    results = await asyncio.gather(
        *(asyncio.wait_for(check, _PATIENCE_S) for check in checks.values()),
        return_exceptions=True,
    )
    told = {
        name: "ok" if result is None else _reason(result)
        for name, result in zip(checks, results, strict=True)
    }
    ready = all(word == "ok" for word in told.values())
    return JSONResponse({"ready": ready, "checks": told}, status_code=200 if ready else 503)


async def _database(tools: Tools) -> None:
    async with tools.sessions() as db:
        await db.execute(text("SELECT 1"))


def _reason(error: object) -> str:
    return error.title if isinstance(error, Problem) else "does not answer"


@router.get("/metrics")
async def metrics(
    tools: ToolsDep, authorization: Annotated[str | None, Header()] = None
) -> Response:
    """Counters of this process and the state of the job queue, for Prometheus."""
    wanted = tools.settings.server.metrics_token
    if wanted is not None and not hmac.compare_digest(
        (authorization or "").encode(), f"Bearer {wanted.get_secret_value()}".encode()
    ):
        raise Unauthenticated
    async with tools.sessions() as db:
        counts = (await db.execute(_JOB_COUNTS)).all()
        oldest = await db.scalar(_OLDEST)
    lines = ["# TYPE samoey_jobs gauge"]
    lines += [f'samoey_jobs{{status="{status}"}} {count}' for status, count in counts]
    # Workers write the answers, and nobody scrapes those: what is kept is counted.
    async with tools.work(SYSTEM) as ctx:
        answers = await chat.tally(ctx)
    lines += ["# TYPE samoey_answers gauge"]
    lines += [f'samoey_answers{{status="{status}"}} {count}' for status, count, _ in answers]
    lines += ["# TYPE samoey_dropped_citations gauge"]
    lines += [f"samoey_dropped_citations {sum(dropped for *_, dropped in answers)}"]
    lines += ["# TYPE samoey_jobs_oldest_waiting_seconds gauge"]
    lines += [f"samoey_jobs_oldest_waiting_seconds {float(oldest or 0)}", ""]
    body = generate_latest(METRICS) + "\n".join(lines).encode()
    return Response(body, media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{slug}")
async def problem_page(slug: str) -> PlainTextResponse:
    """What a problem's `type` resolves to: its title, status and meaning in plain words."""
    for kind in _family(Problem):
        if kind.slug() == slug:
            said = (kind.__doc__ or "").strip()
            return PlainTextResponse(f"{kind.title}\n\nStatus {kind.status}. {said}\n")
    raise NotFound


def _family(kind: type[Problem]) -> list[type[Problem]]:
    return [kind, *(member for child in kind.__subclasses__() for member in _family(child))]
