"""The files that passages come from: their text, and what they define and import."""

from collections.abc import Sequence
from pathlib import Path

from samoey.domains.knowledge.parse.chunks import NotText, decode, split
from samoey.domains.knowledge.symbols.facts import Facts
from samoey.domains.knowledge.symbols.resolving import Index
from samoey.domains.knowledge.symbols.schemas import FileAround, Imported, Within
from samoey.domains.knowledge.symbols.table import Table
from samoey.kit.context import Tools
from samoey.kit.ports.git import RevisionNotFound, TreeEntry


def known(index: Index, paths: Sequence[str]) -> list[Facts]:
    """What those of the paths define and import that the index has."""
    places = [place for path in paths if (place := index.file(path)) is not None]
    return [facts(table, number) for table, number in places]


def facts(table: Table, number: int) -> Facts:
    entry = table.files[number]
    return Facts(entry.path, entry.language, table.definitions(number), [], entry.imports)


def files(
    tools: Tools, mirror: Path, entries: Sequence[TreeEntry], told: Sequence[Facts]
) -> dict[str, FileAround]:
    """Read these files, for a thread; what is no text is left out, as it is from the index."""
    of = {each.path: each for each in told}
    wanted = {entry.path: entry.blob for entry in entries if entry.path in of}
    limit = int(tools.settings.knowledge.largest_file_kb * 1000)
    try:
        blobs = dict(tools.git.blobs_at_once(mirror, set(wanted.values()), limit=limit))
    except RevisionNotFound:
        # The mirror went away in the meantime.
        return {}
    read: dict[str, FileAround] = {}
    for path, blob in wanted.items():
        try:
            text, _ = decode(blobs[blob])
        except (KeyError, NotText):
            continue
        read[path] = file(of[path], split(text))
    return read


def file(told: Facts, lines: Sequence[str]) -> FileAround:
    return FileAround(
        told.path,
        told.language,
        lines,
        [Within(one.name, one.kind, one.start, one.end, one.line) for one in told.definitions],
        [
            Imported(one.module, one.line, tuple(alias or name for name, alias in one.names))
            for one in told.imports
        ],
    )
