"""`samoey index --status`: how far every index is, what went wrong, what it takes."""

import json
from typing import TYPE_CHECKING, Any

from samoey.cli.terminal import line

if TYPE_CHECKING:
    from samoey.domains.knowledge.schemas import HeldOut, IndexOut, PartHeld
    from samoey.domains.knowledge.vectors.schemas import VectorsOut
    from samoey.domains.repositories.schemas import RepositoryOut


async def status(*, as_json: bool) -> int:
    """Print how the index of each repository stands; exit code 1 when one has failed."""
    from samoey.cli.local import local_house
    from samoey.domains.knowledge import service as knowledge
    from samoey.domains.repositories import service as repositories

    async with local_house() as (tools, actor, _):
        async with tools.work(actor) as ctx:
            connected = await repositories.list_repositories(ctx)
            indexes = {each.repository_id: each for each in await knowledge.indexes(ctx)}
        held = await knowledge.held(tools, actor)
    told = [_told(each, indexes.get(each.id), held.get(each.id)) for each in connected]
    if as_json:
        print(json.dumps(told, indent=2))
    elif told:
        print("\n".join(_for_people(each) for each in told))
    else:
        print("no repositories")
    return 1 if any(each["error"] for each in told) else 0


def _told(one: "RepositoryOut", index: "IndexOut | None", held: "HeldOut | None") -> dict[str, Any]:
    problem = (index.problem if index else None) or one.problem
    if problem is None and index and index.vectors:
        problem = index.vectors.problem
    return {
        "id": str(one.id),
        "name": one.name,
        "state": index.state if index else one.status,
        "commit": index.commit if index else one.commit,
        "answers": index.snapshot_commit if index else None,
        "files_done": index.files_done if index else 0,
        "files_total": index.files_total if index else 0,
        "chunks": index.chunks if index else 0,
        "windowed": index.windowed if index else 0,
        "skipped": index.skipped if index else 0,
        "words": _part(held.words if held else None, held),
        "symbols": _part(held.symbols if held else None, held),
        "exact": _part(held.exact if held else None, held),
        "vectors": _vectors(index.vectors if index else None, held),
        "here": held is not None,
        "bytes": held.all_bytes if held else 0,
        "error": problem,
    }


def _part(part: "PartHeld | None", held: "HeldOut | None") -> dict[str, Any]:
    return {
        "done": part.files if part else 0,
        "total": held.files if held else 0,
        "bytes": part.bytes if part else 0,
    }


def _vectors(vectors: "VectorsOut | None", held: "HeldOut | None") -> dict[str, Any]:
    return {
        "state": vectors.state if vectors else None,
        "done": vectors.done if vectors else 0,
        "total": vectors.total if vectors else 0,
        "left_s": vectors.left_s if vectors else None,
        "bytes": held.vectors_bytes if held else 0,
    }


def _for_people(told: dict[str, Any]) -> str:
    at = told["commit"][:12] if told["commit"] else "no commit yet"
    head = (
        f"{line(told['name'])}@{at}  {told['state']}"
        f"  {told['files_done']:,} of {told['files_total']:,} files, {told['chunks']:,} passages"
    )
    rows = [head]
    if told["answers"] and told["answers"] != told["commit"]:
        rows.append(f"  answers  from {told['answers'][:12]} meanwhile")
    for kind in ("words", "symbols", "exact") if told["here"] else ():
        part = told[kind]
        rows.append(f"  {kind:8} {part['done']:,} of {part['total']:,} files, {_mb(part['bytes'])}")
    vectors = told["vectors"]
    if vectors["state"]:
        left = "" if vectors["left_s"] is None else f", {vectors['left_s']:,.0f} s left"
        rows.append(
            f"  vectors  {vectors['state']}, {vectors['done']:,} of {vectors['total']:,} passages"
            f"{left}, {_mb(vectors['bytes'])}"
        )
    if told["here"]:
        rows.append(f"  on disk  {_mb(told['bytes'])}, with other commits")
    elif told["answers"]:
        rows.append("  on disk  nothing here; it is brought from the object store when asked for")
    if told["error"]:
        rows.append(line(f"  error    {told['error'].get('detail') or told['error']['title']}"))
    return "\n".join(rows)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
