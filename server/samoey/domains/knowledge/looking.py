"""Searching the snapshots that answer: by words alone, or by words and meaning together."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from samoey.domains.knowledge.errors import PathPatternRefused
from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.schemas import HitOut, Place, Query, Why
from samoey.kit.context import Tools
from samoey.kit.ports.vectors import VectorEngine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from samoey.domains.knowledge.fusing.choosing import Chosen
    from samoey.domains.knowledge.lexical.fields import Passage
    from samoey.domains.knowledge.lexical.reading import Snapshot
    from samoey.domains.knowledge.vectors.folder import Vectors
    from samoey.domains.knowledge.vectors.opening import OpenVectors

# A question longer than this is asked by its beginning, and by so many different words.
LONGEST_ASKED = 20_000
MOST_WORDS = 40
# Of a question that names a repository, what is found there comes first among equals.
FAVOURED = 3.0
# Vectors that are not open yet are opened for so long; then the others answer by words alone.
OPENING_S = 0.5


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot that answers, open; the shelf that it stands on, and its repository's name."""

    answering: Answering
    snapshot: "Snapshot"
    name: str
    shelf: Path


@dataclass(frozen=True, slots=True)
class Meaning:
    """The vector of a question, and the model that made it."""

    vector: "NDArray[np.float32]"
    model: str


async def meant(tools: Tools, text: str, answering: Sequence[Answering]) -> Meaning | None:
    """Make the vector of a question, if any snapshot has vectors of the same model."""
    if tools.embedder is None or not any(each.vectors for each in answering):
        return None
    from samoey.domains.knowledge.vectors.asking import asker
    from samoey.domains.knowledge.vectors.recipe import model_of

    model = model_of(tools.embedder.fingerprint)
    if not any(each.model == model for each in answering):
        return None
    patience_s = tools.settings.knowledge.question_s
    vector = await asker().vector(tools.embedder, text[:LONGEST_ASKED], patience_s=patience_s)
    return None if vector is None else Meaning(vector, model)


def look(
    there: Sequence[Opened], query: Query, meaning: Meaning | None, engine: VectorEngine
) -> list[HitOut]:
    """Search all these snapshots as if they were one.

    Where none of them has vectors (yet), it answers by words alone.

    Raises:
        PathPatternRefused: the path pattern cannot be searched by.
    """
    # tantivy is loaded when somebody first searches, not when the process starts.
    from samoey.domains.knowledge.lexical.reading import PatternTooTangled
    from samoey.domains.knowledge.lexical.words import Words

    asked = query.text[:LONGEST_ASKED]
    words = list(dict.fromkeys(Words().line(asked).split()))[:MOST_WORDS]
    vectors = open_vectors(there, meaning, engine)
    try:
        if meaning is not None and any(each is not None for each in vectors):
            return together(there, vectors, asked, words, query, meaning)
        return by_words(there, asked, words, query)
    except PatternTooTangled as tangled:
        raise PathPatternRefused from tangled


def open_vectors(
    there: Sequence[Opened], meaning: Meaning | None, engine: VectorEngine
) -> list["Vectors | None"]:
    until = time.monotonic() + OPENING_S
    return [
        opened_vectors().get(each.shelf / each.answering.vectors, engine, until=until)
        if meaning is not None
        and each.answering.vectors is not None
        and each.answering.model == meaning.model
        else None
        for each in there
    ]


def by_words(
    there: Sequence[Opened], asked: str, words: Sequence[str], query: Query
) -> list[HitOut]:
    from samoey.domains.knowledge.lexical import ranking
    from samoey.domains.knowledge.lexical.naming import favour
    from samoey.domains.knowledge.lexical.reading import Filter

    places = [ranking.Place(each.snapshot, favour(each.name, asked)) for each in there]
    wish = ranking.Wish(query.limit, query.per_file, query.prior)
    found = ranking.best_of(places, words, asked, wish, Filter(query.path, query.language))
    hits = [hit(there[which], one.passage, one.score) for which, one in found]
    if query.explain:
        for made, (which, one) in zip(hits, found, strict=True):
            favour_of = places[which].favour
            parts, back = ranking.parts_of(one, asked, favour_of, prior=query.prior)
            rounded = {name: round(value, 4) for name, value in parts.items()}
            fits = rounded["words"]
            made.why = Why(words=fits, meaning=None, stepped_back=list(back), parts=rounded)
    return hits


def together(
    there: Sequence[Opened],
    vectors: Sequence["Vectors | None"],
    asked: str,
    words: Sequence[str],
    query: Query,
    meaning: Meaning,
) -> list[HitOut]:
    from samoey.domains.knowledge.fusing.candidates import Question, candidates
    from samoey.domains.knowledge.fusing.choosing import chosen
    from samoey.domains.knowledge.fusing.scoring import rank, scored
    from samoey.domains.knowledge.lexical import ranking
    from samoey.domains.knowledge.lexical.naming import favour
    from samoey.domains.knowledge.lexical.reading import Filter

    where = Filter(query.path, query.language)
    question = Question(asked, words, meaning.vector, where, query.limit)
    pool = candidates([ranking.Place(each.snapshot) for each in there], vectors, question)
    found = scored(pool, question, prior=query.prior)
    if favoured := {at for at, each in enumerate(there) if favour(each.name, asked) > 1}:
        for one in found:
            if one.candidate.source in favoured:
                one.score += FAVOURED
                one.parts["repository"] = FAVOURED
        found.sort(key=rank)
    wish = ranking.Wish(query.limit, query.per_file, query.prior)
    return [hit_of(there, one, explain=query.explain) for one in chosen(found, wish)]


def hit_of(there: Sequence[Opened], chosen: "Chosen", *, explain: bool) -> HitOut:
    one = chosen.best
    made = hit(there[one.candidate.source], one.candidate.passage, one.score)
    made.also = [
        Place(
            repository_id=there[other.candidate.source].answering.repository_id,
            path=other.candidate.passage.path,
            start=other.candidate.passage.start,
            end=other.candidate.passage.end,
        )
        for other in chosen.also
    ]
    if explain:
        made.why = Why(
            words=round(one.candidate.words, 4),
            meaning=None if one.candidate.meaning is None else round(one.candidate.meaning, 4),
            stepped_back=list(one.stepped_back),
            parts={name: round(value, 4) for name, value in one.parts.items()},
        )
    return made


def hit(found_in: Opened, passage: "Passage", score: float) -> HitOut:
    # What was read from our own snapshot needs no second look.
    return HitOut.model_construct(
        repository_id=found_in.answering.repository_id,
        repository_name=found_in.name,
        path=passage.path,
        start=passage.start,
        end=passage.end,
        commit=found_in.answering.commit,
        symbol=passage.name,
        kind=passage.kind,
        language=passage.language,
        score=round(score, 4),
        text=passage.text,
        also=[],
        why=None,
    )


@cache
def opened_vectors() -> "OpenVectors":
    """Give the vectors that this process holds open."""
    from samoey.domains.knowledge.vectors.opening import OpenVectors

    return OpenVectors()
