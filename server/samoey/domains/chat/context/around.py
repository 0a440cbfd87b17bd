"""What stands around a passage in its file: the definition it is in, and the imports it uses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from samoey.domains.chat.context.parts import Beside, Line, Passage
from samoey.domains.chat.naming import words
from samoey.domains.knowledge.service import FileAround, Within

# A definition no longer than this is shown whole when a part of it was found.
WHOLE = 100
# The head of a definition, and a statement of import, end within so many lines.
HEAD = 8
STATEMENT = 12
MOST_IMPORTS = 14
MOST_MEMBERS = 40
# A brace opens the body of a definition, and is part of a statement of import.
OF_HEAD, OF_IMPORT = "()[]", "()[]{}"
TYPES = frozenset({
    "class", "interface", "struct", "trait", "enum", "record", "union", "impl", "module",
    "namespace",
})  # fmt: skip
SECTIONS = frozenset({"section", "key"})


def set_in(passage: Passage, file: FileAround) -> Passage:
    """The passage as the whole definition that it is a part of, with what stands around it."""
    if not passage.by_lines:
        return passage
    shown = whole(passage, file)
    around = [*heads(shown, file), *members(shown, file), *imports(shown, file)]
    own = range(shown.source.start, shown.source.end + 1)
    lines = {line.number: line for line in around if line.number not in own}
    return replace(shown, around=tuple(lines[number] for number in sorted(lines)))


def whole(passage: Passage, file: FileAround) -> Passage:
    """The definition that the passage is a part of, where that is short enough."""
    source = passage.source
    if passage.why != "found":
        return passage
    around = [
        each
        for each in file.definitions
        if each.kind not in TYPES | SECTIONS
        and each.start <= source.start
        and source.end <= each.end <= len(file.lines)
        and each.end - each.start < WHOLE
    ]
    if not around:
        return passage
    # The outermost: of nested functions the inner one alone tells little.
    found = max(around, key=lambda each: each.end - each.start)
    text = "\n".join(file.lines[found.start - 1 : found.end])
    grown = replace(
        source, start=found.start, end=found.end, text=text, symbol=found.name, kind=found.kind
    )
    return replace(passage, source=grown)


def heads(passage: Passage, file: FileAround) -> Iterator[Line]:
    """The first lines of every definition around a passage: what it is, not what it does."""
    source = passage.source
    for each in file.definitions:
        if each.kind in SECTIONS or not each.start < source.start <= source.end <= each.end:
            continue
        first = max(each.start, each.line - HEAD)
        yield from lines_of(
            file, first, statement(file.lines, each.line, HEAD, OF_HEAD)[1], "encloses"
        )


def members(passage: Passage, file: FileAround) -> Iterator[Line]:
    """Where the members begin of a type that was asked for by its name."""
    source = passage.source
    if passage.why != "named":
        return
    of = next(
        (it for it in file.definitions if it.kind in TYPES and it.start == source.start), None
    )
    if of is None:
        return
    outer: list[Within] = []
    for each in file.definitions:
        inside = of.start < each.start and each.end <= of.end
        if inside and not (outer and each.end <= outer[-1].end):
            outer.append(each)
    lines = dict.fromkeys(each.line for each in outer if each.line > source.end)
    for line in list(lines)[:MOST_MEMBERS]:
        yield from lines_of(file, line, line, "members")


def imports(passage: Passage, file: FileAround) -> Iterator[Line]:
    """The imports of a file that a passage uses a name of."""
    used = words(passage.source.text)
    found = 0
    for each in file.imports:
        taken = {name for name in each.names if name} or {re.split(r"\W+", each.module)[-1]}
        if not used & taken or elsewhere(each.line, passage, file):
            continue
        first, last = statement(file.lines, each.line, STATEMENT, OF_IMPORT)
        found += last - first + 1
        if found > MOST_IMPORTS:
            return
        yield from lines_of(file, first, last, "imports")


def elsewhere(line: int, passage: Passage, file: FileAround) -> bool:
    """Whether a line is inside a definition that a passage is not in."""
    source = passage.source
    return any(
        each.start <= line <= each.end and not each.start <= source.start <= each.end
        for each in file.definitions
        if each.kind not in SECTIONS
    )


def statement(lines: Sequence[str], line: int, most: int, brackets: str) -> tuple[int, int]:
    """The lines of the statement that a line is of, told by its brackets."""
    opening, closing = brackets[::2], brackets[1::2]

    def depth(number: int) -> int:
        return sum((sign in opening) - (sign in closing) for sign in lines[number - 1])

    first = last = line
    open_ones = depth(line)
    while open_ones < 0 and first > 1 and last - first < most - 1:
        first -= 1
        open_ones += depth(first)
    while open_ones > 0 and last < len(lines) and last - first < most - 1:
        last += 1
        open_ones += depth(last)
    return first, last


def lines_of(file: FileAround, first: int, last: int, why: Beside) -> Iterator[Line]:
    for number in range(first, min(last, len(file.lines)) + 1):
        yield Line(number, file.lines[number - 1], why)
