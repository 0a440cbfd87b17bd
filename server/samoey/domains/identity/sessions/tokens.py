"""The forms that secrets take on the wire: signed access tokens and opaque random ones."""

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from types import ModuleType
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.identity.errors import SessionEnded

_ISSUER = "samoey"
_ALGORITHM = "HS256"
_CLAIMS = ("sub", "sid", "iat", "exp", "iss")
# Replicas' clocks differ a little.
_LEEWAY_S = 5


def load() -> ModuleType:
    """PyJWT, which brings all of `cryptography`: a twentieth of the start, so loaded beside it."""
    import jwt

    return jwt


def new_secret() -> str:
    """256 bits of chance, fit for a link or a cookie."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """What is kept of a random secret: enough to know it again, no way back.

    A plain hash does, because nobody can guess 256 bits; passwords are another matter.
    """
    return sha256(secret.encode()).digest()


def access_token(
    key: SecretStr, *, user_id: UUID, session_id: UUID, now: datetime, until: datetime
) -> SecretStr:
    """Sign that `session_id` speaks for `user_id` until `until`."""
    claims = {
        "iss": _ISSUER,
        "sub": str(user_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
    }
    jwt = load()
    return SecretStr(jwt.encode(claims, _signing_key(key), algorithm=_ALGORITHM))


def read_access_token(key: SecretStr, token: SecretStr) -> tuple[UUID, UUID, datetime]:
    """The person, the session and the end that an access token names.

    Raises:
        SessionEnded: we did not sign it, or its time is over.
    """
    jwt = load()
    try:
        claims = jwt.decode(
            token.get_secret_value(),
            _signing_key(key),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            leeway=_LEEWAY_S,
            options={"require": list(_CLAIMS)},
        )
        return (
            UUID(claims["sub"]),
            UUID(claims["sid"]),
            datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (jwt.InvalidTokenError, ValueError, OverflowError):
        raise SessionEnded from None


def _signing_key(key: SecretStr) -> bytes:
    # The installation's secret may serve other purposes; each has a key of its own.
    return hmac.digest(key.get_secret_value().encode(), b"samoey access token", "sha256")
