r"""Names of paths and revisions: bytes on git's side, text on ours, and nothing that escapes.

A path that is not UTF-8 appears as text with `\xff` in it, and is found again under that text.
"""

import re

from samoey.kit.ports.git import PathRefused, RevisionNotFound

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
_OBJECT = re.compile(r"[0-9a-f]{40}")
_SHORT = re.compile(r"[0-9a-f]{4,39}")
# What `git check-ref-format` refuses, and a leading dash, which could be read as an option.
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|^[-/.]|[/.]$|^@$")


def text_of(name: bytes) -> str:
    """A name as git has it, made fit for JSON and the database."""
    return name.decode("utf-8", "backslashreplace")


def bytes_of(path: str) -> tuple[bytes, ...]:
    """What git may call `path`: as it stands, and with its escapes undone.

    Raises:
        PathRefused: it leads out of the repository, or is no path at all.
    """
    parts = path.split("/")
    if "\0" in path or any(part in {"", ".", ".."} for part in parts):
        raise PathRefused(f"“{path[:200]}” cannot be a path inside a repository.")
    try:
        plain = path.encode()
    except UnicodeEncodeError:
        raise PathRefused from None
    undone = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), plain)
    return (plain,) if undone == plain else (plain, undone)


def object_id(text: str) -> str:
    """`text`, if it is the full name of an object.

    Raises:
        RevisionNotFound: it is something else, such as an option.
    """
    if not _OBJECT.fullmatch(text):
        raise RevisionNotFound
    return text


def candidates(rev: str) -> list[str]:
    """What git shall try, in order, for a revision that a person named.

    Raises:
        RevisionNotFound: no revision can have this name.
    """
    if _OBJECT.fullmatch(rev) or rev == "HEAD":
        return [rev]
    if not rev or _NO_REF.search(rev):
        raise RevisionNotFound(f"“{rev[:200]}” is neither a branch, a tag nor a commit.")
    named = [f"refs/heads/{rev}", f"refs/tags/{rev}"]
    return [*named, rev] if _SHORT.fullmatch(rev) else named
