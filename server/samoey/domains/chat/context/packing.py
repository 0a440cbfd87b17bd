"""Packing what there is to show into a budget: the most wanted stays, told in file order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from samoey.domains.chat.context.parts import Aside, Line, Material, Passage, tagged

# Code has short words: by three characters to a token the estimate is on the safe side.
CHARACTERS_PER_TOKEN = 3
# Asides take no more than this of the room, and one of them no more than so many characters.
ASIDES_SHARE = 0.25
LONGEST_ASIDE = 6_000
# A heading with its fence, and the number before each line.
HEADING = 120
NUMBER = 6


@dataclass(slots=True)
class Packed:
    """What a model is shown, in the order in which it reads, and what there was no room for."""

    given: list[Passage] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    left_out: list[Passage | Aside] = field(default_factory=list)


def tokens(characters: int) -> int:
    """How many tokens so many characters are taken for."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def pack(material: Material, characters: int) -> Packed:
    """Choose what fits; the most wanted passage always does, cut at a line if need be."""
    packed = Packed()
    room = characters
    beside = round(max(room, 0) * ASIDES_SHARE)
    for aside in material.asides:
        shown = shortened(aside, min(beside, LONGEST_ASIDE) - HEADING)
        if shown is None:
            packed.left_out.append(aside)
            continue
        packed.asides.append(shown)
        if rest := aside.text[len(shown.text) :]:
            packed.left_out.append(replace(aside, text=rest))
        beside -= aside_size(shown)
        room -= aside_size(shown)
    kept: list[Passage] = []
    spent: dict[object, set[int]] = {}
    for passage in material.passages:
        there = spent.setdefault(passage.file, set())
        for wish in (passage, replace(passage, around=())):
            if (size := passage_size(wish, there)) <= room:
                break
        else:
            if kept:
                packed.left_out.append(passage)
                continue
            wish = cut(replace(passage, around=()), room - HEADING)
            size = passage_size(wish, there)
            if wish.source.end < passage.source.end:
                packed.left_out.append(rest_of(passage, wish.source.end))
        room -= size
        kept.append(wish)
        there.update(numbers(wish))
    packed.given = tagged(in_order(kept))
    return packed


def in_order(kept: Sequence[Passage]) -> list[Passage]:
    """Passages by files, the most wanted file first, and by lines; no line stands there twice."""
    files: dict[object, list[Passage]] = {}
    for each in kept:
        files.setdefault(each.file, []).append(each)
    ordered: list[Passage] = []
    for of in files.values():
        shown = {number for each in of for number in own(each)}
        for each in sorted(of, key=lambda it: it.source.start):
            around = tuple(line for line in each.around if line.number not in shown)
            shown.update(line.number for line in around)
            ordered.append(replace(each, around=around))
    return ordered


def own(passage: Passage) -> range:
    return range(passage.source.start, passage.source.end + 1)


def numbers(passage: Passage) -> set[int]:
    return {*own(passage), *(line.number for line in passage.around)}


def passage_size(passage: Passage, shown: set[int]) -> int:
    """The characters that a passage takes where these lines of its file are shown already."""
    source = passage.source
    names = len(source.path) + len(source.symbol or "") + len(source.repository_name)
    more = [line for line in passage.around if line.number not in shown]
    return HEADING + names + text_size(source.text) + lines_size(more)


def text_size(text: str) -> int:
    return len(text) + NUMBER * (text.count("\n") + 1)


def lines_size(lines: Sequence[Line]) -> int:
    return sum(len(line.text) + 1 + NUMBER for line in lines)


def aside_size(aside: Aside) -> int:
    return HEADING + len(aside.path or "") + len(aside.text)


def shortened(aside: Aside, characters: int) -> Aside | None:
    """As much of an aside as fits, cut at a line; nothing when not one line does."""
    if len(aside.text) <= characters:
        return aside
    end = aside.text.rfind("\n", 0, max(characters, 0))
    return None if end <= 0 else replace(aside, text=aside.text[:end])


def cut(passage: Passage, characters: int) -> Passage:
    """As many of the first lines of a passage as fit, and one at least."""
    source = passage.source
    lines = source.text.split("\n")
    while len(lines) > 1 and text_size("\n".join(lines)) > characters:
        lines.pop()
    end = source.start + len(lines) - 1 if passage.by_lines else source.end
    return replace(passage, source=replace(source, text="\n".join(lines), end=end))


def rest_of(passage: Passage, end: int) -> Passage:
    """What is left of a passage behind a line."""
    source = passage.source
    lines = source.text.split("\n")[end - source.start + 1 :]
    return replace(passage, source=replace(source, start=end + 1, text="\n".join(lines)), around=())
