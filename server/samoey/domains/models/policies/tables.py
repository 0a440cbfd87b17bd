"""What the holder of an API key may ask of models."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from samoey.kit.db import Row


class KeyPolicyRow(Row):
    """The policy of one key; a key without one may do what its owner may."""

    __tablename__ = "model_key_policies"

    key_id: Mapped[UUID] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), unique=True)
    models: Mapped[list[str] | None]
    rpm: Mapped[int | None]
    tpm: Mapped[int | None]
    day_micro: Mapped[int | None] = mapped_column(BigInteger)
    month_micro: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(default=1)
