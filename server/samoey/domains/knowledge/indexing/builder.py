"""The program that indexes: a process of its own, so that the worker's event loop stays free.

It ends with the worker that started it, however that ends: its input closes then.
"""

import os
import pickle
import sys
import threading
from typing import BinaryIO

from samoey.domains.knowledge.indexing.orders import Job, Told, say

# Answers and completions come first on a busy machine.
NICENESS = 5
LENGTH_BYTES = 8


def main() -> None:
    orders, out = sys.stdin.buffer, sys.stdout.buffer
    # What anything below prints must not end up between our lines.
    sys.stdout = sys.stderr
    os.nice(NICENESS)
    length = int.from_bytes(orders.read(LENGTH_BYTES))
    job: Job = pickle.loads(orders.read(length))  # noqa: S301 - written by our own parent process
    threading.Thread(target=end_with, args=(orders,), daemon=True).start()
    line(out, work(job, out))


def work(job: Job, out: BinaryIO) -> Told:
    # Whoever only starts this program loads none of what it works with.
    from samoey.domains.knowledge.exact.part import Trigrams
    from samoey.domains.knowledge.exact.postings import SUFFIX as TRIGRAMS
    from samoey.domains.knowledge.lexical.build import build
    from samoey.domains.knowledge.symbols.part import Symbols
    from samoey.domains.knowledge.symbols.table import SUFFIX as SYMBOLS

    try:
        built = build(
            job.order,
            job.blobs,
            lambda done, total: line(out, Told(done=done, total=total)),
            # What each bucket of a snapshot holds beside the words of its files.
            parts={TRIGRAMS: Trigrams, SYMBOLS: Symbols},
        )
    except Exception as failure:  # noqa: BLE001 - whatever it is, the parent tells it
        return Told(failed=type(failure).__name__, detail=str(failure))
    return Told(built=built)


def end_with(orders: BinaryIO) -> None:
    orders.read()
    os._exit(1)


def line(out: BinaryIO, told: Told) -> None:
    out.write(say(told) + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
