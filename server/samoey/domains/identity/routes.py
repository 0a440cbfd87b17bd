"""The REST door to people, sign-in and sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import SecretStr

from samoey.domains.identity import service
from samoey.domains.identity.errors import (
    LinkNotValid,
    NeedsSession,
    SessionEnded,
    SessionNotFound,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
    WrongPassword,
)
from samoey.domains.identity.keys import routes as keys
from samoey.domains.identity.schemas import (
    LiveTicket,
    OpenSession,
    PasswordReset,
    Refresh,
    SessionOut,
    SignIn,
    UserChange,
    UserOut,
)
from samoey.kit.http import (
    REFRESH_COOKIE,
    CallerDep,
    CrossSite,
    Ctx,
    SignedInDep,
    ToolsDep,
    clear_session_cookies,
    credentials_of,
    problems,
    require_same_site,
    set_session_cookies,
)
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter(prefix="/identity", tags=["identity"])
router.include_router(keys.router)

RefreshCookie = Annotated[SecretStr | None, Cookie(alias=REFRESH_COOKIE, include_in_schema=False)]


@router.post(
    "/session", responses=problems(WrongCredentials, TooManyAttempts, CrossSite, InvalidRequest)
)
async def sign_in(
    request: Request, response: Response, tools: ToolsDep, caller: CallerDep, new: SignIn
) -> SessionOut:
    """Sign in: a browser gets HttpOnly cookies, a program gets its tokens in the answer."""
    require_same_site(request)
    return admit(request, response, await service.sign_in(tools, new, caller))


@router.post("/session/refresh", responses=problems(SessionEnded, CrossSite, InvalidRequest))
async def refresh(
    request: Request,
    response: Response,
    tools: ToolsDep,
    caller: CallerDep,
    cookie: RefreshCookie = None,
    sent: Refresh | None = None,
) -> SessionOut:
    """Trade a refresh token for the next pair; each one is good once."""
    require_same_site(request)
    shown = sent.refresh_token if sent and sent.refresh_token else cookie
    return admit(request, response, await service.refresh(tools, shown, caller))


@router.delete("/session", status_code=204, responses=problems(CrossSite))
async def sign_out(
    request: Request, response: Response, tools: ToolsDep, cookie: RefreshCookie = None
) -> None:
    """Sign out; whoever is signed out already stays so."""
    require_same_site(request)
    await service.sign_out(tools, credentials_of(request), refresh_token=cookie)
    clear_session_cookies(response)


@router.get("/sessions", responses=problems(Unauthenticated, NeedsSession))
async def list_sessions(ctx: Ctx, who: SignedInDep) -> list[OpenSession]:
    """List the places where one is signed in, the latest seen first."""
    return await service.open_sessions(ctx, who)


@router.delete(
    "/sessions", status_code=204, responses=problems(Unauthenticated, NeedsSession, CrossSite)
)
async def sign_out_everywhere(response: Response, tools: ToolsDep, who: SignedInDep) -> None:
    """Sign out in every place, this one too."""
    await service.sign_out_everywhere(tools, who)
    clear_session_cookies(response)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    responses=problems(Unauthenticated, NeedsSession, SessionNotFound, CrossSite, InvalidRequest),
)
async def end_session(tools: ToolsDep, who: SignedInDep, session_id: UUID) -> None:
    """Sign out in one other place."""
    await service.end_session(tools, who, session_id)


@router.get("/me", responses=problems(Unauthenticated))
async def read_me(ctx: Ctx) -> UserOut:
    """Say who one is."""
    return await service.me(ctx)


@router.patch(
    "/me",
    responses=problems(
        Unauthenticated,
        NeedsSession,
        WrongPassword,
        WeakPassword,
        TooManyAttempts,
        CrossSite,
        InvalidRequest,
    ),
)
async def change_me(tools: ToolsDep, who: SignedInDep, change: UserChange) -> UserOut:
    """Change one's name or password; a new password ends all other sessions."""
    return await service.change_me(tools, who, change)


@router.post("/live-ticket", responses=problems(Unauthenticated, CrossSite))
async def make_live_ticket(tools: ToolsDep, who: SignedInDep) -> LiveTicket:
    """Get a ticket that opens `/live` once, so that no token stands in an address."""
    return await service.make_live_ticket(tools, who)


@router.post(
    "/password",
    status_code=204,
    responses=problems(LinkNotValid, WeakPassword, TooManyAttempts, InvalidRequest),
)
async def reset_password(tools: ToolsDep, caller: CallerDep, new: PasswordReset) -> None:
    """Choose a new password by a one-time link; every session of the account ends."""
    await service.reset_password(tools, new, caller)


def admit(request: Request, response: Response, admission: service.Admission) -> SessionOut:
    """Hand over tokens: to a browser as cookies, to a program in the answer."""
    out = SessionOut(user=admission.user, expires_in=admission.tokens.access_s)
    if admission.kind == "program":
        return out.model_copy(
            update={
                "access_token": admission.tokens.access,
                "refresh_token": admission.tokens.refresh,
            }
        )
    set_session_cookies(request, response, admission.tokens)
    return out
