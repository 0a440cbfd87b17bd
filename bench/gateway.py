"""How fast, light and steady the gateway is; and how many times a peer's requests it takes.

The peer (LiteLLM's proxy) and our relay stand before the same upstream and are asked in turns.
Ours runs with everything on: a key with limits and a budget, a price, usage, the breaker.
`--long` watches memory for 30 minutes instead of 2.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median
from typing import Any

from gateway_places import BODY, STREAMED, Place, house, ours, peer, upstream
from house import print_table, written

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "gateway.json"
GOALS = {
    "ratio_c64": (">=", 50.0),
    "ratio_c1": (">=", 25.0),
    "cpu_ms": ("<=", 0.40),
    "added_p50_ms": ("<=", 2.0),
    "added_p99_ms": ("<=", 8.0),
    "first_chunk_ms": ("<=", 3.0),
    "chunk_us": ("<=", 60.0),
    "growth": ("<=", 2.0),
    "start_s": ("<=", 2.0),
    "relay_mb": ("<=", 120.0),
}
ROUNDS = 2
CELL_S = 4.0
RATE = 300
STARTS = 3
WARM_S = 20.0


def load(place: Place, connections: int, seconds: float = CELL_S, **more: Any) -> dict[str, Any]:
    """What the connections saw, and the CPU milliseconds that each request took of the place."""
    order = {
        "url": place.url,
        "key": place.key,
        "body": BODY,
        "connections": connections,
        "seconds": seconds,
    } | more
    before = place.cpu_s()
    command = [sys.executable, str(HERE / "gateway_load.py"), json.dumps(order)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    seen: dict[str, Any] = json.loads(told.stdout)
    if seen["errors"]:
        raise RuntimeError(f"{place.name}: {seen['errors']} of {seen['requests']} failed")
    cpu_ms = (place.cpu_s() - before) * 1000
    seen["cpu_ms"] = cpu_ms / max(1, seen["requests"])
    seen["chunk_us"] = cpu_ms * 1000 / max(1, seen["chunks"])
    print(
        f"  {place.name:<9} c={connections:<3} {seen['rps']:8.0f} requests/s  "
        f"p50 {seen['p50_ms']:7.2f} ms  p99 {seen['p99_ms']:7.2f} ms  {seen['cpu_ms']:.3f} CPU-ms",
        file=sys.stderr,
    )
    return seen


def turns(relay: Place, other: Place, connections: int) -> float:
    """How many times the other's requests ours takes."""
    seen: dict[str, list[float]] = {relay.name: [], other.name: []}
    for _ in range(ROUNDS):
        for place in (relay, other):
            seen[place.name].append(load(place, connections)["rps"])
    return mean(seen[relay.name]) / mean(seen[other.name])


def asking(model: str, body: str = BODY) -> str:
    return json.dumps(json.loads(body) | {"model": model})


def added(relay: Place, direct: Place) -> dict[str, float]:
    """What we add to an upstream of 50 ms, and to one that streams."""
    slow = Place("direct", direct.process, direct.url.replace("/v1/", "/d50/v1/"), direct.key)
    paced = Place("direct", direct.process, direct.url.replace("/v1/", "/d50/s50x10/v1/"), "none")
    rows: dict[str, list[float]] = {"p50": [], "p99": [], "first": [], "chunk": []}
    for _ in range(ROUNDS + 1):
        alone, through = load(slow, 16), load(relay, 16, body=asking("waits"))
        rows["p50"].append(through["p50_ms"] - alone["p50_ms"])
        rows["p99"].append(through["p99_ms"] - alone["p99_ms"])
        alone = load(paced, 16, body=STREAMED)
        through = load(relay, 16, body=asking("paced", STREAMED))
        rows["first"].append(through["first_ms"] - alone["first_ms"])
        rows["chunk"].append(through["chunk_us"])
    return {
        "added_p50_ms": median(rows["p50"]),
        "added_p99_ms": median(rows["p99"]),
        "first_chunk_ms": median(rows["first"]),
        "chunk_us": median(rows["chunk"]),
    }


def growth(relay: Place, minutes: float) -> float:
    """By how much memory grew at a steady rate, in percent; the first seconds warm it up."""
    load(relay, 32, WARM_S, rate=RATE)
    before = relay.mb()
    load(relay, 32, minutes * 60, rate=RATE)
    after = relay.mb()
    print(f"  {before:.1f} MB, then {after:.1f} MB", file=sys.stderr)
    return (after / before - 1) * 100


def measure(*, minutes: float) -> dict[str, float]:
    """All figures."""
    folder = Path(tempfile.mkdtemp(prefix="samoey-bench-"))
    figures: dict[str, float] = {}
    try:
        with upstream(folder) as direct, house(folder, direct.url) as given:
            starts, sizes = [], []
            for _ in range(STARTS):
                with ours(folder, given) as (relay, seconds):
                    starts.append(seconds)
                    time.sleep(1)
                    sizes.append(relay.mb())
            with ours(folder, given) as (relay, _):
                with peer(folder, direct.url) as (other, peer_s):
                    print(f"  peer: {peer_s:.1f} s, {other.mb():.0f} MB", file=sys.stderr)
                    load(relay, 16, 1)
                    load(other, 16, 1)
                    figures["ratio_c64"] = turns(relay, other, 64)
                    figures["ratio_c1"] = turns(relay, other, 1)
                figures["cpu_ms"] = median(load(relay, 16)["cpu_ms"] for _ in range(3))
                figures["cpu_ms_c1"] = load(relay, 1)["cpu_ms"]
                figures |= added(relay, direct)
                figures["growth"] = growth(relay, minutes)
                sizes.append(relay.mb())
            figures |= {"start_s": median(starts), "relay_mb": max(sizes)}
    finally:
        shutil.rmtree(folder)
    return figures


def main(words: list[str]) -> int:
    """Measure, print and keep."""
    figures = measure(minutes=30 if "--long" in words else 2)
    print_table(figures, GOALS)
    written(figures, RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
