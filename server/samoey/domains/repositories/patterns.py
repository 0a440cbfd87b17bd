"""Which paths of a repository are wanted: patterns as in `.gitignore`, the form people know."""

import re
from collections.abc import Callable, Sequence

from pathspec import GitIgnoreSpec

from samoey.domains.repositories.errors import PatternRefused


def chooser(include: Sequence[str], exclude: Sequence[str]) -> Callable[[str], bool]:
    """Tell of each path whether it is wanted: included (or nothing is named), and not excluded.

    Raises:
        PatternRefused: a pattern cannot be understood.
    """
    wanted, unwanted = _spec(include), _spec(exclude)

    def choose(path: str) -> bool:
        return (not include or wanted.match_file(path)) and not unwanted.match_file(path)

    return choose


def of_folder(path: str) -> str:
    """The pattern that matches one folder and all it holds, whatever letters are in its name."""
    return "/" + re.sub(r"([\\*?\[])", r"\\\1", path) + "/"


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    for pattern in patterns:
        try:
            (read,) = GitIgnoreSpec.from_lines([pattern]).patterns
        except (ValueError, re.error) as error:
            raise PatternRefused(f"“{pattern}”: {error}") from None
        # Git passes over what it cannot read: to include only that would be to include nothing.
        if read.include is None:
            raise PatternRefused(f"“{pattern}” matches no path.")
    return GitIgnoreSpec.from_lines(patterns)
