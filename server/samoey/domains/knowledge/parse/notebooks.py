"""The cells of a notebook as they stand in its file: what people wrote, without what it printed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samoey.domains.knowledge.parse.symbols import NotUnderstood, tree

if TYPE_CHECKING:
    import tree_sitter

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its number under the heading that it stands under, and its lines in the file."""

    name: str
    start: int
    end: int


def cells(source: bytes) -> list[Cell]:
    """List the cells of a notebook that have lines of their own.

    Raises:
        NotUnderstood: it is no notebook, or a machine wrote it without line breaks.
    """
    found: list[Cell] = []
    heading, last = "", 0
    for number, (kind, lines) in enumerate(written(tree(source, "json")), start=1):
        if not lines:
            continue
        start, end = lines[0].start_point.row + 1, lines[-1].end_point.row + 1
        if start <= last:
            raise NotUnderstood
        last = end
        if kind == "markdown":
            heading = title(lines) or heading
        place = f"cell {number}"
        found.append(Cell(f"{heading} / {place}" if heading else place, start, end))
    if not found:
        raise NotUnderstood
    return found


def written(root: "tree_sitter.Node") -> Iterator[tuple[str, list["tree_sitter.Node"]]]:
    """Give the kind of each cell, and the strings that are its lines."""
    notebook = next((each for each in root.named_children if each.type == "object"), None)
    listed = None if notebook is None else member(notebook, "cells")
    if listed is None or listed.type != "array":
        raise NotUnderstood
    for cell in listed.named_children:
        kind, lines = member(cell, "cell_type"), member(cell, "source")
        if kind is not None and lines is not None:
            strings = [lines] if lines.type == "string" else lines.named_children
            yield text(kind), [each for each in strings if each.type == "string"]


def member(node: "tree_sitter.Node", key: str) -> "tree_sitter.Node | None":
    for pair in node.named_children:
        name = pair.child_by_field_name("key")
        if name is not None and text(name) == key:
            return pair.child_by_field_name("value")
    return None


def text(node: "tree_sitter.Node") -> str:
    try:
        return str(json.loads(node.text or b""))
    except ValueError:
        return ""


def title(lines: list["tree_sitter.Node"]) -> str:
    """The first heading of a cell of Markdown."""
    for each in "".join(map(text, lines)).split("\n"):
        if each.startswith("#"):
            return each.lstrip("#").strip()[:LONGEST_TITLE]
    return ""
