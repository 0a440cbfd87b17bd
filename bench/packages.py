"""The six packages whose docstrings ask for their functions: shared by the benches of search.

The source distributions come by pip from the package index, in the versions named here.
"""

import ast
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

VERSIONS = {
    "flask": "3.1.3",
    "requests": "2.34.2",
    "httpx": "0.28.1",
    "fastapi": "0.165.0",
    "scrapy": "2.19.0",
    "django": "5.2",
}
KEPT = Path(tempfile.gettempdir()) / "samoey-bench-packages"
SEED = 20
MOST_QUERIES = 900
FEWEST_WORDS = 6
# Whatever stands there is indexed, but no docstring of it is a query.
ASIDE = re.compile(r"(^|/)(tests?|testing|docs?(_src)?|examples?)/|(^|/)(test_[^/]*|conftest\.py)$")
DEFINES = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Asked:
    """The first sentence of a docstring, and where the function stands once it is without it."""

    text: str
    path: str
    name: str
    line: int


@dataclass(frozen=True)
class Package:
    """The Python files of a source distribution, all docstrings taken out, and the queries."""

    name: str

    @cached_property
    def read(self) -> tuple[dict[str, bytes], list[Asked]]:
        files: dict[str, bytes] = {}
        found: list[Asked] = []
        root = unpacked(self.name)
        # Of Django the package itself: its tests are four times as large.
        start = root / "django" if self.name == "django" else root
        for file in sorted(start.rglob("*.py")):
            path = str(file.relative_to(root))
            try:
                text, said = without_docstrings(file.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
            files[path] = text.encode()
            if not ASIDE.search(path):
                found += [Asked(sentence, path, name, line) for name, line, sentence in said]
        return files, found

    @property
    def files(self) -> dict[str, bytes]:
        return self.read[0]

    @cached_property
    def queries(self) -> list[Asked]:
        """Sentences of some length that only one function has; always the same of them."""
        times = Counter(each.text for each in self.read[1])
        fitting = [
            each
            for each in self.read[1]
            if times[each.text] == 1
            and not each.name.rpartition(".")[2].startswith("__")
            and len(re.findall(r"\w+", each.text)) >= FEWEST_WORDS
        ]
        if len(fitting) <= MOST_QUERIES:
            return fitting
        chosen = random.Random(SEED).sample(range(len(fitting)), MOST_QUERIES)
        return [fitting[at] for at in sorted(chosen)]


def unpacked(name: str) -> Path:
    """The folder of a source distribution, downloaded once."""
    place = KEPT / f"{name}-{VERSIONS[name]}"
    if not place.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            wanted = f"{name}=={VERSIONS[name]}"
            options = ["--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder]
            subprocess.run([sys.executable, "-m", "pip", "download", *options, wanted], check=True)
            (archive,) = Path(folder).glob("*.tar.gz")
            with tarfile.open(archive) as tar:
                tar.extractall(Path(folder) / "out", filter="data")
            (root,) = (Path(folder) / "out").iterdir()
            root.rename(place)
    return place


def without_docstrings(text: str) -> tuple[str, list[tuple[str, int, str]]]:
    """Take all docstrings out; give those of functions: its name, its line now, first sentence."""
    lines: list[str | None] = list(text.split("\n"))
    said = []
    for node, name, docstring in documented(ast.parse(text), ""):
        assert docstring.end_lineno is not None
        first, last = docstring.lineno - 1, docstring.end_lineno - 1
        before = (lines[first] or "").encode()[: docstring.col_offset].decode()
        if before.strip():
            # It stands on the line of its definition.
            lines[first] = f"{before}..."
        else:
            alone = len(node.body) == 1
            lines[first : last + 1] = [f"{before}pass" if alone else None, *[None] * (last - first)]
        sentence = ast.get_docstring(node)
        if sentence and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said.append((name, node.lineno - 1, first_sentence(sentence)))
    now, at = {}, 0
    for old, line in enumerate(lines):
        at += line is not None
        now[old] = at
    kept = "\n".join(line for line in lines if line is not None)
    return kept, [(name, now[line], sentence) for name, line, sentence in said]


def documented(node: ast.AST, name: str) -> Iterator[tuple[ast.Module | DEFINES, str, ast.Expr]]:
    if isinstance(node, ast.Module | DEFINES) and node.body:
        first = node.body[0]
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            yield node, name, first
    for child in ast.iter_child_nodes(node):
        inner = f"{name}.{child.name}".lstrip(".") if isinstance(child, DEFINES) else name
        yield from documented(child, inner)


def first_sentence(docstring: str) -> str:
    paragraph = " ".join(re.split(r"\n\s*\n", docstring.strip())[0].split())
    found = re.match(r"(.+?[.!?])(\s|$)", paragraph)
    return found[1] if found else paragraph
