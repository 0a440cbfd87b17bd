"""The protocol itself, by its official package; loaded when somebody first speaks it."""

from functools import cache

import mcp_types
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.types import Message, Receive, Scope, Send

from samoey import __version__
from samoey.api.mcp.offering import (
    INSTRUCTIONS,
    OFFERS,
    Refused,
    call,
    input_schema,
    output_schema,
)
from samoey.kit.context import Actor, Tools


@cache
def offered() -> list[mcp_types.Tool]:
    """The tools as the protocol lists them; they only read, and only here."""
    return [
        mcp_types.Tool(
            name=name,
            title=offer.title,
            description=offer.description,
            input_schema=input_schema(offer),
            output_schema=output_schema(offer),
            annotations=mcp_types.ToolAnnotations(
                read_only_hint=True, idempotent_hint=True, open_world_hint=False
            ),
        )
        for name, offer in OFFERS.items()
    ]


def server_for(tools: Tools, actor: Actor) -> Server:
    """What answers one caller: made for each request, as it costs microseconds."""

    async def list_tools(_: object, __: object) -> mcp_types.ListToolsResult:
        return mcp_types.ListToolsResult(tools=offered())

    async def call_tool(
        _: object, asked: mcp_types.CallToolRequestParams
    ) -> mcp_types.CallToolResult:
        offer = OFFERS.get(asked.name)
        if offer is None:
            known = ", ".join(OFFERS)
            raise MCPError(mcp_types.INVALID_PARAMS, f"There is no such tool; there are {known}.")
        try:
            answer = await call(tools, actor, offer, asked.arguments or {})
        except Refused as refused:
            return mcp_types.CallToolResult(content=[_text(str(refused))], is_error=True)
        return mcp_types.CallToolResult(
            content=[_text(answer.text())], structured_content=answer.model_dump(mode="json")
        )

    return Server(
        "samoey",
        title="Samoey Copilot",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _text(text: str) -> mcp_types.TextContent:
    return mcp_types.TextContent(type="text", text=text)


async def answer_request(
    tools: Tools, actor: Actor, body: bytes, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer one request over HTTP and forget it.

    No session and no stream is kept: whoever comes again shows again who they are, so a key that
    was revoked meanwhile opens nothing, and any replica can answer.
    """
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return given.pop() if given else await receive()

    manager = StreamableHTTPSessionManager(
        server_for(tools, actor),
        stateless=True,
        json_response=True,
        max_request_body_size=max(len(body), 1),
    )
    async with manager.run():
        await manager.handle_request(scope, replayed, send)


async def converse(server: Server) -> None:
    """Speak over stdin and stdout until the other side closes them."""
    async with stdio_server() as (heard, told):
        await server.run(heard, told, server.create_initialization_options())
