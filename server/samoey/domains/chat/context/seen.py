"""What a model saw, told part by part: with it an answer can be understood, and doubted."""

from collections.abc import Iterator, Sequence

from samoey.domains.chat.context.packing import Packed, text_size, tokens
from samoey.domains.chat.context.parts import Aside, Passage
from samoey.domains.chat.context.schemas import Context, ContextPart, PartWhy
from samoey.domains.chat.schemas import CitationOut


def seen(packed: Packed, *, budget: int, rules: str, said: Sequence[tuple[str, str]]) -> Context:
    """What a model was given, and what there was no room for."""
    given: list[Passage | Aside] = [*packed.asides, *packed.given]
    parts = [part for it in given for part in parts_of(it, given=True)]
    parts += [part for it in packed.left_out for part in parts_of(it, given=False)]
    return Context(
        model=True,
        budget=budget,
        rules=tokens(len(rules)),
        history=tokens(sum(len(text) for _, text in said)),
        said=len(said),
        parts=parts,
    )


def laid_out(passages: Sequence[Passage], citations: Sequence[CitationOut]) -> Context:
    """What an answer without a model was made from: of what was found it shows the best."""
    parts: list[ContextPart] = []
    for passage in passages:
        given = any(
            passage.file == (it.repository_id, it.path, it.commit)
            and passage.source.start <= it.start <= it.end <= passage.source.end
            for it in citations
        )
        parts += parts_of(passage, given=given)
    return Context(model=False, budget=None, rules=0, history=0, said=0, parts=parts)


def parts_of(it: Passage | Aside, *, given: bool) -> Iterator[ContextPart]:
    if isinstance(it, Aside):
        yield aside(it, given=given)
        return
    source = it.source
    yield part(it, it.why, source.start, source.end, source.text, given=given)
    if not given:
        return
    lines = list(it.around)
    while lines:
        run = [lines.pop(0)]
        while lines and lines[0].number == run[-1].number + 1 and lines[0].why == run[0].why:
            run.append(lines.pop(0))
        text = "\n".join(line.text for line in run)
        yield part(it, run[0].why, run[0].number, run[-1].number, text, given=True)


def part(
    passage: Passage, why: PartWhy, start: int, end: int, text: str, *, given: bool
) -> ContextPart:
    source = passage.source
    return ContextPart(
        why=why,
        given=given,
        repository_id=passage.repository_id,
        repository_name=source.repository_name,
        commit=source.commit,
        path=source.path,
        start=start,
        end=end,
        symbol=source.symbol if why == passage.why else None,
        of=passage.of if why == passage.why else source.symbol,
        tokens=tokens(text_size(text)),
    )


def aside(it: Aside, *, given: bool) -> ContextPart:
    return ContextPart(
        why=it.kind,
        given=given,
        repository_id=it.repository_id,
        repository_name=it.repository_name,
        commit=it.commit,
        path=it.path,
        start=None,
        end=None,
        symbol=None,
        of=None,
        tokens=tokens(len(it.text)),
    )
