"""The REST door to set-up, workspaces and members."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from samoey.domains.identity.errors import (
    AccountExists,
    LinkNotValid,
    TooManyAttempts,
    WeakPassword,
)
from samoey.domains.identity.schemas import SessionOut
from samoey.domains.workspaces import service
from samoey.domains.workspaces.errors import (
    AlreadySetUp,
    LastOwner,
    MemberNotFound,
    NotPermitted,
    OperatorRemains,
    WorkspaceNotFound,
)
from samoey.domains.workspaces.invitations import routes as invitations
from samoey.domains.workspaces.schemas import (
    MemberChange,
    MemberOut,
    NewOwner,
    SetupState,
    WorkspaceChange,
    WorkspaceOut,
)
from samoey.kit.http import (
    CallerDep,
    CrossSite,
    Ctx,
    OpenCtx,
    ToolsDep,
    problems,
    require_same_site,
    set_session_cookies,
)
from samoey.kit.problems import InvalidRequest, ServerError, Unauthenticated

router = APIRouter(prefix="/workspaces", tags=["workspaces"])
router.include_router(invitations.router)


@router.get("/setup", responses=problems(ServerError))
async def read_setup(ctx: OpenCtx) -> SetupState:
    """Say whether the first owner is still awaited."""
    return SetupState(open=await service.awaits_owner(ctx))


@router.post(
    "/setup",
    status_code=201,
    responses=problems(
        LinkNotValid,
        AlreadySetUp,
        AccountExists,
        WeakPassword,
        TooManyAttempts,
        CrossSite,
        InvalidRequest,
    ),
)
async def set_up(
    request: Request, response: Response, tools: ToolsDep, caller: CallerDep, new: NewOwner
) -> SessionOut:
    """Become the first owner, by the one-time link that the server printed."""
    require_same_site(request)
    admission = await service.set_up(tools, new, caller)
    set_session_cookies(request, response, admission.tokens)
    return SessionOut(user=admission.user, expires_in=admission.tokens.access_s)


@router.get("", responses=problems(Unauthenticated))
async def list_workspaces(ctx: Ctx) -> list[WorkspaceOut]:
    """List the workspaces one is a member of."""
    return await service.list_workspaces(ctx)


@router.patch(
    "/{workspace_id}",
    responses=problems(Unauthenticated, WorkspaceNotFound, NotPermitted, CrossSite, InvalidRequest),
)
async def rename_workspace(ctx: Ctx, workspace_id: UUID, change: WorkspaceChange) -> WorkspaceOut:
    """Give a workspace another name."""
    return await service.rename_workspace(ctx, workspace_id, change)


@router.get(
    "/{workspace_id}/members",
    responses=problems(Unauthenticated, WorkspaceNotFound, InvalidRequest),
)
async def list_members(ctx: Ctx, workspace_id: UUID) -> list[MemberOut]:
    """List who is in, those who came first first."""
    return await service.list_members(ctx, workspace_id)


@router.patch(
    "/{workspace_id}/members/{user_id}",
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        MemberNotFound,
        NotPermitted,
        LastOwner,
        OperatorRemains,
        CrossSite,
        InvalidRequest,
    ),
)
async def change_member(
    ctx: Ctx, workspace_id: UUID, user_id: UUID, change: MemberChange
) -> MemberOut:
    """Give a member another role."""
    return await service.change_member(ctx, workspace_id, user_id, change.role)


@router.delete(
    "/{workspace_id}/members/{user_id}",
    status_code=204,
    responses=problems(
        Unauthenticated,
        WorkspaceNotFound,
        MemberNotFound,
        NotPermitted,
        LastOwner,
        OperatorRemains,
        CrossSite,
        InvalidRequest,
    ),
)
async def remove_member(ctx: Ctx, workspace_id: UUID, user_id: UUID) -> None:
    """Remove a member, or leave."""
    await service.remove_member(ctx, workspace_id, user_id)
