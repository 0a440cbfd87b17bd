"""What one file says of symbols: what it defines, what it refers to by name, what it imports."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from samoey.domains.knowledge.parse.chunks import Cut
from samoey.domains.knowledge.parse.sections import Symbol
from samoey.domains.knowledge.parse.symbols import SEPARATORS, TYPES, Parsed, cursor
from samoey.domains.knowledge.symbols.modules import normal
from samoey.domains.knowledge.symbols.questions import QUESTIONS

if TYPE_CHECKING:
    import tree_sitter

CALL, IMPORT, INHERIT, READ = KINDS = ("call", "import", "inherit", "read")
# Where files see each other's names without importing them; elsewhere a bare word that a file
# neither defines nor imports can mean no definition.
OPEN = frozenset({"java", "go", "c", "cpp", "csharp", "ruby", "php"})
# Whose names are whole: a dot in a title or a key separates nothing.
WHOLE = frozenset({"markdown", "rst", "css", "html", "json", "yaml", "toml"})
# Only what somebody can reach without naming its owner is meant by a bare word.
OWNED = frozenset({"method", "field", "property"})
# What may hold values of its own, and in which of these they are fields.
FIELDED = TYPES | {"type"}
OWNERS = FIELDED | {"namespace", "module"}
LONGEST_NAME = 120
# Nobody reads further in a line, and two bytes hold it.
WIDEST_COLUMN = 65_535
# More references in one file were written by no person, and nobody looks them up.
MOST_REFERENCES = 50_000
SELF = frozenset({b"self", b"cls"})
PARTS = re.compile(r"::|\.|#")


class Definition(msgspec.Struct, array_like=True, frozen=True):
    """A definition: its qualified name, its kind, its lines, and where its name stands.

    Lines and columns count from 1, columns in characters.
    """

    name: str
    kind: str
    start: int
    end: int
    line: int
    column: int


class Reference(msgspec.Struct, array_like=True, frozen=True):
    """A word that refers to something defined elsewhere, and how: one of `KINDS`."""

    name: str
    kind: str
    line: int
    column: int


class Import(msgspec.Struct, array_like=True, frozen=True):
    """A module that a file imports, the names it takes from it, each with what it calls it."""

    module: str
    line: int
    names: list[tuple[str, str]]
    everything: bool = False


class Facts(msgspec.Struct, array_like=True, frozen=True):
    """What a file says."""

    path: str
    language: str | None
    definitions: list[Definition]
    references: list[Reference]
    imports: list[Import]


def simple(name: str, language: str | None) -> str:
    """The name by which others refer to a definition: the last part of its qualified name."""
    if name.isidentifier():
        return name
    if language in WHOLE:
        return name.rpartition(" / ")[2]
    return PARTS.split(name)[-1] or name


def facts_of(path: str, cut: Cut) -> Facts:
    """Read what a file says of symbols from its tree; nothing if no parser understood it."""
    if cut.parsed is None:
        return Facts(path, cut.language, [], [], [])
    return Reading(path, str(cut.language), cut.parsed).facts()


@dataclass(frozen=True, slots=True)
class Word:
    """A captured word: its text and where it stands (row and column from 0, in bytes)."""

    text: str
    row: int
    column: int
    byte: int


class Reading:
    """One run of `facts_of`."""

    def __init__(self, path: str, language: str, parsed: Parsed) -> None:
        self.path, self.language = path, language
        self.parsed, self.source = parsed, parsed.source
        self.plain = parsed.source.isascii()
        self.lines: list[bytes] = [] if self.plain else parsed.source.split(b"\n")
        asked = QUESTIONS.get(language)
        self.caught: dict[str, list[tree_sitter.Node]] = {}
        if asked and parsed.root is not None:
            self.caught = cursor(language, asked).captures(parsed.root)

    def facts(self) -> Facts:
        imports = self.imports()
        definitions = [self.definition(each) for each in self.parsed.symbols]
        definitions += self.values()
        definitions.sort(key=lambda each: (each.start, -each.end, each.line, each.column))
        references = list(self.references(definitions, imports))[:MOST_REFERENCES]
        references.sort(key=attrgetter("line", "column"))
        return Facts(self.path, self.language, definitions, references, imports)

    def words(self, kind: str, only: Callable[[bytes], bool] | None = None) -> Iterator[Word]:
        """Give the words that were caught as `kind`, in no order; `only` leaves most out."""
        source = self.source
        for node in self.caught.get(kind, ()):
            begin, end = node.start_byte, node.end_byte
            text = source[begin:end]
            if 0 < end - begin <= LONGEST_NAME and (only is None or only(text)):
                row, column = node.start_point
                yield Word(text.decode("utf-8", "replace"), row, column, begin)

    def column(self, row: int, column: int) -> int:
        """Count the characters up to a place in a line, from 1."""
        if self.plain:
            return min(column + 1, WIDEST_COLUMN)
        before = self.lines[row][:column].decode("utf-8", "replace")
        return min(len(before) + 1, WIDEST_COLUMN)

    def definition(self, symbol: Symbol) -> Definition:
        column = self.column(symbol.line - 1, symbol.column)
        return Definition(symbol.name, symbol.kind, symbol.start, symbol.end, symbol.line, column)

    def values(self) -> Iterator[Definition]:
        """Give the constants, variables and fields that stand outside functions."""
        around = Enclosing(self.parsed.symbols)
        known = {(each.line, each.column) for each in self.parsed.symbols}
        known.update((word.row + 1, word.column) for word in self.words("import"))
        named = {each.name for each in self.parsed.symbols}
        separator = SEPARATORS.get(self.language, ".")
        for word in sorted(self.words("value"), key=attrgetter("byte")):
            if (word.row + 1, word.column) in known:
                continue
            owner = None if self.language in WHOLE else around.at(word.row + 1)
            if owner is not None and owner.kind not in OWNERS:
                continue
            within = owner is not None and owner.kind in FIELDED
            kind = "field" if within else "constant" if word.text.isupper() else "variable"
            name = f"{owner.name}{separator}{word.text}" if owner else word.text
            # What is assigned again is defined where that happens first.
            if name not in named:
                named.add(name)
                line = word.row + 1
                column = self.column(word.row, word.column)
                yield Definition(name, kind, line, line, line, column)

    def references(
        self, definitions: Iterable[Definition], imports: Iterable[Import]
    ) -> Iterator[Reference]:
        """Give every word that may mean a definition, each once, by the most telling kind."""
        seen: set[tuple[int, ...]] = {(each.line - 1, each.column) for each in self.parsed.symbols}
        for kind in ("value", "skip", "alias"):
            seen.update(tuple(node.start_point) for node in self.caught.get(kind, ()))
        # What is taken from a module by an assignment is an import, not a variable.
        seen -= {tuple(node.start_point) for node in self.caught.get("import", ())}
        meant = self.meant(self.local(definitions, imports))
        for caught, kind in (
            ("import", IMPORT),
            ("inherit", INHERIT),
            ("call", CALL),
            ("bare.call", CALL),
            ("read", READ),
            ("bare", READ),
        ):
            for word in self.words(caught, meant if caught.startswith("bare") else None):
                place = (word.row, word.column)
                if place in seen:
                    continue
                seen.add(place)
                column = self.column(word.row, word.column)
                name = simple(word.text, self.language)
                yield Reference(name, kind, word.row + 1, column)

    def local(
        self, definitions: Iterable[Definition], imports: Iterable[Import]
    ) -> set[str] | None:
        """The bare words that mean something here; None when everything may."""
        if self.language == "python" and any(each.everything for each in imports):
            return None
        names = {simple(each.name, self.language) for each in definitions if each.kind not in OWNED}
        for each in imports:
            for name, alias in each.names:
                names.add(alias or name)
        return names

    def meant(self, local: set[str] | None) -> Callable[[bytes], bool]:
        """Tell which bare words may mean a definition."""
        if local is None:
            return lambda word: word not in SELF
        known = {name.encode("utf-8", "surrogateescape") for name in local}
        if self.language in OPEN:
            return lambda word: word in known or word[:1].isupper()
        return known.__contains__

    def imports(self) -> list[Import]:
        """Give the imports, with what each takes from its module."""
        statements = sorted(self.caught.get("imports", ()), key=attrgetter("start_byte"))
        starts = [node.start_byte for node in statements]
        taken: list[Taken] = [Taken([], [], everything=False) for _ in statements]

        def of(byte: int) -> Taken | None:
            position = bisect_right(starts, byte) - 1
            inside = position >= 0 and byte < statements[position].end_byte
            return taken[position] if inside else None

        for word in sorted(self.words("module"), key=attrgetter("byte")):
            if (found := of(word.byte)) is not None:
                found.modules.append(word)
        named = [
            (word.byte, kind, word.text)
            for kind in ("alias", "import")
            for word in self.words(kind)
        ]
        for byte, kind, text in sorted(named):
            if (found := of(byte)) is not None:
                found.take(kind, text.rpartition(".")[2])
        for node in self.caught.get("star", ()):
            if (found := of(node.start_byte)) is not None:
                found.everything = True
        return [made for each in taken for made in each.imports(self.path, self.language)]


@dataclass(slots=True)
class Taken:
    """What one import statement names."""

    modules: list[Word]
    names: list[tuple[str, str]]
    everything: bool

    def take(self, kind: str, text: str) -> None:
        if kind == "import":
            self.names.append((text, ""))
        elif self.names:
            self.names[-1] = (self.names[-1][0], text)
        else:
            # Go names a package anew before its path.
            self.names.append(("", text))

    def imports(self, path: str, language: str) -> Iterator[Import]:
        # `import a, b as c` names as many modules as names; else all names are of one module.
        each_its_own = len(self.modules) == len(self.names) > 1
        for position, word in enumerate(self.modules):
            names = [self.names[position]] if each_its_own else self.names if not position else []
            module = normal(word.text, path, language)
            if module:
                yield Import(module, word.row + 1, names, self.everything)


class Enclosing:
    """Finds the innermost definition around a line."""

    def __init__(self, symbols: list[Symbol]) -> None:
        self.symbols = symbols
        self.starts = [each.start for each in symbols]

    def at(self, line: int) -> Symbol | None:
        position = bisect_right(self.starts, line) - 1
        while position >= 0:
            found = self.symbols[position]
            if found.end >= line:
                return found
            if found.depth == 0:
                # Nothing before an outermost one that has ended reaches this far.
                return None
            position -= 1
        return None
