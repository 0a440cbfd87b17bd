"""Providers that the environment connects: they have no row, and an id that is always the same."""

from uuid import UUID, uuid5

from samoey.domains.models.providers.schemas import ProviderOut
from samoey.kit.known_providers import GivenProvider, given_providers
from samoey.kit.settings import Settings

_SPACE = UUID("6f5e4a3c-1d0b-5c7e-9a2f-3b8d7c6e5f40")
_HINT = 6
_SHORTEST_HINTED = 20


def id_of(given: GivenProvider) -> UUID:
    """The id of a provider that the environment connects, the same in every process."""
    return uuid5(_SPACE, given.known.name)


def by_id(settings: Settings) -> dict[UUID, GivenProvider]:
    """All that the environment connects."""
    return {id_of(given): given for given in given_providers(settings)}


def shown(given: GivenProvider) -> ProviderOut:
    """How it looks in the list."""
    return ProviderOut(
        id=id_of(given),
        name=given.known.name,
        kind=given.known.kind,
        base_url=given.base_url,
        has_key=given.key is not None,
        key_hint=hint(given.key.get_secret_value()) if given.key else None,
        enabled=True,
        source="environment",
    )


def hint(key: str) -> str:
    """The letters by which a person tells a key from others; too few to be of use to a thief."""
    return f"{key[:_HINT]}…" if len(key) >= _SHORTEST_HINTED else "…"
