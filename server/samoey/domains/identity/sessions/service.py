"""Staying signed in: opening, refreshing and ending sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity.errors import NeedsSession, SessionEnded, SessionNotFound
from samoey.domains.identity.events import SessionClosed, SessionOpened
from samoey.domains.identity.schemas import OpenSession
from samoey.domains.identity.sessions import repository, tokens
from samoey.domains.identity.sessions.tables import Session
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.credentials import Caller, SessionTokens, SignedIn
from samoey.kit.settings import IdentitySettings


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that goes on, with the refresh token that its owner takes home."""

    id: UUID
    user_id: UUID
    kind: str
    refresh: SecretStr
    now: datetime
    expires_at: datetime


async def open_session(
    ctx: Context, settings: IdentitySettings, *, user_id: UUID, kind: str, caller: Caller
) -> Opened:
    """Sign `user_id` in; whoever calls this has made sure that it is them."""
    now = datetime.now(UTC)
    session = await repository.add(
        ctx.db,
        Session(
            user_id=user_id,
            kind=kind,
            address=caller.address,
            agent=caller.agent,
            last_seen_at=now,
            expires_at=now + timedelta(days=settings.session_days),
            ends_at=now + timedelta(days=settings.session_limit_days),
        ),
    )
    ctx.emit(SessionOpened(user_id=user_id, session_id=session.id))
    return await _with_next_token(ctx, session, now)


async def refresh(tools: Tools, shown: SecretStr, caller: Caller) -> Opened:
    """Trade a refresh token for the next one.

    A token that was used before means that somebody else has a copy: the session ends for both.
    For a few seconds it still works, because two tabs may refresh at once, and an answer may get
    lost on its way; the successors of one token retire each other when the first of them is used.

    Raises:
        SessionEnded: no such token, or its session is over.
    """
    settings, now = tools.settings.identity, datetime.now(UTC)
    async with tools.work(SYSTEM) as ctx:
        held = await repository.lock_by_token(ctx.db, _fingerprint(shown), now)
        if held is None:
            raise SessionEnded
        session, token = held
        grace = timedelta(seconds=settings.refresh_grace_s)
        if token.used_at is not None and now - token.used_at > grace:
            stolen = await end_sessions(ctx, session.user_id, only=session.id)
            opened = None
        else:
            if token.used_at is None:
                await repository.retire_tokens(ctx.db, session.id, now)
            session.last_seen_at, session.address, session.agent = (
                now,
                caller.address,
                caller.agent,
            )
            session.expires_at = min(now + timedelta(days=settings.session_days), session.ends_at)
            opened, stolen = await _with_next_token(ctx, session, now), []
    await tell_ended(tools, stolen)
    if opened is None:
        raise SessionEnded
    return opened


def tokens_for(tools: Tools, opened: Opened) -> SessionTokens:
    """What the owner of a session takes home."""
    lasts = timedelta(minutes=tools.settings.identity.access_minutes)
    until = min(opened.now + lasts, opened.expires_at)
    return SessionTokens(
        access=tokens.access_token(
            _signing_key(tools),
            user_id=opened.user_id,
            session_id=opened.id,
            now=opened.now,
            until=until,
        ),
        access_s=int((until - opened.now).total_seconds()),
        refresh=opened.refresh,
        refresh_s=int((opened.expires_at - opened.now).total_seconds()),
    )


async def holder(tools: Tools, access: SecretStr) -> SignedIn:
    """Who shows an access token, while its session lasts.

    Raises:
        SessionEnded: it was not signed here, is too old, or its session was ended.
    """
    user_id, session_id, until = tokens.read_access_token(_signing_key(tools), access)
    who = SignedIn(Actor(user_id), session_id=session_id, expires_at=until)
    async with tools.work(SYSTEM) as ctx:
        if not await repository.lasts(ctx.db, session_id, user_id, datetime.now(UTC)):
            raise SessionEnded
    return who


async def lasting_among(ctx: Context, session_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Those of the sessions that still open doors, each with its person."""
    return await repository.lasting(ctx.db, session_ids, datetime.now(UTC))


async def open_sessions(ctx: Context, who: SignedIn) -> list[OpenSession]:
    """The places where one is signed in, the latest seen first.

    Raises:
        NeedsSession: an API key asks.
    """
    current = require_session(who)
    return [
        OpenSession.model_validate(session).model_copy(update={"current": session.id == current})
        for session in await repository.open_ones(ctx.db, ctx.actor, datetime.now(UTC))
    ]


async def end_session(tools: Tools, who: SignedIn, session_id: UUID) -> None:
    """Sign out in one place.

    Raises:
        NeedsSession: an API key asks.
        SessionNotFound: not one's own, or ended already.
    """
    require_session(who)
    if who.actor.user_id is None:
        raise SessionNotFound
    async with tools.work(who.actor) as ctx:
        ended = await end_sessions(ctx, who.actor.user_id, only=session_id)
        if not ended:
            raise SessionNotFound
    await tell_ended(tools, ended)


async def end_sessions(
    ctx: Context, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None
) -> list[UUID]:
    """End the sessions of a person: all, `only` one, or all `but` one. Gives their ids.

    Whoever calls this tells them afterwards, by `tell_ended`, once the work is committed.
    """
    which = []
    if only is not None:
        which.append(Session.id == only)
    if but is not None:
        which.append(Session.id != but)
    ended = await repository.end(ctx.db, user_id, *which, now=datetime.now(UTC))
    for session_id in ended:
        ctx.emit(SessionClosed(user_id=user_id, session_id=session_id))
    return list(ended)


async def end_by_refresh(tools: Tools, shown: SecretStr) -> None:
    """End the session that a refresh token belongs to, whether or not the token was used."""
    async with tools.work(SYSTEM) as ctx:
        session = await repository.session_of(ctx.db, _fingerprint(shown))
        ended = await end_sessions(ctx, session.user_id, only=session.id) if session else []
    await tell_ended(tools, ended)


async def tell_ended(tools: Tools, session_ids: Iterable[UUID]) -> None:
    """Close what is open by these sessions, now."""
    for session_id in session_ids:
        await tools.bus.publish(f"session:{session_id}", {"type": "signed-out"})


async def forget_ended(ctx: Context, before: datetime) -> None:
    """Delete what ended long ago, and is of no more use in recognising a stolen token."""
    await repository.forget_ended(ctx.db, before)


def require_session(who: SignedIn) -> UUID:
    """The session of `who`.

    Raises:
        NeedsSession: they came by an API key.
    """
    if who.session_id is None:
        raise NeedsSession
    return who.session_id


async def _with_next_token(ctx: Context, session: Session, now: datetime) -> Opened:
    secret = tokens.new_secret()
    await repository.add_token(ctx.db, session.id, tokens.fingerprint(secret))
    return Opened(
        session.id, session.user_id, session.kind, SecretStr(secret), now, session.expires_at
    )


def _fingerprint(shown: SecretStr) -> bytes:
    return tokens.fingerprint(shown.get_secret_value())


def _signing_key(tools: Tools) -> SecretStr:
    # Where the tools are built, an installation without a key gets one.
    assert tools.settings.secret_key is not None
    return tools.settings.secret_key
