"""Which folders of the server may be used as models, and what is told of them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from samoey.adapters.checkpoints import memory
from samoey.adapters.checkpoints.folders import Folders
from samoey.kit.ports.upstreams import Checkpoint
from samoey.kit.ports.vendors import CheckpointRefused, CheckpointSeen
from tests.doubles.checkpoint_folders import adapter, model, weights


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "allowed").mkdir()
    return tmp_path / "allowed"


@pytest.fixture
def folders(root: Path) -> Folders:
    return Folders((root,))


def test_a_model_tells_what_it_is_made_for_and_how_much_it_takes(
    root: Path, folders: Folders
) -> None:
    writes, embeds = model(root / "writes"), model(root / "embeds", architectures=["BertModel"])
    sees = model(root / "sees", text_config={"max_position_embeddings": 77})

    assert folders.look(Checkpoint(folder=str(writes))) == CheckpointSeen("generate", 2048)
    assert folders.look(Checkpoint(folder=str(embeds))) == CheckpointSeen("embed", 2048)
    assert folders.look(Checkpoint(folder=str(sees))) == CheckpointSeen("generate", 77)
    assert folders.found() == [str(embeds), str(sees), str(writes)]


def test_a_model_in_parts_is_taken_when_all_of_them_are_there(root: Path, folders: Folders) -> None:
    folder = model(root / "parts")
    (folder / "model.safetensors").rename(folder / "one.safetensors")
    listed = {"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(listed))

    with pytest.raises(CheckpointRefused, match=r"not whole: two\.safetensors"):
        folders.judged(Checkpoint(folder=str(folder)))
    weights(folder / "two.safetensors")

    assert folders.judged(Checkpoint(folder=str(folder))) == (folder, None)


@pytest.mark.parametrize("name", ["/", "/etc", "relative", "{root}/../outside", "{root}\0/x"])
def test_nothing_is_looked_at_outside_of_what_the_settings_allow(
    root: Path, folders: Folders, name: str
) -> None:
    model(root.parent / "outside")

    with pytest.raises(CheckpointRefused, match="CHECKPOINT_FOLDERS"):
        folders.judged(Checkpoint(folder=name.format(root=root)))


def test_links_lead_nowhere_else(root: Path, folders: Folders) -> None:
    outside = model(root.parent / "outside")
    (root / "link").symlink_to(outside)
    inside = model(root / "inside")
    (inside / "tokenizer.json").symlink_to(outside / "config.json")

    for folder in (root / "link", inside):
        with pytest.raises(CheckpointRefused, match="leads elsewhere"):
            folders.judged(Checkpoint(folder=str(folder)))
    # A hub's cache keeps its files beside the folder, and links to them.
    (inside / "tokenizer.json").unlink()
    blob = root / "blob"
    blob.write_text("{}")
    (inside / "tokenizer.json").symlink_to(blob)
    assert folders.judged(Checkpoint(folder=str(inside))) == (inside, None)


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _unlisted(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    listed = {"weight_map": {"a": "../../secret.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(listed))


def _garbled(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def _bare(folder: Path) -> None:
    (folder / "config.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_pickled, "may hold programs"),
        (_unlisted, "does not list the weights"),
        (_garbled, "no JSON"),
        (_bare, "it is no model"),
    ],
)
def test_what_is_no_model_or_could_hold_a_program_is_refused(
    root: Path, folders: Folders, spoil: Callable[[Path], None], said: str
) -> None:
    folder = model(root / "one")
    spoil(folder)

    with pytest.raises(CheckpointRefused, match=said):
        folders.judged(Checkpoint(folder=str(folder)))
    assert folders.look(Checkpoint(folder=str(model(folder)))).task == "generate"


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "no LoRA adapter"),
        ({"megatron_config": {"a": 1}, "megatron_core": "os"}, "names code to load"),
        ({"auto_mapping": {"base_model_class": "x"}}, "names code to load"),
    ],
)
def test_an_adapter_is_a_lora_that_loads_no_code(
    root: Path, folders: Folders, config: dict[str, object], said: str
) -> None:
    base, good = model(root / "base"), adapter(root / "good")
    bad = adapter(root / "bad", **config)

    assert folders.judged(Checkpoint(folder=str(base), adapter=str(good))) == (base, good)
    with pytest.raises(CheckpointRefused, match=said):
        folders.judged(Checkpoint(folder=str(base), adapter=str(bad)))


def test_memory_is_reckoned_by_what_the_weights_become(tmp_path: Path) -> None:
    folder = model(tmp_path / "one", numbers=10**9)

    found = memory.weights([folder / "model.safetensors"])

    itself = memory.needed(memory.Weights(0, 0), dtype="auto", quantization="none")
    assert found.numbers == 10**9
    for dtype, quantization, size in (
        ("float32", "none", 4), ("bfloat16", "none", 2), ("auto", "int8", 4),
    ):  # fmt: skip
        needed = memory.needed(found, dtype=dtype, quantization=quantization)
        assert 1 < (needed - itself) / (size * 10**9) < 1.5


def test_the_limit_of_a_control_group_counts(tmp_path: Path) -> None:
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 9 kB\nMemAvailable:   4096 kB\n")

    assert memory.available(tmp_path) == 4096 * 1024
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("1000\n")
    assert memory.available(tmp_path) == 4096 * 1024
    (group / "memory.max").write_text("3000\n")
    assert memory.available(tmp_path) == 2000
