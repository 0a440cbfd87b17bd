"""Which way a checkpoint is run: for vectors, or for text, together or one by one."""

import logging
import os
import threading

from samoey.adapters.checkpoints.app import Mind
from samoey.adapters.checkpoints.engine.batching import Batching, NoBatching
from samoey.adapters.checkpoints.engine.loading import Loaded, is_causal
from samoey.adapters.checkpoints.engine.steps import OneByOne
from samoey.adapters.checkpoints.engine.vectors import Vectors
from samoey.adapters.checkpoints.orders import CannotLoad, Order

log = logging.getLogger(__name__)
# Long enough that those who wait for it hear that it failed.
_LAST_WORDS_S = 1.0


def load(order: Order) -> Mind:
    """Load what is asked for.

    Raises:
        CannotLoad: this model or this machine cannot do it.
    """
    if order.checkpoint.task == "embed":
        return Mind(embedder=Vectors(order))
    if not is_causal(order.folder):
        raise CannotLoad("This model was not made to write text; let it make vectors.")
    loaded = Loaded(order, causal=True)
    try:
        return Mind(writer=Batching(loaded, _end_soon))
    except NoBatching as reason:
        log.warning("requests run one after the other: %s", reason)
    return Mind(writer=OneByOne(loaded))


def _end_soon() -> None:
    """A batch that broke never runs again: the next request starts another process."""
    threading.Timer(_LAST_WORDS_S, os._exit, args=(1,)).start()
