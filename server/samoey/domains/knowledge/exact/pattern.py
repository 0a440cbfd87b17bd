"""A pattern as somebody typed it, made ready to search by: for RE2, and for the index."""

import re
from dataclasses import dataclass
from functools import lru_cache

import re2

from samoey.domains.knowledge.errors import (
    PathPatternRefused,
    SearchPatternRefused,
    SearchPatternTooCostly,
)
from samoey.domains.knowledge.exact.asking import Query
from samoey.domains.knowledge.exact.parsing import understood
from samoey.domains.knowledge.lexical.globs import as_regex
from samoey.kit.problems import Problem

# A pattern that was searched by may hold 8 MB.
REMEMBERED = 8
TOO_LARGE = ("pattern too large", "invalid repetition size", "bad repetition size")
LOOKS_AROUND = re.compile(r"invalid perl operator: \(\?<?[=!]|invalid escape sequence: \\[1-9]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What finds the matches in a text, and which texts need not be read at all."""

    regexp: "re2._Regexp"
    query: Query
    # Whether a match may reach over the end of a line.
    lines: bool


@lru_cache(maxsize=REMEMBERED)
def prepared(text: str, *, regex: bool, case: bool, word: bool) -> Pattern:
    """Make a pattern ready.

    Raises:
        SearchPatternRefused: it is none, in RE2's syntax.
        SearchPatternTooCostly: it is, and would take too much memory.
    """
    pattern = text if regex else literal(text)
    compiled(pattern, case=case, lines=True)
    told = understood(pattern, folding=not case)
    # Only after it was taken by itself: brackets that do not match could otherwise close ours.
    whole = bounded(pattern, text, regex=regex) if word else pattern
    return Pattern(compiled(f"(?m){whole}", case=case, lines=told.lines), told.query, told.lines)


@lru_cache(maxsize=REMEMBERED)
def path_pattern(glob: str) -> "re2._Regexp":
    """Make ready what tells the paths that a glob means.

    Raises:
        PathPatternRefused: it would take too much memory.
    """
    try:
        return compiled(f"(?s){as_regex(glob)}", case=True, lines=True)
    except Problem as tangled:
        raise PathPatternRefused from tangled


def literal(text: str) -> str:
    """Say a text as a pattern that matches nothing else."""
    try:
        quoted: str = re2.escape(text.replace("\r\n", "\n"))
    except UnicodeEncodeError as error:
        raise refused("It holds a sign that is no text.", error.start) from error
    return quoted


def bounded(pattern: str, text: str, *, regex: bool) -> str:
    """Let a pattern match whole words only."""
    if regex:
        return rf"\b(?:{pattern})\b"
    # What begins with no letter has no word to begin.
    front = r"\b" if is_word(text[0]) else ""
    return f"{front}{pattern}" + (r"\b" if is_word(text[-1]) else "")


def is_word(sign: str) -> bool:
    return sign == "_" or (sign.isascii() and sign.isalnum())


def compiled(pattern: str, *, case: bool, lines: bool) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.case_sensitive = case
    options.never_nl = not lines
    try:
        return re2.compile(pattern, options)
    except UnicodeEncodeError as error:
        raise refused("It holds a sign that is no text.", error.start) from error
    except re2.error as error:
        raise problem_of(told(error), pattern) from error
    finally:
        # RE2's own module would remember 128 of them.
        re2.purge()


def told(error: re2.error) -> str:
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def problem_of(words: str, pattern: str) -> SearchPatternRefused | SearchPatternTooCostly:
    """Say in which place RE2 does not take a pattern, and why."""
    if words.startswith(TOO_LARGE):
        return SearchPatternTooCostly("Repeat less often, or name fewer alternatives.")
    detail = f"{words[:1].upper()}{words[1:200]}."
    if LOOKS_AROUND.match(words):
        detail += " Look-around and back-references cannot be matched in linear time."
    return refused(detail, place_of(words, pattern))


def place_of(words: str, pattern: str) -> int:
    """Find where in a pattern the piece stands that RE2 names; from 0."""
    why, _, piece = words.partition(": ")
    places = [at for at in range(len(pattern)) if pattern.startswith(piece, at)] if piece else []
    for at in places[:20]:
        if fails_so(pattern[: at + len(piece)], why):
            return at
    return places[0] if places else len(pattern)


def fails_so(beginning: str, why: str) -> bool:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(beginning, options)
    except re2.error as error:
        return told(error).startswith(why)
    return False


def refused(detail: str, position: int) -> SearchPatternRefused:
    place = {"pointer": "/q", "detail": detail, "position": position}
    return SearchPatternRefused(detail, errors=[place])
