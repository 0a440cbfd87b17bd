from collections.abc import AsyncIterator

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool

from samoey.adapters.models.langchain import GatewayChatModel
from samoey.kit.ports.models import (
    ChatMessage,
    ChatRequest,
    ModelBusy,
    Piece,
    ToolCall,
    ToolCallPart,
    Usage,
)


class Scripted:
    """A model port that says given pieces and keeps what it was asked."""

    def __init__(self, *pieces: Piece | Exception) -> None:
        self.pieces, self.asked = pieces, list[ChatRequest]()

    async def stream(self, request: ChatRequest) -> AsyncIterator[Piece]:
        self.asked.append(request)
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


@tool
def read_file(path: str) -> str:
    """Read a file."""
    return path


CALL = (
    Piece(tool_calls=(ToolCallPart(0, "call_1", "read_file", '{"pa'),)),
    Piece(tool_calls=(ToolCallPart(0, arguments='th": "a.py"}'),)),
    Piece(usage=Usage(3, 4), finish="tool_calls"),
)


async def test_an_answer_streams_through() -> None:
    model = GatewayChatModel(models=Scripted(Piece("It "), Piece("works.")), model="openai:x")

    said = [str(chunk.text) async for chunk in model.astream("How?")]

    assert "".join(said) == "It works."
    assert len([text for text in said if text]) == 2


async def test_a_whole_answer_holds_tool_calls_and_usage() -> None:
    model = GatewayChatModel(models=Scripted(*CALL))

    said = await model.bind_tools([read_file], tool_choice="read_file").ainvoke("How?")

    assert [(call["id"], call["name"], call["args"]) for call in said.tool_calls] == [
        ("call_1", "read_file", {"path": "a.py"})
    ]
    assert said.usage_metadata is not None
    assert said.usage_metadata["total_tokens"] == 7


async def test_messages_and_tools_arrive_in_our_own_shape() -> None:
    port = Scripted(Piece("ok"))
    asked = [
        SystemMessage("Be brief."),
        HumanMessage("How?"),
        AIMessage("", tool_calls=[{"id": "c1", "name": "read_file", "args": {"path": "a"}}]),
        ToolMessage("text", tool_call_id="c1"),
    ]

    await (
        GatewayChatModel(models=port, model="m")
        .bind_tools([read_file])
        .ainvoke(asked, stop=["END"], temperature=0.5, max_tokens=9)
    )

    [request] = port.asked
    assert request.messages == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "How?"),
        ChatMessage("assistant", "", (ToolCall("c1", "read_file", '{"path":"a"}'),)),
        ChatMessage("tool", "text", tool_call_id="c1"),
    )
    assert (request.model, request.stop) == ("m", ("END",))
    assert (request.temperature, request.max_tokens) == (0.5, 9)
    assert [(it.name, it.description) for it in request.tools] == [("read_file", "Read a file.")]
    assert request.tools[0].parameters["required"] == ["path"]


async def test_a_problem_of_the_port_comes_through_as_it_is() -> None:
    model = GatewayChatModel(models=Scripted(Piece("Half"), ModelBusy("Later.")))

    with pytest.raises(ModelBusy, match="Later"):
        await model.ainvoke("How?")


def test_there_is_no_way_to_block_on_it() -> None:
    with pytest.raises(NotImplementedError, match="ainvoke"):
        GatewayChatModel(models=Scripted()).invoke("How?")
