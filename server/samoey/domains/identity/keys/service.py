"""Making, showing once, using and revoking API keys."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity.errors import KeyNotFound, SessionEnded
from samoey.domains.identity.events import KeyMade, KeyRevoked
from samoey.domains.identity.keys import repository
from samoey.domains.identity.keys.schemas import (
    HeldKey,
    KeyFact,
    KeyOut,
    KeyShown,
    NewKey,
    OwnedKey,
)
from samoey.domains.identity.keys.tables import ApiKey
from samoey.domains.identity.sessions.service import require_session
from samoey.domains.identity.sessions.tokens import fingerprint, new_secret
from samoey.kit.context import SYSTEM, Actor, Context, Tools
from samoey.kit.credentials import SignedIn

PREFIX = "sk-samoey-"
# Where processes that keep good keys in memory hear that some are good no longer.
KEYS_AUDIENCE, KEYS_ENDED = "keys", "keys-ended"

_SHOWN_LETTERS = len(PREFIX) + 4
# A key may be used a thousand times in a second; a row is written once in this time.
_NOTE_USE_EVERY = timedelta(minutes=1)


async def make_key(ctx: Context, who: SignedIn, new: NewKey) -> KeyShown:
    """Make a key that acts as its owner; nobody can be shown it again.

    Raises:
        NeedsSession: an API key asks, which could outlive its own revocation that way.
    """
    require_session(who)
    # Whoever has a session is somebody.
    assert who.actor.user_id is not None
    return await make_key_for(ctx, who.actor.user_id, new)


async def make_key_for(ctx: Context, user_id: UUID, new: NewKey) -> KeyShown:
    """Make a key for somebody; the caller has made sure that the actor may."""
    secret = PREFIX + new_secret()
    key = await repository.add(
        ctx.db,
        ApiKey(
            user_id=user_id,
            name=new.name,
            prefix=secret[:_SHOWN_LETTERS],
            hash=fingerprint(secret),
            expires_at=new.expires_at,
        ),
    )
    ctx.emit(KeyMade(user_id=user_id, key_id=key.id))
    shown = KeyOut.model_validate(key)
    return KeyShown(**shown.model_dump(), key=SecretStr(secret))


async def list_keys(ctx: Context) -> list[KeyOut]:
    """One's own keys, the newest first."""
    return [KeyOut.model_validate(key) for key in await repository.owned(ctx.db, ctx.actor)]


async def list_owned_keys(ctx: Context) -> list[OwnedKey]:
    """Every key that one may see, with its owner: for the local operator, all of them."""
    return [
        OwnedKey(**KeyOut.model_validate(key).model_dump(), owner=email)
        for key, email in await repository.with_owners(ctx.db, ctx.actor)
    ]


async def revoke_key(tools: Tools, actor: Actor, key_id: UUID) -> None:
    """Revoke a key: it opens no door from now on, and what it opened is closed.

    Raises:
        KeyNotFound: not one's own, or revoked already.
    """
    async with tools.work(actor) as ctx:
        owner = await repository.revoke(ctx.db, actor, key_id, datetime.now(UTC))
        if owner is None:
            raise KeyNotFound
        ctx.emit(KeyRevoked(user_id=owner, key_id=key_id))
    await tell_ended(tools, [key_id])


async def holder(tools: Tools, shown: SecretStr) -> SignedIn:
    """Who shows a key.

    Raises:
        SessionEnded: there is no such key, it expired or was revoked, or its owner is disabled.
    """
    now = datetime.now(UTC)
    async with tools.work(SYSTEM) as ctx:
        key = await repository.good(ctx.db, fingerprint(shown.get_secret_value()), now)
        if key is None:
            raise SessionEnded
        if key.last_used_at is None or now - key.last_used_at > _NOTE_USE_EVERY:
            await repository.note_use(ctx.db, key.id, now, every=_NOTE_USE_EVERY)
        return SignedIn(Actor(key.user_id), key_id=key.id, expires_at=key.expires_at)


async def good_among(ctx: Context, key_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Those of the keys that still open doors, each with its person."""
    return await repository.good_ones(ctx.db, key_ids, datetime.now(UTC))


async def good_keys(ctx: Context) -> list[KeyFact]:
    """Every key that opens doors now, by its hash: for processes that let people in by memory."""
    rows = await repository.all_good(ctx.db, datetime.now(UTC))
    return [KeyFact(id=row[0], user_id=row[1], hash=row[2], expires_at=row[3]) for row in rows]


async def key_owner(ctx: Context, key_id: UUID) -> UUID | None:
    """Whose key this is; None when there is none, or it was revoked."""
    return await repository.owner_of(ctx.db, key_id)


async def key_names(ctx: Context, key_ids: Iterable[UUID]) -> dict[str, str]:
    """What keys are called, for rooms that have made sure that the actor may know of them."""
    return {str(key_id): name for key_id, name in await repository.names_of(ctx.db, key_ids)}


async def held_by(ctx: Context, user_ids: Iterable[UUID]) -> list[HeldKey]:
    """The keys of people, for rooms that have made sure that the actor may know of them."""
    return [HeldKey.model_validate(key) for key in await repository.of_people(ctx.db, user_ids)]


async def keys_of(ctx: Context, user_id: UUID) -> list[UUID]:
    """The ids of somebody's keys, to close what is open by them."""
    return list(await repository.ids_of(ctx.db, user_id))


async def tell_ended(tools: Tools, key_ids: list[UUID]) -> None:
    """Close what is open by these keys, now, and have those look who let in by memory."""
    for key_id in key_ids:
        await tools.bus.publish(f"key:{key_id}", {"type": "signed-out"})
    if key_ids:
        await tools.bus.publish(KEYS_AUDIENCE, {"type": KEYS_ENDED})
