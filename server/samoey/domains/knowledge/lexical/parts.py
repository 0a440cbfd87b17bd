"""What a snapshot holds of a bucket beside the segments of words: a file for each kind of part."""

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from samoey.domains.knowledge.parse.chunks import Cut


class Part(Protocol):
    """What is made of the files of one bucket, while it is made anew.

    An unchanged file is not read again: `before` is what the previous snapshot holds of the bucket.
    """

    def begin(self, before: Path | None) -> None:
        """Start; `before` is the file of this kind that the bucket had, if it had one."""

    def keep(self, path: str) -> None:
        """Take over what `before` says of a file."""

    def add(self, path: str, content: bytes, cut: Cut) -> None:
        """Take up a file of text, as it stands and as it was cut."""

    def finish(self) -> bytes:
        """Give the content of the file to write; files come by their paths, in order."""


# By the ending of its files; another ending has them made anew, where what stands in them changes.
Parts = dict[str, Callable[[], Part]]


def write(folder: Path, suffix: str, content: bytes) -> str:
    """Write the file of a part and give its name, which tells its content."""
    name = f"{blake2b(content, digest_size=16).hexdigest()}.{suffix}"
    (folder / name).write_bytes(content)
    return name
