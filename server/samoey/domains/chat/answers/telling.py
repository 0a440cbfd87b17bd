"""Tells an answer piece by piece to those who read along, and remembers what was told."""

import contextlib
import logging
from typing import cast
from uuid import UUID

from samoey.domains.chat import pieces
from samoey.domains.chat.schemas import (
    AnswerPiece,
    CitationOut,
    CitationPiece,
    EndPiece,
    MessageStatus,
    Stage,
    StatusPiece,
    TextPiece,
    ToldPiece,
)
from samoey.kit.context import Tools
from samoey.kit.ports.bus import BusUnavailable

log = logging.getLogger(__name__)


class Telling:
    """One attempt of one answer, as far as it was told."""

    def __init__(
        self, tools: Tools, *, conversation_id: UUID, answer_id: UUID, attempt: int
    ) -> None:
        self._tools = tools
        self._conversation_id, self._answer_id = conversation_id, answer_id
        self._attempt, self._index = attempt, 0
        self.text = ""
        self.citations: list[CitationOut] = []
        self.dropped = 0

    async def recall(self) -> None:
        """Take up what a worker that died had told of this attempt, up to the first gap.

        Raises:
            BusUnavailable: it cannot be read now.
        """
        whole = True
        for _, told in await pieces.read(self._tools.bus, self._answer_id):
            if told["attempt"] != self._attempt:
                continue
            whole = whole and told["index"] == self._index
            self._index = told["index"] + 1
            if whole and "citation" in told:
                self.citations.append(CitationOut.model_validate(told["citation"]))
            if whole:
                self.text += told.get("text", "")

    async def stage(self, stage: Stage) -> None:
        """Say what is being done."""
        await self._tell(StatusPiece(stage=stage))

    async def write(self, text: str) -> None:
        """Add words."""
        if text:
            self.text += text
            await self._tell(TextPiece(text=text))

    async def cite(self, citation: CitationOut) -> None:
        """Add a checked citation; the words that point to it come after."""
        self.citations.append(citation)
        await self._tell(CitationPiece(citation=citation))

    async def end(self, status: MessageStatus) -> None:
        """Say that nothing more comes."""
        await self._tell(EndPiece(status=status))

    async def _tell(self, piece: AnswerPiece) -> None:
        where = {
            "type": "piece",
            "conversation_id": str(self._conversation_id),
            "message_id": str(self._answer_id),
            "attempt": self._attempt,
            "index": self._index,
        }
        told = cast("ToldPiece", where | piece.model_dump(mode="json"))
        self._index += 1
        # Those who read along miss a piece when the bus is away; what is kept in the end is whole.
        with contextlib.suppress(BusUnavailable):
            await pieces.keep(self._tools.bus, told)
            await self._tools.bus.publish(f"conversation:{self._conversation_id}", {**told})
