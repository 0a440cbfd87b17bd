"""What a person types wrongly, and what others wrote to deceive a person's terminal."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from samoey.cli.terminal import line, shown
from tests.author import Author
from tests.doubles import openai as double_openai
from tests.house.processes import RunningHouse
from tests.house.test_cli import samoey


async def run(
    house: RunningHouse, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    process = house.start(*arguments, **environment)
    out, _ = await asyncio.to_thread(process.communicate, timeout=100)
    log = max(house.folder.glob("*.log"), key=lambda path: int(path.stem.rpartition("-")[2]))
    return subprocess.CompletedProcess(
        arguments, process.returncode, out.decode(), log.read_text("utf-8", "replace")
    )


BAD = [
    (("index", ""), "It is empty."),
    (("index", "  "), "It is empty."),
    (("index", "./nowhere"), "no folder here"),
    (("index", "new\nline"), "no folder here"),
    (("index", "bad\udcff"), "no folder here"),
    (("index", "~nobody-of-this-name/x"), "no folder here"),
    (("index", "x" * 5000), "no folder here"),
    (("index", ".", "--branch", ""), "branch: "),
    (("index", ".", "--branch", "a\nb"), "branch: "),
    (("ask", ""), "It is empty."),
    (("ask", "   "), "It is empty."),
    (("ask", "\udcff", "--repo", "."), "text: "),
    (("ask", "How?", "--model", "m\udcff"), "model: "),
    (("ask", "How?", "--repo", ""), "It is empty."),
]


async def test_what_cannot_be_understood_is_told_in_plain_words(house: RunningHouse) -> None:
    for arguments, words in BAD:
        done = await house.command(*arguments)

        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert words in done.stderr, arguments
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("bad", [("index", "bad\udcff"), ("ask", "\udcff", "--repo", ".")])
async def test_bytes_that_are_no_text_are_told_as_by_any_process(
    house: RunningHouse, bad: tuple[str, ...]
) -> None:
    done = await run(house, *bad)

    assert (done.returncode, done.stdout) == (1, "")
    assert dict(BAD)[bad] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("index", ""), ("ask", " "), ("ask", "\udcff")])
async def test_programs_read_the_same_as_a_problem_document(
    house: RunningHouse, arguments: tuple[str, ...]
) -> None:
    done = await house.command(*arguments, "--json")

    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (told["type"], told["status"]) == ("/problems/invalid-request", 422)
    assert told["errors"][0]["pointer"].startswith("/")


async def test_a_folder_whose_name_cannot_be_kept_is_refused_with_advice(
    house: RunningHouse, tmp_path: Path
) -> None:
    Author(tmp_path / "new\nline").commit("a.py")

    done = await house.command("index", str(tmp_path / "new\nline"))

    assert done.returncode == 1
    assert "new\\nline" in done.stderr
    assert "Rename the folder." in done.stderr


async def test_a_model_that_is_not_there_is_told_before_anything_is_fetched(
    house: RunningHouse, tmp_path: Path
) -> None:
    Author(tmp_path / "motor").commit("a.py")

    done = await house.command("ask", "How?", "--repo", str(tmp_path / "motor"), "--model", "nope")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("needs an endpoint") == 1
    assert "motor" not in done.stderr


async def test_no_terminal_obeys_what_stands_in_a_repository_or_an_answer(
    house: RunningHouse, tmp_path: Path
) -> None:
    author = Author(tmp_path / "motor")
    author.write("a\n  [9] b\x1b[2J.py", "def ignite():\r\n    return '\x1b]0;owned\x07'\r\n")
    author.commit()

    with double_openai.running() as double:
        double.say("It is `ignite` \x1b[31mred\x9b [S1].")
        connected = {"OPENAI_BASE_URL": double.url, "OPENAI_API_KEY": double.key}
        told = await run(house, "ask", "ignite", "--repo", str(author.folder), **connected)
    laid_out = await house.command("ask", "ignite")

    for done in (told, laid_out):
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        assert "\r" not in done.stdout
    assert "\\x1b[31mred\\x9b" in told.stdout
    assert "'\\x1b]0;owned\\x07'\n" in laid_out.stdout
    below = told.stdout.partition("Sources:\n")[2]
    sources, symbols = (part.splitlines() for part in below.split("\n\nSymbols:\n"))
    assert (len(sources), len(symbols)) == (1, 1)
    assert sources[0].startswith("  [1] a\\n  [9] b\\x1b[2J.py:1-")


def test_words_of_others_are_shown_as_they_are() -> None:
    assert shown("é ok\n\tü \x1b[0m\u202e\udcff") == "é ok\n\tü \\x1b[0m\\u202e\\udcff"
    assert line("a\nb") == "a\\nb"


def test_jobs_are_replayed_by_number_or_all_of_them(tmp_path: Path) -> None:
    for arguments in ([], ["7", "--all"]):
        done = samoey("jobs", "replay", *arguments, home=tmp_path)

        assert done.returncode == 2
        assert "--all" in done.stderr


def test_a_misspelt_setting_is_named_beside_one_that_does_not_fit(tmp_path: Path) -> None:
    done = samoey(
        "settings", "check", home=tmp_path, SAMOEY_SERVER__PROT="1", SAMOEY_SERVR__PORT="2"
    )

    assert done.returncode == 2
    assert "server.prot" in done.stderr
    assert "unknown setting: SAMOEY_SERVER__PROT" in done.stderr
    assert "unknown setting: SAMOEY_SERVR__PORT" in done.stderr
