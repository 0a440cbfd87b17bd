"""The part of a bucket that symbols stand on, made while the bucket is made."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from samoey.domains.knowledge.parse.chunks import Cut
from samoey.domains.knowledge.symbols.facts import KINDS, Facts, facts_of, simple
from samoey.domains.knowledge.symbols.table import (
    COLUMNS,
    LENGTH_BYTES,
    Entry,
    Header,
    Table,
    kept,
    padded,
    write_header,
)

Column = npt.NDArray[np.integer[Any]]
# The columns with a number for each definition, and for each reference.
OF_DEFINITIONS = ("def_name", "def_kind", "def_start", "def_end", "def_line", "def_column")
OF_REFERENCES = ("ref_name", "ref_kind", "ref_line", "ref_column")


class Symbols:
    """What the files of a bucket say of symbols."""

    def __init__(self) -> None:
        self.before: Table | None = None
        # A number is that of a file of `before`, which says the same as then.
        self.files: list[Facts | int] = []

    def begin(self, before: Path | None) -> None:
        """Start with what the bucket's file held before."""
        self.before = Table.open(before) if before is not None else None

    def keep(self, path: str) -> None:
        """Take over what a file said that did not change."""
        assert self.before is not None
        self.files.append(self.before.number[path])

    def add(self, path: str, content: bytes, cut: Cut) -> None:  # noqa: ARG002 - a part's shape
        """Read what a file of text says, from the tree that it was cut by."""
        self.files.append(facts_of(path, cut))

    def finish(self) -> bytes:
        """Give the file to write."""
        return written(self.files, self.before)


def written(files: Iterable[Facts | int], before: Table | None = None) -> bytes:
    """Give the content of the file that holds these facts; numbers are those of files of `before`.

    What stands in `before` is taken over by the column: nothing is made of it on the way.
    """
    blocks = [
        fresh(each) if isinstance(each, Facts) else standing(each, before)
        for each in files
        if before is not None or isinstance(each, Facts)
    ]
    # In the order of their bytes, as they are looked up.
    names = sorted({name for block in blocks for name in block.names})
    number = {name: position for position, name in enumerate(names)}
    kinds = sorted({kind for block in blocks for kind in block.kinds})
    for block in blocks:
        renamed = np.array([number[name] for name in block.names], dtype=np.uint32)
        for key in ("def_name", "ref_name"):
            block.columns[key] = renamed[block.columns[key]]
        rekinded = np.array([kinds.index(kind) for kind in block.kinds], dtype=np.uint32)
        block.columns["def_kind"] = rekinded[block.columns["def_kind"]]
    columns = {
        key: np.concatenate([np.empty(0, dtype=np.uint32), *(each.columns[key] for each in blocks)])
        for key in (*OF_DEFINITIONS, *OF_REFERENCES)
    }
    for key in ("def", "ref"):
        many = [len(each.columns[f"{key}_name"]) for each in blocks]
        columns[f"{key}s_of_file"] = np.cumsum([0, *many])
        of = columns[f"{key}_name"]
        columns[f"{key}s_by_name"] = np.argsort(of, kind="stable")
        columns[f"{key}s_of_name"] = np.searchsorted(np.sort(of), np.arange(len(names) + 1))
    wholes = [whole for block in blocks for whole in block.wholes]
    columns["name_at"], columns["whole_at"] = ends(names), ends(wholes)
    sections = {key: padded(columns[key].astype(code).tobytes()) for key, code in COLUMNS.items()}
    sections |= {"names": padded(b"\n".join(names)), "wholes": padded(b"\n".join(wholes))}
    entries = [block.entry for block in blocks]
    header = write_header(
        Header(entries, kinds, {key: len(each) for key, each in sections.items()})
    )
    length = len(header).to_bytes(LENGTH_BYTES)
    return length + padded(header) + b"".join(sections.values())


class Block:
    """The rows of one file; its names and kinds are numbered by the lists beside them."""

    def __init__(
        self,
        entry: Entry,
        names: list[bytes],
        kinds: list[str],
        wholes: list[bytes],
        columns: dict[str, Column],
    ) -> None:
        self.entry, self.names, self.kinds = entry, names, kinds
        self.wholes, self.columns = wholes, columns


def fresh(facts: Facts) -> Block:
    """The rows of a file that was just read."""
    names: dict[bytes, int] = {}
    kinds: dict[str, int] = {}
    definitions = [
        (
            names.setdefault(kept(simple(each.name, facts.language)), len(names)),
            kinds.setdefault(each.kind, len(kinds)),
            each.start,
            each.end,
            each.line,
            each.column,
        )
        for each in facts.definitions
    ]
    references = [
        (
            names.setdefault(kept(each.name), len(names)),
            KINDS.index(each.kind),
            each.line,
            each.column,
        )
        for each in facts.references
    ]
    return Block(
        Entry(facts.path, facts.language, facts.imports),
        list(names),
        list(kinds),
        [kept(each.name) for each in facts.definitions],
        turned(OF_DEFINITIONS, definitions) | turned(OF_REFERENCES, references),
    )


def turned(keys: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> dict[str, Column]:
    table = np.array(rows, dtype=np.uint32).reshape(len(rows), len(keys))
    return dict(zip(keys, table.T, strict=True))


def standing(number: int, table: Table | None) -> Block:
    """The rows of a file that was read before."""
    assert table is not None
    columns: dict[str, Column] = {}
    for of, keys in (("defs_of_file", OF_DEFINITIONS), ("refs_of_file", OF_REFERENCES)):
        first, last = table.columns[of][number : number + 2]
        for key in keys:
            columns[key] = np.frombuffer(table.columns[key][first:last], dtype=COLUMNS[key]).astype(
                np.uint32
            )
    split = len(columns["def_name"])
    every = np.concatenate([columns["def_name"], columns["ref_name"]])
    used, renamed = np.unique(every, return_inverse=True)
    columns["def_name"], columns["ref_name"] = renamed[:split], renamed[split:]
    kinds, columns["def_kind"] = np.unique(columns["def_kind"], return_inverse=True)
    first, last = table.columns["defs_of_file"][number : number + 2]
    whole = table.columns["whole_at"]
    return Block(
        table.files[number],
        [table.name_bytes(each) for each in used.tolist()],
        [table.header.kinds[kind] for kind in kinds.tolist()],
        [bytes(table.wholes[whole[each] : whole[each + 1] - 1]) for each in range(first, last)],
        columns,
    )


def ends(texts: list[bytes]) -> Column:
    """Where each text begins among all, one behind the other with a sign between; and the end."""
    return np.cumsum([0, *(len(text) + 1 for text in texts)])
