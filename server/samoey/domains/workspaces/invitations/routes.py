"""The REST door to invitations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from samoey.domains.identity.errors import (
    AccountExists,
    NeedsSession,
    TooManyAttempts,
    WeakPassword,
)
from samoey.domains.identity.schemas import SessionOut
from samoey.domains.workspaces.errors import (
    AlreadyMember,
    InvitationNotFound,
    InvitationNotYours,
    NotPermitted,
    WorkspaceNotFound,
)
from samoey.domains.workspaces.invitations import service
from samoey.domains.workspaces.invitations.schemas import (
    InvitationAnswer,
    InvitationGlance,
    InvitationOut,
    InvitationShown,
    InvitationToken,
    NewInvitation,
)
from samoey.kit.credentials import SignedIn
from samoey.kit.http import (
    CallerDep,
    CrossSite,
    Ctx,
    SignedInDep,
    ToolsDep,
    problems,
    require_same_site,
    set_session_cookies,
    signed_in,
)
from samoey.kit.problems import InvalidRequest, Unauthenticated

router = APIRouter()


async def maybe_signed_in(request: Request) -> SignedIn | None:
    """Who sends this request, if anybody who is signed in does."""
    try:
        return await signed_in(request)
    except Unauthenticated:
        return None


@router.post(
    "/invitations/look", responses=problems(InvitationNotFound, TooManyAttempts, InvalidRequest)
)
async def look_at_invitation(
    tools: ToolsDep, caller: CallerDep, shown: InvitationToken
) -> InvitationGlance:
    """Say what an invitation's link is for, to whoever holds it."""
    return await service.look(tools, shown, caller)


@router.post(
    "/invitations/accept",
    responses=problems(
        Unauthenticated,
        InvitationNotFound,
        InvitationNotYours,
        NeedsSession,
        AlreadyMember,
        AccountExists,
        WeakPassword,
        TooManyAttempts,
        CrossSite,
        InvalidRequest,
    ),
)
async def accept_invitation(
    request: Request,
    response: Response,
    tools: ToolsDep,
    caller: CallerDep,
    who: Annotated[SignedIn | None, Depends(maybe_signed_in)],
    answer: InvitationAnswer,
) -> SessionOut:
    """Join by an invitation's link: with a new account, or as whoever is signed in."""
    require_same_site(request)
    if answer.password is None:
        return await service.join(tools, who, answer)
    admission = await service.enter(tools, answer, caller)
    set_session_cookies(request, response, admission.tokens)
    return SessionOut(user=admission.user, expires_in=admission.tokens.access_s)


@router.get(
    "/{workspace_id}/invitations",
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, InvalidRequest),
)
async def list_invitations(ctx: Ctx, workspace_id: UUID) -> list[InvitationOut]:
    """List the invitations that are still open, the newest first."""
    return await service.list_invitations(ctx, workspace_id)


@router.post(
    "/{workspace_id}/invitations",
    status_code=201,
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, CrossSite, InvalidRequest),
)
async def invite(
    tools: ToolsDep, who: SignedInDep, workspace_id: UUID, new: NewInvitation
) -> InvitationShown:
    """Ask somebody in; this answer is the only one that shows the link."""
    return await service.invite(tools, who.actor, workspace_id, new)


@router.delete(
    "/{workspace_id}/invitations/{invitation_id}",
    status_code=204,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        InvitationNotFound,
        NotPermitted,
        CrossSite,
        InvalidRequest,
    ),
)
async def revoke_invitation(ctx: Ctx, workspace_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back; its link opens nothing any more."""
    await service.revoke_invitation(ctx, workspace_id, invitation_id)
