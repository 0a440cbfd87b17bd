"""Workspaces and who is in them."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class Role(StrEnum):
    """What a member may do; each role may do all that the ones before it may."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """The place in the order: a higher one may do more."""
        return list(Role).index(self)


class Workspace(Row):
    """A team's place."""

    __tablename__ = "workspaces"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Member(Row):
    """One person in one workspace."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
