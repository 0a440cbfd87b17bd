"""Credentials at rest: sealed, each to its repository, opened only for a fetch."""

import json
from uuid import UUID

from pydantic import SecretStr

from samoey.domains.repositories.schemas import NewCredential
from samoey.kit.ports.git import Credential, SshKey, Token
from samoey.kit.secrets import Sealer


def seal(sealer: Sealer, repository_id: UUID, given: NewCredential) -> bytes:
    """What the row keeps of a credential that a person gave."""
    if given.kind == "token":
        return keep(sealer, repository_id, Token(given.secret, given.username))
    return keep(sealer, repository_id, SshKey(given.secret, given.host_key))


def keep(sealer: Sealer, repository_id: UUID, credential: Credential) -> bytes:
    """Seal a credential to its repository."""
    plain: dict[str, str | None] = {"secret": credential.secret.get_secret_value()}
    if isinstance(credential, Token):
        plain |= {"kind": "token", "username": credential.username}
    else:
        plain |= {"kind": "ssh_key", "host_key": credential.host_key}
    return sealer.seal(json.dumps(plain), about=_about(repository_id))


def unseal(sealer: Sealer, repository_id: UUID, sealed: bytes | None) -> Credential | None:
    """The credential that a row keeps, if any.

    Raises:
        SealBroken: the home's key is another one now.
    """
    if sealed is None:
        return None
    plain = json.loads(sealer.unseal(sealed, about=_about(repository_id)))
    secret = SecretStr(plain["secret"])
    if plain["kind"] == "token":
        return Token(secret, plain["username"])
    return SshKey(secret, plain["host_key"])


def _about(repository_id: UUID) -> str:
    return f"repository:{repository_id}"
