"""The gateway as a LangChain chat model: no vendor's SDK, no HTTP to ourselves."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import ToolCallChunk, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from msgspec import json
from pydantic import ConfigDict

from samoey.kit.ports.models import ChatMessage, ChatModel, ChatRequest, Piece, ToolCall, ToolSpec


class GatewayChatModel(BaseChatModel):
    """Prompts of LangChain, answered by whichever model `models` routes them to."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    models: Any
    model: str | None = None
    # For whom it is asked.
    asker: Any = None
    # Hears what each request cost.
    charged: Any = None

    @property
    def _llm_type(self) -> str:
        return "samoey-gateway"

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        models: ChatModel = self.models
        async for piece in models.stream(self._request(messages, stop, kwargs)):
            chunk = ChatGenerationChunk(message=_chunk(piece))
            if run_manager is not None and piece.text:
                await run_manager.on_llm_new_token(piece.text, chunk=chunk)
            yield chunk

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole: AIMessageChunk | None = None
        async for chunk in self._astream(messages, stop, run_manager, **kwargs):
            part = chunk.message
            if isinstance(part, AIMessageChunk):
                whole = part if whole is None else whole + part
        said = whole or AIMessageChunk(content="")
        message = AIMessage(
            content=said.content,
            tool_calls=said.tool_calls,
            usage_metadata=said.usage_metadata,
            response_metadata=said.response_metadata,
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = "the gateway answers asynchronously only: use ainvoke or astream"
        raise NotImplementedError(message)

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Let the model ask for `tools`."""
        described = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=described, tool_choice=tool_choice, **kwargs)

    def _request(
        self, messages: list[BaseMessage], stop: list[str] | None, given: dict[str, Any]
    ) -> ChatRequest:
        return ChatRequest(
            messages=tuple(_message(message) for message in messages),
            model=self.model,
            tools=tuple(_tool(tool) for tool in given.get("tools") or ()),
            tool_choice=given.get("tool_choice"),
            temperature=given.get("temperature"),
            max_tokens=given.get("max_tokens"),
            stop=tuple(stop or ()),
            asker=self.asker,
            charged=self.charged,
        )


def _tool(described: dict[str, Any]) -> ToolSpec:
    function = described["function"]
    return ToolSpec(function["name"], function.get("description", ""), function["parameters"])


def _message(message: BaseMessage) -> ChatMessage:
    match message:
        case SystemMessage():
            return ChatMessage("system", str(message.text))
        case ToolMessage():
            return ChatMessage("tool", str(message.text), tool_call_id=message.tool_call_id)
        case AIMessage():
            calls = tuple(
                ToolCall(call["id"] or "", call["name"], json.encode(call["args"]).decode())
                for call in message.tool_calls
            )
            return ChatMessage("assistant", str(message.text), calls)
    return ChatMessage("user", str(message.text))


def _chunk(piece: Piece) -> AIMessageChunk:
    calls: list[ToolCallChunk] = [
        tool_call_chunk(name=part.name, args=part.arguments, id=part.id, index=part.index)
        for part in piece.tool_calls
    ]
    usage = piece.usage and UsageMetadata(
        input_tokens=piece.usage.prompt_tokens,
        output_tokens=piece.usage.completion_tokens,
        total_tokens=piece.usage.prompt_tokens + piece.usage.completion_tokens,
    )
    told = {"finish_reason": piece.finish} if piece.finish else {}
    return AIMessageChunk(
        content=piece.text, tool_call_chunks=calls, usage_metadata=usage, response_metadata=told
    )
