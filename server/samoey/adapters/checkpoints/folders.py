"""Which folders hold a model that may be run, and what can be told of it without loading it.

Whoever names a folder is an admin, and this is still where the server's disk begins: nothing is
opened that does not lie below a folder which the settings allow, and nothing that could hold a
program (pickled weights, a model's own code) is ever taken.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from samoey.kit.ports.upstreams import Checkpoint
from samoey.kit.ports.vendors import CheckpointRefused, CheckpointSeen

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
# Configurations are small; what is not is no configuration.
_MOST_CONFIG_BYTES = 2_000_000
_MOST_INDEX_BYTES = 50_000_000
# How deep, and how many: enough for a hub's cache, and an end for a disk full of other things.
_DEEPEST = 4
_MOST_FOUND = 200
_MOST_LOOKED_AT = 5_000
# These keys have a library import what they name.
_IMPORTING = ("auto_mapping", "megatron_config")


class Folders:
    """The folders that the settings allow, and what may be taken from below them."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self.roots = tuple(Path(os.path.normpath(root.expanduser().absolute())) for root in roots)

    def judged(self, checkpoint: Checkpoint) -> tuple[Path, Path | None]:
        """The real folders of a model and of its adapter.

        Raises:
            CheckpointRefused: one of them is not to be used; says why.
        """
        folder = self._real(checkpoint.folder)
        _weights(folder)
        _read(folder / "config.json")
        self._within(folder)
        if checkpoint.adapter is None:
            return folder, None
        adapter = self._real(checkpoint.adapter)
        _check_adapter(adapter)
        self._within(adapter)
        return folder, adapter

    def look(self, checkpoint: Checkpoint) -> CheckpointSeen:
        """What a model is made for, by its configuration; raises as `judged` does."""
        folder, _ = self.judged(checkpoint)
        config = _read(folder / "config.json")
        text = config.get("text_config")
        inner = text if isinstance(text, dict) else config
        most = inner.get("max_position_embeddings")
        return CheckpointSeen(task=_task(config), context_tokens=most if _plain(most) else None)

    def found(self) -> list[str]:
        """The folders below the allowed ones that hold a model, by their whole paths."""
        looked, found = 0, list[str]()
        for root in self.roots:
            for folder in _below(root, _DEEPEST):
                looked += 1
                if looked > _MOST_LOOKED_AT or len(found) >= _MOST_FOUND:
                    return found
                if _is_model(folder):
                    found.append(str(folder))
        return found

    def _real(self, named: str) -> Path:
        """Where a named folder really lies; elsewhere nothing is looked at."""
        path = Path(named)
        if "\0" in named or not path.is_absolute():
            raise CheckpointRefused(f"Give the whole path of the folder. {self._allowed()}")
        path = Path(os.path.normpath(path))
        if not self._below_a_root(path):
            raise CheckpointRefused(f"{path} lies elsewhere. {self._allowed()}")
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError):
            raise CheckpointRefused(f"There is no folder {path}.") from None
        # A link may lead out of what is allowed.
        if not self._below_a_root(real):
            raise CheckpointRefused(f"{path} leads elsewhere. {self._allowed()}")
        if not real.is_dir():
            raise CheckpointRefused(f"{path} is no folder.")
        return real

    def _within(self, folder: Path) -> None:
        """Refuse a folder whose files are links to somewhere else."""
        for entry in folder.iterdir():
            if entry.is_symlink() and not self._below_a_root(entry.resolve()):
                raise CheckpointRefused(f"{entry} leads elsewhere. {self._allowed()}")

    def _below_a_root(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in (*self.roots, *self._real_roots()))

    def _real_roots(self) -> Iterator[Path]:
        return (root.resolve() for root in self.roots)

    def _allowed(self) -> str:
        places = ", ".join(str(root) for root in self.roots)
        return f"Models are taken from below {places} (SAMOEY_MODELS__CHECKPOINT_FOLDERS)."


def weight_files(folder: Path) -> list[Path]:
    """The files of a model's weights.

    Raises:
        CheckpointRefused: there are none, or not all of them.
    """
    return _weights(folder)


def _weights(folder: Path) -> list[Path]:
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / INDEX).is_file():
        raise CheckpointRefused(
            f"{folder} holds no {WEIGHTS}. Only weights in the form “safetensors” are taken, for "
            "other forms may hold programs."
        )
    listed = _read(folder / INDEX, _MOST_INDEX_BYTES).get("weight_map")
    names = set(listed.values()) if isinstance(listed, dict) else set()
    if not names or not all(_is_part(name) for name in names):
        raise CheckpointRefused(f"{folder / INDEX} does not list the weights as it should.")
    files = [folder / name for name in sorted(names)]
    if missing := [file.name for file in files if not file.is_file()]:
        raise CheckpointRefused(f"{folder} is not whole: {', '.join(missing[:3])} missing.")
    return files


def _is_part(name: Any) -> bool:
    return isinstance(name, str) and name.endswith(".safetensors") and Path(name).name == name


def _check_adapter(folder: Path) -> None:
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise CheckpointRefused(
            f"{folder} holds no {ADAPTER_WEIGHTS}. Only weights in the form “safetensors” are "
            "taken, for other forms may hold programs."
        )
    config = _read(folder / "adapter_config.json")
    if config.get("peft_type") != "LORA":
        raise CheckpointRefused(f"{folder} holds no LoRA adapter.")
    if named := [key for key in _IMPORTING if config.get(key)]:
        raise CheckpointRefused(f"{folder}/adapter_config.json names code to load: {named[0]}.")


def _read(file: Path, most: int = _MOST_CONFIG_BYTES) -> dict[str, Any]:
    try:
        if file.stat().st_size > most:
            raise CheckpointRefused(f"{file} is longer than any configuration.")
        told = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise CheckpointRefused(f"{file.parent} holds no {file.name}: it is no model.") from None
    except OSError as error:
        raise CheckpointRefused(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise CheckpointRefused(f"{file} is no JSON.") from None
    if not isinstance(told, dict):
        raise CheckpointRefused(f"{file} is no configuration.")
    return told


def _task(config: dict[str, Any]) -> Literal["generate", "embed"]:
    named = config.get("architectures")
    names = named if isinstance(named, list) else []
    return "generate" if any(str(it).endswith("ForCausalLM") for it in names) else "embed"


def _plain(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _below(root: Path, deep: int) -> Iterator[Path]:
    """A folder and those in it, without following links, in the order of their names."""
    yield root
    if deep == 0:
        return
    try:
        inner = sorted(it.path for it in os.scandir(root) if it.is_dir(follow_symlinks=False))
    except OSError:
        return
    for path in inner:
        yield from _below(Path(path), deep - 1)


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").is_file() and (
        (folder / WEIGHTS).is_file() or (folder / INDEX).is_file()
    )
