"""Text by a checkpoint: requests share the steps of one batch, by transformers' own means."""

import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any

import torch
from transformers import ContinuousBatchingConfig, GenerationConfig

from samoey.adapters.checkpoints.engine.loading import Loaded
from samoey.adapters.checkpoints.engine.words import Words
from samoey.adapters.checkpoints.memory import PAGE, Room, pages
from samoey.adapters.checkpoints.writing import Heard, Sampling

# By itself transformers takes nine tenths of the memory, and no second model fits; and where flash
# attention is not installed, each step builds a mask over all that may be kept.
_ON_CPU = Room(conversations=2, most_tokens=16_384, step_tokens=512, together=16)
_ON_GPU = Room(conversations=16, most_tokens=131_072, step_tokens=1024, together=64)
# Of what is free on a GPU once the model is loaded; others may come.
_SHARE = 0.5
_PROOF_S = 300.0
# Where it reads 1.0, or nothing, transformers would leave the choice out for all requests.
_CHOICES: dict[str, Any] = {"temperature": 0.7, "top_p": 0.9, "top_k": 50}


class NoBatching(Exception):
    """This model cannot be run in this way; another one is slower and always works."""


class Batching(Words):
    """A writer whose requests are computed together; `on_end` is called if that breaks for good."""

    def __init__(self, loaded: Loaded, on_end: Callable[[], None]) -> None:
        super().__init__(loaded)
        self._on_end, self._proven = on_end, False
        self._numbers = itertools.count()
        self._listeners: dict[str, Callable[[Heard], None]] = {}
        try:
            self._manager = _manager(loaded, self.ends)
        except (ValueError, AttributeError, NotImplementedError, RuntimeError) as error:
            raise NoBatching(str(error)) from error
        threading.Thread(target=self._hand_out, name="hand-out", daemon=True).start()
        self._prove()

    def write(
        self, prompt: list[int], sampling: Sampling, hear: Callable[[Heard], None]
    ) -> Callable[[], None]:
        """Let it take part in the next step."""
        name = f"r{next(self._numbers)}"
        self._listeners[name] = hear
        greedy = sampling.temperature == 0
        taken = self._manager.add_request(
            prompt,
            request_id=name,
            max_new_tokens=sampling.most_tokens,
            streaming=True,
            eos_token_id=sorted(self.ends) or -1,
            temperature=1.0 if greedy else float(sampling.temperature),
            top_p=1.0 if greedy else float(sampling.top_p),
            top_k=1 if greedy else sampling.top_k or self.vocabulary,
        )
        if taken is None:
            self._tell(name, Heard([], failure="The model takes no more requests."))

        def cancel() -> None:
            if self._listeners.pop(name, None) is not None:
                self._manager.cancel_request(name)

        return cancel

    def _hand_out(self) -> None:
        """Each step's tokens to whoever waits for them; whoever left is not found."""
        for output in self._manager:
            self._pass_on(output)
        while (output := self._manager.get_result(timeout=0.01)) is not None:
            self._pass_on(output)
        for name in list(self._listeners):
            self._tell(name, Heard([], failure="The model's process ends."))
        if self._proven:
            self._on_end()

    def _pass_on(self, output: Any) -> None:
        failure = output.error
        heard = Heard(
            list(output.generated_tokens), ended=output.is_finished(), failure=failure or None
        )
        self._tell(output.request_id, heard)

    def _tell(self, name: str, heard: Heard) -> None:
        last = heard.ended or heard.failure is not None
        hear = self._listeners.pop(name, None) if last else self._listeners.get(name)
        if hear is not None:
            hear(heard)

    def _prove(self) -> None:
        """Write two tokens, so that what cannot be done is known before anybody asks."""
        said: queue.Queue[Heard] = queue.Queue()
        sampling = Sampling(most_tokens=2, temperature=0, top_p=1, top_k=None)
        self.write(self.tokens_of("a") or [0], sampling, said.put)
        while True:
            try:
                heard = said.get(timeout=_PROOF_S)
            except queue.Empty:
                raise NoBatching("no step was finished in time") from None
            if heard.failure is not None:
                raise NoBatching(heard.failure)
            if heard.ended:
                break
        room = self._manager.batch_processor.cache.num_blocks * PAGE
        self.context_tokens = min(self.context_tokens, room)
        self._proven = True


def _manager(loaded: Loaded, ends: frozenset[int]) -> Any:
    model, context = loaded.model, loaded.context_tokens
    on_cpu = loaded.device.type == "cpu"
    room = _ON_CPU if on_cpu else _ON_GPU
    how: dict[str, Any] = {
        "per_request_processors": True,
        "page_size": PAGE,
        "num_blocks": pages(room, context, None if on_cpu else _fitting(model)),
        "max_batch_tokens": room.step_tokens,
        "max_requests_per_batch": room.together,
    }
    if on_cpu:
        how |= {"use_async_batching": False}
    chosen = GenerationConfig(
        do_sample=True, eos_token_id=sorted(ends) or -1, pad_token_id=_pad(loaded), **_CHOICES
    )
    with torch.inference_mode():
        manager = model.init_continuous_batching(
            generation_config=chosen, continuous_batching_config=ContinuousBatchingConfig(**how)
        )
        manager.start()
    return manager


def _fitting(model: Any) -> int:
    """How many tokens may be kept in our share of what is free on the GPU."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    each = 2 * config.num_hidden_layers * heads * size * model.dtype.itemsize
    free, _ = torch.cuda.mem_get_info()
    return int(free * _SHARE / each)


def _pad(loaded: Loaded) -> int:
    pad = loaded.tokenizer.pad_token_id
    return 0 if pad is None else int(pad)
