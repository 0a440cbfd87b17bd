"""Text by a checkpoint that cannot share its steps: one request after the other."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from transformers import GenerationConfig, StoppingCriteria

from samoey.adapters.checkpoints.engine.loading import Loaded
from samoey.adapters.checkpoints.engine.words import Words
from samoey.adapters.checkpoints.writing import Heard, Sampling


class _Listening(StoppingCriteria):  # type: ignore[misc]  # transformers has no types here
    """Hears every step, and ends the writing when nobody listens any more."""

    def __init__(self, prompt: int, hear: Callable[[Heard], None]) -> None:
        self._prompt, self._hear = prompt, hear
        self.left = threading.Event()

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        del scores
        if not self.left.is_set():
            self._hear(Heard(input_ids[0, self._prompt :].tolist()))
        return torch.full((1,), fill_value=self.left.is_set(), device=input_ids.device)


class OneByOne(Words):
    """A writer for models that continuous batching does not know."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(loaded)
        self._model, self._device = loaded.model, loaded.device
        self._pad = loaded.tokenizer.pad_token_id
        self._worker = ThreadPoolExecutor(1, "writer")

    def write(
        self, prompt: list[int], sampling: Sampling, hear: Callable[[Heard], None]
    ) -> Callable[[], None]:
        """Write when those before are done."""
        listening = _Listening(len(prompt), hear)
        waiting = self._worker.submit(self._run, prompt, sampling, hear, listening)

        def cancel() -> None:
            listening.left.set()
            waiting.cancel()

        return cancel

    def _run(
        self,
        prompt: list[int],
        sampling: Sampling,
        hear: Callable[[Heard], None],
        listening: _Listening,
    ) -> None:
        try:
            tokens = self._written(prompt, sampling, listening)
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
            hear(Heard([], failure=f"{type(error).__name__}: {error}"))
            return
        if not listening.left.is_set():
            hear(Heard(tokens, ended=True))

    def _written(self, prompt: list[int], sampling: Sampling, listening: _Listening) -> list[int]:
        choice: dict[str, Any] = {"do_sample": False}
        if sampling.temperature > 0:
            choice = {
                "do_sample": True,
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "top_k": sampling.top_k or 0,
            }
        how = GenerationConfig(
            max_new_tokens=sampling.most_tokens,
            eos_token_id=sorted(self.ends) or None,
            pad_token_id=0 if self._pad is None else self._pad,
            **choice,
        )
        with torch.inference_mode():
            ids = torch.tensor([prompt], device=self._device)
            written = self._model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                generation_config=how,
                stopping_criteria=[listening],
            )
        return [int(token) for token in written[0, len(prompt) :]]
