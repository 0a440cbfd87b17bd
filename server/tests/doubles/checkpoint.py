"""A model's process without torch: what it "writes" is what it was told last, sign by sign.

Run by its path, as the real one is run by its name; the arguments are the packages it looks for.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from samoey.adapters.checkpoints.app import Mind
from samoey.adapters.checkpoints.child import keep_inside, run
from samoey.adapters.checkpoints.orders import CannotLoad, Order
from samoey.adapters.checkpoints.writing import Defaults, Heard, NoTemplate, Sampling
from samoey.kit.ports.embedder import Embedded

SLOW_S = 0.05


class Echo:
    """Says again what it was told; some words have it do other things."""

    context_tokens = 200
    defaults = Defaults()
    ends = frozenset({0})

    def prompt_of(self, messages: list[dict[str, str]]) -> list[int]:
        if messages[0]["content"] == "no template":
            raise NoTemplate("This model has no chat template.")
        return self.tokens_of(messages[-1]["content"])

    def tokens_of(self, text: str) -> list[int]:
        return list(text.encode())

    def text_of(self, tokens: Sequence[int]) -> str:
        return bytes(token for token in tokens if token).decode(errors="replace")

    def write(
        self, prompt: list[int], sampling: Sampling, hear: Callable[[Heard], None]
    ) -> Callable[[], None]:
        told = self.text_of(prompt)
        said = {
            "pid": str(os.getpid()),
            "environment": "\n".join(os.environ)[:150],
            "sampling": f"{sampling.temperature} {sampling.top_p} {sampling.top_k}",
        }.get(told, told)
        left = threading.Event()
        work = (said, sampling.most_tokens, hear, left)
        threading.Thread(target=self._write, args=work, daemon=True).start()
        return left.set

    def _write(
        self, said: str, most: int, hear: Callable[[Heard], None], left: threading.Event
    ) -> None:
        tokens: list[int] = []
        for token in [*said.encode(), 0][:most]:
            if left.wait(SLOW_S if said.startswith("slow") else 0):
                sys.stderr.write(f"left after {len(tokens)} signs\n")
                return
            if said == "fail" and tokens:
                hear(Heard(tokens, failure="The scripted failure."))
                return
            tokens = [*tokens, token]
            hear(Heard(tokens))
        hear(Heard(tokens, ended=True))


class Lengths:
    """Makes vectors of how long a text is."""

    name, fingerprint, dimensions, most_tokens = "lengths", "lengths", 2, 100

    async def embed(self, texts: Sequence[str]) -> Embedded:
        rows = np.array([[len(text), 1] for text in texts], np.float32)
        vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return Embedded(vectors, [len(text) for text in texts])


def load(order: Order) -> Mind:
    if order.checkpoint.quantization == "int4":
        raise CannotLoad("4 bits need a GPU.")
    if order.checkpoint.dtype == "float16":
        raise RuntimeError("a scripted bug")
    if order.checkpoint.dtype == "float32":
        time.sleep(1)
    if order.checkpoint.dtype == "bfloat16":
        os.kill(os.getpid(), 9)
    return Mind(embedder=Lengths()) if order.checkpoint.task == "embed" else Mind(writer=Echo())


if __name__ == "__main__":
    keep_inside()
    sys.exit(run(load, needed=tuple(sys.argv[1:])))
