"""What of a conversation goes where it is too long for a model: its oldest turns, whole ones."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from samoey.domains.models.gateway.asked import Asked, prompt_tokens
from samoey.domains.models.gateway.cost import ANSWER_TOKENS
from samoey.domains.models.gateway.shapes import Deployment
from samoey.kit.ports.upstreams import Dialect

# Where a conversation stands in a request.
_FIELDS: dict[Dialect, str] = {
    "openai.chat": "messages",
    "openai.responses": "input",
    "anthropic.messages": "messages",
}
# Nobody talks so long: to understand more would keep others waiting.
MOST_MESSAGES = 10_000
_ALWAYS = frozenset({"system", "developer"})
_RESULTS = frozenset({"function_call_output", "custom_tool_call_output"})


class _Call(Struct):
    id: Any = None


class _Part(Struct):
    type: Any = None
    id: Any = None
    tool_use_id: Any = None


class _Message(Struct):
    """As much of a message, or of an item of OpenAI's responses, as binds it to others."""

    role: Any = None
    type: Any = None
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: Any = None
    call_id: Any = None

    def calls(self) -> Iterator[Any]:
        """The calls of tools that it makes."""
        yield from (it.id for it in self.tool_calls or ())
        yield from (it.id for it in self._parts() if it.type == "tool_use")
        if self.call_id is not None and self.type not in _RESULTS:
            yield self.call_id

    def results(self) -> Iterator[Any]:
        """The calls that it answers."""
        if self.tool_call_id is not None:
            yield self.tool_call_id
        yield from (it.tool_use_id for it in self._parts() if it.type == "tool_result")
        if self.call_id is not None and self.type in _RESULTS:
            yield self.call_id

    @property
    def said_by_user(self) -> bool:
        """Whether a person says something in it, besides what tools told."""
        only_results = bool(self._parts()) and all(it.type == "tool_result" for it in self._parts())
        return self.role == "user" and not only_results

    def _parts(self) -> list[_Part]:
        return self.content if isinstance(self.content, list) else []


_fields = msgspec.json.Decoder(dict[str, Raw])
_raws = msgspec.json.Decoder(list[Raw])
_messages = msgspec.json.Decoder(list[_Message])


class _Atom(Struct):
    """Messages that go together or stay together: a call of tools and what they told."""

    begin: int
    end: int
    tokens: int
    opens: bool
    asks: bool
    always: bool


class Trimming:
    """One request's conversation, read once, and cut for as many models as are asked."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._read = False
        self._raws: list[Raw] = []
        self._order: list[list[_Atom]] = []

    def cut(self, deployment: Deployment) -> tuple[Asked, int]:
        """The request as the deployment has room for it, and how many messages went.

        What may go is not always enough: then the vendor has the last word.
        """
        asked = self._asked
        over = asked.needs.tokens - room(deployment, asked)
        if deployment.context_tokens is None or over <= 0 or asked.dialect not in _FIELDS:
            return asked, 0
        if (asked.needs.output or 0) >= deployment.context_tokens:
            # It is not the conversation that is too long.
            return asked, 0
        if not self._read:
            self._read = True
            self._understand()
        gone, less = set[int](), 0
        for atoms in self._order:
            if less >= over:
                break
            for atom in atoms:
                gone.update(range(atom.begin, atom.end))
                less += atom.tokens
        if not gone:
            return asked, 0
        fields = _fields.decode(asked.body)
        kept = [raw for at, raw in enumerate(self._raws) if at not in gone]
        fields[_FIELDS[asked.dialect]] = Raw(msgspec.json.encode(kept))
        needs = replace(asked.needs, tokens=max(0, asked.needs.tokens - less))
        return replace(asked, body=msgspec.json.encode(fields), needs=needs), len(gone)

    def _understand(self) -> None:
        field = _FIELDS[self._asked.dialect]
        try:
            told = _fields.decode(self._asked.body)[field]
            self._raws = _raws.decode(told)
            if len(self._raws) > MOST_MESSAGES:
                return
            messages = _messages.decode(told)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # Not a conversation, or a misshapen one: whoever is asked says so.
            return
        self._order = _order(_atoms(messages, self._raws))


def room(deployment: Deployment, asked: Asked) -> int:
    """How many tokens a prompt may have beside its answer."""
    whole = deployment.context_tokens or 0
    return whole - (asked.needs.output or min(ANSWER_TOKENS, whole // 4))


def _atoms(messages: Sequence[_Message], raws: Sequence[Raw]) -> list[_Atom]:
    called: dict[Any, int] = {}
    # To which later message each one is bound.
    reach = list(range(len(messages)))
    for at, message in enumerate(messages):
        if message.type == "reasoning" and at + 1 < len(messages):
            reach[at] = at + 1
        for call in message.calls():
            called[call] = at
        for result in message.results():
            if (origin := called.get(result)) is not None:
                reach[origin] = at
    atoms, at = [], 0
    while at < len(messages):
        begin, last = at, at
        while at <= last:
            last = max(last, reach[at])
            at += 1
        bound = messages[begin:at]
        atoms.append(
            _Atom(
                begin=begin,
                end=at,
                tokens=sum(prompt_tokens(bytes(raw)) for raw in raws[begin:at]),
                opens=bound[0].said_by_user,
                asks=any(it.said_by_user for it in bound),
                always=any(it.role in _ALWAYS for it in bound),
            )
        )
    return atoms


def _order(atoms: list[_Atom]) -> list[list[_Atom]]:
    """What may go, the first to go first: whole turns, then steps within the last one."""
    last_asked = max((at for at, it in enumerate(atoms) if it.asks), default=None)
    if last_asked is None:
        return []
    last_turn = max((at for at in range(last_asked + 1) if atoms[at].opens), default=0)
    order: list[list[_Atom]] = []
    for at, atom in enumerate(atoms[:last_turn]):
        if atom.opens or at == 0:
            order.append([])
        if not atom.always:
            order[-1].append(atom)
    # A conversation begins with what a person said, and ends with what is to be answered.
    stays = {last_turn, last_asked, len(atoms) - 1}
    order += [
        [it] for at, it in enumerate(atoms) if at > last_turn and at not in stays and not it.always
    ]
    return order
