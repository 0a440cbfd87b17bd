"""Finding definitions by what somebody types into a palette: beginnings, and letters in order."""

import re
from collections.abc import Iterator

from samoey.domains.knowledge.repository import Answering
from samoey.domains.knowledge.symbols.resolving import Index, Placed, aside
from samoey.domains.knowledge.symbols.schemas import FoundSymbolOut
from samoey.domains.knowledge.symbols.table import Table

# So many names of one repository are looked at more closely.
MOST_NAMES = 5_000
LONGEST_TYPED = 60
UNSHOWN = frozenset({"impl"})


def fitting(index: Index, typed: str, limit: int) -> list[tuple[tuple[int, ...], Placed]]:
    """The definitions whose names fit, the best first, each with how well."""
    owner, _, last = typed.strip()[:LONGEST_TYPED].replace("::", ".").rpartition(".")
    if not last:
        return []
    found = []
    for table in index.tables:
        for number in numbers(table, last):
            fit = fits(table.name(number), last)
            for position in table.listed("defs", number):
                each = Placed(
                    table.files[table.file_of("defs", position)], table.definition(position)
                )
                name = each.definition.name
                if each.definition.kind in UNSHOWN or not owned(name, owner):
                    continue
                found.append(((*fit, aside(each.entry.path), len(name)), each))
    found.sort(
        key=lambda each: (
            each[0],
            each[1].definition.name,
            each[1].entry.path,
            each[1].definition.start,
        )
    )
    return found[:limit]


def told(each: Placed, answering: Answering, repository_name: str) -> FoundSymbolOut:
    found = each.definition
    return FoundSymbolOut(
        repository_id=answering.repository_id,
        repository_name=repository_name,
        name=found.name,
        kind=found.kind,
        path=each.entry.path,
        start=found.start,
        end=found.end,
        line=found.line,
        column=found.column,
        language=each.entry.language,
        commit=answering.commit,
    )


def owned(name: str, owner: str) -> bool:
    return not owner or owner.lower() in name.replace("::", ".").lower().rpartition(".")[0]


def numbers(table: Table, typed: str) -> Iterator[int]:
    """The defined names of a table that hold these letters in this order."""
    # No letter is skipped that could match, so each name is read once.
    letters = [re.escape(letter).encode("utf-8", "surrogateescape") for letter in typed]
    within = [
        b"[^\\n" + re.escape(each.encode()) + b"]*" if each.isascii() else b"[^\\n]*?"
        for each in typed
    ]
    pattern = re.compile(
        b"".join(skip + letter for skip, letter in zip(within, letters, strict=True)), re.IGNORECASE
    )
    at, starts = table.columns["name_at"], table.columns["defs_of_name"]
    seen = 0
    for number in range(table.count):
        if starts[number] == starts[number + 1]:
            continue
        if pattern.match(table.names[at[number] : at[number + 1] - 1]):
            yield number
            seen += 1
            if seen == MOST_NAMES:
                return


def fits(name: str, typed: str) -> tuple[int, ...]:
    """How well a name fits, smaller is better: itself, its beginning, a part of it, its letters."""
    if name == typed:
        return (0,)
    low, wanted = name.lower(), typed.lower()
    if low == wanted:
        return (1,)
    if low.startswith(wanted):
        return (2,)
    if (at := low.find(wanted)) >= 0:
        begins = at == 0 or not name[at - 1].isalnum() or name[at].isupper()
        return (3 if begins else 4,)
    return (5,)
