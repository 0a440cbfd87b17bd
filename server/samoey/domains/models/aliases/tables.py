"""Names that people ask for, and the deployments behind them, in order."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class AliasRow(Row):
    """A name, and how one of its deployments is chosen."""

    __tablename__ = "model_aliases"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    strategy: Mapped[str]
    cache: Mapped[str]
    threshold: Mapped[float | None]
    deadline_s: Mapped[float]
    retries: Mapped[int]
    trim: Mapped[bool] = mapped_column(default=False)
    repairs: Mapped[int] = mapped_column(default=0)
    ceiling_micro: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1)


class AliasTarget(Row):
    """One deployment of an alias; it cannot be removed while the alias leads to it."""

    __tablename__ = "model_alias_targets"
    __table_args__ = (UniqueConstraint("alias_id", "deployment_id"),)

    alias_id: Mapped[UUID] = mapped_column(ForeignKey("model_aliases.id", ondelete="CASCADE"))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("model_deployments.id"), index=True)
    place: Mapped[int]
    weight: Mapped[int]
