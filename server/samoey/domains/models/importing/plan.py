"""What an import would make, before anything is made: plain values, and what was left out."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from samoey.domains.models.providers.schemas import ProviderKind


@dataclass(slots=True)
class PlannedProvider:
    """A provider to connect, by a name that is free in the plan."""

    name: str
    kind: ProviderKind
    base_url: str
    key: SecretStr | None


@dataclass(slots=True)
class PlannedDeployment:
    """A model of a planned provider, with what is known of it."""

    provider: str
    model: str
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How it is called in the plan."""
        return f"{self.provider}/{self.model}"


@dataclass(slots=True)
class PlannedAlias:
    """A name, and the planned deployments that it leads to, each with its weight."""

    name: str
    strategy: str
    targets: dict[str, int]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """Everything that a file says and that can be kept; `notes` tell of the rest."""

    providers: dict[str, PlannedProvider] = field(default_factory=dict)
    deployments: dict[str, PlannedDeployment] = field(default_factory=dict)
    aliases: dict[str, PlannedAlias] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Say, once, that something is not kept as it stands."""
        if words not in self.notes:
            self.notes.append(words)
