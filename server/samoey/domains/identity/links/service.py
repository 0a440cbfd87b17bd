"""Making one-time links, and using each of them once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity.errors import LinkNotValid
from samoey.domains.identity.links import repository
from samoey.domains.identity.links.tables import Link, Purpose
from samoey.domains.identity.sessions.tokens import fingerprint, new_secret
from samoey.kit.context import Context


async def make_link(
    ctx: Context, purpose: Purpose, *, lasts: timedelta, user_id: UUID | None = None
) -> SecretStr:
    """Make a link; gives its token, which is kept nowhere."""
    token = new_secret()
    await repository.add(
        ctx.db,
        Link(
            purpose=purpose,
            user_id=user_id,
            hash=fingerprint(token),
            expires_at=datetime.now(UTC) + lasts,
        ),
    )
    return SecretStr(token)


async def check_link(ctx: Context, purpose: Purpose, token: SecretStr) -> UUID | None:
    """Whose link this is; nothing is used up. Before costly work, to do none for a stranger.

    Raises:
        LinkNotValid: it never was, is used, or has expired.
    """
    link = await repository.find(ctx.db, purpose, _hash(token), datetime.now(UTC))
    if link is None:
        raise LinkNotValid
    return link.user_id


async def use_link(ctx: Context, purpose: Purpose, token: SecretStr) -> UUID | None:
    """Use a link up, and every other one that was made for the same; whose it was.

    Raises:
        LinkNotValid: it never was, is used, or has expired.
    """
    now = datetime.now(UTC)
    link: Link | None = await repository.use(ctx.db, purpose, _hash(token), now)
    if link is None:
        raise LinkNotValid
    if link.user_id is not None:
        await repository.cancel(ctx.db, purpose, link.user_id, now)
    return link.user_id


async def forget_expired(ctx: Context, before: datetime) -> None:
    """Delete links that expired long ago."""
    await repository.forget(ctx.db, before)


def _hash(token: SecretStr) -> bytes:
    return fingerprint(token.get_secret_value())
