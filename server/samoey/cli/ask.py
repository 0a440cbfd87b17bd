"""`samoey ask`: a question about a repository, answered in the terminal with checked citations."""

import argparse
import asyncio
import json
import re
import sys
from typing import TYPE_CHECKING

from samoey.cli.terminal import line, shown

if TYPE_CHECKING:
    from uuid import UUID

    from samoey.domains.chat.schemas import CitationOut, MessageOut, NewMessage, ToldPiece
    from samoey.kit.context import Actor, Tools
    from samoey.kit.jobs import Jobs

HELP = "ask about a repository; answers with checked citations"

_LOOK_EACH_S = 0.5
# Code may hold `[^`, too: a mark has a number.
_MARK = re.compile(r"(?<=\S)(?=\[\^\d+\])|(?<=\[)\^(?=\d+\])")
_GIVEN_UP = "The work on the answer came to no end; `samoey jobs list` names what failed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The question, where to look, and how to print the answer."""
    parser.add_argument("question", help="the question; - reads it from standard input")
    parser.add_argument(
        "--repo",
        metavar="PATH_OR_URL",
        help="the repository: connected, or looked at again, first; none asks all connected ones",
    )
    parser.add_argument("--branch", help="the branch to read (default: the repository's own)")
    parser.add_argument(
        "--dirty", action="store_true", help="read changes that are not committed, too"
    )
    parser.add_argument("--model", help="the model that answers, as `GET /api/v1/models` names it")
    parser.add_argument(
        "--json",
        action="store_true",
        help='print {"answer", "model", "citations": [{"path", "start", "end", "commit", "text"}]}',
    )


def run(args: argparse.Namespace) -> int:
    """Ask, and print the answer as it comes; exit code 1 when it could not be written."""
    return asyncio.run(_ask(args))


async def _ask(args: argparse.Namespace) -> int:
    from samoey.cli.bringing import bring
    from samoey.cli.local import local_house
    from samoey.domains.chat import service as chat
    from samoey.domains.chat.schemas import NewConversation
    from samoey.domains.models import service as models

    new = _message(args)
    async with local_house() as (tools, actor, workspace_id):
        await tools.models.ready()
        if args.model:
            # Before anything is fetched for it.
            await models.named(tools, args.model)
            await models.check(tools, args.model)
        chosen = []
        if args.repo is not None:
            brought = await bring(
                tools,
                actor,
                workspace_id,
                args.repo,
                branch=args.branch,
                dirty=args.dirty,
                older_will_do=True,
            )
            chosen = [brought.id]
        async with tools.work(actor) as ctx:
            begun = await chat.start_conversation(
                ctx, NewConversation(workspace_id=workspace_id, repository_ids=chosen)
            )
        posted = await chat.post_message(tools, actor, begun.id, new)
        answer = await _answer(tools, actor, begun.id, posted.id, aloud=not args.json)
    _print(answer, as_json=args.json, whose=args.repo is None)
    return 1 if answer.status == "failed" else 0


def _message(args: argparse.Namespace) -> "NewMessage":
    from samoey.domains.chat.schemas import NewMessage
    from samoey.kit.fitting import fitting
    from samoey.kit.problems import InvalidRequest

    question = args.question
    if question == "-":
        question = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if not question.strip():
        nothing = {"pointer": "/question", "detail": "It is empty. What do you want to know?"}
        raise InvalidRequest(errors=[nothing])
    with fitting():
        return NewMessage(text=question, model=args.model)


async def _answer(
    tools: "Tools", actor: "Actor", conversation_id: "UUID", question_id: "UUID", *, aloud: bool
) -> "MessageOut":
    """Have the answer written in this process, and print it as it comes."""
    from samoey.cli.local import jobs_of
    from samoey.domains.chat import service as chat
    from samoey.kit.problems import ServerError

    after, spoken, jobs = "0", Spoken(aloud=aloud), jobs_of(tools)
    working = asyncio.create_task(_work(jobs))
    try:
        while True:
            async with tools.work(actor) as ctx:
                answer = await chat.answer_to(ctx, conversation_id, question_id)
            # What is kept is kept before the last piece is told: one more look finds the rest.
            while told := await chat.pieces_of(tools, answer.id, after, wait_s=_LOOK_EACH_S):
                for after, piece in told:  # noqa: B007 - the last one read is where to go on
                    spoken.hear(piece)
                if spoken.ended:
                    break
            if answer.status not in {"waiting", "writing"}:
                await _settled(jobs)
                return answer
            if working.done():
                await working
                raise ServerError(_GIVEN_UP)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _settled(jobs: "Jobs") -> None:
    """Let the job end whose answer is kept: interrupted, it would be done once more for nothing."""
    for _ in range(40):
        if "doing" not in await jobs.unfinished(*jobs.kept()):
            return
        await asyncio.sleep(_LOOK_EACH_S / 10)


async def _work(jobs: "Jobs") -> None:
    """Do what this process caused; ends when neither it nor a worker has anything left to do."""
    told = False
    while True:
        await jobs.drain(kept_only=True)
        if not await jobs.unfinished(*jobs.kept()):
            # Too long without a sign of life from here, and a worker took the question over.
            if not await jobs.unfinished("answers"):
                break
            if not told:
                print("A worker of this installation writes the answer.", file=sys.stderr)
            told = True
        await asyncio.sleep(_LOOK_EACH_S)
    # Whoever waits has one more look at what was kept.
    await asyncio.sleep(_LOOK_EACH_S * 4)


class Spoken:
    """What was printed of an answer so far."""

    def __init__(self, *, aloud: bool) -> None:
        self._aloud, self._attempt, self.ended = aloud, 0, False
        self._last = "\n"

    def hear(self, piece: "ToldPiece") -> None:
        """Print the words of a piece."""
        if self._attempt and piece["attempt"] != self._attempt and self._aloud:
            print("\n\n(The answer begins again.)\n")
        self._attempt = piece["attempt"]
        self.ended = piece["kind"] == "end"
        if "text" in piece and self._aloud:
            print(shown(self._marked(piece["text"])), end="", flush=True)

    def _marked(self, text: str) -> str:
        """A citation's mark stands one space behind the words before it."""
        whole = self._last + text
        self._last = whole[-1]
        return _MARK.sub(lambda found: "" if found[0] else " ", whole)[1:]


def _print(answer: "MessageOut", *, as_json: bool, whose: bool) -> None:
    """What stands below the answer, or all of it; `whose`: several repositories were asked."""
    if as_json:
        told = {
            "answer": answer.text,
            "model": answer.model,
            "citations": [_cited(citation) for citation in answer.citations],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print()
        if answer.citations:
            print("\nSources:")
        for citation in answer.citations:
            lines = f"{citation.start}-{citation.end}"
            of = f"  {line(citation.repository_name)}" if whose else ""
            print(f"  [{citation.number}] {line(citation.path)}:{lines}@{citation.commit}{of}")
        if answer.outline:
            print("\nSymbols:")
        for item in answer.outline:
            print(f"  {line(item.name)}  {line(item.path)}:{item.start}-{item.end}")
    for note in answer.notes:
        print(f"Note: {line(note)}", file=sys.stderr)
    if answer.problem:
        print(shown(answer.problem), file=sys.stderr)


def _cited(citation: "CitationOut") -> dict[str, object]:
    return {
        "path": citation.path,
        "start": citation.start,
        "end": citation.end,
        "commit": citation.commit,
        "text": citation.text,
    }
