"""Files that a command is given: read whole, or refused in plain words."""

import sys
from pathlib import Path

from samoey.cli.terminal import line


def read_file(named: str, *, most: int) -> str:
    """The text of a file (`-`: of standard input), which is not longer than `most` bytes.

    Raises:
        InvalidRequest: it cannot be read, holds nothing or too much.
    """
    from samoey.kit.problems import InvalidRequest

    try:
        # One more than may be: what is too long is said to be so.
        if named == "-":
            kept = sys.stdin.buffer.read(most + 1)
        else:
            with Path(named).open("rb") as file:
                kept = file.read(most + 1)
        text = kept.decode()
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"{line(named)} cannot be read: {error}") from None
    if len(kept) > most:
        raise InvalidRequest(f"{line(named)} is longer than {most:,} bytes.")
    if not text.strip():
        raise InvalidRequest(f"{line(named)} holds nothing.")
    return text
