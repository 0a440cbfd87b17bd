"""Accounts: made by set-up and invitations, switched off and on by the local operator."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity.errors import AccountExists, OperatorStays, UserNotFound
from samoey.domains.identity.events import UserCreated, UserDisabled, UserEnabled
from samoey.domains.identity.keys import service as keys
from samoey.domains.identity.links import service as links
from samoey.domains.identity.links.tables import Purpose
from samoey.domains.identity.people import repository
from samoey.domains.identity.schemas import Person, UserOut
from samoey.domains.identity.sessions import service as sessions
from samoey.domains.identity.tables import User, UserKind
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.problems import Forbidden


async def create_person(ctx: Context, *, name: str, email: str, password_hash: str) -> UserOut:
    """Make an account; whoever calls this has made sure that its owner was let in.

    Raises:
        AccountExists: somebody has this e-mail.
    """
    if email == repository.OPERATOR_EMAIL:
        raise AccountExists
    user = await repository.add(
        ctx.db, email=email, name=name, kind=UserKind.PERSON, password_hash=password_hash
    )
    if user is None:
        raise AccountExists
    ctx.emit(UserCreated(user_id=user.id))
    return UserOut.model_validate(user)


async def operator(ctx: Context) -> UUID:
    """The local operator, made when first asked for."""
    made = await repository.add(
        ctx.db,
        email=repository.OPERATOR_EMAIL,
        name="Local operator",
        kind=UserKind.OPERATOR,
        password_hash=None,
    )
    if made is not None:
        ctx.emit(UserCreated(user_id=made.id))
        return made.id
    found = await repository.by_email(ctx.db, repository.OPERATOR_EMAIL)
    # What stood in the way of making it is committed, or we would still wait for it.
    assert found is not None
    assert found.kind == UserKind.OPERATOR
    return found.id


async def people(ctx: Context, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Names for ids, for rooms that have made sure that the actor may see these people."""
    return {user.id: person_of(user) for user in await repository.by_ids(ctx.db, ids)}


async def list_people(ctx: Context) -> list[Person]:
    """Everybody, for the local operator; others see themselves."""
    return [person_of(user) for user in await repository.everybody(ctx.db, ctx.actor)]


async def find_person(ctx: Context, email: str) -> Person:
    """Somebody by e-mail, for the local operator.

    Raises:
        UserNotFound: there is nobody with this e-mail that the actor may see.
    """
    user = await repository.find(ctx.db, ctx.actor, email)
    if user is None:
        raise UserNotFound
    return person_of(user)


async def offer_reset(ctx: Context, email: str, *, lasts: timedelta) -> SecretStr:
    """Make the token of a one-time link by which somebody chooses a new password.

    Raises:
        Forbidden: only the local operator may.
        UserNotFound: there is nobody with this e-mail.
        OperatorStays: the local operator has no password.
    """
    user = await _for_operator(ctx, email)
    return await links.make_link(ctx, Purpose.RESET, lasts=lasts, user_id=user.id)


async def disable(tools: Tools, actor: Actor, email: str) -> None:
    """Close the door to somebody, now and everywhere; everything of theirs stays.

    Raises:
        Forbidden: only the local operator may.
        UserNotFound: there is nobody with this e-mail.
        OperatorStays: the local operator cannot lock itself out.
    """
    async with tools.work(actor) as ctx:
        user = await _for_operator(ctx, email)
        await repository.set_disabled(ctx.db, user.id, datetime.now(UTC))
        ended = await sessions.end_sessions(ctx, user.id)
        their_keys = await keys.keys_of(ctx, user.id)
        ctx.emit(UserDisabled(user_id=user.id))
    await sessions.tell_ended(tools, ended)
    await keys.tell_ended(tools, their_keys)


async def enable(ctx: Context, email: str) -> None:
    """Let somebody in again; they sign in anew.

    Raises:
        Forbidden: only the local operator may.
        UserNotFound: there is nobody with this e-mail.
        OperatorStays: the local operator is never disabled.
    """
    user = await _for_operator(ctx, email)
    await repository.set_disabled(ctx.db, user.id, None)
    ctx.emit(UserEnabled(user_id=user.id))


def person_of(user: User) -> Person:
    """What other rooms may know of a row."""
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        kind="operator" if user.kind == UserKind.OPERATOR else "person",
        disabled=user.disabled_at is not None,
    )


async def _for_operator(ctx: Context, email: str) -> User:
    me = await repository.myself(ctx.db, ctx.actor)
    if me is None or me.kind != UserKind.OPERATOR:
        raise Forbidden
    user = await repository.find(ctx.db, ctx.actor, email)
    if user is None:
        raise UserNotFound
    if user.kind == UserKind.OPERATOR:
        raise OperatorStays
    # Before its sessions are touched: who signs in at this moment holds the same row.
    await repository.lock(ctx.db, user.id)
    return user
