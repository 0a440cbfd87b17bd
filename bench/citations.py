"""How many false citations an answer would show, and how many true ones it would drop.

Sixty claims about Flask (`claims.toml`), forty about Requests (`claims_requests.toml`), and twenty-
four about HTTPX (`claims_httpx.toml`) by which nothing was chosen. Each was written with the place
that bears it out and with a false citation: another line or file for the same words, a symbol that
is made up, or words that the right place does not say. Each is told to the checker as a model would
tell it, among the passages that a search for its question finds.
"""

import asyncio
import json
import os
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from packages import unpacked

HERE = Path(__file__).resolve().parent
KINDS = ("line", "file", "symbol", "meaning")
# Each set of claims: its file, the package that it is about, and what its figures are called.
SETS = (
    ("claims.toml", "flask", ""),
    ("claims_requests.toml", "requests", "_requests"),
    ("claims_httpx.toml", "httpx", "_httpx"),
)


@dataclass(frozen=True)
class Told:
    """A sentence with its citation, and what became of it."""

    kind: str
    true: bool
    sentence: str
    shown: bool


def claims(file: str) -> list[dict[str, str]]:
    """The claims of one set, as they were written."""
    told: list[dict[str, str]] = tomllib.loads((HERE / file).read_text())["pair"]
    return told


def measure() -> dict[str, float]:
    """The figures `false_shown` (how many) and `true_dropped` (a share), for each of the sets."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="samoey-bench-") as home:
        os.environ["SAMOEY_HOME"] = f"{home}/home"
        for file, package, suffix in SETS:
            print(f"{package}:", file=sys.stderr)
            told = asyncio.run(judged(unpacked(package), claims(file)))
            figures |= {f"{name}{suffix}": seen for name, seen in counted(told).items()}
    return figures


def counted(told: Sequence[Told]) -> dict[str, float]:
    """What was shown though false, and dropped though true."""
    false = [each for each in told if not each.true]
    true = [each for each in told if each.true]
    shown, dropped = [each for each in false if each.shown], [it for it in true if not it.shown]
    caught = Counter(each.kind for each in false if not each.shown)
    for kind in KINDS:
        of_kind = sum(each.kind == kind for each in false)
        print(f"  {kind:8} {caught[kind]:2} of {of_kind} false ones caught", file=sys.stderr)
    for each in shown:
        print(f"  shown though false ({each.kind}): {each.sentence}", file=sys.stderr)
    for each in dropped:
        print(f"  dropped though true: {each.sentence}", file=sys.stderr)
    return {"false_shown": float(len(shown)), "true_dropped": round(len(dropped) / len(true), 4)}


async def judged(package: Path, pairs: Sequence[dict[str, str]]) -> list[Told]:
    """Have a house judge both sentences of every pair about a package."""
    from samoey.cli.bringing import bring
    from samoey.cli.local import local_house

    told = []
    async with local_house() as (tools, actor, workspace_id):
        brought = await bring(tools, actor, workspace_id, str(package))
        judge = Judge(tools, actor, workspace_id, brought.id, package)
        for pair in pairs:
            told.append(await judge.shows(pair, true=True))
            told.append(await judge.shows(pair, true=False))
    return told


class Judge:
    """Tells sentences to the checker of answers."""

    def __init__(
        self, tools: Any, actor: Any, workspace_id: UUID, repository_id: UUID, package: Path
    ) -> None:
        self.tools, self.actor, self.package = tools, actor, package
        self.workspace_id, self.repository_id = workspace_id, repository_id

    async def shows(self, pair: dict[str, str], *, true: bool) -> Told:
        """Whether the citation of one of a pair's sentences is shown."""
        from samoey.domains.chat.answers.checking import Checker
        from samoey.domains.chat.answers.gathering import Asked, gather

        asked = Asked(self.actor, self.workspace_id, (self.repository_id,), pair["ask"])
        found = await gather(self.tools, asked)
        commit = found.passages[0].source.commit
        places = dict.fromkeys((pair["at"], pair.get("false_at", pair["at"])))
        passages = [
            *found.passages,
            *[await self.passage(f"S9{n}", at, commit) for n, at in enumerate(places)],
        ]
        says = pair["says"] if true else pair.get("false_says", pair["says"])
        cited = 0 if true or "false_at" not in pair else 1
        checker = Checker(self.tools, self.actor, passages)
        checked = await checker.check(f"{says.removesuffix('.')} [S9{cited}].")
        return Told(pair["planted"], true, says, bool(checked.citations))

    async def passage(self, tag: str, at: str, commit: str) -> Any:
        """The definition that a pair names, as a passage."""
        from samoey.domains.chat.context.parts import Passage
        from samoey.domains.knowledge import service as knowledge
        from samoey.kit.ports.models import Source

        path, _, name = at.partition("#")
        outline = await knowledge.outline(
            self.tools, self.actor, self.repository_id, path=path, at=commit
        )
        # Of overloads the one that does something is the longest.
        symbol = max(
            (each for each in outline if each.name == name), key=lambda each: each.end - each.start
        )
        text = (self.package / path).read_text().split("\n")[symbol.start - 1 : symbol.end]
        place = Source(
            tag=tag,
            repository_name=self.package.name,
            path=path,
            start=symbol.start,
            end=symbol.end,
            commit=commit,
            text="\n".join(text),
            symbol=symbol.name,
            kind=symbol.kind,
            language="python",
        )
        return Passage(self.repository_id, place)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
