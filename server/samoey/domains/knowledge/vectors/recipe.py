"""What a model is given of a passage, and the key under which the vector of it is kept.

A model of plain language reads code better in plain words: identifiers split, signs left out. What
a passage is called says most of what it does, so its name is given once more, alone, and the two
vectors are added.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from samoey.domains.knowledge.lexical.words import PART

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from samoey.domains.knowledge.lexical.fields import Passage

Embed = Callable[[Sequence[str]], Awaitable["NDArray[np.float32]"]]

# Part of every vector's identity: bump when another text is made of a passage, or other sums.
RECIPE = "1"
# The beginning of a passage tells what it is about; more costs more than it finds.
MOST_SIGNS = 560
NAME_WEIGHT = 0.5
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_NOISE = re.compile(r"[^\w\s.,:#'\"=]")
_BLANKS = re.compile(r"[ \t]+")
_ENDING = re.compile(r"\.\w+$")
_BETWEEN = re.compile(r"::|[./]")


def model_of(fingerprint: str) -> str:
    """Name what made a vector: the model, and the text that it is given."""
    return f"{fingerprint}+{RECIPE}"


def plain(code: str) -> str:
    """Write identifiers as the words that they are made of."""
    return _IDENTIFIER.sub(lambda found: " ".join(PART.findall(found[0])).lower() or found[0], code)


def texts_of(passage: "Passage") -> tuple[str, str]:
    """Write what a model reads of a passage: what it says, and what it is called."""
    folder_and_file = _ENDING.sub("", passage.path).split("/")[-2:]
    name = _BETWEEN.sub(" ", passage.name or folder_and_file[-1])
    # Only so much can be left when the signs are gone.
    text = _NOISE.sub(" ", passage.text[: 3 * MOST_SIGNS])
    said = f"{(passage.name and name) or ''} {' '.join(folder_and_file)}\n{text}"
    return _BLANKS.sub(" ", plain(said))[:MOST_SIGNS], plain(name)


def key_of(passage: "Passage") -> bytes:
    """Tell equal texts: each is made a vector once, in whichever commit or repository it stands."""
    joined = "\0".join(texts_of(passage)).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=16).digest()


async def vectors_of(passages: Sequence["Passage"], embed: Embed) -> "NDArray[np.float32]":
    """Make the vector of each passage."""
    said, called = zip(*map(texts_of, passages), strict=True)
    names = list(dict.fromkeys(called))
    at = {name: row for row, name in enumerate(names)}
    of_names = (await embed(names))[[at[name] for name in called]]
    return unit(await embed(said) + NAME_WEIGHT * of_names)


def unit(vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Give each row length 1; one of length 0 stays as it is."""
    import numpy as np

    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(length, 1e-12)
    return scaled.astype(np.float32, copy=False)
