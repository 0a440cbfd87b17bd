import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.author import Author
from tests.domains.chat.talk import ENGINE, SPARK
from tests.doubles import openai as double_openai
from tests.doubles.openai import OpenAIDouble
from tests.house.test_cli import samoey


@pytest.fixture
def motor(tmp_path: Path) -> Author:
    author = Author(tmp_path / "motor")
    author.write("app/engine.py", ENGINE)
    author.write("app/spark.py", SPARK)
    author.commit()
    return author


@pytest.fixture
def double() -> Iterator[OpenAIDouble]:
    with double_openai.running() as running:
        yield running


def left_over(home: Path) -> list[str]:
    """Processes that still have something to do with a home."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return [line for line in lines if str(home) in line]


def test_from_an_empty_home_to_a_cited_answer(motor: Author, tmp_path: Path) -> None:
    home = tmp_path / "home"

    done = samoey("ask", "How does start_engine ignite?", "--repo", str(motor.folder), home=home)

    assert done.returncode == 0, done.stderr
    assert "return ignite(fuel)" in done.stdout
    assert "No language model is connected" in done.stdout
    commit = motor.git("rev-parse", "HEAD")
    cited = re.findall(r"^ {2}\[(\d+)\] (\S+):(\d+)-(\d+)@(\w+)$", done.stdout, re.MULTILINE)
    assert {(path, at) for _, path, _, _, at in cited} == {
        ("app/engine.py", commit),
        ("app/spark.py", commit),
    }
    assert "\nSymbols:\n  Engine.start_engine  app/engine.py:1-6\n" in done.stdout
    assert "motor: indexing" in done.stderr
    assert left_over(home) == []


def test_code_stands_in_the_terminal_as_it_is_written(tmp_path: Path, home: Path) -> None:
    author = Author(tmp_path / "words")
    author.commit(
        "words.py", text='def consonants(text):\n    return re.findall("[^aeiou]", text)\n'
    )

    done = samoey("ask", "consonants", "--repo", str(author.folder), home=home)

    assert '    return re.findall("[^aeiou]", text)' in done.stdout
    assert re.search(r"^\[1\]$", done.stdout, re.MULTILINE)


def test_where_all_repositories_are_asked_each_source_says_whose_it_is(
    motor: Author, home: Path
) -> None:
    samoey("index", str(motor.folder), home=home)

    done = samoey("ask", "How does start_engine ignite?", home=home)

    assert re.search(r"^  \[1\] \S+@\w+  motor$", done.stdout, re.MULTILINE)


def test_what_cannot_be_fetched_at_all_is_not_kept(motor: Author, home: Path) -> None:
    repo = str(motor.folder)

    slip = samoey("ask", "ignite", "--repo", repo, "--branch", "mian", home=home)
    listed = samoey("repositories", "list", home=home)

    assert slip.returncode == 1
    assert "There is no branch “mian”. Choose one of: main." in slip.stderr
    assert listed.stdout.strip() == "no repositories"


def test_json_holds_the_answer_and_its_citations_and_the_index_is_kept(
    motor: Author, home: Path
) -> None:
    samoey("ask", "ignite", "--repo", str(motor.folder), home=home)

    done = samoey("ask", "ignite", "--repo", str(motor.folder), "--json", home=home)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"answer", "model", "citations"}
    assert told["model"] == "extractive"
    assert {"path", "start", "end", "commit", "text"} == set(told["citations"][0])
    first = told["citations"][0]
    lines = (motor.folder / first["path"]).read_text().splitlines()
    assert first["text"].splitlines() == lines[first["start"] - 1 : first["end"]]
    assert "0 of" not in done.stderr


def test_changes_that_are_not_committed_are_read_only_when_wanted(
    motor: Author, home: Path
) -> None:
    repo = str(motor.folder)
    motor.write("app/turbo.py", "def turbocharge(engine):\n    return engine * 2\n")

    clean = samoey("ask", "turbocharge", "--repo", repo, "--json", home=home)
    dirty = samoey("ask", "turbocharge", "--repo", repo, "--json", "--dirty", home=home)
    still = samoey("ask", "turbocharge", "--repo", repo, "--json", home=home)

    assert "not committed" in clean.stderr
    assert "app/turbo.py" not in clean.stdout
    for wanted in (dirty, still):
        assert "app/turbo.py" in {it["path"] for it in json.loads(wanted.stdout)["citations"]}
    assert motor.git("status", "--porcelain") == "?? app/turbo.py"


def test_a_branch_may_be_chosen_and_a_question_piped_in(motor: Author, home: Path) -> None:
    motor.git("checkout", "--quiet", "-b", "fast")
    motor.commit("app/fast.py", text="def accelerate():\n    return 1\n")
    motor.git("checkout", "--quiet", "main")
    repo = str(motor.folder)

    done = subprocess.run(
        [sys.executable, "-m", "samoey.cli.main", "ask", "-", "--repo", repo, "--branch", "fast"],
        input="accelerate",
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SAMOEY_HOME": str(home / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "app/fast.py" in done.stdout


def test_a_model_answers_where_one_is_connected(
    motor: Author, home: Path, double: OpenAIDouble
) -> None:
    double.say("The `Engine` ignites it [S1].")
    environment = {"OPENAI_BASE_URL": double.url, "OPENAI_API_KEY": double.key}

    done = samoey("ask", "start_engine", "--repo", str(motor.folder), home=home, **environment)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The `Engine` ignites it [1].")
    assert double.key not in done.stdout + done.stderr


def test_a_model_that_fails_is_told_and_is_exit_code_1(
    motor: Author, home: Path, double: OpenAIDouble
) -> None:
    environment = {"OPENAI_BASE_URL": double.url, "OPENAI_API_KEY": "sk-wrong"}

    done = samoey("ask", "start_engine", "--repo", str(motor.folder), home=home, **environment)

    assert done.returncode == 1
    assert "Check OPENAI_API_KEY" in done.stderr
    assert "app/engine.py" in done.stdout
    assert "sk-wrong" not in done.stdout + done.stderr


def test_a_repository_that_cannot_be_read_is_told_in_plain_words(home: Path) -> None:
    for repo in ("/nowhere/at/all", "https://127.0.0.1:9/none.git", "not a url"):
        done = samoey("ask", "How?", "--repo", repo, home=home)

        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
    assert left_over(home) == []


def test_a_repository_without_a_commit_is_told_to_be_so(tmp_path: Path, home: Path) -> None:
    Author(tmp_path / "empty")

    done = samoey("index", str(tmp_path / "empty"), home=home)

    assert done.returncode == 1
    assert "This repository has no commits yet. Commit something to it" in done.stderr


def test_what_was_read_before_answers_when_the_source_is_gone_and_that_is_said(
    motor: Author, home: Path
) -> None:
    samoey("index", str(motor.folder), home=home)
    (motor.folder / ".git" / "HEAD").write_text("ref: refs/heads/vanished\n")

    asked = samoey("ask", "ignite", "--repo", str(motor.folder), home=home)
    indexed = samoey("index", str(motor.folder), home=home)

    assert asked.returncode == 0, asked.stderr
    assert "return ignite(fuel)" in asked.stdout
    assert "Note: motor could not be brought up to date since" in asked.stderr
    assert indexed.returncode == 1


def test_a_message_of_a_megabyte_is_told_in_plain_words(motor: Author, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "samoey.cli.main", "ask", "-"],
        input="x" * 1_000_000,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SAMOEY_HOME": str(home / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert "This message is too long." in done.stderr
