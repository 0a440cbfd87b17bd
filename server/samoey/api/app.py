"""The web door: every room's routes, the live socket, the pages, and how the process is doing."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Receive, Scope, Send

from samoey import __version__
from samoey.api import health, live, v1
from samoey.api.mcp import routes as mcp
from samoey.api.relay.app import PREFIX, Relay
from samoey.api.telemetry import Followed
from samoey.api.web import Pages
from samoey.domains.identity.service import authenticate
from samoey.domains.models.gateway.service import Gateway
from samoey.kit.context import Tools
from samoey.kit.http import add_problem_handlers

API_PREFIX = "/api/v1"


def create_app(tools: Tools, *, web_root: Path | None, relay: Relay | None = None) -> ASGIApp:
    """Build the web door of one process around its tools, and the door for programs beside it."""
    app = build_api()
    if web_root is not None:
        app.mount("/", Pages(web_root))
    inside = InHouse(app, tools, None if relay is None else relay.gateway)
    house = Followed(inside, max_body=int(tools.settings.server.max_body_mb * 2**20))
    return house if relay is None else Doors(relay, house)


def build_api() -> FastAPI:
    """The routes alone, enough to describe them."""
    app = FastAPI(
        title="Samoey Copilot",
        version=__version__,
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        # `/conversations/` is a page and `/conversations` would be redirected to it with its body.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    add_problem_handlers(app)
    app.include_router(v1.router)
    app.include_router(health.router)
    app.include_router(mcp.router)
    app.router.routes.extend(live.routes)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version="1", description=__doc__, routes=app.routes)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        _drop_framework_errors(schema)
        app.openapi_schema = schema
    return app.openapi_schema


PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "An expected failure (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}


def _drop_framework_errors(schema: dict[str, Any]) -> None:
    # FastAPI documents its own shape for 422; ours is a problem.
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)
    answer = {
        "description": "`invalid-request`: Some of what you sent does not fit.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for methods in schema["paths"].values():
        for operation in methods.values():
            content = operation["responses"].get("422", {}).get("content", {})
            if "application/json" in content:
                operation["responses"]["422"] = answer


class Doors:
    """Programs that ask models go straight to the relay: nothing of the house stands between."""

    def __init__(self, relay: ASGIApp, house: ASGIApp) -> None:
        self._relay, self._house = relay, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._relay if asks else self._house)(scope, receive, send)


class InHouse:
    """Gives every request the tools of this process and the way to tell who sends it.

    A process that asks models for programs also gives its gateway, which knows how they stand.
    """

    def __init__(self, app: ASGIApp, tools: Tools, gateway: Gateway | None = None) -> None:
        self._app = app
        self._state = {"tools": tools, "authenticate": authenticate, "gateway": gateway}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope.setdefault("state", {}).update(self._state)
        await self._app(scope, receive, send)
