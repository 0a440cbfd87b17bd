import re

import pytest

from samoey.domains.knowledge.lexical.globs import as_regex


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.py", "a.py", True),
        ("*.py", "src/deep/a.py", True),
        ("*.py", "a.pyc", False),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/deep/a.py", False),
        ("src/*.py", "lib/src/a.py", False),
        ("src/**/a.py", "src/a.py", True),
        ("src/**/a.py", "src/x/y/a.py", True),
        ("**/a.py", "x/a.py", True),
        ("src/app", "src/app/main.py", True),
        ("src/app", "src/app", True),
        ("src/app", "src/apple.py", False),
        ("docs/", "docs/a.md", True),
        ("docs/", "x/docs/a.md", True),
        ("docs/", "docs", False),
        ("/docs/", "docs/a.md", True),
        ("test_?.py", "test_1.py", True),
        ("test_?.py", "test_12.py", False),
        ("a[1].py", "a[1].py", True),
        ("a.b", "axb", False),
        ("a+(b)", "a+(b)", True),
    ],
)
def test_a_pattern_means_what_people_expect(pattern: str, path: str, *, fits: bool) -> None:
    assert bool(re.fullmatch(as_regex(pattern), path)) == fits
