"""What the bus remembers of an answer while it is written: its pieces, and the wish to stop it."""

from typing import cast
from uuid import UUID

from samoey.domains.chat.schemas import ToldPiece
from samoey.kit.ports.bus import Bus

_STOP_KEPT_S = 3600


async def keep(bus: Bus, piece: ToldPiece) -> None:
    """Keep a piece for those who come in the middle.

    Raises:
        BusUnavailable: nobody keeps it now.
    """
    await bus.append(_stream(piece["message_id"]), {**piece})


async def read(
    bus: Bus, answer_id: UUID, after: str = "0", *, wait_s: float = 0
) -> list[tuple[str, ToldPiece]]:
    """Read the pieces of an answer after one, each with its place; waits for the first of them.

    Raises:
        BusUnavailable: they cannot be read now.
    """
    kept = await bus.read(_stream(answer_id), after, wait_s=wait_s)
    # Nobody but `keep` writes there.
    return cast("list[tuple[str, ToldPiece]]", kept)


async def wish_to_stop(bus: Bus, answer_id: UUID, attempt: int) -> None:
    """Tell whoever writes this attempt of an answer to stop.

    Raises:
        BusUnavailable: nobody hears it now.
    """
    await bus.remember(_stop(answer_id, attempt), "1", keep_s=_STOP_KEPT_S)


async def is_to_stop(bus: Bus, answer_id: UUID, attempt: int) -> bool:
    """Whether somebody wants this attempt of an answer to stop.

    Raises:
        BusUnavailable: nobody knows it now.
    """
    return await bus.recall(_stop(answer_id, attempt)) is not None


def _stream(answer_id: UUID | str) -> str:
    return f"answer:{answer_id}"


def _stop(answer_id: UUID, attempt: int) -> str:
    return f"stop:{answer_id}:{attempt}"
