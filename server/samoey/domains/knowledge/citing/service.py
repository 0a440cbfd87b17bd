"""Judging citations against the mirrors, for whoever is about to show them."""

import asyncio
from collections.abc import Sequence

from samoey.domains.knowledge.citing.judging import Cited, lines_of, reason
from samoey.domains.knowledge.parse.chunks import NotText, decode, split
from samoey.domains.knowledge.parse.symbols import outline
from samoey.domains.knowledge.schemas import Citation, Reason, Verdict, Verified
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Tools
from samoey.kit.languages import language_of
from samoey.kit.ports.git import (
    BlobTooLarge,
    EntryKind,
    PathNotFound,
    PathRefused,
    RevisionNotFound,
)

WHOLE_COMMIT = 40


async def judge(
    tools: Tools, citation: Citation, sentence: str, beside: Sequence[Citation]
) -> Verdict:
    """Judge a citation of a repository that everybody concerned may read."""
    found = await look(tools, citation)
    if isinstance(found, str):
        return Verdict(reason=found)
    others = [await look(tools, other) for other in beside if other != citation]
    why = reason(citation, found, sentence, [other for other in others if isinstance(other, Cited)])
    if why is not None or found is None:
        return Verdict(reason=why)
    return Verdict(verified=Verified(citation=citation, symbol=found.symbol, text=found.text))


async def look(tools: Tools, citation: Citation) -> Cited | Reason | None:
    """Read the cited lines, or say why they cannot be read."""
    mirror = repositories.mirror(tools, citation.repository_id)
    if len(citation.commit) != WHOLE_COMMIT:
        return "no-commit"
    try:
        entry = await tools.git.entry(mirror, citation.commit, citation.path)
        if entry.kind is not EntryKind.FILE:
            return "no-file"
        blob = await tools.git.blob(mirror, entry.blob)
    except RevisionNotFound:
        return "no-commit"
    except (PathNotFound, PathRefused, BlobTooLarge):
        return "no-file"
    return await asyncio.to_thread(cited_in, citation, blob)


def cited_in(citation: Citation, blob: bytes) -> Cited | Reason | None:
    try:
        text, _ = decode(blob)
    except NotText:
        return "no-file"
    symbols = outline(text.encode(), language_of(citation.path, blob[:8000]))
    return lines_of(citation, split(text), symbols)
