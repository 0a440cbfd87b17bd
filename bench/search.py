"""How long one client waits at the HTTP door for a search over CPython's standard library.

The thousand queries are always the same: names as they stand in its code, such names in the plain
words they are made of, and first sentences of its docstrings.
"""

import ast
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from library import door, library

QUERIES = 1000
WARM_UP = 50
SEED = 20


def queries(source: Path) -> list[str]:
    """The fixed queries, made of the library itself."""
    names, sentences = set(), set()
    for name, docstring in sorted(definitions(source)):
        names.add(name)
        if docstring:
            sentences.add(docstring.strip().splitlines()[0][:200])
    chance = random.Random(SEED)
    third = QUERIES // 3
    exact = chance.sample(sorted(names), third)
    words = [" ".join(re.findall("[A-Z]?[a-z]+", name)) or name for name in exact]
    asked = exact + words + chance.sample(sorted(sentences), QUERIES - 2 * third)
    chance.shuffle(asked)
    return asked


def definitions(source: Path) -> Iterator[tuple[str, str]]:
    """Every function and class of the library's own packages, with its docstring."""
    for path in sorted(source.rglob("*.py")):
        if "test" in path.parts or "lib2to3" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.name, ast.get_docstring(node) or ""


def measure() -> dict[str, float]:
    """The figures `search_p50_ms` and `search_p99_ms`."""
    ready = library()
    asked = queries(ready.source)
    waited = []
    with door(ready.home) as house:
        for query in asked[:WARM_UP] + asked:
            began = time.perf_counter()
            house.call("GET", f"knowledge/search?q={quote(query)}")
            waited.append((time.perf_counter() - began) * 1000)
    waited = sorted(waited[WARM_UP:])
    print(f"  {len(waited)} queries, slowest {waited[-1]:.1f} ms", file=sys.stderr)
    return {
        "search_p50_ms": round(waited[len(waited) // 2], 2),
        "search_p99_ms": round(waited[len(waited) * 99 // 100], 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
