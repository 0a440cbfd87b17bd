"""A whole answer after a look at what it says, in each vendor's words."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from samoey.kit.ports.inspection import Ended, Inspection, Replaced, Verdict
from samoey.kit.ports.upstreams import BrokeOff, Dialect

Answer = dict[str, Any]
_MISSHAPEN = (
    AttributeError,
    KeyError,
    TypeError,
    msgspec.MsgspecError,
    UnicodeDecodeError,
    RecursionError,
)


async def whole(dialect: Dialect, body: bytes, inspection: Inspection) -> bytes:
    """The answer as it may be told; byte by byte as it was, where nothing is to be changed.

    Raises:
        BrokeOff: it cannot be read, so nobody can look at it.
    """
    look = _WORDS.get(dialect)
    if look is None:
        # Vectors and counts say nothing.
        return body
    try:
        answer = msgspec.json.decode(body)
        changed = await look(answer, inspection)
    except _MISSHAPEN as error:
        raise BrokeOff("What the model sent is not an answer.") from error
    return msgspec.json.encode(answer) if changed else body


async def _chat(answer: Answer, inspection: Inspection) -> bool:
    changed = False
    for choice in answer["choices"]:
        message = choice["message"]
        verdict = await _look(inspection, _plain(message.get("content")))
        match verdict:
            case Replaced(text=text):
                message["content"], choice["logprobs"] = text, None
            case Ended(reason=reason):
                gone = {"role": "assistant", "content": None, "refusal": reason}
                choice |= {"message": gone, "logprobs": None}
                choice["finish_reason"] = "content_filter"
            case _:
                continue
        changed = True
    return changed


async def _completions(answer: Answer, inspection: Inspection) -> bool:
    changed = False
    for choice in answer["choices"]:
        verdict = await _look(inspection, choice["text"])
        match verdict:
            case Replaced(text=text):
                choice["text"] = text
            case Ended():
                choice["text"], choice["finish_reason"] = "", "content_filter"
            case _:
                continue
        choice["logprobs"], changed = None, True
    return changed


async def _messages(answer: Answer, inspection: Inspection) -> bool:
    changed = False
    for at, block in enumerate(answer["content"]):
        if block["type"] != "text":
            continue
        verdict = await _look(inspection, block["text"])
        if isinstance(verdict, Replaced):
            block["text"], changed = verdict.text, True
        elif isinstance(verdict, Ended):
            answer["content"] = answer["content"][:at]
            why = {"type": "refusal", "category": None, "explanation": verdict.reason}
            answer |= {"stop_reason": "refusal", "stop_sequence": None, "stop_details": why}
            return True
    return changed


async def _responses(answer: Answer, inspection: Inspection) -> bool:
    changed = False
    for at, item in enumerate(answer["output"]):
        for part in item["content"] if item["type"] == "message" else ():
            if part["type"] != "output_text":
                continue
            verdict = await _look(inspection, part["text"])
            if isinstance(verdict, Replaced):
                part |= {"text": verdict.text, "annotations": [], "logprobs": []}
                changed = True
            elif isinstance(verdict, Ended):
                # As OpenAI tells a refusal: it is an answer, and whole.
                item["content"] = [{"type": "refusal", "refusal": verdict.reason}]
                answer["output"] = answer["output"][: at + 1]
                return True
    return changed


async def _look(inspection: Inspection, text: str) -> Verdict | None:
    return await inspection.look(text) if text else None


def _plain(content: Any) -> str:
    """A text, or the texts of its parts."""
    if isinstance(content, list):
        return "".join(it.get("text") or "" for it in content)
    return content or ""


_WORDS: dict[Dialect, Callable[[Answer, Inspection], Awaitable[bool]]] = {
    "openai.chat": _chat,
    "openai.completions": _completions,
    "openai.responses": _responses,
    "anthropic.messages": _messages,
}
