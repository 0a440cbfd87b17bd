"""Names of modules, as import statements write them, and the files that they may mean."""

import posixpath
import re
from collections.abc import Sequence

# In these a dot separates the parts of a module's name; elsewhere it begins an ending.
DOTTED = frozenset({"python", "java", "csharp"})
# In these a path that begins with a dot counts from the folder of the file that names it.
ENDING = re.compile(r"\.[A-Za-z0-9]{1,4}$")
CUT = re.compile(r"[{*?#]|\s+as\s")
SEPARATOR = re.compile(r"::|\\")
# Files that stand for their folder.
FOLDERS = frozenset({"__init__", "index", "mod", "lib", "main"})
HERE = frozenset({"crate", "self", "super", ""})
LONGEST_MODULE = 200


def normal(text: str, path: str, language: str) -> str:
    """Write a module's name as a path without ending; with `/` before it when it is the whole path.

    A name that counts from the file that imports it becomes whole; others may begin anywhere.
    """
    name = CUT.split(text.strip("\"'<> "))[0][:LONGEST_MODULE]
    if "//" in name or name.startswith(("data:", "mailto:", "javascript:")):
        return ""
    folder = posixpath.dirname(path)
    if language == "python":
        return relative_package(name, folder) if name.startswith(".") else name.replace(".", "/")
    if language in DOTTED:
        return name.replace(".", "/").strip("/")
    if name.startswith("."):
        return within(posixpath.normpath(posixpath.join(folder, ENDING.sub("", name))))
    parts = SEPARATOR.sub("/", ENDING.sub("", name)).split("/")
    return "/".join(part for part in parts if part not in HERE and not part.startswith("."))


def relative_package(name: str, folder: str) -> str:
    up = len(name) - len(name.lstrip("."))
    for _ in range(up - 1):
        folder = posixpath.dirname(folder)
    return within("/".join(filter(None, [folder, name.lstrip(".").replace(".", "/")])))


def within(path: str) -> str:
    """A whole path inside the repository; none that leads out of it."""
    return "" if path.startswith("..") else f"/{path.removeprefix('./')}"


def stem(path: str) -> tuple[str, ...]:
    """The parts of a file's path as a module's name has them."""
    parts = ENDING.sub("", path).split("/")
    if parts[-1] in FOLDERS and len(parts) > 1:
        parts.pop()
    return tuple(parts)


def fits(module: str, names: Sequence[str], path: str) -> int:
    """How well a file fits an imported module: the count of parts that agree, 0 when it does not.

    `names` are what is taken from the module, for one of them may be a module itself.
    """
    of_file = stem(path)
    if module.startswith("/"):
        whole = tuple(module[1:].split("/"))
        if of_file == whole or (of_file[:-1] == whole and of_file[-1] in names):
            return len(whole) + 10
        return 0
    wanted = tuple(module.split("/"))
    # `a.b.C`: the last part may be what is taken from the module; a folder may be one, too.
    for tail in (wanted, wanted[:-1]):
        for reached in (of_file, of_file[:-1]):
            common = agreeing(tail, reached)
            if common and (common == len(tail) or (len(tail) > 2 and common >= 2)):  # noqa: PLR2004  two agree
                return common
    return 0


def agreeing(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of the last parts are the same."""
    count = 0
    for mine, its in zip(reversed(one), reversed(other), strict=False):
        if mine != its:
            break
        count += 1
    return count
