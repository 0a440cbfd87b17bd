"""What sort of file a passage is from: tests, docs, generated ones, somebody else's."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """A sort of file that mostly answers a question less well than the code itself."""

    TEST = "test"
    DOCS = "docs"
    GENERATED = "generated"
    VENDORED = "vendored"


PATHS: Sequence[tuple[Kind, re.Pattern[str]]] = (
    (
        Kind.TEST,
        re.compile(
            r"(^|/)(tests?|testing|__tests__|specs?|e2e|testdata|fixtures)/"
            r"|(^|/)(test_[^/]*|conftest\.py)$|[_.-](test|tests|spec)\.\w+$|Tests?\.(java|cs|php|kt)$"
        ),
    ),
    (
        Kind.DOCS,
        re.compile(
            r"(^|/)(docs?|docs?_src|documentation|examples?|samples?|tutorials?)/"
            r"|\.(md|mdx|rst|adoc|txt)$",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.GENERATED,
        re.compile(
            r"(^|/)(dist|generated|__generated__)/|\.min\.(js|css)$|(_pb2(_grpc)?\.pyi?|\.pb\.go)$"
            r"|[._]g(enerated)?\.\w+$|(^|/)[^/]*[.-]lock(\.\w+)?$"
            r"|(^|/)(CHANGES|CHANGELOG|HISTORY|NEWS)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.VENDORED,
        re.compile(
            r"(^|/)(vendor|vendored|_vendor|third_party|node_modules|site-packages)/", re.IGNORECASE
        ),
    ),
)


@lru_cache(maxsize=50_000)
def kinds(path: str) -> tuple[Kind, ...]:
    """Tell the sorts of a file by its path; most are of none."""
    return tuple(kind for kind, pattern in PATHS if pattern.search(path))


# What a question says when it is about one of these.
ABOUT = {
    Kind.TEST: frozenset(
        ("test", "tests", "testing", "tested", "spec", "fixture", "fixtures", "pytest", "mock")
    ),
    Kind.DOCS: frozenset(
        ("doc", "docs", "documentation", "readme", "guide", "tutorial", "example", "examples")
    ),
    Kind.GENERATED: frozenset(
        ("generated", "lock", "changelog", "changes", "release", "version", "minified")
    ),
    Kind.VENDORED: frozenset(("vendor", "vendored", "bundled")),
}


def meant(asked: str) -> frozenset[Kind]:
    """Tell which sorts of files a question is about."""
    words = set(re.findall(r"\w+", asked.lower()))
    return frozenset(kind for kind, about in ABOUT.items() if words & about)
