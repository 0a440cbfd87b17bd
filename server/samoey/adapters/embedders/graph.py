"""The network of MiniLM, written down as an ONNX graph from its weights: no torch is needed."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[Any]]

LAYERS, HEADS, HEAD, WIDTH = 6, 12, 32, 384
_EPSILON = 1e-12
# What is masked gets this score before the softmax, and so no share of the attention.
_MASKED = -1e4
# The oldest opset and format that have what is used here: every onnxruntime reads them.
_OPSET, _FORMAT = 17, 9


def model(weights: Weights) -> ModelProto:
    """From token ids and their mask to one vector of length 1 for each text."""
    return _Graph({name.removeprefix("bert."): it for name, it in weights.items()}).model()


class _Graph:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._kept: list[Any] = []

    def model(self) -> ModelProto:
        mask = self._do("Cast", "attention_mask", to=TensorProto.FLOAT)
        unseen = self._do("Sub", self._one(1.0), self._do("Unsqueeze", mask, self._whole([1, 2])))
        hidden = self._embeddings()
        mask_scores = self._do("Mul", unseen, self._one(_MASKED))
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.", mask_scores)
        self._pooled(hidden, mask)
        texts = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])
        graph = helper.make_graph(self._nodes, "minilm", texts, [vectors], self._kept)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_FORMAT
        )

    def _embeddings(self) -> str:
        words = self._do("Gather", self._weight("embeddings.word_embeddings.weight"), "input_ids")
        # Every token is of the first type: there is one text, not a pair.
        kind = self._keep(self._weights["embeddings.token_type_embeddings.weight"][0])
        length = self._do("Gather", self._do("Shape", "input_ids"), self._whole([1]))
        places = self._weight("embeddings.position_embeddings.weight")
        place = self._do("Slice", places, self._whole([0]), length, self._whole([0]))
        summed = self._do("Add", self._do("Add", words, kind), place)
        return self._norm(summed, "embeddings.LayerNorm")

    def _layer(self, hidden: str, name: str, mask_scores: str) -> str:
        split = self._whole([0, 0, HEADS, HEAD])
        query, key, value = (
            self._do("Reshape", self._linear(hidden, f"{name}attention.self.{it}"), split)
            for it in ("query", "key", "value")
        )
        query = self._do("Transpose", query, perm=[0, 2, 1, 3])
        key = self._do("Transpose", key, perm=[0, 2, 3, 1])
        value = self._do("Transpose", value, perm=[0, 2, 1, 3])
        scores = self._do("MatMul", query, key)
        scores = self._do("Mul", scores, self._one(1 / math.sqrt(HEAD)))
        shares = self._do("Softmax", self._do("Add", scores, mask_scores), axis=-1)
        seen = self._do("Transpose", self._do("MatMul", shares, value), perm=[0, 2, 1, 3])
        seen = self._do("Reshape", seen, self._whole([0, 0, WIDTH]))
        seen = self._linear(seen, f"{name}attention.output.dense")
        hidden = self._norm(self._do("Add", hidden, seen), f"{name}attention.output.LayerNorm")
        inner = self._gelu(self._linear(hidden, f"{name}intermediate.dense"))
        outer = self._linear(inner, f"{name}output.dense")
        return self._norm(self._do("Add", hidden, outer), f"{name}output.LayerNorm")

    def _pooled(self, hidden: str, mask: str) -> None:
        """The mean over the tokens of a text, made a vector of length 1."""
        shares = self._do("Unsqueeze", mask, self._whole([2]))
        summed = self._do(
            "ReduceSum", self._do("Mul", hidden, shares), self._whole([1]), keepdims=0
        )
        count = self._do("ReduceSum", shares, self._whole([1]), keepdims=0)
        mean = self._do("Div", summed, count)
        self._nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=1, p=2))

    def _linear(self, given: str, name: str) -> str:
        weight = self._keep(self._weights[f"{name}.weight"].T)
        return self._do("Add", self._do("MatMul", given, weight), self._weight(f"{name}.bias"))

    def _norm(self, given: str, name: str) -> str:
        weight, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._do("LayerNormalization", given, weight, bias, axis=-1, epsilon=_EPSILON)

    def _gelu(self, given: str) -> str:
        bent = self._do("Erf", self._do("Mul", given, self._one(1 / math.sqrt(2))))
        half = self._do("Mul", given, self._one(0.5))
        return self._do("Mul", half, self._do("Add", bent, self._one(1.0)))

    def _weight(self, name: str) -> str:
        return self._keep(self._weights[name])

    def _one(self, value: float) -> str:
        return self._keep(np.array(value, np.float32))

    def _whole(self, values: list[int]) -> str:
        return self._keep(np.array(values, np.int64))

    def _keep(self, values: NDArray[Any]) -> str:
        name = f"kept{len(self._kept)}"
        self._kept.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _do(self, what: str, *given: str, **how: Any) -> str:
        name = f"step{len(self._nodes)}"
        self._nodes.append(helper.make_node(what, list(given), [name], **how))
        return name
