"""The file of a bucket that holds what its files say of symbols: read where it lies, never loaded.

Behind a header come columns of numbers, which are mapped into memory. Names are in order, so that
one is found by halving; `by name` lists hold the positions of definitions and references.
"""

import mmap
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from samoey.domains.knowledge.symbols.facts import (
    KINDS,
    Definition,
    Facts,
    Import,
    Reference,
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


def kept(name: str) -> bytes:
    """A name as it is written: on one line."""
    return name.replace("\n", " ").encode("utf-8", "surrogateescape")


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
        return self.name_bytes(number).decode("utf-8", "surrogateescape")

    def name_bytes(self, number: int) -> bytes:
        at = self.columns["name_at"]
        return bytes(self.names[at[number] : at[number + 1] - 1])

    def find(self, name: str) -> int | None:
        """The number of a name, if any file here holds it."""
        wanted = kept(name)
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            if self.name_bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self.count and self.name_bytes(low) == wanted else None

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

    def definitions(self, file: int) -> list[Definition]:
        """Give back what a file defines, for whoever does not ask what it refers to."""
        defs = self.columns["defs_of_file"]
        return [self.definition(position) for position in range(defs[file], defs[file + 1])]

    def facts(self, file: int) -> Facts:
        """Give back what a file says."""
        entry = self.files[file]
        refs = self.columns["refs_of_file"]
        return Facts(
            entry.path,
            entry.language,
            self.definitions(file),
            [self.reference(position) for position in range(refs[file], refs[file + 1])],
            entry.imports,
        )
