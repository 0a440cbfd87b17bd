"""The command line: quick, plain, and with exit codes that mean something."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from samoey.cli.main import VERBS

HEAVY = (
    "fastapi",
    "mcp",
    "sqlalchemy",
    "pydantic",
    "aiohttp",
    "langchain_core",
    "tantivy",
    "tree_sitter",
    "psycopg",
    "redis",
    "procrastinate",
    "cryptography",
)


def samoey(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "samoey.cli.main", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SAMOEY_HOME": str(home / "data")}
        | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_help_names_every_verb_and_loads_nothing_heavy(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "samoey.cli.main", "--help"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    assert done.returncode == 0
    for verb in VERBS:
        assert verb in done.stdout
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, tmp_path: Path) -> None:
    done = samoey(verb, "--help", home=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: samoey {verb}")


def test_no_verb_prints_the_help_and_is_wrong_usage(tmp_path: Path) -> None:
    done = samoey(home=tmp_path)

    assert done.returncode == 2
    assert "usage: samoey" in done.stdout


def test_an_unknown_verb_is_wrong_usage(tmp_path: Path) -> None:
    assert samoey("dance", home=tmp_path).returncode == 2


def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    done = samoey("settings", "check", home=tmp_path, SAMOEY_SERVER__PORT="many")

    assert done.returncode == 2
    assert "server.port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    done = samoey("settings", "check", home=tmp_path, SAMOEY_PROT="1")

    assert done.returncode == 2
    assert "SAMOEY_PROT" in done.stderr


def test_settings_print_as_json_without_secrets(tmp_path: Path) -> None:
    done = samoey(
        "settings", "check", "--json", home=tmp_path, DATABASE_URL="postgresql://a:hush@/b"
    )

    tree = json.loads(done.stdout)
    assert tree["settings"]["server"]["port"] == 8600
    assert "hush" not in done.stdout


def test_a_role_without_servers_says_what_to_start(tmp_path: Path) -> None:
    done = samoey("worker", home=tmp_path)

    assert done.returncode == 1
    assert "samoey up" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_doctor_finds_an_empty_home_well_and_a_broken_one_ill(tmp_path: Path) -> None:
    well = samoey("doctor", "--json", home=tmp_path)
    ill = samoey("doctor", "--json", home=tmp_path, DATABASE_URL="postgresql://a@127.0.0.1:1/b")

    told = {finding["subject"]: finding for finding in json.loads(well.stdout)}
    assert told["database"]["well"], well.stdout
    assert told["bus"]["well"]
    broken = {finding["subject"]: finding for finding in json.loads(ill.stdout)}
    assert ill.returncode == 1
    assert not broken["database"]["well"]


@pytest.mark.slow
def test_migrate_and_jobs_work_on_an_empty_home(tmp_path: Path) -> None:
    first = samoey("migrate", home=tmp_path)
    second = samoey("migrate", home=tmp_path)
    jobs = samoey("jobs", "list", "--json", home=tmp_path)
    replay = samoey("jobs", "replay", "4711", home=tmp_path)

    assert first.stdout.startswith("migrated to"), first.stderr
    assert second.stdout.startswith("already at")
    assert json.loads(jobs.stdout) == []
    assert replay.returncode == 1
    assert "no failed job" in replay.stderr
