"""Whether two short questions ask the same: after what says nothing is taken away, word by word.

Vectors of "enable logging" and "disable logging" lie closer together than those of many honest
paraphrases, so vectors only propose. What decides is that the same kind of question is asked, and
that the words that carry meaning are the same, in the same order: numbers, names, negations, code
and quotations among them. What is not known to be a synonym is another word.
"""

import re
from functools import lru_cache

from msgspec import Struct

# Longer texts say more than a rule for questions can follow.
MOST_CHARACTERS = 600

_QUOTED = re.compile(r"```.*?```|`[^`]*`|\"[^\"]*\"|“[^”]*”|(?<![\w])'[^']*'(?![\w])", re.DOTALL)
_FIRST_WORDS = re.compile(
    r"^(?:hi|hello|hey|so|ok|okay|please|kindly|quick question|just wondering|i was wondering"
    r"|i(?:'d| would) like to know|i want to know|i need to know|i need help(?: with)?"
    r"|do you know|any idea|(?:could|can|would|will) you|tell me"
    r"|(?:explain|describe)(?: to me)?(?= (?:how|why|what|when|where|who|which)\b))\b[\s,:!.-]*",
    re.IGNORECASE,
)
_LAST_WORDS = re.compile(
    r"[\s,.!?]*\b(?:please|thanks|thank you|to me|for me)[\s.!?]*$", re.IGNORECASE
)
_ABOUT = re.compile(
    r"^((?:in|on|for|with|using|under) [^,:]{1,40}), +(\S.*)$", re.IGNORECASE | re.DOTALL
)
_TOPIC = re.compile(r"^([\w+#.]{1,20}): +(\S.*)$", re.DOTALL)
_SHORT = ((r"\bcan't\b", "can not"), (r"\bwon't\b", "will not"), (r"n't\b", " not"))
_PHRASES = tuple(
    (re.compile(pattern, re.IGNORECASE), into)
    for pattern, into in (
        *_SHORT,
        (r"\b(what|where|how|who|when|why|that|it|there)'s\b", r"\1 is"),
        # Two ways to say whose it is.
        (r"(?<=\w)(?:'s|(?<=s)')(?=\s)", ""),
        (r"\b([\w-]+) of (?:the |a |an )?([\w-]+)", r"\2 \1"),
        (r"\bwhat is the way (?:to|of)\b", "howto"),
        (r"\bhow (?:do|can|would|could) (?:i|you|we|one)\b", "howto"),
        (r"\bhow should (?:i|you|we|one)\b", "howto should"),
        (r"\bhow to\b", "howto"),
        (r"^(?:explain|describe)\b", "what is"),
        (r"\bget rid of\b", "remove"),
        (r"\b(?:check|test) (?:if|whether)\b", "check if"),
        (r"\bwhether\b", "if"),
        (r"(?<=\w )when\b", "if"),
        (r"\biterate over\b", "loop over"),
    )
)
_KINDS = ("howto", "how", "why", "what", "where", "when", "who", "whose")
_HELPERS = ("can", "could", "should", "must", "may", "is", "are", "was", "were", "do", "does",
            "did", "will", "would", "has", "have")  # fmt: skip
# They say nothing that the words beside them do not say.
_SILENT = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "you",
        "me",
        "my",
        "we",
        "us",
        "our",
        "your",
        "one",
        "that",
        "of",
        "in",
        "on",
        "for",
        "to",
        "into",
        "at",
        "is",
        "are",
        "am",
        "be",
        "been",
        "being",
        "do",
        "does",
        "can",
        "could",
        "would",
        "get",
        "gets",
        "it",
        "its",
        "there",
    ]
)
_SAME = {
    word: words.split()[0]
    for words in (
        "remove delete", "show display list give", "directory folder", "largest biggest",
        "fix resolve", "start begin launch", "create make", "get obtain", "documentation docs",
        "configuration config", "parameter argument arg param", "database db", "call invoke",
        "fastest quickest", "distinct unique", "raised thrown", "overview summary",
        "what which", "not no never cannot", "was were did", "integer int",
    )
    for word in words.split()
}  # fmt: skip
# What is true of them passes.
_TODAY = frozenset(
    ["today", "now", "currently", "current", "latest", "newest", "yesterday", "tomorrow", "recent"]
)
# Not a plain word: a name in code, a number, a path, a flag, an operator.
_EXACT = re.compile(r"[^A-Za-z'-]|.[A-Z][a-z]|[a-z][A-Z]|^-|[^\x00-\x7f]")
_EDGES = '.,;:?!"“”()[]{}'


class Meaning(Struct, frozen=True):
    """What of a question has to be the same."""

    kind: str
    quoted: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def lasting(self) -> bool:
        """Whether it has the same answer tomorrow; and whether anything is asked at all."""
        return bool(self.words or self.quoted) and _TODAY.isdisjoint(self.words)


def same(one: str, other: str) -> bool:
    """Whether an answer to one is an answer to the other; where that is in doubt, it is not."""
    return meaning(one) == meaning(other)


@lru_cache(4096)
def meaning(text: str) -> Meaning:
    """What a question asks, without what is only manner."""
    quoted = tuple(_QUOTED.findall(text))
    plain = " ".join(_QUOTED.sub(" § ", text).replace("\u2019", "'").split())
    plain = _stripped(plain)
    for shape in (_ABOUT, _TOPIC):
        if found := shape.match(plain):
            # What it is about may stand first or last.
            plain = _stripped(f"{found[2].rstrip(' .?!')} {found[1]}")
    for pattern, into in _PHRASES:
        plain = pattern.sub(into, plain)
    tokens = [token for given in plain.split() if (token := _token(given))]
    kind = _kind(tokens)
    words = tuple(_SAME.get(it, it) for it in tokens if it not in _SILENT and it != kind)
    return Meaning(kind, quoted, words)


def _stripped(plain: str) -> str:
    before = ""
    while plain != before:
        before, plain = plain, _LAST_WORDS.sub("", _FIRST_WORDS.sub("", plain))
    return plain


def _kind(tokens: list[str]) -> str:
    """What is asked for; a request that is no question begins with what is to be done."""
    for token in tokens:
        said = _SAME.get(token, token)
        if said in _KINDS:
            return said
    return tokens[0] if tokens and tokens[0] in _HELPERS else ""


def _token(given: str) -> str:
    bare = given.strip(_EDGES) if any(c.isalnum() for c in given) else given.strip(".,;:?!")
    if _EXACT.search(bare):
        return bare
    word = bare.lower()
    if word in _SILENT or word in _KINDS or (bare.isupper() and len(bare) > 1):
        return word
    stem = _stem(word)
    return _SAME.get(word) or _SAME.get(stem) or stem


_SHORTEST = 3


def _stem(word: str) -> str:
    """Without the endings of plurals and of what is being done; those of tenses say more."""
    if len(word) <= _SHORTEST:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    elif word.endswith("ing") and len(word) > len("ing") + 2 and re.search("[aeiouy]", word[:-3]):
        word = word[:-3]
        if word[-1] == word[-2] and word[-1] not in "ls":
            word = word[:-1]
    return word[:-1] if len(word) > _SHORTEST and word.endswith("e") else word
