"""Vectors of texts by a checkpoint: pooled as its authors say, else the mean, of length 1."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from samoey.adapters.checkpoints.engine.loading import Loaded, is_causal
from samoey.adapters.checkpoints.orders import Order
from samoey.kit.ports.embedder import Embedded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Few enough that a short text which comes meanwhile does not wait long.
_AT_ONCE = 16
_POOLING = Path("1_Pooling") / "config.json"


class Vectors:
    """The port's embedder."""

    def __init__(self, order: Order) -> None:
        causal = is_causal(order.folder)
        loaded = Loaded(order, causal=causal)
        self._model, self._tokenizer, self._device = loaded.model, loaded.tokenizer, loaded.device
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._tokenizer.padding_side = "right"
        self._causal = causal
        self._pool = _pooling(Path(order.folder))
        self.name, self.most_tokens = loaded.name, loaded.context_tokens
        self.fingerprint = f"{order.folder}/{self._pool}"
        self._worker = ThreadPoolExecutor(1, "vectors")
        self.dimensions = self._run(["a"])[0].shape[1]

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Turn texts into vectors, a few at a time, off the event loop."""
        import numpy as np

        loop = asyncio.get_running_loop()
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        tokens = [0] * len(texts)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for begin in range(0, len(order), _AT_ONCE):
            places = order[begin : begin + _AT_ONCE]
            some = [texts[at] for at in places]
            rows, counted = await loop.run_in_executor(self._worker, self._run, some)
            vectors[places] = rows
            for at, count in zip(places, counted, strict=True):
                tokens[at] = count
        return Embedded(vectors, tokens)

    def _run(self, texts: list[str]) -> "tuple[NDArray[np.float32], list[int]]":
        # The tokenizer refuses halves of characters, which JSON allows.
        said = [text.encode(errors="replace").decode() for text in texts]
        with torch.inference_mode():
            read = self._tokenizer(
                said,
                padding=True,
                truncation=True,
                max_length=self.most_tokens,
                return_tensors="pt",
            )
            ids = read["input_ids"].to(self._device)
            mask = read["attention_mask"].to(self._device)
            rows = self._pooled(self._states(ids, mask), mask).float()
            rows = torch.nn.functional.normalize(rows, dim=1)
        return rows.cpu().numpy(), [int(count) for count in mask.sum(dim=1)]

    def _states(self, ids: Any, mask: Any) -> Any:
        if not self._causal:
            return self._model(input_ids=ids, attention_mask=mask).last_hidden_state
        told = self._model(
            input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False
        )
        return told.hidden_states[-1]

    def _pooled(self, states: Any, mask: Any) -> Any:
        if self._pool == "first":
            return states[:, 0]
        if self._pool == "last":
            return states[torch.arange(len(states)), mask.sum(dim=1) - 1]
        weight = mask.unsqueeze(-1).to(states.dtype)
        return (states * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)


def _pooling(folder: Path) -> str:
    """How the tokens of a text become one vector, where sentence-transformers wrote that down."""
    try:
        told = json.loads((folder / _POOLING).read_text("utf-8"))
    except (OSError, ValueError):
        return "mean"
    if told.get("pooling_mode_cls_token"):
        return "first"
    return "last" if told.get("pooling_mode_lasttoken") else "mean"
