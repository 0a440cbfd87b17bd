"""What a command tells while it waits for what other processes do."""

from types import SimpleNamespace
from typing import cast

import pytest

from samoey.cli.bringing import Progress
from samoey.domains.knowledge.schemas import IndexOut
from samoey.domains.repositories.schemas import RepositoryOut

READY = cast("RepositoryOut", SimpleNamespace(name="app", status="ready", progress=None))


def counted(files: int) -> IndexOut:
    return cast("IndexOut", SimpleNamespace(files_done=files, files_total=9))


def test_why_nothing_is_done_here_is_told_only_while_nothing_moves(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times = [0.0]
    progress = Progress(clock=lambda: times[-1])
    progress.wait("another process is at work on it")
    for now, files in ((0.0, 1), (1.0, 2), (2.0, 2), (5.0, 2), (6.0, 2), (7.0, 3)):
        times.append(now)
        progress.show(READY, counted(files))

    assert capsys.readouterr().err.splitlines() == [
        "app: indexing 1 of 9 files",
        "app: indexing 2 of 9 files",
        "app: indexing 2 of 9 files (another process is at work on it)",
        "app: indexing 3 of 9 files",
    ]
