"""The code names that a sentence uses, told from its ordinary words."""

import re

CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
# A name, perhaps qualified: `run`, `Flask.run`, `std::vector`, `$this->x`.
NAME = re.compile(r"[^\W\d]\w*(?:(?:\.|::|->|#|/)[^\W\d]\w*)*")
PLAIN = re.compile(
    r"(?<![\w./:@-])(?:"
    r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\(\)"  # called()
    r"|[a-z]\w*(?:_\w+)+|_+[^\W\d]\w*"  # snake_case, _private
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # CONSTANT
    r"|[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]+)+"  # camelCase
    r"|(?:[A-Z][a-z0-9]+){2,}(?:\.[^\W\d]\w*)*"  # CamelCase
    r")"
)
CITED = re.compile(r"\[\^\d+\]|\[\d+\]|\[[^\]\s]+:\d+(?:-\d+)?(?:@\w+)?\]")
LINK = re.compile(r"https?://\S+")
PARTS = re.compile(r"\.|::|->|#|/")
# Written as code in a sentence, these name a value or a word of the language, not a definition.
VALUES = frozenset({
    "true", "false", "none", "null", "nil", "undefined", "self", "cls", "this", "super", "int",
    "str", "bool", "float", "bytes", "string", "number", "object", "list", "dict", "tuple", "set",
    "void", "def", "class", "func", "fn", "function", "return", "async", "await", "import",
    "from", "with",
    "for", "while", "if", "else", "try", "except", "raise", "throw", "catch", "finally", "yield",
    "let", "const", "var", "new", "public", "private", "static", "GET", "POST", "PUT", "PATCH",
    "DELETE", "HEAD", "OPTIONS", "JSON", "HTML", "HTTP", "HTTPS", "URL", "API", "GitHub", "GitLab",
    "JavaScript", "TypeScript", "PostgreSQL", "OpenAI", "GraphQL", "WebSocket", "YouTube", "macOS",
})  # fmt: skip
# A file, not a symbol: `app.py`, `src/flask/app.py`.
FILE = re.compile(r"^[\w./-]*\.(?:[a-z]{1,4}|html|json|yaml|toml|lock)$|^[\w.-]+(?:/[\w.-]+)+/?$")


def named(sentence: str) -> list[str]:
    """List the symbols that a sentence names, in its order: what must stand where it points to."""
    sentence = CITED.sub(" ", LINK.sub(" ", sentence))
    found: dict[str, None] = {}
    for match in CODE.finditer(sentence):
        for name in in_code(match[2]):
            found[name] = None
    for match in PLAIN.finditer(CODE.sub(" ", sentence)):
        if match[0] not in VALUES and match[0].removesuffix("()") not in VALUES:
            found[match[0].removesuffix("()")] = None
    return list(found)


def in_code(code: str) -> list[str]:
    """List the names in what a sentence sets as code; an expression names each of its names."""
    code = re.sub(r"""(["']).*?\1""", " ", code.strip())
    if FILE.match(code):
        return []
    return [name for name in NAME.findall(code) if name not in VALUES and len(name) > 1]


def last(name: str) -> str:
    """Give what a qualified name names in the end: `Flask.run` is about `run`."""
    return PARTS.split(name)[-1]
