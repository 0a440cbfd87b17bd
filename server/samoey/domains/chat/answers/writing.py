"""Writes an answer from what was found: by a language model, or by laying the passages out."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from samoey.domains.chat import chain
from samoey.domains.chat.answers.checking import Checker
from samoey.domains.chat.answers.cutting import Cutter, Unit
from samoey.domains.chat.answers.gathering import Asked, Gathered, gather
from samoey.domains.chat.answers.telling import Telling
from samoey.domains.chat.context.building import build
from samoey.domains.chat.context.parts import Material, Passage
from samoey.domains.chat.context.schemas import Context
from samoey.domains.chat.context.seen import laid_out, seen
from samoey.domains.chat.schemas import OutlineItem
from samoey.domains.models import service as models
from samoey.kit.context import Tools
from samoey.kit.ports.gateway import Asker
from samoey.kit.ports.models import (
    EXTRACTIVE,
    ChatMessage,
    ChatRequest,
    ModelBusy,
    ModelPromptTooLong,
    ModelUnavailable,
    ModelWithheld,
)
from samoey.kit.problems import Problem

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NO_MODEL = (
    "No language model is connected, so these are the passages themselves; connect one under "
    "Models, or with `OPENAI_API_KEY` and `OPENAI_BASE_URL`."
)
MODEL_FAILED = "The model did not finish, so here are the passages that were found:"
UNSUPPORTED = "Nothing in this answer is borne out by a citation that holds: check it in the code."
UNSUPPORTED_BEGINNING = (
    "What the model wrote before it failed is borne out by no citation that holds."
)
NOTHING_FOUND = "No code was found for this question: nothing in this answer comes from it."
LENGTH_REACHED = "The model stopped at its length limit: the answer is not complete."
_LONGEST_ANSWER = 200_000
_TRIES = 2
_LONGEST_WAIT_S = 5
_WAIT_S = 0.5


@dataclass(slots=True)
class Taken:
    """What asking a model took: by whose instructions, how long, for how much."""

    arm_id: UUID | None
    begun: float = field(default_factory=time.monotonic)
    first_ms: int | None = None
    ms: int | None = None
    cost_micro: int = 0

    def words(self) -> None:
        """Words came; only the first ones of the model count."""
        if self.first_ms is None and self.ms is None:
            self.first_ms = self._since()

    def charge(self, cost_micro: int) -> None:
        """One of the requests ended."""
        self.cost_micro += cost_micro

    def end(self) -> None:
        """The model said what it had to say."""
        self.ms = self._since()

    def _since(self) -> int:
        return round((time.monotonic() - self.begun) * 1000)


@dataclass(slots=True)
class Draft:
    """What is known of an answer beside its words, filled as it is written."""

    # Whether a good answer stands in this place, which nothing but another answer may replace.
    earlier: bool = False
    model: str | None = None
    outline: list[OutlineItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    # What it was made from.
    context: Context | None = None
    # Whether it came to its end, and said by itself what a reader should know.
    whole: bool = False
    # Nothing where no model was asked.
    taken: Taken | None = None


async def write(
    tools: Tools, asked: Asked, model: str | None, telling: Telling, draft: Draft
) -> None:
    """Find, write, check and tell; what goes wrong with a model stands in `draft.problem`.

    A model that fails never leaves a person with nothing: what was found is laid out instead,
    unless an earlier answer stands there.
    """
    await _write(tools, asked, model, telling, draft)
    draft.whole = True


async def _write(
    tools: Tools, asked: Asked, model: str | None, telling: Telling, draft: Draft
) -> None:
    await telling.stage("searching")
    found = await gather(tools, asked)
    draft.outline, draft.notes = found.outline, found.notes
    if found.nothing is not None:
        draft.model = EXTRACTIVE
        await telling.write(found.nothing)
        return
    checker = Checker(tools, asked.actor, found.passages)
    if models.writes(tools, model):
        try:
            draft.model = await models.named(tools, model)
            material = await build(tools, asked.actor, found.passages, found.asides)
            await telling.stage("thinking")
            await _by_model(tools, asked, model, material, _Pen(checker, telling, draft))
            if not telling.citations:
                draft.notes.append(UNSUPPORTED if found.passages else NOTHING_FOUND)
        except Problem as problem:
            draft.problem = plainly(problem)
            if draft.earlier and not telling.text:
                return
            if telling.text and not telling.citations:
                draft.notes.append(UNSUPPORTED_BEGINNING)
            await telling.write("\n\n" if telling.text else "")
            if found.passages:
                await telling.write(f"{MODEL_FAILED}\n\n")
            checker.hold_to(found.passages)
            await _by_extracts(tools, asked, found, _Pen(checker, telling, draft, told=False))
        return
    draft.model = EXTRACTIVE
    await _by_extracts(tools, asked, found, _Pen(checker, telling, draft, told=False))
    draft.context = laid_out(found.passages, telling.citations)
    if not models.writes(tools, None):
        await telling.write(f"\n{NO_MODEL}\n")


def plainly(problem: Problem) -> str:
    """A problem in the words that stand with an answer."""
    return " ".join(part for part in (problem.title, problem.detail) if part)


class _Pen:
    """Cuts words into units, checks the citations of each, and tells it."""

    def __init__(
        self, checker: Checker, telling: Telling, draft: Draft, *, told: bool = True
    ) -> None:
        self._checker, self._telling, self._draft, self._told = checker, telling, draft, told
        self._cutter = Cutter()
        self._writing = False

    def shows(self, composed: chain.Composed, *, tokens: int) -> None:
        """A model is shown this: it may cite what was given, and nothing else."""
        packed = composed.packed
        others = [it for it in packed.left_out if isinstance(it, Passage)]
        self._checker.hold_to(packed.given, others=others)
        rules = composed.messages[0][1]
        self._draft.context = seen(packed, budget=tokens, rules=rules, said=composed.said)

    @property
    def wrote(self) -> bool:
        return bool(self._telling.text)

    def begin(self, asked: Asked) -> Taken:
        """A model is asked from now on."""
        self._draft.taken = Taken(asked.instructions.arm_id)
        return self._draft.taken

    async def add(self, words: AsyncIterator[str]) -> None:
        """Write what comes, to its end, or as much as one answer may hold."""
        try:
            async for text in words:
                if not self._writing:
                    self._writing = True
                    if self._draft.taken is not None:
                        self._draft.taken.words()
                    await self._telling.stage("writing")
                await self._units(self._cutter.add(storable(text)))
                if len(self._telling.text) > _LONGEST_ANSWER:
                    self._draft.notes.append(
                        "The answer was cut: the model did not come to an end."
                    )
                    return
        finally:
            # What was said before a failure was said.
            await self._units(self._cutter.rest())

    def close(self, reasons: list[str]) -> None:
        """Judge how the model ended.

        Raises:
            ModelWithheld: without an answer, or cut off by a filter.
        """
        if "content_filter" in reasons:
            raise ModelWithheld("A content filter of the model's maker held it back. Ask anew.")
        if not self.wrote:
            why = " at its length limit" if "length" in reasons else ""
            raise ModelWithheld(f"It ended{why} without a word. Try again, or another model.")
        if "length" in reasons:
            self._draft.notes.append(LENGTH_REACHED)

    async def _units(self, units: list[Unit]) -> None:
        for unit in units:
            if unit.code:
                await self._telling.write(unit.text)
                continue
            checked = await self._checker.check(unit.text, told=self._told)
            self._telling.dropped += checked.dropped
            for citation in checked.citations:
                await self._telling.cite(citation)
            await self._telling.write(checked.text)


def storable(text: str) -> str:
    """The same text without what PostgreSQL cannot keep: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()


async def _by_model(
    tools: Tools, asked: Asked, model: str | None, material: Material, pen: _Pen
) -> None:
    taken = pen.begin(asked)
    # In a thread: loading LangChain would hold up the worker's signs of life.
    llm = await asyncio.to_thread(_model, tools, asked, model, taken)
    tokens = tools.settings.chat.prompt_tokens
    try:
        for left in reversed(range(_TRIES)):
            try:
                await _asked_once(llm, asked, material, pen, tokens)
            except ModelPromptTooLong:
                if pen.wrote or not left:
                    raise
                tokens //= 2
            except (ModelUnavailable, ModelBusy) as problem:
                waited = time.monotonic() - taken.begun
                wait = problem.extra.get("retry_after") or _WAIT_S
                assert isinstance(wait, float | int)
                if pen.wrote or not left or waited + wait > _LONGEST_WAIT_S:
                    raise
                await asyncio.sleep(wait)
            else:
                return
    finally:
        taken.end()


async def _asked_once(
    llm: "BaseChatModel", asked: Asked, material: Material, pen: _Pen, tokens: int
) -> None:
    reasons: list[str] = []
    told = chain.composed(asked.instructions, asked.text, material, asked.before, tokens=tokens)
    pen.shows(told, tokens=tokens)
    await pen.add(chain.write(llm, told.messages, ended=reasons.append))
    pen.close(reasons)


def _model(tools: Tools, asked: Asked, model: str | None, taken: Taken) -> "BaseChatModel":
    chain.load()
    person = asked.actor.user_id
    asker = Asker(person, asked.workspace_id) if person else None
    return tools.models.langchain(model, asker, taken.charge)


async def _by_extracts(tools: Tools, asked: Asked, found: Gathered, pen: _Pen) -> None:
    request = ChatRequest(
        messages=(ChatMessage("user", asked.text),),
        model=EXTRACTIVE,
        sources=tuple(passage.source for passage in found.passages),
    )
    await pen.add(piece.text async for piece in models.stream(tools, request) if piece.text)
