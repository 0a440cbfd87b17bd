"""How well code is found by what it does: first sentences of docstrings ask for their functions.

Of each of six packages the docstrings are taken out before it is indexed, by the product itself:
its chunks, its words, its vectors, its scores. Weights were chosen on flask and scrapy only. The
row `prior` is shown apart: no gold is a test, so stepping back helps here more than elsewhere.
"""

import asyncio
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from house import print_table, written
from packages import KEPT, VERSIONS, Asked, Package
from samoey.adapters.embedders.minilm import MiniLM
from samoey.adapters.vectors.engine import ChromaAndFaiss
from samoey.domains.knowledge.fusing.candidates import Question, candidates
from samoey.domains.knowledge.fusing.scoring import scored
from samoey.domains.knowledge.lexical.build import build
from samoey.domains.knowledge.lexical.fields import Passage
from samoey.domains.knowledge.lexical.orders import Order, Source
from samoey.domains.knowledge.lexical.ranking import Place
from samoey.domains.knowledge.lexical.reading import Snapshot
from samoey.domains.knowledge.lexical.words import Words
from samoey.domains.knowledge.vectors import folder
from samoey.domains.knowledge.vectors.recipe import model_of, plain, vectors_of

RESULTS = Path(__file__).resolve().parent / "results" / "knowledge.json"
GOALS = {
    "mrr": (">=", 0.60),
    "mrr_prior": (">=", 0.64),
    "vectors_cpu_s": ("<=", 360.0),
}
SHOWN = 10
POOL = 100
AT_ONCE = 256
# Ours, and what it is compared with, in the order of the table.
ROWS = ("raw", "split", "fielded", "vectors", "rrf", "z-sum", "full", "prior")

Ranking = Callable[[int], Sequence[int]]


class Corpus:
    """One package, indexed as the product does it."""

    def __init__(self, package: Package, place: Path, embedder: MiniLM) -> None:
        self.package, self.embedder = package, embedder
        self.cpu_s = 0.0
        blobs = {hashlib.sha1(path.encode()).hexdigest(): it for path, it in package.files.items()}
        sources = [
            Source(path, hashlib.sha1(path.encode()).hexdigest(), len(it))
            for path, it in package.files.items()
        ]

        def read(_: Path, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
            return ((blob, blobs[blob]) for blob in wanted)

        build(Order(place, package.name, "0" * 40, place, sources), read)
        self.snapshot = Snapshot.open(place / package.name)
        self.passages = list(self.snapshot.all())
        self.place, self.engine = place, ChromaAndFaiss(place)
        self.words = Words()

    async def embed(self) -> None:
        """Make the vectors of passages and questions, or take those of the run before."""
        model = model_of(self.embedder.fingerprint)
        told = "\0".join([model, *(f"{it.path}{it.name}{it.text}" for it in self.passages)])
        kept = KEPT / f"{hashlib.sha256(told.encode()).hexdigest()[:24]}.npz"
        if not kept.exists():
            began = time.process_time()
            parts = [
                await vectors_of(self.passages[at : at + AT_ONCE], self.given)
                for at in range(0, len(self.passages), AT_ONCE)
            ]
            spent = time.process_time() - began
            np.savez(kept, vectors=np.concatenate(parts), spent=spent)
        with np.load(kept) as found:
            self.vectors, self.cpu_s = found["vectors"], float(found["spent"])
        self.asked = await self.given([plain(each.text) for each in self.package.queries])
        manifest = folder.Manifest(
            model=model,
            passages=len(self.passages),
            numbers=np.arange(len(self.passages), dtype=np.int32).tobytes(),
            keys=b"",
        )
        name = folder.write(
            self.place,
            self.package.name,
            manifest,
            vectors=self.vectors,
            engine=self.engine,
            desk=self.place / "desk",
        )
        self.opened = folder.load(self.place / name, self.engine)

    async def given(self, texts: Sequence[str]) -> np.ndarray:
        return (await self.embedder.embed(texts)).vectors

    def question(self, at: int) -> Question:
        text = self.package.queries[at].text
        return Question(text, list(dict.fromkeys(self.words.line(text).split())), self.asked[at])

    @cached_property
    def split(self) -> "Bm25":
        return Bm25([self.words.line(it.text).split() for it in self.passages])

    @cached_property
    def raw(self) -> "Bm25":
        return Bm25([re.findall(r"\w+", it.text.lower()) for it in self.passages])

    @cached_property
    def fields(self) -> tuple["Bm25", "Bm25"]:
        line = self.words.line
        return (
            Bm25([line(it.name or "").split() for it in self.passages]),
            Bm25([line(it.path).split() for it in self.passages]),
        )

    def fielded(self, at: int) -> np.ndarray:
        words, (names, paths) = self.question(at).words, self.fields
        return self.split.scores(words) + names.scores(words) + 0.5 * paths.scores(words)

    def rankings(self) -> dict[str, Ranking]:
        """Each row of the table, as what ranks for it."""
        return {
            "raw": lambda at: best(
                self.raw.scores(re.findall(r"\w+", self.package.queries[at].text.lower()))
            ),
            "split": lambda at: best(self.split.scores(self.question(at).words)),
            "fielded": lambda at: best(self.fielded(at)),
            "vectors": lambda at: best(self.vectors @ self.asked[at]),
            "rrf": lambda at: best(self.reciprocal(at)),
            "z-sum": lambda at: best(self.z_sum(at)),
            "full": lambda at: self.product(at, prior=False),
            "prior": lambda at: self.product(at, prior=True),
        }

    def reciprocal(self, at: int) -> np.ndarray:
        total = np.zeros(len(self.passages))
        for scores in (self.fielded(at), self.vectors @ self.asked[at]):
            first = best(scores, POOL)
            total[first] += 1 / (60 + np.arange(1, len(first) + 1))
        return total

    def z_sum(self, at: int) -> np.ndarray:
        words, meaning = self.fielded(at), self.vectors @ self.asked[at]
        pool = np.union1d(best(words, POOL), best(meaning, POOL))
        total = np.full(len(self.passages), -np.inf)
        total[pool] = deviations(words[pool]) + deviations(meaning[pool])
        return total

    def product(self, at: int, *, prior: bool) -> list[int]:
        question = self.question(at)
        pool = candidates([Place(self.snapshot)], [self.opened], question)
        found = scored(pool, question, prior=prior)
        return [self.numbers[spot(each.candidate.passage)] for each in found[:SHOWN]]

    @cached_property
    def numbers(self) -> dict[tuple[str, int, int], int]:
        return {spot(each): number for number, each in enumerate(self.passages)}

    def right(self, asked: Asked) -> set[int]:
        """The passages that are the function asked for, or hold it whole."""
        return {
            number
            for number, it in enumerate(self.passages)
            if it.path == asked.path
            and (
                it.start <= asked.line <= it.end
                or (it.name == asked.name and it.start >= asked.line)
            )
        }


class Bm25:
    """Plain BM25 over finished words, for the rows that are not the product's."""

    def __init__(self, texts: Sequence[Sequence[str]], k: float = 1.2, b: float = 0.75) -> None:
        places: dict[str, dict[int, int]] = {}
        for number, words in enumerate(texts):
            for word in words:
                counts = places.setdefault(word, {})
                counts[number] = counts.get(number, 0) + 1
        length = np.array([len(words) for words in texts], float)
        damped = k * (1 - b + b * length / max(length.mean(), 1e-9))
        self.size = len(texts)
        self.columns = {}
        for word, counts in places.items():
            at, times = np.array(list(counts)), np.array(list(counts.values()), float)
            rare = np.log1p((self.size - len(at) + 0.5) / (len(at) + 0.5))
            self.columns[word] = (at, rare * times * (k + 1) / (times + damped[at]))

    def scores(self, words: Iterable[str]) -> np.ndarray:
        total = np.zeros(self.size)
        for word in dict.fromkeys(words):
            if word in self.columns:
                at, worth = self.columns[word]
                total[at] += worth
        return total


def spot(passage: Passage) -> tuple[str, int, int]:
    return passage.path, passage.start, passage.end


def best(scores: np.ndarray, most: int = SHOWN) -> np.ndarray:
    return np.argsort(-scores, kind="stable")[:most]


def deviations(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() + 1e-6)


def measured(corpus: Corpus) -> dict[str, tuple[float, float]]:
    """Of each row the MRR@10 and the recall@10 in one package."""
    right = [corpus.right(asked) for asked in corpus.package.queries]
    figures = {}
    for row, ranking in corpus.rankings().items():
        ranks = [
            next((rank for rank, it in enumerate(ranking(at), 1) if it in gold), 0)
            for at, gold in enumerate(right)
        ]
        figures[row] = (
            float(np.mean([1 / rank if rank else 0.0 for rank in ranks])),
            float(np.mean([rank > 0 for rank in ranks])),
        )
    return figures


async def measure() -> dict[str, float]:
    """The figures `mrr`, `mrr_prior` and `vectors_cpu_s`, and each row of the table."""
    KEPT.mkdir(parents=True, exist_ok=True)
    embedder = MiniLM(KEPT, threads=1)
    table: dict[str, dict[str, tuple[float, float]]] = {}
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        for name in VERSIONS:
            corpus = Corpus(Package(name), Path(place), embedder)
            await corpus.embed()
            table[name] = measured(corpus)
            told = " ".join(f"{row} {table[name][row][0]:.3f}" for row in ROWS)
            print(
                f"  {name}: {len(corpus.passages):,} passages,"
                f" {len(corpus.package.queries)} queries: {told}",
                file=sys.stderr,
                flush=True,
            )
            if name == "django":
                figures["vectors_cpu_s"] = corpus.cpu_s
    await embedder.close()
    for row in ROWS:
        for at, kind in enumerate(("mrr", "recall")):
            each = [table[name][row][at] for name in VERSIONS]
            figures[f"{kind}_of_{row}"] = float(np.mean(each))
    figures["mrr"], figures["mrr_prior"] = figures["mrr_of_full"], figures["mrr_of_prior"]
    return figures


def main() -> int:
    os.nice(5)
    figures = asyncio.run(measure())
    print_table(figures, GOALS)
    written(figures, RESULTS)
    print(json.dumps({"versions": VERSIONS}), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
