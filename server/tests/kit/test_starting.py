import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from samoey.kit.starting import (
    GO_FD_VARIABLE,
    READY_FD_VARIABLE,
    told,
    undisturbed,
    wait_for_go,
)


def test_the_collector_rests_while_much_is_imported() -> None:
    with undisturbed():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_without_a_supervisor_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(GO_FD_VARIABLE, raising=False)

    wait_for_go()


def test_a_role_goes_on_when_it_is_told_to_and_knows_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(GO_FD_VARIABLE, str(reading))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/")
    go = {"environment": {"DATABASE_URL": "postgresql://here/"}, "log": None}
    os.write(writing, json.dumps(go).encode() + b"\n")
    os.close(writing)

    wait_for_go()

    assert GO_FD_VARIABLE not in os.environ
    assert os.environ["DATABASE_URL"] == "postgresql://here/"


def test_a_role_writes_to_its_log_once_it_knows_of_one(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    program = (
        "import sys; from samoey.kit.starting import wait_for_go; wait_for_go();"
        "print('out'); print('err', file=sys.stderr)"
    )
    reading, writing = os.pipe()
    os.write(writing, json.dumps({"environment": {}, "log": str(log)}).encode() + b"\n")
    os.close(writing)

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {GO_FD_VARIABLE: str(reading)},
        pass_fds=[reading],
        capture_output=True,
        check=True,
    )

    os.close(reading)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert sorted(log.read_text().split()) == ["err", "out"]
    assert log.stat().st_mode & 0o077 == 0


def test_what_is_told_is_one_line_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(READY_FD_VARIABLE, str(writing))

    assert told(READY_FD_VARIABLE, {"url": "http://127.0.0.1:1"})
    assert not told(READY_FD_VARIABLE, {"url": "http://127.0.0.1:2"})

    with os.fdopen(reading) as starter:
        assert json.loads(starter.read()) == {"url": "http://127.0.0.1:1"}


def test_a_role_whose_supervisor_died_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(GO_FD_VARIABLE, str(reading))
    os.close(writing)

    with pytest.raises(SystemExit):
        wait_for_go()
