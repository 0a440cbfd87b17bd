"""Judging citations against the mirrors, for whoever is about to show them."""

import asyncio

from samoey.domains.knowledge.citing.judging import Cited, judge_lines
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


async def judge(tools: Tools, citation: Citation) -> Verdict:
    """Judge a citation of a repository that everybody concerned may read."""
    found = await look(tools, citation)
    if isinstance(found, Cited):
        verified = Verified(citation=citation, symbol=found.symbol, text=found.text)
        return Verdict(verified=verified)
    return Verdict(reason=found)


async def look(tools: Tools, citation: Citation) -> Cited | Reason:
    mirror = repositories.mirror(tools, citation.repository_id)
    # A branch or a short id may mean another commit tomorrow.
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
    return await asyncio.to_thread(judge_blob, citation, blob)


def judge_blob(citation: Citation, blob: bytes) -> Cited | Reason:
    try:
        text, _ = decode(blob)
    except NotText:
        return "no-file"
    symbols = outline(text.encode(), language_of(citation.path, blob))
    return judge_lines(citation, split(text), symbols)
