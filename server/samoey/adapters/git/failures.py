"""What git's words mean, as problems that say what to do."""

import re

from samoey.kit.ports.git import (
    CredentialRefused,
    GitFailed,
    HostKeyRefused,
    SourceNotFound,
    SourceRedirects,
    SourceRefused,
    SourceUnreachable,
)
from samoey.kit.problems import DiskFull, Problem

_LONGEST_DETAIL = 600

_NO_ROOM = (
    r"no space left on device|disk quota exceeded|file too large|unable to write (loose )?"
    r"(object|file)|write error|unable to create temporary file"
)
_MAKE_ROOM = "Make room on the disk that holds the home folder, then sync the repository again."
_NO_RIGHT = r"permission denied|operation not permitted"
# What the other side says while it works, of no use afterwards.
_COUNTS = re.compile(r"remote: (Enumerating|Counting|Compressing|Total) ")
_REDIRECT = r"returned error: 30\d|update url base from redirection"
_OTHER_HOST_KEY = r"host key verification failed|host key is known|host identification has changed"
_NO_ENTRY = (
    r"could not read (username|password)|authentication failed|returned error: 40[13]"
    r"|permission denied|access denied|terminal prompts disabled|error in libcrypto"
    r"|too many authentication failures|invalid credentials"
)
_NOTHING_THERE = (
    r"returned error: (404|410)|repository .*not found|does not appear to be a git repository"
    r"|not a git repository|no such file or directory|not valid: is this a git repository"
    r"|project you were looking for could not be found"
)
_OTHER_FORMAT = r"mismatched algorithms|object[- ]format"
_NO_ANSWER = (
    r"could(n't| not) (resolve|connect)|failed to connect|timed out|network is unreachable"
    r"|connection (refused|reset|closed)|no route to host|early eof|hung up|unable to access"
    r"|rpc failed"
    r"|unexpected disconnect|curl \d+|returned error: (5\d\d|429)|ssl|certificate"
    r"|invalid index-pack output|bad (band|line length|pack)|protocol error"
    r"|could not read from remote"
)

# In this order: a full disk also breaks the connection, a refused key also says "could not read".
_MEANINGS: tuple[tuple[str, type[Problem], str], ...] = (
    (
        _NO_ROOM,
        DiskFull,
        _MAKE_ROOM,
    ),
    (
        _REDIRECT,
        SourceRedirects,
        "Redirects are not followed; connect the address that it finally leads to.",
    ),
    (
        _OTHER_HOST_KEY,
        HostKeyRefused,
        "If the server's key was really changed, give the new one with the credential.",
    ),
    (
        _NO_ENTRY,
        CredentialRefused,
        "Give a token (https) or a deploy key (ssh) that may read this repository.",
    ),
    (
        _NOTHING_THERE,
        SourceNotFound,
        "Check the address; a private repository may also answer like this without a token.",
    ),
    (
        _OTHER_FORMAT,
        SourceRefused,
        "Repositories with SHA-256 object names cannot be read yet.",
    ),
    (_NO_ANSWER, SourceUnreachable, "It is tried again by itself."),
)


def problem_here(words: str) -> Problem:
    """The problem that the error output of a git tells of which spoke with nobody."""
    said = _clean(words, ())
    if re.search(_NO_ROOM, words, re.IGNORECASE):
        return DiskFull(f"{said} {_MAKE_ROOM}".strip())
    if re.search(_NO_RIGHT, words, re.IGNORECASE):
        return GitFailed(f"{said} Let the server read the whole folder, then sync it again.")
    return GitFailed(said or None)


def problem_of(words: str, secrets: tuple[str, ...] = ()) -> Problem:
    """The problem that git's error output tells of, with no secret in its detail."""
    said = _clean(words, secrets)
    for pattern, kind, advice in _MEANINGS:
        if re.search(pattern, words, re.IGNORECASE):
            return kind(f"{said} {advice}".strip())
    return GitFailed(said or None)


def _clean(words: str, secrets: tuple[str, ...]) -> str:
    """The last lines that say something, without secrets and control characters."""
    for secret in secrets:
        if secret:
            words = words.replace(secret, "***")
    lines = [_printable(line) for line in words.splitlines()]
    telling = [
        line
        for line in lines
        if line.startswith(("fatal:", "error:", "ERROR:", "remote:")) and not _COUNTS.match(line)
    ]
    said = " ".join(telling or lines[-3:])
    return said if len(said) <= _LONGEST_DETAIL else f"{said[:_LONGEST_DETAIL]}…"


def _printable(line: str) -> str:
    return "".join(letter for letter in line if letter.isprintable()).strip()
