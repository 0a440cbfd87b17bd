"""The file of a bucket that holds what its files say of symbols: read where it lies, never loaded.

Behind a header come columns of numbers, which are mapped into memory. Names are in order, so that
one is found by halving; `by name` lists hold the positions of definitions and references.
"""

import mmap
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from samoey.domains.knowledge.parse.chunks import Cut
from samoey.domains.knowledge.symbols.facts import (
    KINDS,
    Definition,
    Facts,
    Import,
    Reference,
    facts_of,
    simple,
)

SUFFIX = "symbols1"
LENGTH_BYTES = 8
# The columns of numbers in the file, with the codes of `array`.
COLUMNS = {
    "name_at": "I",
    "whole_at": "I",
    "def_name": "I",
    "def_kind": "B",
    "def_start": "I",
    "def_end": "I",
    "def_line": "I",
    "def_column": "H",
    "defs_of_file": "I",
    "defs_by_name": "I",
    "defs_of_name": "I",
    "ref_name": "I",
    "ref_kind": "B",
    "ref_line": "I",
    "ref_column": "H",
    "refs_of_file": "I",
    "refs_by_name": "I",
    "refs_of_name": "I",
}
# Numbers of four bytes begin where four divides.
ALIGNED = 4


class Spoiled(Exception):
    """A file that is not one of ours, or not whole."""


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A file of the bucket."""

    path: str
    language: str | None
    imports: list[Import]


class Header(msgspec.Struct, array_like=True, frozen=True):
    """What stands before the columns: the files, the kinds, and how long each section is."""

    files: list[Entry]
    kinds: list[str]
    sections: dict[str, int]


read_header = msgspec.msgpack.Decoder(Header).decode
write_header = msgspec.msgpack.Encoder().encode


def written(files: list[Facts]) -> bytes:
    """Give the content of the file that holds these facts."""
    words = {simple(each.name, of.language) for of in files for each in of.definitions} | {
        each.name for of in files for each in of.references
    }
    # In the order of their bytes, as they are looked up.
    names = sorted(kept(word) for word in words)
    number = {name: position for position, name in enumerate(names)}
    kinds = sorted({each.kind for of in files for each in of.definitions})
    columns = {key: array(code) for key, code in COLUMNS.items()}
    wholes: list[bytes] = []
    for of in files:
        columns["defs_of_file"].append(len(columns["def_name"]))
        columns["refs_of_file"].append(len(columns["ref_name"]))
        for definition in of.definitions:
            columns["def_name"].append(number[kept(simple(definition.name, of.language))])
            columns["def_kind"].append(kinds.index(definition.kind))
            columns["def_start"].append(definition.start)
            columns["def_end"].append(definition.end)
            columns["def_line"].append(definition.line)
            columns["def_column"].append(definition.column)
            wholes.append(kept(definition.name))
        for reference in of.references:
            columns["ref_name"].append(number[kept(reference.name)])
            columns["ref_kind"].append(KINDS.index(reference.kind))
            columns["ref_line"].append(reference.line)
            columns["ref_column"].append(reference.column)
    for key in ("def", "ref"):
        columns[f"{key}s_of_file"].append(len(columns[f"{key}_name"]))
        by_name(columns, key, len(names))
    columns["name_at"].extend(ends(names))
    columns["whole_at"].extend(ends(wholes))
    sections = {key: padded(column.tobytes()) for key, column in columns.items()}
    sections |= {"names": padded(b"\n".join(names)), "wholes": padded(b"\n".join(wholes))}
    entries = [Entry(of.path, of.language, of.imports) for of in files]
    header = write_header(
        Header(entries, kinds, {key: len(each) for key, each in sections.items()})
    )
    length = len(header).to_bytes(LENGTH_BYTES)
    return length + padded(header) + b"".join(sections.values())


def kept(name: str) -> bytes:
    """A name as it is written: on one line."""
    return name.replace("\n", " ").encode("utf-8", "surrogateescape")


def ends(texts: Iterable[bytes]) -> Iterator[int]:
    """Where each text begins among all, one behind the other with a sign between; and the end."""
    at = 0
    yield at
    for text in texts:
        at += len(text) + 1
        yield at


def by_name(columns: dict[str, "array[int]"], key: str, count: int) -> None:
    """List positions by their names, and where in that list each name begins."""
    of = columns[f"{key}_name"]
    order = sorted(range(len(of)), key=of.__getitem__)
    columns[f"{key}s_by_name"].extend(order)
    starts = [0] * (count + 1)
    for name in of:
        starts[name + 1] += 1
    for position in range(count):
        starts[position + 1] += starts[position]
    columns[f"{key}s_of_name"].extend(starts)


def padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % ALIGNED)


class Table:
    """An open file of symbols."""

    def __init__(self, content: memoryview) -> None:
        try:
            length = int.from_bytes(content[:LENGTH_BYTES])
            at = LENGTH_BYTES + length
            self.header = read_header(content[LENGTH_BYTES:at])
            self.cost = length
            at += -at % ALIGNED
            sections: dict[str, memoryview] = {}
            for key, size in self.header.sections.items():
                sections[key] = content[at : at + size]
                at += size
            if at != len(content):
                raise Spoiled
            self.columns: dict[str, Any] = {
                key: sections[key].cast(cast("Any", code)) for key, code in COLUMNS.items()
            }
            self.names, self.wholes = sections["names"], sections["wholes"]
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise Spoiled from error
        self.files = self.header.files
        self.number = {entry.path: position for position, entry in enumerate(self.files)}
        self.count = len(self.columns["name_at"]) - 1

    @classmethod
    def open(cls, path: Path) -> "Table":
        """Open the file at `path`.

        Raises:
            OSError: it is not there.
            Spoiled: it is none of ours, or not whole.
        """
        with path.open("rb") as file:
            try:
                return cls(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
            except ValueError as error:
                raise Spoiled from error

    def name(self, number: int) -> str:
        at = self.columns["name_at"]
        return str(self.names[at[number] : at[number + 1] - 1], "utf-8", "surrogateescape")

    def find(self, name: str) -> int | None:
        """The number of a name, if any file here holds it."""
        wanted, at = kept(name), self.columns["name_at"]
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if bytes(self.names[at[middle] : at[middle + 1] - 1]) < wanted:
                low = middle + 1
            else:
                high = middle
        there = low < self.count and bytes(self.names[at[low] : at[low + 1] - 1]) == wanted
        return low if there else None

    def listed(self, key: str, number: int) -> Iterator[int]:
        """The positions of the definitions (`defs`) or references (`refs`) of a name."""
        starts = self.columns[f"{key}_of_name"]
        return iter(self.columns[f"{key}_by_name"][starts[number] : starts[number + 1]])

    def file_of(self, key: str, position: int) -> int:
        return bisect_right(self.columns[f"{key}_of_file"], position) - 1

    def definition(self, position: int) -> Definition:
        columns = self.columns
        at = columns["whole_at"]
        whole = self.wholes[at[position] : at[position + 1] - 1]
        return Definition(
            str(whole, "utf-8", "surrogateescape"),
            self.header.kinds[columns["def_kind"][position]],
            columns["def_start"][position],
            columns["def_end"][position],
            columns["def_line"][position],
            columns["def_column"][position],
        )

    def reference(self, position: int) -> Reference:
        columns = self.columns
        return Reference(
            self.name(columns["ref_name"][position]),
            KINDS[columns["ref_kind"][position]],
            columns["ref_line"][position],
            columns["ref_column"][position],
        )

    def facts(self, file: int) -> Facts:
        """Give back what a file says."""
        entry = self.files[file]
        defs, refs = self.columns["defs_of_file"], self.columns["refs_of_file"]
        return Facts(
            entry.path,
            entry.language,
            [self.definition(position) for position in range(defs[file], defs[file + 1])],
            [self.reference(position) for position in range(refs[file], refs[file + 1])],
            entry.imports,
        )


class Symbols:
    """The part of a bucket that symbols stand on, made while the bucket is made."""

    def __init__(self) -> None:
        self.before: Table | None = None
        self.files: list[Facts] = []

    def begin(self, before: Path | None) -> None:
        """Start with what the bucket's file held before."""
        self.before = Table.open(before) if before is not None else None

    def keep(self, path: str) -> None:
        """Take over what a file said that did not change."""
        assert self.before is not None
        self.files.append(self.before.facts(self.before.number[path]))

    def add(self, path: str, content: bytes, cut: Cut) -> None:  # noqa: ARG002 - a part's shape
        """Read what a file of text says, from the tree that it was cut by."""
        self.files.append(facts_of(path, cut))

    def finish(self) -> bytes:
        """Give the file to write."""
        return written(self.files)
