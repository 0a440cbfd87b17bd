"""What can go wrong between a person and a workspace."""

from samoey.kit.problems import Conflict, Forbidden, NotFound


class WorkspaceNotFound(NotFound):
    """It does not exist, or the actor is not a member."""

    title = "There is no such workspace that you can see."


class NotPermitted(Forbidden):
    """A member, whose role is too low for this."""

    title = "Your role in this workspace does not allow this."


class MemberNotFound(NotFound):
    """That person is not a member."""

    title = "There is no such member in this workspace."


class AlreadyMember(Conflict):
    """That person is in already."""

    title = "You are a member of this workspace already."


class LastOwner(Conflict):
    """A workspace without an owner could never be changed again."""

    title = "This is the last owner; make somebody else an owner first."


class OperatorRemains(Conflict):
    """Whoever can read the home folder owns this workspace anyway; the list says so."""

    title = "The local operator is always an owner of this workspace."


class AlreadySetUp(Conflict):
    """There is an owner; set-up happens once."""

    title = "This installation is set up already; sign in instead."


class InvitationNotFound(NotFound):
    """It does not exist, was used or revoked, or has expired."""

    title = "There is no such invitation."


class InvitationNotYours(Forbidden):
    """It was made out to another e-mail address."""

    title = "This invitation is for another e-mail address."
