"""What to ask the trigrams for: a condition that every text meets which a pattern matches.

After Russ Cox, "Regular Expression Matching with a Trigram Index". Of each piece of a pattern is
known how what it matches begins and ends, or all that it can match; pieces side by side give the
strings between them. Where little is known nothing is asked: a filter may let too much through,
and never too little.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

# Three bytes in a row on one line; ASCII letters are folded, so one index serves both cases.
LENGTH = 3
NEWLINE = 10
# More alternatives than these are not spelled out.
MOST_EXACT = 8
MOST_ENDS = 20
# From this length on a string is asked for, and only its ends are remembered.
LONG = LENGTH + 1
# So many trigrams of one string narrow as much as all of them.
MOST_OF_A_STRING = 24
# A query that asks for more costs more than it saves.
HEAVIEST = 2_000

COMMON = frozenset(b" etaoinsrlcdpmu_=.")

Strings = frozenset[bytes]
Lookup = Callable[[int], int]
EMPTY: Strings = frozenset((b"",))


@dataclass(frozen=True, slots=True)
class Query:
    """Trigrams that must all be there, and groups of which one query each must hold."""

    every: frozenset[int] = frozenset()
    groups: "tuple[frozenset[Query], ...]" = ()
    weight: int = 0
    # The trigrams again, those first that few texts hold: most searches of a bucket end there.
    order: tuple[int, ...] = ()

    def among(self, files: int, lookup: Lookup) -> int:
        """Narrow files, given as the bits of a number, to those that may meet it."""
        for trigram in self.order:
            files &= lookup(trigram)
            if not files:
                return 0
        for group in self.groups:
            some = 0
            for query in group:
                some |= query.among(files, lookup)
            files = some
            if not files:
                return 0
        return files


ANYTHING = Query()


def asking(every: frozenset[int], groups: "Iterable[frozenset[Query]]") -> Query:
    """Make a query, leaving out the groups that would make it too heavy."""
    weight, kept = len(every), []
    for weighs, group in sorted(
        ((sum(each.weight for each in group), group) for group in dict.fromkeys(groups)),
        key=lambda weighed: weighed[0],
    ):
        weight += weighs
        if weight > HEAVIEST:
            weight -= weighs
            break
        kept.append(group)
    return Query(every, tuple(kept), weight, tuple(sorted(every, key=commonness)))


def commonness(trigram: int) -> tuple[int, int]:
    """Guess how common a trigram is, by how common its letters are in code."""
    return sum(sign in COMMON for sign in trigram.to_bytes(LENGTH)), trigram


def both(one: Query, other: Query) -> Query:
    if ANYTHING in {one, other}:
        return other if one == ANYTHING else one
    return asking(one.every | other.every, one.groups + other.groups)


def either(one: Query, other: Query) -> Query:
    """Ask for one of two; what both ask for stays a condition of its own."""
    shared = one.every & other.every
    groups = tuple(group for group in one.groups if group in other.groups)
    rests = [
        asking(each.every - shared, (group for group in each.groups if group not in groups))
        for each in (one, other)
    ]
    if ANYTHING in rests:
        return asking(shared, groups)
    return asking(shared, (*groups, alternatives(rests[0]) | alternatives(rests[1])))


def alternatives(query: Query) -> frozenset[Query]:
    """Give the queries of which one is to hold where that is all that is asked."""
    only = not query.every and len(query.groups) == 1
    return query.groups[0] if only else frozenset((query,))


def holding(strings: Iterable[bytes]) -> Query:
    """Ask for one of some strings, however short."""
    return reduce(either, map(spelled, sorted(strings)))


def spelled(string: bytes) -> Query:
    """Ask for the trigrams of a string; those that reach into another line are in no index."""
    found = [
        int.from_bytes(three)
        for at in range(len(string) - LENGTH + 1)
        if NEWLINE not in (three := string[at : at + LENGTH])
    ]
    step = -(-len(found) // MOST_OF_A_STRING) or 1
    return asking(frozenset(found[::step]), ())


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of the texts that a piece of a pattern matches.

    `exact` is all of them; where that is not known, each begins with one of `starts`, ends with
    one of `ends`, and meets `query`.
    """

    exact: Strings | None = None
    starts: Strings = EMPTY
    ends: Strings = EMPTY
    query: Query = ANYTHING

    @property
    def asked(self) -> Query:
        """Everything that is known, as a query."""
        return self.loose().query

    def loose(self) -> "Piece":
        """The same without the list of all texts; how they begin and end is kept."""
        if self.exact is None:
            return self
        return Piece(None, self.exact, self.exact, self.query).short()

    def short(self) -> "Piece":
        """The same, remembering no more than is needed to go on."""
        if self.exact is not None:
            few = len(self.exact) <= MOST_EXACT and min(map(len, self.exact)) < LONG
            return self if few else self.loose()
        query = both(self.query, both(holding(self.starts), holding(self.ends)))
        starts = trimmed(self.starts, lambda text, size: text[:size])
        ends = trimmed(self.ends, lambda text, size: text[len(text) - size :])
        return Piece(None, starts, ends, query)


def trimmed(strings: Strings, cut: Callable[[bytes, int], bytes]) -> Strings:
    """Keep as much of each string as makes trigrams with what stands beside it."""
    for size in range(LENGTH - 1, -1, -1):
        strings = frozenset(cut(each, min(size, len(each))) for each in strings)
        if len(strings) <= MOST_ENDS:
            break
    return strings


NOTHING = Piece(EMPTY)
UNKNOWN = Piece()


def one_of(strings: Strings) -> Piece:
    return Piece(strings).short() if strings else UNKNOWN


def joined(one: Piece, other: Piece) -> Piece:
    """Tell what is known of one piece right behind another."""
    query = both(one.query, other.query)
    if one.exact is not None and other.exact is not None:
        return Piece(crossed(one.exact, other.exact), query=query).short()
    if one.exact is None and other.exact is None:
        query = both(query, holding(crossed(one.ends, other.starts)))
    starts = one.starts if one.exact is None else crossed(one.exact, other.starts)
    ends = other.ends if other.exact is None else crossed(one.ends, other.exact)
    return Piece(None, starts, ends, query).short()


def crossed(fronts: Strings, backs: Strings) -> Strings:
    return frozenset(front + back for front in fronts for back in backs)


def choice(one: Piece, other: Piece) -> Piece:
    """Tell what is known where either of two pieces stands."""
    if one.exact is not None and other.exact is not None:
        return Piece(one.exact | other.exact, query=either(one.query, other.query)).short()
    one, other = one.loose(), other.loose()
    query = either(one.query, other.query)
    return Piece(None, one.starts | other.starts, one.ends | other.ends, query).short()


def repeated(piece: Piece, least: int, most: int | None) -> Piece:
    """Tell what is known of a piece that stands some times in a row."""
    if most == 0:
        return NOTHING
    if least == 0:
        return choice(NOTHING, piece) if most == 1 else UNKNOWN
    several = reduce(joined, [piece] * min(least, LENGTH))
    if most == least <= LENGTH:
        return several
    # How often it stands in between is not known; it ends as it began.
    return joined(joined(several.loose(), UNKNOWN), piece.loose())
