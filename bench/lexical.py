"""How fast, and in how much memory, a house indexes CPython's standard library.

CPU seconds are those of all its processes, from the moment the repository is connected until its
index answers: git, parsing, indexing, database, and the door that is asked how far it is. Memory
is that of the worker and the processes it starts.
"""

import json
import sys

from library import library


def measure() -> dict[str, float]:
    """The figures `index_mb_per_cpu_s` and `index_peak_mb`."""
    seen = library().indexed
    print(
        f"  {seen.index['files_total']:,} files, {seen.megabytes:.1f} MB,"
        f" {seen.index['chunks']:,} passages: {seen.wall_s:.1f} s, {seen.cpu_s:.1f} CPU-s",
        file=sys.stderr,
    )
    return {
        "index_mb_per_cpu_s": round(seen.megabytes / seen.cpu_s, 3),
        "index_peak_mb": round(seen.peak_mb, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
