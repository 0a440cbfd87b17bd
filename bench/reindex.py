"""How long a house takes to index a commit that changes ten files of CPython's standard library.

From the moment the worker begins with the commit until its index answers, by the house's own clock;
`resync_s` also counts asking for it at the door, fetching, and the way through the job queue.
"""

import json
import random
import sys
import time
from datetime import datetime
from statistics import median

from library import Door, Library, door, library

ROUNDS = 5
FILES = 10
SEED = 20
# A wish for another fetch right behind one is the same wish to the house.
PAUSE_S = 6.0


def measure() -> dict[str, float]:
    """The figures `reindex_s` and `resync_s`, each the median of some rounds."""
    ready = library()
    with door(ready.home) as house:
        seen = [one_round(ready, house, number) for number in range(ROUNDS)]
    for indexing, all_of_it in seen:
        print(f"  indexing {indexing:.2f} s, all of it {all_of_it:.2f} s", file=sys.stderr)
    return {
        "reindex_s": round(median(indexing for indexing, _ in seen), 3),
        "resync_s": round(median(all_of_it for _, all_of_it in seen), 3),
    }


def one_round(ready: Library, house: Door, number: int) -> tuple[float, float]:
    time.sleep(PAUSE_S)
    # The server has closed it meanwhile; the next call opens it again.
    house.connection.close()
    sources = sorted(path for path in ready.source.rglob("*.py") if path.stat().st_size > 1000)
    for path in random.Random(SEED + number).sample(sources, FILES):
        with path.open("a") as file:
            file.write(f"\n\ndef added_in_round_{number}():\n    return {number}\n")
    commit = ready.commit(f"round {number}")
    repository = house.call("GET", "repositories")[0]["id"]
    began = time.perf_counter()
    house.call("POST", f"repositories/{repository}/sync")
    index = house.wait_for(commit, every_s=0.02)
    all_of_it = time.perf_counter() - began
    started, finished = (
        datetime.fromisoformat(index[key]) for key in ("started_at", "finished_at")
    )
    return (finished - started).total_seconds(), all_of_it


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
