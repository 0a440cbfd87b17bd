"""Sealing: secrets of other systems rest in the database unreadable without this home's key."""

import os
import secrets
from pathlib import Path
from typing import ClassVar, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from samoey.kit.problems import Problem

_KEY_FILE = "sealing.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
# The first byte of what is sealed names the way it was sealed, so that a later way can be told.
_VERSION = b"\x01"


class SealBroken(Problem):
    """A kept secret does not open: the home's key was replaced, or the row was altered."""

    status = 409
    title = "A kept secret can no longer be opened; enter it again."


class SealingKeyBroken(Problem):
    """The key file exists and is not a key; guessing a new one would lose every secret."""

    status = 500
    title = "The file sealing.key in the home folder is not a key; restore it from a backup."


class Sealer:
    """Seals short secrets with AES-256-GCM, each bound to what it is about."""

    key_file: ClassVar[str] = _KEY_FILE

    def __init__(self, key: bytes) -> None:
        """Seal with `key`, 32 bytes."""
        if len(key) != _KEY_BYTES:
            raise SealingKeyBroken
        self._cipher = AESGCM(key)

    @classmethod
    def from_home(cls, home: Path) -> Self:
        """Seal with the key of this home, which is made on the first call.

        Raises:
            SealingKeyBroken: the key file is not a key.
        """
        return cls(kept_key(home / _KEY_FILE))

    def seal(self, plain: str, *, about: str) -> bytes:
        """Make `plain` unreadable; only the same `about` opens it again."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain.encode(), about.encode())

    def unseal(self, sealed: bytes, *, about: str) -> str:
        """Read what was sealed about the same thing.

        Raises:
            SealBroken: another key, another subject, or altered bytes.
        """
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
            raise SealBroken
        try:
            return self._cipher.decrypt(nonce, body, about.encode()).decode()
        except InvalidTag:
            raise SealBroken from None


def _make_key(path: Path) -> None:
    """Put a new key at `path`, whole or not at all; of two that race, the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            os.write(handle, secrets.token_bytes(_KEY_BYTES))
            os.fsync(handle)
        finally:
            os.close(handle)
        # A hard link never replaces: whoever comes second finds the file and uses it.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def kept_key(path: Path) -> bytes:
    """The 32 random bytes at `path`, made on the first call; of two that race, the first stays."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        _make_key(path)
    return path.read_bytes()
