"""Passwords rest as argon2id hashes, made and checked beside the event loop.

Every check costs the same, whether or not there is such a person: the clock tells nobody who has
an account here.
"""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

from samoey.domains.identity.errors import WeakPassword
from samoey.kit.settings import IdentitySettings

# Each hash takes its memory while it runs: two at once are what a small machine can bear, and a
# flood of sign-ins must not starve the threads that other work waits for.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hashed(settings: IdentitySettings, password: SecretStr, *, email: str) -> str:
    """Hash a new password for the person with `email`.

    Raises:
        WeakPassword: it is the e-mail address, or all one character.
    """
    plain = _plain(password)
    if plain.strip().lower() in {email, email.partition("@")[0]} or len(set(plain)) == 1:
        detail = "It must not be your e-mail address, nor one character repeated."
        raise WeakPassword(detail)
    return await rehashed(settings, password)


async def rehashed(settings: IdentitySettings, password: SecretStr) -> str:
    """Hash a password that was good enough before."""
    return await asyncio.get_running_loop().run_in_executor(
        _THREADS, _hasher(settings).hash, _plain(password)
    )


async def verified(settings: IdentitySettings, password: SecretStr, kept: str | None) -> bool:
    """Whether `password` is the one behind `kept`; takes as long when there is none."""
    hasher = _hasher(settings)
    return await asyncio.get_running_loop().run_in_executor(
        _THREADS, _check, hasher, kept, _plain(password)
    )


def outdated(settings: IdentitySettings, kept: str) -> bool:
    """Whether `kept` was made with other parameters than those of now."""
    return _hasher(settings).check_needs_rehash(kept)


def _check(hasher: PasswordHasher, kept: str | None, plain: str) -> bool:
    # Made for everybody: the first unknown e-mail after a start must not be told by its making.
    nobodys = _nobodys(hasher)
    try:
        hasher.verify(kept or nobodys, plain)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _hasher(settings: IdentitySettings) -> PasswordHasher:
    return _hasher_of(
        settings.password_passes, settings.password_memory_kib, settings.password_lanes
    )


@cache
def _hasher_of(passes: int, memory_kib: int, lanes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)


def _plain(password: SecretStr) -> str:
    # The same letters typed on two keyboards may come as different code points (NIST SP 800-63B).
    return unicodedata.normalize("NFKC", password.get_secret_value())
