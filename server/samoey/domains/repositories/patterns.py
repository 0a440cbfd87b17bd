"""Which paths of a repository are wanted: patterns as in `.gitignore`, the form people know."""

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


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise PatternRefused(f"“{pattern}”: {error}") from None
    return GitIgnoreSpec.from_lines(patterns)
