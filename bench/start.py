"""How long `samoey up` takes until its port answers, and what all its processes hold in memory.

Memory is PSS summed over the process tree: shared pages are counted once.
"""

import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

WARM_STARTS = 5
SETTLE_S = 20.0
PATIENCE_S = 60.0
ANSWERS = "Samoey answers at"


@contextmanager
def up(home: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A home that runs on a port of its own choice, and the seconds until that port answered."""
    command = [sys.executable, "-m", "samoey.cli.main", "up", "--home", str(home), "--port", "0"]
    began = time.perf_counter()
    with (home.parent / "log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        url = next(line for line in process.stdout if line.startswith(ANSWERS)).split()[-1]
        _wait_until_it_answers(url)
        yield process, time.perf_counter() - began
    finally:
        process.send_signal(SIGTERM)
        process.communicate(timeout=PATIENCE_S)


def _wait_until_it_answers(url: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"/healthz answers {response.status}")


def tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def pss_mb(pid: int) -> float:
    """The memory of one process, its share of what it has in common with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def memory(pid: int) -> dict[str, float]:
    """Megabytes of each process of the tree, by what it is."""
    held: dict[str, float] = {}
    for member in tree(pid):
        words = Path(f"/proc/{member}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        name = next(
            (
                name
                for name in ("watchdog", "valkey", "postgres", "serve", "worker")
                if name in words
            ),
            "up",
        )
        held[name] = held.get(name, 0.0) + pss_mb(member)
    return held


def measure() -> dict[str, float]:
    """The figures `start_s`, `first_start_s` and `idle_mb`."""
    folder = Path(tempfile.mkdtemp(prefix="samoey-bench-"))
    try:
        home = folder / "home"
        with up(home) as (_, first):
            pass
        warm = []
        for _ in range(WARM_STARTS):
            with up(home) as (process, seconds):
                warm.append(seconds)
        with up(home) as (process, _):
            time.sleep(SETTLE_S)
            held = memory(process.pid)
    finally:
        shutil.rmtree(folder)
    for name, megabytes in sorted(held.items()):
        print(f"  {name:<10} {megabytes:7.1f} MB", file=sys.stderr)
    return {
        "start_s": round(sorted(warm)[len(warm) // 2], 3),
        "first_start_s": round(first, 3),
        "idle_mb": round(sum(held.values()), 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
