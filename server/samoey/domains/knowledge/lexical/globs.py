"""Path patterns as people type them: `*.py`, `src/**/test_*.ts`, `docs/`, `src/app`."""

import re

WILD = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
# What has a meaning in a regular expression of tantivy's; everything else stands for itself.
MEANING = re.compile(r"[\\.+()|\[\]{}^$#&\-~]")


def as_regex(pattern: str) -> str:
    """Say a path pattern as a regular expression for whole paths.

    Without a slash it names a file or folder anywhere; with one it begins at the root. What names
    a folder means everything in it.
    """
    anchored = "/" in pattern.rstrip("/")
    body = "".join(map(translate, WILD.findall(pattern.strip().strip("/"))))
    front = "" if anchored else "(.*/)?"
    back = "/.*" if pattern.endswith("/") else "(/.*)?"
    return f"{front}{body}{back}"


def translate(part: str) -> str:
    match part:
        case "**/":
            return "(.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
        case _:
            return MEANING.sub(lambda sign: f"\\{sign[0]}", part)
