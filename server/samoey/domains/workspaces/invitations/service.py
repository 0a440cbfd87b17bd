"""Asking people in, and letting them in once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity import service as identity
from samoey.domains.identity.errors import WeakPassword
from samoey.domains.identity.schemas import SessionOut
from samoey.domains.workspaces import service as workspaces
from samoey.domains.workspaces.errors import (
    AlreadyMember,
    InvitationNotFound,
    InvitationNotYours,
    NotPermitted,
)
from samoey.domains.workspaces.events import InvitationMade, InvitationRevoked
from samoey.domains.workspaces.invitations import repository
from samoey.domains.workspaces.invitations.schemas import (
    InvitationAnswer,
    InvitationGlance,
    InvitationOut,
    InvitationShown,
    InvitationToken,
    NewInvitation,
)
from samoey.domains.workspaces.invitations.tables import Invitation
from samoey.domains.workspaces.repository import name_of, role_of
from samoey.domains.workspaces.tables import Role
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.credentials import Caller, SignedIn
from samoey.kit.problems import Unauthenticated


async def list_invitations(ctx: Context, workspace_id: UUID) -> list[InvitationOut]:
    """The invitations that are still open, the newest first.

    Raises:
        WorkspaceNotFound: not a member.
        NotPermitted: not an admin.
    """
    await workspaces.require(ctx, workspace_id, Role.ADMIN)
    found = await repository.open_ones(ctx.db, ctx.actor, workspace_id, datetime.now(UTC))
    return [InvitationOut.model_validate(invitation) for invitation in found]


async def invite(
    tools: Tools, actor: Actor, workspace_id: UUID, new: NewInvitation
) -> InvitationShown:
    """Ask somebody in, with a role no higher than one's own.

    Raises:
        WorkspaceNotFound: not a member.
        NotPermitted: not an admin, or the role is higher than one's own.
    """
    token = identity.new_secret()
    async with tools.work(actor) as ctx:
        mine = await workspaces.require(ctx, workspace_id, Role.ADMIN)
        if mine.rank < new.role.rank:
            raise NotPermitted("You cannot give a role that is higher than yours.")
        # Only a member gets this far.
        assert actor.user_id is not None
        invitation = await repository.add(
            ctx.db,
            Invitation(
                workspace_id=workspace_id,
                role=new.role,
                email=new.email,
                hash=identity.fingerprint(token),
                invited_by=actor.user_id,
                expires_at=datetime.now(UTC)
                + timedelta(days=tools.settings.identity.invitation_days),
            ),
        )
        ctx.emit(InvitationMade(workspace_id=workspace_id, invitation_id=invitation.id))
        shown = InvitationOut.model_validate(invitation)
    return InvitationShown(**shown.model_dump(), link=SecretStr(f"/join/#{token}"))


async def revoke_invitation(ctx: Context, workspace_id: UUID, invitation_id: UUID) -> None:
    """Take an invitation back.

    Raises:
        WorkspaceNotFound: not a member.
        NotPermitted: not an admin.
        InvitationNotFound: none that is open.
    """
    await workspaces.require(ctx, workspace_id, Role.ADMIN)
    now = datetime.now(UTC)
    if not await repository.revoke(ctx.db, ctx.actor, workspace_id, invitation_id, now):
        raise InvitationNotFound
    ctx.emit(InvitationRevoked(workspace_id=workspace_id, invitation_id=invitation_id))


async def look(tools: Tools, shown: InvitationToken, caller: Caller) -> InvitationGlance:
    """Say what an invitation is for, to whoever holds its link.

    Raises:
        TooManyAttempts: from this address.
        InvitationNotFound: the link is no good.
    """
    await identity.count_attempt(tools, caller)
    async with tools.work(SYSTEM) as ctx:
        found = await repository.by_token(ctx.db, _hash(shown.token), datetime.now(UTC))
        invitation = await _standing(ctx, found)
        name = await name_of(ctx.db, invitation.workspace_id)
        if name is None:
            raise InvitationNotFound
    return InvitationGlance(workspace_name=name, role=Role(invitation.role), email=invitation.email)


async def enter(tools: Tools, answer: InvitationAnswer, caller: Caller) -> identity.Admission:
    """Make an account for whoever holds an invitation's link, and let them in.

    Raises:
        TooManyAttempts: from this address.
        InvitationNotFound: the link is no good.
        InvitationNotYours: it is for another e-mail address.
        AccountExists: sign in first, then open the link.
        WeakPassword: it is easy to guess; the link stays good.
    """
    await identity.count_attempt(tools, caller)
    name, email, password = answer.name, answer.email, answer.password
    # The three belong together; a shape without them goes to `join`.
    assert name is not None
    assert email is not None
    if password is None:
        raise WeakPassword
    async with tools.work(SYSTEM) as ctx:
        found = await repository.by_token(ctx.db, _hash(answer.token), datetime.now(UTC))
        _require_addressee(await _standing(ctx, found), email)
    password_hash = await identity.hash_password(tools, password, email=email)
    async with tools.work(SYSTEM) as ctx:
        used = await repository.use(ctx.db, _hash(answer.token), datetime.now(UTC))
        invitation = await _standing(ctx, used)
        user = await identity.create_person(
            ctx, name=name, email=email, password_hash=password_hash
        )
        await workspaces.join(ctx, invitation.workspace_id, user.id, Role(invitation.role))
        await repository.note_guest(ctx.db, invitation.id, user.id)
        opened = await identity.open_session(
            ctx, tools.settings.identity, user_id=user.id, kind="browser", caller=caller
        )
    return identity.admission(tools, user, opened)


async def join(tools: Tools, who: SignedIn | None, answer: InvitationAnswer) -> SessionOut:
    """Let somebody who is signed in join by an invitation's link.

    Raises:
        Unauthenticated: nobody is signed in, and no account was described.
        NeedsSession: an API key asks.
        InvitationNotFound: the link is no good.
        InvitationNotYours: it is for another e-mail address.
        AlreadyMember: they are in; the invitation stays open.
    """
    if who is None:
        raise Unauthenticated
    identity.require_session(who)
    async with tools.work(who.actor) as ctx:
        user = await identity.me(ctx)
        used = await repository.use(ctx.db, _hash(answer.token), datetime.now(UTC))
        invitation = await _standing(ctx, used)
        _require_addressee(invitation, user.email)
        role = Role(invitation.role)
        if not await workspaces.join(ctx, invitation.workspace_id, user.id, role):
            raise AlreadyMember
        await repository.note_guest(ctx.db, invitation.id, user.id)
    return identity.session_out(user, who)


async def _standing(ctx: Context, invitation: Invitation | None) -> Invitation:
    """An invitation, if whoever made it could still make it now.

    Somebody who was removed or lowered must not get back in by a link they put aside.
    """
    if invitation is None:
        raise InvitationNotFound
    inviter = (await identity.people(ctx, [invitation.invited_by])).get(invitation.invited_by)
    role = await role_of(ctx.db, invitation.workspace_id, invitation.invited_by)
    needed = max(Role(invitation.role).rank, Role.ADMIN.rank)
    if inviter is None or inviter.disabled or role is None or role.rank < needed:
        raise InvitationNotFound
    return invitation


def _require_addressee(invitation: Invitation, email: str) -> None:
    if invitation.email is not None and invitation.email != email:
        raise InvitationNotYours


def _hash(token: SecretStr) -> bytes:
    return identity.fingerprint(token.get_secret_value())
