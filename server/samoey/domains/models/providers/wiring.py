"""What admins wrote down, in the shape that the gateway asks by; keys are opened here."""

from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from samoey.domains.models.providers import given
from samoey.domains.models.providers.schemas import CheckpointShape, NewDeployment
from samoey.domains.models.providers.tables import DeploymentRow, Provider
from samoey.kit.known_providers import GivenProvider
from samoey.kit.ports.upstreams import (
    USUAL_CONTEXT,
    Checkpoint,
    Deployment,
    Kind,
    Price,
    TimeLimits,
    VendorKey,
)
from samoey.kit.ports.vendors import CheckpointSeen
from samoey.kit.secrets import Sealer
from samoey.kit.settings import ModelSettings

# Whatever model is named is passed on.
ANY = "*"


class Place(Struct, frozen=True):
    """Where models answer, with the open key: kept in memory, and written nowhere."""

    id: UUID
    name: str
    kind: Kind
    base_url: str
    key: VendorKey | None


def of_row(sealer: Sealer, row: Provider) -> Place:
    """The place behind a row.

    Raises:
        SealBroken: the home's key is another one now.
    """
    key = None if row.key is None else VendorKey(sealer.unseal(row.key, about=about(row.id)))
    return Place(row.id, row.name, convert(row.kind, Kind), row.base_url, key)


def of_given(one: GivenProvider) -> Place:
    """The place that the environment names."""
    key = None if one.key is None else VendorKey(one.key.get_secret_value())
    return Place(given.id_of(one), one.known.name, one.known.kind, one.base_url, key)


def patience(settings: ModelSettings) -> TimeLimits:
    """How long whatever has no limits of its own is waited for."""
    return TimeLimits(
        connect_s=settings.connect_s, first_s=settings.first_word_s, gap_s=settings.next_word_s
    )


def deployment(place: Place, row: DeploymentRow, limits: TimeLimits | None = None) -> Deployment:
    """A model at its place, as it was written down; `limits` are for who has none."""
    return Deployment(
        id=str(row.id),
        context_tokens=row.context_tokens,
        tools=row.tools,
        vision=row.vision,
        price=None if row.price is None else convert(row.price, Price),
        max_parallel=row.max_parallel,
        limits=limits or TimeLimits() if row.limits is None else convert(row.limits, TimeLimits),
        checkpoint=None if row.checkpoint is None else convert(row.checkpoint, Checkpoint),
        **_at(place, row.model),
    )


def checkpoint(shape: CheckpointShape) -> Checkpoint:
    """A folder as somebody wrote it down; what they left open is told by the folder itself."""
    return convert(_said(shape), Checkpoint)


def filled(new: NewDeployment, seen: CheckpointSeen) -> NewDeployment:
    """What was asked for, with what the folder tells where nobody said."""
    assert new.checkpoint is not None
    context = new.context_tokens
    if context is None and seen.context_tokens is not None:
        context = min(seen.context_tokens, USUAL_CONTEXT)
    shape = with_task(new.checkpoint, seen)
    return new.model_copy(update={"checkpoint": shape, "context_tokens": context})


def with_task(shape: CheckpointShape, seen: CheckpointSeen) -> CheckpointShape:
    """A folder with what its model is made for."""
    return shape if shape.task else shape.model_copy(update={"task": seen.task})


def _said(shape: CheckpointShape) -> dict[str, Any]:
    return shape.model_dump(exclude=None if shape.task else {"task"})


def unwritten(place: Place, model: str = ANY, *, limits: TimeLimits | None = None) -> Deployment:
    """A model at its place of which nothing is written down."""
    return Deployment(id=f"{place.id}/{model}", limits=limits or TimeLimits(), **_at(place, model))


def about(provider_id: UUID) -> str:
    """What a provider's key is sealed to."""
    return f"model-provider:{provider_id}"


def _at(place: Place, model: str) -> dict[str, Any]:
    return {
        "provider_id": str(place.id),
        "provider": place.name,
        "kind": place.kind,
        "base_url": place.base_url,
        "key": place.key,
        "model": model,
    }
