"""How an HTTP request becomes a `Context`, and a `Problem` becomes a response."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from samoey.kit.context import Actor, Context, Tools
from samoey.kit.credentials import Caller, Credentials, SessionTokens, SignedIn
from samoey.kit.db import plainly
from samoey.kit.fitting import misfits
from samoey.kit.problems import (
    BadRequest,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Problem,
    ServerError,
    Unauthenticated,
)
from samoey.kit.telemetry import request_id

log = logging.getLogger(__name__)

ACCESS_COOKIE = "samoey_access"
REFRESH_COOKIE = "samoey_refresh"
# The refresh token travels only to where it is used up.
REFRESH_PATH = "/api/v1/identity/session"
_LONGEST_AGENT = 300
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# `identity` decides who someone is; `api/app.py` hands its verb to every request.
Authenticate = Callable[[Tools, Credentials], Awaitable[SignedIn]]


class CrossSite(Forbidden):
    """A page of another site tried to act with this person's cookie."""

    title = "This request came from another site."


def credentials_of(connection: HTTPConnection) -> Credentials:
    """What the request shows; a bearer wins over a cookie."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else connection.headers.get("x-api-key")
    return Credentials(cookie=connection.cookies.get(ACCESS_COOKIE), bearer=bearer or None)


def same_site(connection: HTTPConnection) -> bool:
    """Whether the request was made by one of our own pages, or by no page at all.

    Browsers say so in `Sec-Fetch-Site`; older ones in `Origin` (Fetch Metadata, W3C).
    """
    site = connection.headers.get("sec-fetch-site")
    # Of a WebSocket every browser tells the origin, and not all of them this.
    if site is not None and connection.scope["type"] == "http":
        return site in {"same-origin", "none"}
    origin = connection.headers.get("origin")
    return origin is None or origin.partition("://")[2] == connection.headers.get("host")


def require_same_site(connection: HTTPConnection) -> None:
    """Keep another site's page from acting with this person's cookies, or from giving them others.

    Raises:
        CrossSite: the browser says that another site's page sent it.
    """
    if not same_site(connection):
        raise CrossSite


async def caller_of(request: Request) -> Caller:
    """Where `request` comes from, for limits and for the list of sessions."""
    agent = "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())
    address = request.client.host if request.client else "local"
    return Caller(address, agent[:_LONGEST_AGENT])


CallerDep = Annotated[Caller, Depends(caller_of)]


def set_session_cookies(request: Request, response: Response, tokens: SessionTokens) -> None:
    """Hand a browser its tokens where no script can read them."""
    for name, secret, age, path in (
        (ACCESS_COOKIE, tokens.access, tokens.access_s, "/"),
        (REFRESH_COOKIE, tokens.refresh, tokens.refresh_s, REFRESH_PATH),
    ):
        response.set_cookie(
            name,
            secret.get_secret_value(),
            max_age=age,
            path=path,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )


def clear_session_cookies(response: Response) -> None:
    """Have a browser forget its tokens."""
    for name, path in ((ACCESS_COOKIE, "/"), (REFRESH_COOKIE, REFRESH_PATH)):
        response.delete_cookie(name, path=path, httponly=True, samesite="strict")


# A dependency that is no coroutine costs a trip through the thread pool with every request.
async def current_tools(request: Request) -> Tools:
    """The tools of this process."""
    tools: Tools = request.state.tools
    return tools


async def signed_in(request: Request) -> SignedIn:
    """Who sends this request.

    Raises:
        Unauthenticated: nobody, or a credential that is no longer good.
        CrossSite: a cookie came along with another site's request.
    """
    shown = credentials_of(request)
    if shown.bearer is None:
        if shown.cookie is None:
            raise Unauthenticated
        if request.method not in _SAFE_METHODS:
            require_same_site(request)
    authenticate: Authenticate = request.state.authenticate
    return await authenticate(request.state.tools, shown)


ToolsDep = Annotated[Tools, Depends(current_tools)]
SignedInDep = Annotated[SignedIn, Depends(signed_in)]


async def current_actor(who: SignedInDep) -> Actor:
    """The person who sends this request."""
    return who.actor


ActorDep = Annotated[Actor, Depends(current_actor)]


async def request_context(tools: ToolsDep, actor: ActorDep) -> AsyncIterator[Context]:
    """One unit of work for this request."""
    async with tools.work(actor) as ctx:
        yield ctx


async def open_context(tools: ToolsDep) -> AsyncIterator[Context]:
    """One unit of work for somebody who is not signed in yet."""
    async with tools.work(Actor(None)) as ctx:
        yield ctx


# "function" scope: commit before the response leaves, so a client that reads right after writing
# sees what it wrote. The default scope commits after.
Ctx = Annotated[Context, Depends(request_context, scope="function")]
OpenCtx = Annotated[Context, Depends(open_context, scope="function")]


async def answer_with_problem(request: Request, exc: Exception) -> JSONResponse:
    """Turn what was raised into `application/problem+json`."""
    problem = as_problem(exc)
    if isinstance(problem, ServerError):
        log.error("bug", exc_info=exc, extra={"path": request.url.path})
        problem.extra["request_id"] = request_id.get()
    elif isinstance(exc, SQLAlchemyError):
        log.warning(
            problem.title,
            extra={"path": request.url.path, "reason": str(getattr(exc, "orig", exc))},
        )
    return JSONResponse(
        problem.document(request.url.path),
        status_code=problem.status,
        headers=problem.headers(),
        media_type="application/problem+json",
    )


def as_problem(exc: Exception) -> Problem:
    """What was raised as a problem; what nobody foresaw becomes `ServerError`, without details."""
    match exc:
        case Problem():
            return exc
        case RequestValidationError():
            return misfits(exc.errors())
        case HTTPException(status_code=404):
            return NotFound()
        case HTTPException(status_code=405):
            return MethodNotAllowed()
        case HTTPException(__cause__=Problem() as cause):
            # FastAPI wraps whatever fails while a body is read.
            return cause
        case HTTPException():
            return BadRequest(str(exc.detail))
        case _:
            return plainly(exc) or ServerError()


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every failure of `app` in one family."""
    kinds = (Problem, RequestValidationError, HTTPException, SQLAlchemyError, Exception)
    for kind in kinds:
        app.add_exception_handler(kind, answer_with_problem)


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: which problems it may answer with, by status."""
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = documented.setdefault(
            kind.status,
            {
                "description": "",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            },
        )
        entry["description"] = f"{entry['description']} `{kind.slug()}`: {kind.title}".strip()
    return documented
