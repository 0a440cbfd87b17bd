"""Reading a pattern of RE2's syntax as far as an index can use it; RE2 itself has accepted it."""

import re
from dataclasses import dataclass, field

from samoey.domains.knowledge.exact.asking import (
    ANYTHING,
    MOST_EXACT,
    NOTHING,
    UNKNOWN,
    Piece,
    Query,
    Strings,
    choice,
    joined,
    one_of,
    repeated,
)

# Deeper groups, and patterns of more pieces, are asked for nothing.
DEEPEST = 50
MOST_PIECES = 2_000
OFTEN: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
TIMES = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
FLAGS = re.compile(r"\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])")
NAMED = re.compile(r"\(\?P?<\w+>")
HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
WHOLE_CLASSES = frozenset("dDwWsS")
PLACES = frozenset("bBAz")
# What is folded with an ASCII letter where case does not count, and so is not asked for at all.
STRAYS = frozenset("\u212a\u017f")


class NotUnderstood(Exception):
    """A pattern of which nothing is known but that RE2 takes it."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What to ask the index for, and whether the pattern speaks of more than one line."""

    query: Query
    lines: bool


@dataclass(slots=True)
class Reader:
    """One reading of a pattern, from left to right."""

    text: str
    folding: bool
    at: int = 0
    depth: int = 0
    pieces: int = 0
    lines: bool = field(default=False)

    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, what: str) -> bool:
        """Go past `what` if it stands here."""
        found = self.text.startswith(what, self.at)
        self.at += len(what) if found else 0
        return found

    def whole(self) -> Piece:
        found = self.alternatives()
        if self.at < len(self.text):
            raise NotUnderstood
        return found

    def alternatives(self) -> Piece:
        folding = self.folding
        found = self.sequence()
        while self.take("|"):
            found = choice(found, self.sequence())
        self.folding = folding
        return found

    def sequence(self) -> Piece:
        found = NOTHING
        while self.next() not in {"", "|", ")"}:
            found = joined(found, self.item())
        return found

    def item(self) -> Piece:
        """Read one piece and how often it stands there."""
        self.pieces += 1
        if self.pieces > MOST_PIECES:
            raise NotUnderstood
        piece = self.piece()
        while True:
            if self.next() in OFTEN:
                least, most = OFTEN[self.next()]
                self.at += 1
            elif times := TIMES.match(self.text, self.at):
                least = int(times[1])
                most = (int(times[3]) if times[3] else None) if times[2] else least
                self.at = times.end()
            else:
                return piece
            self.take("?")
            piece = repeated(piece, least, most)

    def piece(self) -> Piece:
        sign = self.next()
        self.at += 1
        match sign:
            case ".":
                return UNKNOWN
            case "^" | "$":
                return NOTHING
            case "(":
                return self.group()
            case "[":
                return self.signs()
            case "\\":
                return self.escape()
            case _:
                return self.sign(sign)

    def sign(self, sign: str) -> Piece:
        """Read a sign that stands for itself."""
        self.lines |= sign == "\n"
        return one_of(self.spellings(sign))

    def spellings(self, sign: str) -> Strings:
        """Spell a sign as the index does; none if that holds it in more ways than one."""
        unsure = sign in STRAYS or (self.folding and not sign.isascii())
        return frozenset() if unsure else frozenset((spelling(sign),))

    def group(self) -> Piece:
        self.depth += 1
        self.at -= 1
        if self.depth > DEEPEST:
            raise NotUnderstood
        folding = self.folding
        if named := NAMED.match(self.text, self.at):
            self.at = named.end()
        elif flags := FLAGS.match(self.text, self.at):
            self.at = flags.end()
            self.switch(flags[1], flags[2] or "")
            if flags[3] == ")":
                self.depth -= 1
                return NOTHING
        else:
            self.at += 1
        found = self.alternatives()
        self.folding = folding
        if not self.take(")"):
            raise NotUnderstood
        self.depth -= 1
        return found

    def switch(self, on: str, off: str) -> None:
        self.lines |= "s" in on
        self.folding = ("i" in on or self.folding) and "i" not in off

    def escape(self) -> Piece:
        sign = self.next()
        self.at += 1
        if sign in WHOLE_CLASSES or sign == "C":
            return UNKNOWN
        if sign in PLACES:
            return NOTHING
        if sign in {"p", "P"}:
            return self.property()
        if sign == "Q":
            return self.quoted()
        self.at -= 1
        return self.sign(self.escaped())

    def property(self) -> Piece:
        if self.take("{"):
            self.at = self.text.index("}", self.at)
        self.at += 1
        return UNKNOWN

    def quoted(self) -> Piece:
        end = self.text.find("\\E", self.at)
        told = self.text[self.at :] if end < 0 else self.text[self.at : end]
        self.at = len(self.text) if end < 0 else end + 2
        found = NOTHING
        for sign in told:
            found = joined(found, self.sign(sign))
        return found

    def escaped(self) -> str:
        """Read what stands behind a backslash and means one sign."""
        if told := HEX.match(self.text, self.at):
            self.at = told.end()
            return chr(int(told[1] or told[2], 16))
        if told := OCTAL.match(self.text, self.at):
            self.at = told.end()
            return chr(int(told[0], 8))
        sign = self.next()
        self.at += 1
        if sign in CONTROL:
            return CONTROL[sign]
        if not sign or not sign.isascii() or sign.isalnum():
            raise NotUnderstood
        return sign

    def signs(self) -> Piece:
        """Read a class of signs; one of few is spelled out."""
        negated, found, first = self.take("^"), Class(), True
        while first or self.next() != "]":
            first = False
            self.member(found)
        self.at += 1
        self.lines |= not negated and found.newline
        return one_of(self.spelled(found)) if not negated and found.few else UNKNOWN

    def member(self, found: "Class") -> None:
        """Read one sign, range or class inside of a class."""
        if self.text.startswith("[:", self.at) and (end := self.text.find(":]", self.at)) > 0:
            self.at, found.few = end + 2, False
            return
        if self.take("\\"):
            sign = self.next()
            if sign in WHOLE_CLASSES or sign in {"p", "P"}:
                self.at += 1
                found.few = False
                if sign in {"p", "P"}:
                    self.property()
                return
            low = self.escaped()
        else:
            low = self.one()
        high = low
        if self.next() == "-" and self.text[self.at + 1 : self.at + 2] != "]":
            self.at += 1
            high = self.escaped() if self.take("\\") else self.one()
        found.add(low, high)

    def one(self) -> str:
        sign = self.next()
        if not sign:
            raise NotUnderstood
        self.at += 1
        return sign

    def spelled(self, found: "Class") -> Strings:
        spellings = [self.spellings(sign) for sign in found.signs]
        return frozenset().union(*spellings) if all(spellings) else frozenset()


@dataclass(slots=True)
class Class:
    """A class of signs while it is read."""

    signs: set[str] = field(default_factory=set)
    few: bool = True
    newline: bool = False

    def add(self, low: str, high: str) -> None:
        """Take in a range of signs."""
        # A range that happens to reach over the end of a line does not speak of it.
        self.newline |= low == high == "\n"
        if ord(high) - ord(low) >= 2 * MOST_EXACT:
            self.few = False
            return
        self.signs |= {chr(number) for number in range(ord(low), ord(high) + 1)}


def spelling(sign: str) -> bytes:
    return (sign.lower() if sign.isascii() else sign).encode("utf-8", "surrogatepass")


def understood(pattern: str, *, folding: bool) -> Understood:
    """Read a pattern that RE2 takes; of one that is not understood nothing is asked."""
    reader = Reader(pattern, folding)
    try:
        query = reader.whole().asked
    except (NotUnderstood, ValueError, OverflowError):
        return Understood(ANYTHING, lines="\\n" in pattern or "\n" in pattern)
    return Understood(query, reader.lines)
