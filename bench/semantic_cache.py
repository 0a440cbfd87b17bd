"""How often the semantic cache answers the wrong question, and how often the right one.

The pairs of near_miss.toml were written by hand before anything was tuned. Only the half that
nothing was tuned on is reported as the figure; the other half is printed beside it.
"""

import asyncio
import tempfile
import tomllib
from pathlib import Path
from typing import Any

PAIRS = Path(__file__).with_name("near_miss.toml")


def measure() -> dict[str, float]:
    """Asks one of each pair what the other was answered, through the cache itself."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, float]:
    from samoey.adapters.embedders.minilm import MiniLM

    sorts = tomllib.loads(PAIRS.read_text(encoding="utf-8"))["sort"]
    with tempfile.TemporaryDirectory() as home:
        embedder = MiniLM(Path(home), threads=2)
        await embedder.embed(["loaded"])
        tuned = await _rates(embedder, sorts, 0)
        tested = await _rates(embedder, sorts, 1)
        await embedder.close()
    print(f"tuned on:    {tuned['wrong_hit_rate']:.3f} wrong, {tuned['hit_rate']:.3f} hit")
    return tested


async def _rates(embedder: Any, sorts: list[dict[str, Any]], half: int) -> dict[str, float]:
    hits = {True: 0, False: 0}
    asked = {True: 0, False: 0}
    for sort in sorts:
        pairs = sort["pairs"][half::2]
        hit = 0
        for one, other in pairs:
            hit += await _asks(embedder, one, other)
        hits[sort["same"]] += hit
        asked[sort["same"]] += len(pairs)
        if half:
            what = "told again" if sort["same"] else "wrong"
            print(f"  {sort['name']:40} {hit:3} of {len(pairs):3} {what}")
    return {
        "wrong_hit_rate": hits[False] / asked[False],
        "hit_rate": hits[True] / asked[True],
    }


async def _asks(embedder: Any, kept: str, asked: str) -> bool:
    """Whether one question is answered by what the other was."""
    from samoey.domains.models.gateway.cacheable import Question
    from samoey.domains.models.gateway.keeping import Keeping
    from samoey.domains.models.gateway.semantic import Semantic

    keeping = Keeping(_Shelf(), secret=b"bench", kept_s=3600)
    semantic = Semantic(keeping, embedder, patience_s=60)
    await semantic.keep("bench", Question("scope", kept), "answer")
    return await semantic.find("bench", Question("scope", asked), None) == ["answer"]


class _Shelf:
    """What Redis would keep; this bench asks what is the same, not how it is kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    async def keep(self, owner: str, name: str, document: bytes) -> bool:
        self._kept[owner, name] = document
        return True

    async def find(self, owner: str, name: str) -> bytes | None:
        return self._kept.get((owner, name))

    async def drop(self, owner: str, name: str) -> bool:
        return self._kept.pop((owner, name), None) is not None


if __name__ == "__main__":
    print(measure())
