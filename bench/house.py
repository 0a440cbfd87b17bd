"""Prints every number this house promises, next to its goal, and keeps it in results/house.json.

`python bench/house.py` runs all of it; `python bench/house.py start search` runs what is named.
What cannot be measured here is said so, with the reason, and costs no other figure.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = HERE / "results" / "house.json"

# Each bench and the figures that it measures; the goal says on which side of it a figure should be.
BENCHES = {
    "start": ("start_s", "first_start_s", "idle_mb"),
    "lexical": ("index_mb_per_cpu_s", "index_peak_mb"),
    "search": ("search_p50_ms", "search_p99_ms"),
    "reindex": ("reindex_s",),
    "first_answer": ("first_answer_s", "right_of_20"),
    "semantic_cache": ("wrong_hit_rate", "hit_rate"),
}
GOALS = {
    "start_s": ("<=", 2.0),
    "first_start_s": ("<=", 6.0),
    "idle_mb": ("<=", 450.0),
    "index_mb_per_cpu_s": (">=", 1.0),
    "index_peak_mb": ("<=", 600.0),
    "search_p50_ms": ("<=", 10.0),
    "search_p99_ms": ("<=", 50.0),
    "reindex_s": ("<=", 2.0),
    "first_answer_s": ("<=", 10.0),
    "right_of_20": (">=", 15.0),
    "wrong_hit_rate": ("<=", 0.01),
}


def main(names: list[str]) -> int:
    """Run the named benches, or all of them; 1 when a figure could not be measured."""
    sys.path.insert(0, str(HERE))
    figures: dict[str, float] = {}
    for name in names or BENCHES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            figures |= importlib.import_module(name).measure()
        except Exception:  # noqa: BLE001 - whatever one bench fails by, the others' figures are told
            traceback.print_exc()
        print(f"{name} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        written(figures, RESULTS)
    print_table(figures)
    missing = [figure for name in names or BENCHES for figure in BENCHES[name]]
    missing = [figure for figure in missing if figure not in figures]
    for figure in missing:
        print(f"{figure:22} {'-':>10}  not measured: see above")
    return 1 if missing else 0


def print_table(
    figures: dict[str, float], goals: dict[str, tuple[str, float]] | None = None
) -> None:
    """One line a figure: what was seen, the goal, whether it is reached."""
    print(f"{'figure':22} {'seen':>10}  {'goal':>9}")
    for name, seen in figures.items():
        side, goal = (GOALS if goals is None else goals).get(name, ("", None))
        if goal is None:
            print(f"{name:22} {seen:10.2f}")
            continue
        reached = seen <= goal if side == "<=" else seen >= goal
        print(f"{name:22} {seen:10.2f}  {side} {goal:6g}  {'' if reached else 'not reached'}")


def written(figures: dict[str, float], results: Path) -> None:
    """Write the figures beside those that other runs left on this machine, of this commit."""
    results.parent.mkdir(exist_ok=True)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    of: dict[str, object] = {"commit": commit, "machine": machine}
    kept = json.loads(results.read_text()) if results.exists() else {}
    beside = kept["figures"] if kept.items() >= of.items() else {}
    rounded = {name: round(seen, 3) for name, seen in figures.items()}
    results.write_text(json.dumps(of | {"figures": beside | rounded}, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
