"""A start that people wait for: imports at full speed, and beside the servers that are needed."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

GO_FD_VARIABLE = "SAMOEY_GO_FD"


@contextmanager
def undisturbed() -> Iterator[None]:
    """Import inside the block: a fifth faster, and what was imported is never looked through again.

    The collector only finds garbage where something was thrown away; modules never are.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def wait_for_go() -> None:
    """Go on when whoever started us says that the database and the bus answer.

    Without a supervisor they are there already. If it dies before it said so, so do we.
    """
    if (handle := os.environ.pop(GO_FD_VARIABLE, None)) is None:
        return
    with os.fdopen(int(handle), "rb", buffering=0) as supervisor:
        if not supervisor.read(1):
            sys.exit(1)
