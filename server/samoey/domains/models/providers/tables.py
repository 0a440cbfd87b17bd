"""Providers that admins connected, and the models that are asked there."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Provider(Row):
    """A place where models answer; its key rests sealed."""

    __tablename__ = "model_providers"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    base_url: Mapped[str]
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The key's first letters, by which a person tells it from others.
    key_hint: Mapped[str | None]
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def has_key(self) -> bool:
        """Whether something is kept that opens the provider."""
        return self.key is not None


class DeploymentRow(Row):
    """One model of a provider, and what is known of it."""

    __tablename__ = "model_deployments"
    __table_args__ = (UniqueConstraint("workspace_id", "provider_id", "model"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # A provider that the environment connects has no row of its own.
    provider_id: Mapped[UUID]
    model: Mapped[str]
    context_tokens: Mapped[int | None]
    tools: Mapped[bool | None]
    vision: Mapped[bool | None]
    price: Mapped[dict[str, Any] | None]
    max_parallel: Mapped[int | None]
    limits: Mapped[dict[str, Any] | None]
    # Where its files lie and how it is run, for a model of the kind `transformers`.
    checkpoint: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)
