"""What can go wrong between a person and the door."""

from samoey.kit.problems import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    TooMany,
    Unauthenticated,
)


class WrongCredentials(Unauthenticated):
    """Says the same for an unknown e-mail, a wrong password and an account that is switched off."""

    title = "The e-mail or the password is not right."


class SessionEnded(Unauthenticated):
    """The token has expired, was used before, or its session was signed out."""

    title = "This session has ended; sign in again."


class TooManyAttempts(TooMany):
    """More tries than a person needs."""

    title = "Too many attempts; wait a little."


class WrongPassword(Forbidden):
    """The present password must be known to choose a new one."""

    title = "The current password is not right."


class WeakPassword(InvalidRequest):
    """Somebody else would guess it first."""

    title = "Choose another password."


class NeedsSession(Forbidden):
    """A key may not do what would outlive it, such as making another key."""

    title = "Sign in with your password to do this; an API key is not enough."


class AccountExists(Conflict):
    """There is an account with this e-mail already."""

    title = "There is an account with this e-mail already; sign in instead."


class UserNotFound(NotFound):
    """Nobody has this e-mail."""

    title = "There is nobody with this e-mail."


class SessionNotFound(NotFound):
    """It does not exist, has ended, or is somebody else's."""

    title = "There is no such session of yours."


class KeyNotFound(NotFound):
    """It does not exist, was revoked, or is somebody else's."""

    title = "There is no such key of yours."


class LinkNotValid(NotFound):
    """It never existed, was used, or has expired: which of them, nobody is told."""

    title = "This link was used already, has expired, or never was; ask for a new one."


class OperatorStays(Conflict):
    """The local operator is whoever can read the home folder: no password, never switched off."""

    title = "The local operator cannot be changed."
