"""Questions that were asked before in other words, within one scope: what else was said is equal.

Who reads the words decides (`sameness`); the vectors have to agree, too.
"""

import asyncio
import logging
from typing import Any

import msgspec

from samoey.domains.models.gateway.cacheable import Question
from samoey.domains.models.gateway.keeping import Keeping
from samoey.domains.models.gateway.sameness import meaning
from samoey.kit.ports.embedder import Embedded, Embedder, EmbedderUnavailable

log = logging.getLogger(__name__)

# What bench/semantic_cache.py measures holds for this one.
THRESHOLD = 0.8
MOST_IN_SCOPE = 256
# A model that is only now loaded, or built, is not waited for.
_PATIENCE_S = 0.5

_rows = msgspec.msgpack.Decoder(list[tuple[str, str]])


class Semantic:
    """Finds the names of answers by what their questions mean."""

    def __init__(
        self, keeping: Keeping, embedder: Embedder, *, patience_s: float = _PATIENCE_S
    ) -> None:
        self._keeping, self._embedder, self._patience_s = keeping, embedder, patience_s
        self._embedding: set[asyncio.Task[Embedded]] = set()

    async def find(self, owner: str, question: Question, threshold: float | None) -> list[str]:
        """The names of answers to the same question, the best first."""
        meant = meaning(question.text)
        if not meant.lasting:
            return []
        rows = await self._of(owner, question)
        alike = [(text, name) for text, name in rows if meaning(text) == meant]
        if not alike:
            return []
        near = await self._nearness(question.text, [text for text, _ in alike])
        least = THRESHOLD if threshold is None else threshold
        found = zip(near, (name for _, name in alike), strict=False)
        return [name for how, name in sorted(found, reverse=True) if how >= least]

    async def keep(self, owner: str, question: Question, name: str) -> None:
        """Remember under which name a question was answered."""
        if not meaning(question.text).lasting:
            return
        rows = [it for it in await self._of(owner, question) if it[0] != question.text]
        rows = [*rows, (question.text, name)][-MOST_IN_SCOPE:]
        await self._keeping.keep(owner, question.scope, msgspec.msgpack.encode(rows), changes=True)

    async def _of(self, owner: str, question: Question) -> list[tuple[str, str]]:
        kept = await self._keeping.find(owner, question.scope, newest=True)
        return [] if kept is None else _rows.decode(kept)

    async def _nearness(self, text: str, others: list[str]) -> list[float]:
        """How near each of the others lies; nothing where that is not known in time."""
        task = asyncio.create_task(self._embedder.embed([text, *others]))
        self._embedding.add(task)
        task.add_done_callback(self._embedding.discard)
        # It goes on in any case: the next one will not have to wait for the model.
        await asyncio.wait({task}, timeout=self._patience_s)
        if not task.done():
            task.add_done_callback(_complain)
            return []
        try:
            vectors: Any = task.result().vectors
        except EmbedderUnavailable as problem:
            log.warning("the semantic cache rests", extra={"detail": str(problem)})
            return []
        return [float(vectors[0] @ other) for other in vectors[1:]]


def _complain(task: asyncio.Task[Embedded]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("the semantic cache rests", extra={"detail": str(error)})
