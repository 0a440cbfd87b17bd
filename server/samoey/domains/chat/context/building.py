"""Building what a model is shown: what was found, with what stands around and next to it."""

from collections.abc import Sequence
from uuid import UUID

from samoey.domains.chat.context.around import set_in
from samoey.domains.chat.context.neighbours import Neighbour, neighbours, shown
from samoey.domains.chat.context.parts import Aside, Material, Passage, distinct, tagged
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.service import FileAround
from samoey.domains.repositories import service as repositories
from samoey.kit.context import Actor, Tools
from samoey.kit.problems import Problem

# What was found first is wanted more than neighbours, the rest of it less.
FIRST = 4
# Instructions are looked for near so many passages.
MOST_NEAR = 8

File = tuple[UUID, str, str]


async def build(
    tools: Tools, actor: Actor, passages: Sequence[Passage], asides: Sequence[Aside] = ()
) -> Material:
    """Put around passages what stands around them, and behind the first ones their neighbours."""
    # Of a question about the whole nothing is next to anything.
    near = [] if asides else await neighbours(tools, actor, passages)
    files = await _files(tools, actor, passages, near)
    beside = [
        shown(each, file)
        for each in near
        if (file := files.get((each.repository_id, each.place.path, each.place.commit)))
    ]
    asked = [it for it in passages if it.why != "found"]
    found = [it for it in passages if it.why == "found"]
    wanted = [*asked, *found[:FIRST], *beside, *found[FIRST:]]
    set_up = [set_in(it, file) if (file := files.get(it.file)) else it for it in wanted]
    told = await _instructions(tools, actor, passages[:MOST_NEAR])
    return Material(tuple(tagged(distinct(set_up))), (*told, *asides))


async def _files(
    tools: Tools, actor: Actor, passages: Sequence[Passage], near: Sequence[Neighbour]
) -> dict[File, FileAround]:
    paths: dict[UUID, dict[str, None]] = {}
    for repository_id, path in (
        *((it.repository_id, it.source.path) for it in passages),
        *((it.repository_id, it.place.path) for it in near),
    ):
        paths.setdefault(repository_id, {})[path] = None
    files: dict[File, FileAround] = {}
    for repository_id, of in paths.items():
        try:
            around = await knowledge.surroundings(tools, actor, repository_id, list(of))
        except Problem:
            # An answer is made without what stands around, too.
            continue
        for path, file in around.files.items():
            files[repository_id, path, around.commit] = file
    return files


async def _instructions(tools: Tools, actor: Actor, passages: Sequence[Passage]) -> list[Aside]:
    """What the repositories tell assistants about the files of these passages."""
    asides: list[Aside] = []
    for repository_id in dict.fromkeys(it.repository_id for it in passages):
        of = [it.source for it in passages if it.repository_id == repository_id]
        paths = list(dict.fromkeys(it.path for it in of))
        commit, name = of[0].commit, of[0].repository_name
        try:
            told = await repositories.instructions(
                tools, actor, repository_id, commit=commit, paths=paths
            )
        except Problem:
            # It was disconnected, or its mirror is gone: nothing is told then.
            continue
        asides += [
            Aside("instructions", repository_id, name, commit, each.text, each.path)
            for each in told
        ]
    return asides
