"""Folders that look like a model's from outside; their weights are a few zeros."""

import json
from pathlib import Path
from typing import Any


def weights(path: Path, numbers: int = 4) -> None:
    """A file in the form “safetensors” that says how many numbers it holds; it holds few."""
    tensor = {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 16]}
    head = json.dumps({"w": tensor}).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + bytes(16))


def model(folder: Path, *, numbers: int = 4, **config: Any) -> Path:
    """A folder with a configuration and weights."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"architectures": ["LlamaForCausalLM"], "max_position_embeddings": 2048} | config
    (folder / "config.json").write_text(json.dumps(told))
    weights(folder / "model.safetensors", numbers)
    return folder


def adapter(folder: Path, **config: Any) -> Path:
    """A folder with a LoRA adapter."""
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA"} | config))
    weights(folder / "adapter_model.safetensors")
    return folder
