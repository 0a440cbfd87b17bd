"""What a file defines: qualified names with their kinds and lines, read from its syntax tree."""

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samoey.domains.knowledge.parse.grammars import GRAMMARS, question, tongue
from samoey.domains.knowledge.parse.sections import Symbol, Title, enclosed, sections

if TYPE_CHECKING:
    import tree_sitter

# A definition's node, its kind, its name, and where that stands (row and column, from 0).
Found = tuple["tree_sitter.Node", str, str, tuple[int, int]]

# A file whose tree is broken over more than this share of its bytes is not understood.
BROKEN_SHARE = 0.2
# Parsing stops after so long; some inputs are made to take for ever.
PATIENCE_S = 5.0
# Short files cannot take long, and asking about the time slows a parser by a fifth.
TIMED_FROM = 100_000

UNDERSTOOD = frozenset({*GRAMMARS, "rst"})
LONGEST_NAME = 120
# Deeper definitions belong to the one at this depth; only machines write them.
DEEPEST = 12
SEPARATORS = {"rust": "::", "cpp": "::", "ruby": "::", "php": "::"}
TYPES = frozenset({"class", "interface", "struct", "trait", "enum", "record", "impl", "union"})
# A definition begins where these begin, although the grammar puts it inside them.
WRAPPERS = frozenset({"decorated_definition", "export_statement", "template_declaration"})
# What stands right above a definition and speaks of it.
ATTACHED = frozenset({"comment", "line_comment", "block_comment", "attribute_item"})
HEADING_RANK = re.compile(r"_h([1-6])_")
SPACES = re.compile(r"\s+")


class NotUnderstood(Exception):
    """The parser could not make sense of a file in time."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was understood: its text, its tree (none for rst), and what it defines."""

    source: bytes
    root: "tree_sitter.Node | None"
    symbols: list[Symbol]


def symbols(source: bytes, language: str) -> list[Symbol]:
    """List the definitions of a file in the order of its lines.

    Raises:
        NotUnderstood: too much of the file does not parse, or it takes too long.
    """
    return parsed(source, language).symbols


def parsed(source: bytes, language: str) -> Parsed:
    """Parse a file and list its definitions.

    Raises:
        NotUnderstood: too much of the file does not parse, or it takes too long.
    """
    if language == "rst":
        return Parsed(source, None, sections(source.decode("utf-8", "replace").split("\n")))
    root = tree(source, language)
    if language == "markdown":
        return Parsed(source, root, headings(root, source))
    found: list[Found] = []
    for _, match in cursor(language).matches(root):
        name = next((match[key][0] for key in ("name",) if key in match), None)
        for kind, nodes in match.items():
            if kind not in {"name", "owner", "_id"} and name is not None:
                named_at = name.start_point
                found.append((nodes[0], kind, named(name, match.get("owner")), named_at))
    return Parsed(source, root, nest(found, SEPARATORS.get(language, ".")))


def headings(root: "tree_sitter.Node", source: bytes) -> list[Symbol]:
    """List the sections of a Markdown file, whether a `#` or a line below tells their titles."""
    titles: list[Title] = []
    for _, match in cursor("markdown").matches(root):
        [heading], [name] = match["section"], match["name"]
        # As in `atx_h2_marker`, the first child, and `setext_h2_underline`, the last.
        told = next(HEADING_RANK.finditer(" ".join(child.type for child in heading.children)))
        row, column = name.start_point
        start, words = heading.start_point.row + 1, named(name, None)
        titles.append(Title(start, int(told[1]), words, row + 1, column))
    titles.sort()
    last = source.count(b"\n") + (not source.endswith(b"\n"))
    return enclosed([title for title in titles if title.words], last=last)


def tree(source: bytes, language: str) -> "tree_sitter.Node":
    import tree_sitter

    parser = tree_sitter.Parser(tongue(language))
    if len(source) < TIMED_FROM:
        root = parser.parse(source).root_node
    else:
        late = time.monotonic() + PATIENCE_S
        try:
            root = parser.parse(
                lambda offset, _: source[offset : offset + 65_536],
                progress_callback=lambda *_: time.monotonic() > late,
            ).root_node
        except ValueError as problem:
            raise NotUnderstood from problem
    if root.has_error and broken(root, language) > BROKEN_SHARE * len(source):
        raise NotUnderstood
    return root


def cursor(language: str, asked: str | None = None) -> "tree_sitter.QueryCursor":
    import tree_sitter

    return tree_sitter.QueryCursor(question(language, asked))


def broken(root: "tree_sitter.Node", language: str) -> int:
    """Count the bytes that stand in outermost error nodes."""
    total = reached = 0
    errors = cursor(language, "(ERROR) @error").captures(root).get("error", [])
    for node in sorted(errors, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.start_byte >= reached:
            total += node.end_byte - node.start_byte
            reached = node.end_byte
    return total


def named(node: "tree_sitter.Node", owner: list["tree_sitter.Node"] | None) -> str:
    name = SPACES.sub(" ", (node.text or b"").decode("utf-8", "replace")).strip()
    if owner:
        name = f"{(owner[0].text or b'').decode('utf-8', 'replace')}.{name}"
    return name.strip("\"'")[:LONGEST_NAME]


def nest(found: list[Found], separator: str) -> list[Symbol]:
    """Give each definition the names of those around it, outermost first."""
    found.sort(key=lambda each: (each[0].start_byte, -each[0].end_byte))
    result: list[Symbol] = []
    around: list[tuple[int, str, str]] = []
    seen = set()
    for node, kind, name, (row, column) in found:
        if node.id in seen or not name:
            continue
        seen.add(node.id)
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        if len(around) == DEEPEST:
            continue
        if kind == "function" and around and around[-1][2] in TYPES:
            kind = "method"  # noqa: PLW2901  a function is told from a method by where it stands
        qualified = separator.join([*(outer[1] for outer in around), name])
        start, end = extent(node)
        qualified = qualified[-2 * LONGEST_NAME :]
        result.append(Symbol(qualified, kind, start, end, len(around), row + 1, column))
        around.append((node.end_byte, name, kind))
    return result


def extent(node: "tree_sitter.Node") -> tuple[int, int]:
    """Give the lines of a definition, with its decorators and the comment right above it."""
    outer = node
    while outer.parent is not None and outer.parent.type in WRAPPERS:
        outer = outer.parent
    start = outer.start_point.row
    above = before(outer)
    while above is not None and above.type in ATTACHED and last_row(above) in {start - 1, start}:
        # A comment at the end of a line of code speaks of that line.
        behind = above.prev_sibling
        if behind is not None and last_row(behind) == above.start_point.row:
            break
        start = above.start_point.row
        above = behind
    return start + 1, max(start, last_row(outer)) + 1


def before(node: "tree_sitter.Node") -> "tree_sitter.Node | None":
    """Give what stands before a node; for the first one of a body, what stands before the body."""
    while node.prev_sibling is None and node.parent is not None:
        if node.parent.start_byte != node.start_byte:
            return None
        node = node.parent
    return node.prev_sibling


def last_row(node: "tree_sitter.Node") -> int:
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point.row else row


def outline(source: bytes, language: str | None) -> list[Symbol]:
    """List what a file defines; nothing for a language without a grammar or a broken file."""
    if language not in UNDERSTOOD:
        return []
    try:
        return symbols(source, language)
    except NotUnderstood:
        return []
