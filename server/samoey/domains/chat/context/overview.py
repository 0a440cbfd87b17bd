"""Questions about a repository as a whole, and its map: what the rest of it refers to most."""

import re
from collections.abc import Sequence
from dataclasses import replace

from samoey.domains.chat.context.named import passage_of
from samoey.domains.chat.context.parts import Aside, Passage
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.service import FileAround, MapOut, PlaceOut
from samoey.domains.repositories.schemas import RepositoryOut
from samoey.kit.context import Actor, Tools
from samoey.kit.ports.models import Source
from samoey.kit.problems import Problem

_WHOLE = (
    r"(?:repo(?:sitory)?|project|code ?base|code|application|app|library|package|program|software"
    r"|system|product)"
)
_THIS = rf"(?:this|the|our|that)(?: \w+)? {_WHOLE}"
_BUILT = r"(?:built|structured|organi[sz]ed|laid out|put together|composed|architected|designed)"
# A question of one of these forms asks about the whole; `{it}` is the repository's name, or `this`.
_FORMS = tuple(
    rf"(?:^|[.,;:!?]\s*|\b(?:and|so) ){form}"
    for form in (
        r"(?:what(?: is|'s|s)|what are) {it}(?: (?:all )?about| for| made of)?\s*[?.!]*$",
        r"what does {it} do\s*[?.!]*$",
        rf"how (?:is|are|was) {{it}} (?:\w+ )?{_BUILT}",
        r"how does {it} (?:\w+ )?work\s*[?.!]*$",
        r"(?:explain|describe|summari[sz]e|introduce)(?: me)? {it}(?: to (?:me|us))?\s*[?.!]*$",
        r"(?:tell me|what should i know) about {it}\s*[?.!]*$",
    )
)
_WORDS = re.compile(
    rf"\b(?:overview|architecture|big picture|main (?:parts|components|modules|pieces)"
    rf"|entry points?|where (?:do|should|can) (?:i|we|one) (?:start|begin)|(?:code|folder|project|"
    rf"repository) (?:structure|layout|organi[sz]ation)|structure of {_THIS})\b"
)
# What a folder's name often ends with, and nobody says.
_VERSION = re.compile(r"[-_ ]v?\d[\w.]*$")
# Words of a question about the whole; with many more it asks about a part.
_LONGEST = 14
_READMES = ("README.md", "README.rst", "README.txt", "README", "readme.md", "Readme.md")
_README_LINES = 40
_MAPPED = 30
_MOST_REPOSITORIES = 3
_HEADS = 6
_HEAD_LINES = 15
_TELLING = frozenset({
    "class", "interface", "struct", "trait", "enum", "record", "function", "type", "module",
})  # fmt: skip
_ASIDE = re.compile(r"(?:^|/)(?:tests?|testing|examples?|docs?|vendor|third_party)/|(?:^|/)test_")


def asks_for_overview(question: str, names: Sequence[str], *, first: bool) -> bool:
    """Whether a question, in English, is about a repository of these names as a whole.

    Where it is not the `first` of a conversation, `this` is what was spoken of before.
    """
    plain = " ".join(question.lower().split())
    if len(plain.split()) > _LONGEST:
        return False
    if _WORDS.search(plain):
        return True
    called = {name.lower() for name in names} | {_VERSION.sub("", name.lower()) for name in names}
    it = "|".join([_THIS, *map(re.escape, sorted(called - {""})), *(["this"] * first)])
    return any(re.search(form.format(it=f"(?:{it})"), plain) for form in _FORMS)


async def overview(
    tools: Tools, actor: Actor, repositories: Sequence[RepositoryOut]
) -> tuple[list[Passage], list[Aside]]:
    """The beginning of each readme, the heads of what is referred to most, and the maps."""
    passages: list[Passage] = []
    maps: list[Aside] = []
    for repository in repositories[:_MOST_REPOSITORIES]:
        try:
            drawn = await knowledge.repository_map(tools, actor, repository.id, limit=_MAPPED)
            foremost = foremost_of(drawn)
            paths = [*_READMES, *(place.path for place in foremost)]
            around = await knowledge.surroundings(tools, actor, repository.id, paths)
        except Problem:
            # No index, or it is being made again: what was found by likeness is left.
            continue
        if around.commit != drawn.commit:
            continue
        maps.append(told(repository, drawn))
        readme = next((around.files[name] for name in _READMES if name in around.files), None)
        if readme is not None and readme.lines:
            passages.append(beginning(repository, readme, drawn.commit))
        for place in foremost:
            if (file := around.files.get(place.path)) is not None:
                head = passage_of(repository.id, repository.name, place, file, most=_HEAD_LINES)
                passages.append(replace(head, why="map"))
    return passages, maps


def foremost_of(drawn: MapOut) -> list[PlaceOut]:
    """The definition that others refer to most, of each of the first files."""
    found: list[PlaceOut] = []
    for file in drawn.files:
        telling = [it for it in file.symbols if it.kind in _TELLING and it.name[:1] != "_"]
        symbol = next(iter(telling), None)
        if symbol is None or _ASIDE.search(file.path):
            continue
        found.append(
            PlaceOut(
                name=symbol.name,
                kind=symbol.kind,
                path=file.path,
                start=symbol.start,
                end=symbol.end,
                line=symbol.start,
                column=1,
                language=file.language,
                commit=drawn.commit,
                how="name",
            )
        )
    return found[:_HEADS]


def told(repository: RepositoryOut, drawn: MapOut) -> Aside:
    """A map as text: a file a line, with what others refer to in it."""
    lines = [
        f"{file.path}: "
        + ", ".join(f"{it.name} ({it.kind}, {it.start})" for it in file.symbols[:6])
        for file in drawn.files
        if file.symbols and not _ASIDE.search(file.path)
    ]
    head = f"{drawn.total} files; those that the others refer to most come first."
    text = "\n".join([head, *lines])
    return Aside("overview", repository.id, repository.name, drawn.commit, text)


def beginning(repository: RepositoryOut, readme: FileAround, commit: str) -> Passage:
    end = min(_README_LINES, len(readme.lines))
    title = next((it.name for it in readme.definitions if it.kind == "section"), None)
    source = Source(
        tag="",
        repository_name=repository.name,
        path=readme.path,
        start=1,
        end=end,
        commit=commit,
        text="\n".join(readme.lines[:end]),
        symbol=title,
        kind="section",
        language=readme.language,
    )
    return Passage(repository.id, source, why="readme")
