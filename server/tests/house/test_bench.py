"""What the bench of the house prints, with benches that take no time."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import documents

BENCH = Path(documents.__file__).parents[1] / "bench" / "house.py"


def run(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(BENCH, folder)
    return subprocess.run(
        [sys.executable, str(folder / BENCH.name), *names],
        capture_output=True,
        text=True,
        check=False,
    )


def kept(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results" / "house.json").read_text())
    return found


def test_a_bench_that_fails_is_told_and_costs_no_other_figure(tmp_path: Path) -> None:
    (tmp_path / "search.py").write_text("def measure(): raise OSError('no disk here')")
    (tmp_path / "reindex.py").write_text("def measure(): return {'reindex_s': 1.5}")

    told = run(tmp_path, "search", "reindex")

    assert told.returncode == 1
    assert "no disk here" in told.stderr
    lines = told.stdout.splitlines()
    assert any(line.split() == ["reindex_s", "1.50", "<=", "2"] for line in lines)
    assert any(line.startswith("search_p50_ms") and "not measured" in line for line in lines)
    assert kept(tmp_path)["figures"] == {"reindex_s": 1.5}


def test_figures_of_another_commit_do_not_stand_beside_new_ones(tmp_path: Path) -> None:
    (tmp_path / "reindex.py").write_text("def measure(): return {'reindex_s': 1.5}")
    run(tmp_path, "reindex")
    (tmp_path / "lexical.py").write_text(
        "def measure(): return {'index_mb_per_cpu_s': 0.5, 'index_peak_mb': 9.0}"
    )

    told = run(tmp_path, "lexical")

    assert told.returncode == 0
    assert "not reached" in told.stdout
    assert set(kept(tmp_path)["figures"]) == {"reindex_s", "index_mb_per_cpu_s", "index_peak_mb"}

    (tmp_path / "results" / "house.json").write_text(json.dumps(kept(tmp_path) | {"commit": "old"}))
    run(tmp_path, "lexical")

    assert set(kept(tmp_path)["figures"]) == {"index_mb_per_cpu_s", "index_peak_mb"}
