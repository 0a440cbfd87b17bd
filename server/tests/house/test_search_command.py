"""`samoey search`: from a folder to the lines and passages that are looked for."""

import json
from pathlib import Path

import pytest

from tests.author import Author
from tests.domains.chat.talk import ENGINE, SPARK
from tests.house.test_cli import samoey


@pytest.fixture
def motor(tmp_path: Path) -> Author:
    author = Author(tmp_path / "motor")
    author.write("app/engine.py", ENGINE)
    author.write("app/spark.py", SPARK)
    author.commit()
    return author


def test_lines_and_passages_are_found_from_the_terminal(motor: Author, tmp_path: Path) -> None:
    home, folder = tmp_path / "home", str(motor.folder)

    exact = samoey("search", "--exact", "return ignite(fuel)", "--repo", folder, home=home)
    regex = samoey("search", "--regex", r"DEF \w+\(", "-i", "--json", home=home)
    ranked = samoey("search", "start engine", home=home)
    nothing = samoey("search", "--exact", "nobody wrote this", home=home)
    refused = samoey("search", "--regex", "a(b", home=home)

    number = ENGINE.splitlines().index(next(x for x in ENGINE.splitlines() if "ignite(fuel)" in x))
    assert exact.stdout.startswith(f"app/engine.py:{number + 1}:"), exact.stderr
    assert exact.stderr.endswith("1 line in 1 file.\n")
    found = json.loads(regex.stdout)
    assert found["totals"]["hits"] == (ENGINE + SPARK).count("def ") > 1
    assert {hit["repository_name"] for hit in found["hits"]} == {"motor"}
    assert ranked.stdout.startswith("motor: app/engine.py:")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert nothing.stderr.endswith("Nothing found.\n")
    assert samoey("search", "-w", "words", home=home).returncode == 1
    assert refused.returncode == 1
    assert "q: Missing ): a(b." in refused.stderr
