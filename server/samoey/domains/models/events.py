"""What others may learn about the configuration of models."""

from typing import ClassVar
from uuid import UUID

from samoey.kit.events import Event


class ModelsEvent(Event):
    """Something about models was changed in a workspace."""

    workspace_id: UUID

    def audience(self) -> str:
        """Everybody in the workspace."""
        return f"workspace:{self.workspace_id}"


class ProviderAdded(ModelsEvent):
    """A provider was connected."""

    name: ClassVar[str] = "models.provider_added"
    provider_id: UUID


class ProviderChanged(ModelsEvent):
    """A provider has another address, name or key, or was switched on or off."""

    name: ClassVar[str] = "models.provider_changed"
    provider_id: UUID


class ProviderRemoved(ModelsEvent):
    """A provider is gone, and its deployments with it."""

    name: ClassVar[str] = "models.provider_removed"
    provider_id: UUID


class DeploymentAdded(ModelsEvent):
    """A model of a provider can be asked."""

    name: ClassVar[str] = "models.deployment_added"
    deployment_id: UUID


class DeploymentChanged(ModelsEvent):
    """What is known of a deployment, or how it is asked, is different."""

    name: ClassVar[str] = "models.deployment_changed"
    deployment_id: UUID


class DeploymentRemoved(ModelsEvent):
    """A deployment is gone."""

    name: ClassVar[str] = "models.deployment_removed"
    deployment_id: UUID


class AliasAdded(ModelsEvent):
    """There is a new name that can be asked for."""

    name: ClassVar[str] = "models.alias_added"
    alias_id: UUID


class AliasChanged(ModelsEvent):
    """An alias leads elsewhere, or is called otherwise."""

    name: ClassVar[str] = "models.alias_changed"
    alias_id: UUID


class AliasRemoved(ModelsEvent):
    """A name can be asked for no longer."""

    name: ClassVar[str] = "models.alias_removed"
    alias_id: UUID


class PolicyChanged(ModelsEvent):
    """The holder of a key may do more or less than before."""

    name: ClassVar[str] = "models.policy_changed"
    key_id: UUID


class PromptAdded(ModelsEvent):
    """There is a new prompt template."""

    name: ClassVar[str] = "models.prompt_added"
    prompt_id: UUID


class PromptChanged(ModelsEvent):
    """A prompt template has a new version, or another name."""

    name: ClassVar[str] = "models.prompt_changed"
    prompt_id: UUID


class PromptRemoved(ModelsEvent):
    """A prompt template is gone with all its versions."""

    name: ClassVar[str] = "models.prompt_removed"
    prompt_id: UUID


class PromptTrafficChanged(ModelsEvent):
    """Other versions answer conversations, or other shares of them."""

    name: ClassVar[str] = "models.prompt_traffic_changed"
