"""Which symbols a sentence names, and whether some lines hold them."""

import re
from collections.abc import Iterable

_WORDS = r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\#)[A-Za-z_$][\w$]*)*"
_SPAN = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_DEFINITION = r"(?:(?:async\s+)?def|class|func|fn|function|type|struct|enum|trait|interface)\s+"
_IDENTIFIER = re.compile(rf"(?:{_DEFINITION})?[@.\#]?({_WORDS})(?:\(.*\))?", re.DOTALL)
_CALL = re.compile(rf"({_WORDS})\(\)")
_SNAKE = re.compile(r"(?<![\w./-])_{0,2}[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+_{0,2}(?![\w/-])")
_CAMEL = re.compile(r"\b[A-Za-z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b")
_LINK = re.compile(r"https?://\S+")
_JOINT = re.compile(r"\.|::|->|#")
_OWN = frozenset({"self", "this", "cls", "super"})
# Set as code, these are values or words of a language: they name no definition.
_VALUES = frozenset({
    "true", "false", "none", "null", "nil", "undefined", "self", "cls", "this", "super", "int",
    "str", "bool", "float", "bytes", "string", "number", "object", "list", "dict", "tuple",
    "set", "void", "def", "class", "func", "fn", "function", "return", "async", "await",
    "import", "from", "with", "for", "while", "if", "else", "try", "except", "raise", "throw",
    "catch", "finally", "yield", "let", "const", "var", "new", "public", "private", "static",
    "get", "post", "put", "patch", "delete", "head", "options", "json", "html", "http", "https",
    "url", "api",
})  # fmt: skip


def named(
    sentence: str, *, known: frozenset[str] = frozenset(), files: Iterable[str] = ()
) -> set[str]:
    """The symbols that a sentence names.

    Code spans that are identifiers, calls, and words that no prose would write: `snake_case`, and
    CamelCase where it is `known` in the code at hand (`JavaScript` is no symbol). Names of `files`
    are none, nor are the values and words of a language.
    """
    spans = [match[2].strip() for match in _SPAN.finditer(sentence)]
    found = {match[1] for span in spans if (match := _IDENTIFIER.fullmatch(span))}
    prose = _LINK.sub(" ", _SPAN.sub(" ", sentence))
    found |= {match[1] for match in _CALL.finditer(prose)}
    found |= set(_SNAKE.findall(prose))
    found |= known.intersection(_CAMEL.findall(prose))
    return {name for name in found - set(files) if name.lower() not in _VALUES}


def words(text: str) -> frozenset[str]:
    """Every identifier in a text."""
    return frozenset(re.findall(r"[A-Za-z_$][\w$]*", text))


def written(name: str, text: str) -> bool:
    """Whether a chain that begins at the object itself (`self.json.dump`) stands in a text.

    It is quoted from the code: where its last part is defined, the chain does not stand. All other
    names can be.
    """
    own, *chain = _JOINT.split(name)
    if own not in _OWN or len(chain) <= 1:
        return True
    return re.search(r"\s*(?:\.|::|->)\s*".join(map(re.escape, chain)), text) is not None


def held(name: str, lines: frozenset[str], *, symbol: str | None, path: str) -> bool:
    """Whether `name` stands in lines (given as their words) of the definition `symbol` in `path`.

    Of a dotted name the last part must stand in the lines; what comes before may also be where the
    lines belong: the enclosing definition, or the file. The lines of a
    member also speak of its definition.
    """
    *outer, last = _JOINT.split(name)
    enclosing = frozenset(_JOINT.split(symbol or ""))
    around = enclosing | words(path) | _OWN
    if not outer and last in enclosing:
        return True
    if last not in lines and not {last, *outer} <= words(path):
        return False
    return all(part in lines or part in around for part in outer)
