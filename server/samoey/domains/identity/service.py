"""Signing in and out, and telling who somebody is; the front door of the room.

A password is hashed between two units of work, never within one: it takes a while, and a
transaction must not wait for it. The second unit looks again whether what the first one saw still
holds.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity import passwords
from samoey.domains.identity.errors import (
    LinkNotValid,
    SessionEnded,
    SessionNotFound,
    WrongCredentials,
    WrongPassword,
)
from samoey.domains.identity.events import PasswordChanged, UserChanged
from samoey.domains.identity.keys import service as keys
from samoey.domains.identity.keys.service import (
    KEYS_AUDIENCE,
    KEYS_ENDED,
    good_keys,
    held_by,
    key_names,
    key_owner,
    list_owned_keys,
    make_key_for,
    revoke_key,
)
from samoey.domains.identity.limits import count_attempt
from samoey.domains.identity.links import service as links
from samoey.domains.identity.links.service import check_link, make_link, use_link
from samoey.domains.identity.links.tables import Purpose
from samoey.domains.identity.people import repository
from samoey.domains.identity.people.service import (
    create_person,
    disable,
    enable,
    find_person,
    list_people,
    offer_reset,
    operator,
    people,
)
from samoey.domains.identity.schemas import (
    LiveTicket,
    PasswordReset,
    SessionOut,
    SignIn,
    UserChange,
    UserOut,
)
from samoey.domains.identity.sessions import service as sessions
from samoey.domains.identity.sessions.service import (
    Opened,
    end_session,
    open_session,
    open_sessions,
    require_session,
)
from samoey.domains.identity.sessions.tokens import fingerprint, new_secret
from samoey.domains.identity.tables import User
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.credentials import Caller, Credentials, SessionTokens, SignedIn
from samoey.kit.problems import Unauthenticated

__all__ = [
    "KEYS_AUDIENCE",
    "KEYS_ENDED",
    "Admission",
    "Opened",
    "Purpose",
    "admission",
    "authenticate",
    "change_me",
    "check_link",
    "count_attempt",
    "create_person",
    "disable",
    "enable",
    "end_session",
    "find_person",
    "fingerprint",
    "forget_ended",
    "good_keys",
    "hash_password",
    "held_by",
    "key_names",
    "key_owner",
    "list_owned_keys",
    "list_people",
    "make_key_for",
    "make_link",
    "make_live_ticket",
    "me",
    "new_secret",
    "offer_reset",
    "open_session",
    "open_sessions",
    "operator",
    "people",
    "redeem_live_ticket",
    "refresh",
    "require_session",
    "reset_password",
    "revoke_key",
    "session_out",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "signed_in_among",
    "use_link",
]


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody who was just let in, with the tokens to hand over."""

    user: UserOut
    kind: str
    tokens: SessionTokens


async def sign_in(tools: Tools, new: SignIn, caller: Caller) -> Admission:
    """Let somebody in by e-mail and password.

    Raises:
        TooManyAttempts: with this e-mail, or from this address.
        WrongCredentials: whichever of the reasons; it takes as long for all of them.
    """
    await count_attempt(tools, caller, email=new.email)
    settings = tools.settings.identity
    async with tools.work(SYSTEM) as ctx:
        seen = await repository.by_email(ctx.db, new.email)
    kept = seen.password_hash if seen else None
    if not await passwords.verified(settings, new.password, kept):
        raise WrongCredentials
    # A password that was verified is somebody's.
    assert seen is not None
    assert kept is not None
    fresh = None
    if passwords.outdated(settings, kept):
        fresh = await passwords.rehashed(settings, new.password)
    async with tools.work(Actor(seen.id)) as ctx:
        user = await _unchanged(ctx, seen.id, kept)
        if user is None:
            raise WrongCredentials
        if fresh is not None:
            await repository.replace_hash(ctx.db, user.id, fresh)
        opened = await open_session(ctx, settings, user_id=user.id, kind=new.kind, caller=caller)
    return admission(tools, UserOut.model_validate(user), opened)


async def refresh(tools: Tools, shown: SecretStr | None, caller: Caller) -> Admission:
    """Keep somebody signed in by their refresh token.

    Raises:
        SessionEnded: no such token, a used one, or its session is over.
    """
    if shown is None:
        raise SessionEnded
    opened = await sessions.refresh(tools, shown, caller)
    async with tools.work(Actor(opened.user_id)) as ctx:
        user = await me(ctx)
    return admission(tools, user, opened)


def admission(tools: Tools, user: UserOut, opened: Opened) -> Admission:
    """What is handed to somebody whose session was opened or goes on."""
    return Admission(user, opened.kind, sessions.tokens_for(tools, opened))


def session_out(user: UserOut, who: SignedIn) -> SessionOut:
    """How somebody who stays signed in is told so."""
    lasts = timedelta(0) if who.expires_at is None else who.expires_at - datetime.now(UTC)
    return SessionOut(user=user, expires_in=max(0, int(lasts.total_seconds())))


async def authenticate(tools: Tools, shown: Credentials) -> SignedIn:
    """Tell who shows a cookie, an access token or an API key.

    Raises:
        Unauthenticated: nothing is shown.
        SessionEnded: it is no good, or no longer.
    """
    if shown.bearer is not None:
        if shown.bearer.startswith(keys.PREFIX):
            return await keys.holder(tools, SecretStr(shown.bearer))
        return await sessions.holder(tools, SecretStr(shown.bearer))
    if shown.cookie is None:
        raise Unauthenticated
    return await sessions.holder(tools, SecretStr(shown.cookie))


async def signed_in_among(tools: Tools, whos: Collection[SignedIn]) -> set[SignedIn]:
    """Those whose session or key still opens doors: for what stays open for long."""
    async with tools.work(SYSTEM) as ctx:
        lasting = await sessions.lasting_among(ctx, [w.session_id for w in whos if w.session_id])
        good = await keys.good_among(ctx, [w.key_id for w in whos if w.key_id])
    return {
        who
        for who in whos
        if (who.session_id, who.actor.user_id) in lasting or (who.key_id, who.actor.user_id) in good
    }


async def sign_out(
    tools: Tools, shown: Credentials, *, refresh_token: SecretStr | None = None
) -> None:
    """End the session that is shown, by either of its tokens; an ended one stays so.

    Raises:
        NeedsSession: an API key is shown, which is revoked instead.
    """
    if refresh_token is not None:
        await sessions.end_by_refresh(tools, refresh_token)
    try:
        who = await authenticate(tools, shown)
        await end_session(tools, who, require_session(who))
    except (Unauthenticated, SessionNotFound):
        return


async def sign_out_everywhere(tools: Tools, who: SignedIn) -> None:
    """End every session of the one who asks, this one too.

    Raises:
        NeedsSession: an API key asks.
    """
    require_session(who)
    user_id = _somebody(who)
    async with tools.work(who.actor) as ctx:
        ended = await sessions.end_sessions(ctx, user_id)
    await sessions.tell_ended(tools, ended)


async def me(ctx: Context) -> UserOut:
    """Who one is.

    Raises:
        Unauthenticated: the account is gone.
    """
    user = await repository.myself(ctx.db, ctx.actor)
    if user is None:
        raise Unauthenticated
    return UserOut.model_validate(user)


async def change_me(tools: Tools, who: SignedIn, change: UserChange) -> UserOut:
    """Change one's name or password; a new password ends all other sessions.

    Raises:
        NeedsSession: an API key asks.
        TooManyAttempts: the current password was tried too often.
        WrongPassword: the current password is another one.
        WeakPassword: the new one is easy to guess.
    """
    current, user_id, settings = require_session(who), _somebody(who), tools.settings.identity
    async with tools.work(who.actor) as ctx:
        seen = await repository.myself(ctx.db, ctx.actor)
    kept = seen.password_hash if seen else None
    fresh = None
    if seen is not None and change.password is not None and change.current_password is not None:
        await count_attempt(tools, Caller(f"user:{user_id}", ""), email=seen.email)
        if not await passwords.verified(settings, change.current_password, kept):
            raise WrongPassword
        fresh = await passwords.hashed(settings, change.password, email=seen.email)
    ended: list[UUID] = []
    async with tools.work(who.actor) as ctx:
        user = await _unchanged(ctx, user_id, kept)
        if user is None:
            raise WrongPassword
        if fresh is not None:
            await repository.replace_hash(ctx.db, user.id, fresh)
            ended = await sessions.end_sessions(ctx, user.id, but=current)
            ctx.emit(PasswordChanged(user_id=user.id))
        if change.name is not None and change.name != user.name:
            user.name = change.name
            ctx.emit(UserChanged(user_id=user.id))
        out = UserOut.model_validate(user)
    await sessions.tell_ended(tools, ended)
    return out


async def reset_password(tools: Tools, new: PasswordReset, caller: Caller) -> None:
    """Choose a new password by a one-time link; every session of the account ends.

    Raises:
        TooManyAttempts: from this address.
        LinkNotValid: it never was, is used, or has expired.
        WeakPassword: it is easy to guess; the link stays good.
    """
    await count_attempt(tools, caller)
    async with tools.work(SYSTEM) as ctx:
        user_id = await check_link(ctx, Purpose.RESET, new.token)
        known = await people(ctx, [user_id]) if user_id else {}
    if user_id is None or user_id not in known or known[user_id].disabled:
        raise LinkNotValid
    fresh = await passwords.hashed(
        tools.settings.identity, new.password, email=known[user_id].email
    )
    async with tools.work(Actor(user_id)) as ctx:
        await repository.lock(ctx.db, user_id)
        await use_link(ctx, Purpose.RESET, new.token)
        await repository.replace_hash(ctx.db, user_id, fresh)
        ended = await sessions.end_sessions(ctx, user_id)
        ctx.emit(PasswordChanged(user_id=user_id))
    await sessions.tell_ended(tools, ended)


async def make_live_ticket(tools: Tools, who: SignedIn) -> LiveTicket:
    """Make a ticket that opens `/live` once, soon, for as long as what `who` came by lasts."""
    ticket, lasts_s = new_secret(), tools.settings.identity.ticket_s
    held = {"user": str(who.actor.user_id)}
    if who.session_id is not None:
        held["session"] = str(who.session_id)
    if who.key_id is not None:
        held["key"] = str(who.key_id)
    await tools.bus.remember(_ticket_key(SecretStr(ticket)), json.dumps(held), keep_s=lasts_s)
    return LiveTicket(ticket=SecretStr(ticket), expires_in=int(lasts_s))


async def redeem_live_ticket(tools: Tools, ticket: SecretStr) -> SignedIn:
    """Tell who holds a ticket, and use it up.

    Raises:
        SessionEnded: it never was, was used, is too old, or its session has ended since.
    """
    held = await tools.bus.take(_ticket_key(ticket))
    if held is None:
        raise SessionEnded
    ids = {what: UUID(value) for what, value in json.loads(held).items()}
    who = SignedIn(Actor(ids["user"]), session_id=ids.get("session"), key_id=ids.get("key"))
    if not await signed_in_among(tools, [who]):
        raise SessionEnded
    return who


async def hash_password(tools: Tools, password: SecretStr, *, email: str) -> str:
    """Hash the password of somebody about to get an account, before the work that makes it.

    Raises:
        WeakPassword: it is easy to guess.
    """
    return await passwords.hashed(tools.settings.identity, password, email=email)


async def forget_ended(tools: Tools) -> None:
    """Delete sessions and links that ended long ago."""
    before = datetime.now(UTC) - timedelta(days=7)
    async with tools.work(SYSTEM) as ctx:
        await sessions.forget_ended(ctx, before)
        await links.forget_expired(ctx, before)


async def _unchanged(ctx: Context, user_id: UUID, password_hash: str | None) -> User | None:
    """Somebody's row, held, if the account is open and the password is the one seen before."""
    user = await repository.lock(ctx.db, user_id)
    if user is None or user.disabled_at is not None or user.password_hash != password_hash:
        return None
    return user


def _somebody(who: SignedIn) -> UUID:
    # Nobody signs in as the system.
    assert who.actor.user_id is not None
    return who.actor.user_id


def _ticket_key(ticket: SecretStr) -> str:
    return f"live-ticket:{fingerprint(ticket.get_secret_value()).hex()}"
