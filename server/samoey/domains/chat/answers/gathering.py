"""What an answer is made of: the passages found for a question, and what a reader should know."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from samoey.domains.chat.context.named import definitions, names_in
from samoey.domains.chat.context.overview import asks_for_overview, overview
from samoey.domains.chat.context.parts import Aside, Passage, distinct, tagged
from samoey.domains.chat.schemas import OutlineItem
from samoey.domains.knowledge import service as knowledge
from samoey.domains.knowledge.schemas import HitOut, IndexOut, Query
from samoey.domains.models import service as models
from samoey.domains.models.schemas import Instructions
from samoey.domains.repositories import service as repositories
from samoey.domains.repositories.schemas import RepositoryOut
from samoey.kit.context import Actor, Context, Tools
from samoey.kit.ports.models import Source

# A question of fewer words most likely goes on with the one before it.
_WHOLE_QUESTION = 4
_MOST_PER_FILE = 3
_MOST_OUTLINE = 12
# An answer waits longer than a search for indexes that are not open yet.
_PATIENCE_S = 10
# How much the second and third passage of a file speak for it.
_FURTHER = 0.3
_SHORT_COMMIT = 12
ALL_GONE = (
    "The code that this conversation is about is no longer connected. Connect it again under "
    "Repositories and start a new conversation."
)
SOME_GONE = "A repository that this conversation is about is no longer connected."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, by whom it was asked, and where its answer may look."""

    actor: Actor
    workspace_id: UUID
    repository_ids: tuple[UUID, ...]
    text: str
    # What the same people asked before, oldest first, with the answers: (role, text).
    before: tuple[tuple[str, str], ...] = ()
    # By which instructions a model answers.
    instructions: Instructions = models.BUILT_IN


@dataclass(slots=True)
class Gathered:
    """What was found, the best first."""

    passages: list[Passage] = field(default_factory=list)
    # The map, where the question is about the whole.
    asides: list[Aside] = field(default_factory=list)
    outline: list[OutlineItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Said instead of an answer when there is no code to look at yet.
    nothing: str | None = None


async def gather(tools: Tools, asked: Asked) -> Gathered:
    """Find what speaks to the question, only where every reader of the conversation may look.

    Repositories belong to a workspace and all its members may read them, so the asker's own rights
    within the conversation's workspace are those of every reader.
    """
    async with tools.work(asked.actor) as ctx:
        chosen, indexes = await _where(ctx, asked)
    gone = len(set(asked.repository_ids) - {repository.id for repository in chosen})
    found = Gathered(notes=_notes(chosen, indexes))
    if gone and not chosen:
        found.nothing = ALL_GONE
        return found
    if gone:
        found.notes.append(SOME_GONE)
    ready = [
        repository
        for repository in chosen
        if repository.id in indexes and indexes[repository.id].snapshot_commit
    ]
    if not ready:
        found.nothing = _why_nothing(chosen, indexes)
        return found
    query = Query(
        text=_search_text(asked),
        workspace_id=asked.workspace_id,
        repository_ids=tuple(repository.id for repository in ready),
        limit=min(100, tools.settings.chat.sources * 3),
        per_file=_MOST_PER_FILE,
    )
    searched = await knowledge.search(tools, asked.actor, query, patience_s=_PATIENCE_S)
    if searched.note:
        found.notes.append(searched.note)
    hits = by_file(searched.hits)
    asked_for, found.asides = await _asked_for(tools, asked, ready, hits)
    likely = map(_passage, hits[: tools.settings.chat.sources])
    found.passages = tagged(distinct([*asked_for, *likely]))
    found.outline = _outline(found.passages)
    return found


async def _asked_for(
    tools: Tools, asked: Asked, ready: Sequence[RepositoryOut], hits: Sequence[HitOut]
) -> tuple[list[Passage], list[Aside]]:
    """What a question asks for in words that no likeness has to guess: symbols, or the whole."""
    named = names_in(asked.text)
    whole = asks_for_overview(asked.text, [it.name for it in ready], first=not asked.before)
    if not named and not whole:
        return [], []
    # Where most was found comes first: not every repository can be asked.
    counts = Counter(hit.repository_id for hit in hits)
    order = sorted(ready, key=lambda it: -counts[it.id])
    passages = await definitions(tools, asked.actor, named, order)
    if not whole:
        return passages, []
    of_it = [it for it in order if it.name.lower() in asked.text.lower()] or order
    about, maps = await overview(tools, asked.actor, of_it)
    return [*passages, *about], maps


async def _where(ctx: Context, asked: Asked) -> tuple[list[RepositoryOut], dict[UUID, IndexOut]]:
    connected = await repositories.list_repositories(ctx, asked.workspace_id)
    chosen = [it for it in connected if not asked.repository_ids or it.id in asked.repository_ids]
    indexes = await knowledge.indexes(ctx, workspace_id=asked.workspace_id)
    return chosen, {index.repository_id: index for index in indexes}


def _notes(chosen: Sequence[RepositoryOut], indexes: dict[UUID, IndexOut]) -> list[str]:
    notes: list[str] = []
    for repository in chosen:
        index = indexes.get(repository.id)
        if repository.dirty and not repository.dirty_wanted and repository.commit:
            notes.append(
                f"{repository.name} has changes that are not committed; "
                f"HEAD ({repository.commit[:_SHORT_COMMIT]}) was read."
            )
        notes += _fetch_note(repository, index) + _index_note(repository, index)
    return notes


def _fetch_note(repository: RepositoryOut, index: IndexOut | None) -> list[str]:
    """What to know of a repository whose last fetch failed: an earlier commit answers."""
    if repository.problem is None or index is None or not index.snapshot_commit:
        return []
    since = f" since {repository.synced_at:%-d %B %Y, %H:%M} UTC" if repository.synced_at else ""
    read = f"so {index.snapshot_commit[:_SHORT_COMMIT]} was read. What is wrong:"
    told = f"{repository.name} could not be brought up to date{since}, {read}"
    return [f"{told} {_failure(repository)}"]


def _failure(repository: RepositoryOut) -> str:
    return str((repository.problem or {}).get("title", "Repositories says more."))


def _index_note(repository: RepositoryOut, index: IndexOut | None) -> list[str]:
    """What to know of an index that is not the newest; the one before answers meanwhile."""
    if index is None or not index.snapshot_commit:
        if index is not None and index.state == "failed":
            return [f"{repository.name} could not be indexed: {index.why}"]
        if repository.status == "failed":
            return [f"{repository.name} could not be fetched: {_failure(repository)}"]
        return [f"{repository.name} is still being read and was left out."]
    if index.state == "ready":
        return []
    short = index.snapshot_commit[:_SHORT_COMMIT]
    if index.state == "failed":
        return [f"{repository.name} could not be indexed anew ({index.why}); {short} was read."]
    return [f"{repository.name} is being read anew; until then {short} answers."]


def _why_nothing(chosen: Sequence[RepositoryOut], indexes: dict[UUID, IndexOut]) -> str:
    if not chosen:
        return "No repository is connected here yet. Add one under Repositories, then ask again."
    told: list[str] = []
    for repository in chosen:
        index = indexes.get(repository.id)
        if index is not None and index.state == "failed":
            told.append(f"`{repository.name}` could not be indexed: {index.why}")
        elif repository.status == "failed":
            told.append(f"`{repository.name}` could not be fetched: {_failure(repository)}")
        elif index is not None and index.files_total:
            done = f"{index.files_done:,} of {index.files_total:,} files"
            told.append(f"`{repository.name}` is still being read: {done} so far.")
        else:
            told.append(f"`{repository.name}` is still being fetched.")
    return "There is no code to answer from yet.\n\n" + "\n".join(f"- {it}" for it in told)


def _search_text(asked: Asked) -> str:
    earlier = [text for role, text in asked.before if role == "person"]
    if earlier and len(re.findall(r"\w{3,}", asked.text)) < _WHOLE_QUESTION:
        return f"{asked.text}\n{earlier[-1]}"
    return asked.text


def by_file(hits: Sequence[HitOut]) -> list[HitOut]:
    """The best passage of each file first, files by their passages together; then the others."""
    files: dict[tuple[UUID, str], list[HitOut]] = {}
    for hit in hits:
        files.setdefault((hit.repository_id, hit.path), []).append(hit)

    def weight(of: list[HitOut]) -> float:
        first, *others = sorted((hit.score for hit in of), reverse=True)
        return first + _FURTHER * sum(others[:2])

    ranked = sorted(files.values(), key=weight, reverse=True)
    first = [of[0] for of in ranked]
    return first + [hit for hit in hits if not any(hit is it for it in first)]


def _passage(hit: HitOut) -> Passage:
    source = Source(
        tag="",
        repository_name=hit.repository_name,
        path=hit.path,
        start=hit.start,
        end=hit.end,
        commit=hit.commit,
        text=hit.text,
        symbol=hit.symbol,
        kind=hit.kind,
        language=hit.language,
    )
    return Passage(hit.repository_id, source)


def _outline(passages: Sequence[Passage]) -> list[OutlineItem]:
    items: dict[tuple[UUID, str, str], OutlineItem] = {}
    for passage in passages:
        source = passage.source
        if source.symbol:
            item = OutlineItem(
                name=source.symbol,
                kind=source.kind,
                repository_id=passage.repository_id,
                path=source.path,
                start=source.start,
                end=source.end,
                commit=source.commit,
            )
            items.setdefault((passage.repository_id, source.path, source.symbol), item)
    return list(items.values())[:_MOST_OUTLINE]
