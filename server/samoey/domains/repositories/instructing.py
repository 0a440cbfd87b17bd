"""Instruction files: what a repository tells assistants about its code, and which hold for a path.

They are what somebody committed: information for whoever reads the code, never an order to us.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from pathspec import GitIgnoreSpec

from samoey.domains.repositories.schemas import InstructionsOut
from samoey.kit.context import Tools
from samoey.kit.ports.git import EntryKind, RevisionNotFound, TreeEntry

# In one folder the first of these speaks; most of the others repeat it.
NAMES = (
    "AGENTS.md", "AGENT.md", "CLAUDE.md", "GEMINI.md", "CODEX.md", ".cursorrules",
    ".github/copilot-instructions.md", ".continuerules", "CONVENTIONS.md",
)  # fmt: skip
# Folders of rules, each for some paths; with the endings that rules have there.
RULES = {
    ".cursor/rules": (".mdc", ".md"),
    ".continue/rules": (".md",),
    ".openhands/microagents": (".md",),
}
LARGEST_BYTES = 100_000
MOST_RULES = 20
LONGEST_GLOB = 500
FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


async def nearest(
    tools: Tools, mirror: Path, commit: str, paths: Sequence[str]
) -> list[InstructionsOut]:
    """Give the instructions nearest to each path, those first that hold for most of them.

    Raises:
        RevisionNotFound: the mirror has no such commit.
    """
    folders = {path: above(path) for path in paths}
    wanted = [
        inside(folder, name)
        for folder in dict.fromkeys(each for of in folders.values() for each in of)
        for name in (*NAMES, *(f"{rules}/" for rules in RULES))
    ]
    entries = await tools.git.among(mirror, commit, wanted)
    there = {entry.path: entry for entry in entries if readable(entry)}
    holding: dict[str, list[str]] = {}
    for path, of in folders.items():
        for found in (*file_for(of, there), *rules_for(of, there)):
            holding.setdefault(found, []).append(path)
    chosen = sorted(holding, key=lambda each: -len(holding[each]))
    blobs = {there[each].blob for each in chosen}
    texts = await asyncio.to_thread(read, tools, mirror, blobs)
    return [
        told
        for each in chosen
        if (told := instructions(each, commit, texts.get(there[each].blob, ""), holding[each]))
    ]


def above(path: str) -> list[str]:
    """The folders that a path lies in, the nearest first; the last is the repository's own."""
    return [str(each) if str(each) != "." else "" for each in PurePosixPath(path).parents]


def inside(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def readable(entry: TreeEntry) -> bool:
    # A link would be its target's name; that stands among the names itself, most of the time.
    return entry.kind is EntryKind.FILE and (entry.size or 0) <= LARGEST_BYTES


def file_for(folders: Iterable[str], there: dict[str, TreeEntry]) -> list[str]:
    """The file that speaks in the nearest folder which has one."""
    for folder in folders:
        for name in NAMES:
            if (path := inside(folder, name)) in there:
                return [path]
    return []


def rules_for(folders: Iterable[str], there: dict[str, TreeEntry]) -> list[str]:
    """The files of rules in the nearest folder which has some."""
    for folder in folders:
        rules = {inside(folder, name): endings for name, endings in RULES.items()}
        found = [
            path
            for path in there
            if path.endswith(rules.get(str(PurePosixPath(path).parent), ("\0",)))
        ]
        if found:
            return sorted(found)[:MOST_RULES]
    return []


def read(tools: Tools, mirror: Path, blobs: Iterable[str]) -> dict[str, str]:
    try:
        found = list(tools.git.blobs_at_once(mirror, blobs, limit=LARGEST_BYTES))
    except RevisionNotFound:
        # The mirror went away in the meantime, and its instructions with it.
        return {}
    return {
        blob: body.decode("utf-8", "replace").replace("\0", "\ufffd").removeprefix("\ufeff")
        for blob, body in found
    }


def instructions(path: str, commit: str, text: str, paths: Sequence[str]) -> InstructionsOut | None:
    """What a file tells of some paths; nothing when its head says that it means others."""
    head = FRONT.match(text)
    if head and not means(head[1], paths):
        return None
    body = text[head.end() :] if head else text
    if not body.strip():
        return None
    return InstructionsOut(path=path, commit=commit, text=body.strip("\n"), holds_for=list(paths))


def means(head: str, paths: Sequence[str]) -> bool:
    """Whether a rule means one of the paths, or all of the repository."""
    try:
        told = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError):
        # Cursor writes `globs: *.py`, which is no YAML.
        told = dict(re.findall(r"^(\w+):[ \t]*(.*?)[ \t]*$", head, re.MULTILINE))
    if not isinstance(told, dict):
        return True
    if told.get("triggers"):
        return False
    if str(told.get("alwaysApply", "")).lower() == "true":
        return True
    if globs := patterns_of(told.get("globs")):
        return any(GitIgnoreSpec.from_lines(globs).match_files(paths))
    # What says neither is given to whom asks for it by name.
    return "alwaysApply" not in told and "globs" not in told


def patterns_of(told: Any) -> list[str]:
    given = told if isinstance(told, list) else str(told or "").split(",")
    found = [str(each).strip().strip("\"'") for each in given]
    return [each for each in found if each and len(each) <= LONGEST_GLOB]
