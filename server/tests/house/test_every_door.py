"""What holds at every door of the API, also at those that are built tomorrow."""

import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from samoey.api.app import build_api
from samoey.api.mcp.offering import OFFERS, input_schema
from samoey.kit.settings import IdentitySettings
from tests.house.processes import RunningHouse
from tests.make import Somebody

# Who comes here is not signed in yet, or signs out.
OPEN_DOORS = {
    "/api/v1/identity/session",
    "/api/v1/identity/session/refresh",
    "/api/v1/identity/password",
    "/api/v1/workspaces/setup",
    "/api/v1/workspaces/invitations/look",
    "/api/v1/workspaces/invitations/accept",
}
# What changes nothing though it is posted.
READING_DOORS = {"/mcp"}
NASTY_TEXT = [
    "a\x00b",
    "../../etc/passwd",
    "--upload-pack=touch",
    "\n",
    "\u202e",
    "x" * 5000,
    "-1",
    "9" * 25,
    "[[[",
    "**/**/**/**/**/a",
]
NASTY_VALUES = [None, 10**30, [], ["\x00"], {}, {"kind": "token", "secret": "\x00"}]
NASTY_BODIES = [
    b"",
    b"null",
    b"{",
    b"\xff\xfe",
    b'{"text": "\\ud800", "name": "\\ud800", "title": "\\ud800", "token": "\\ud800"}',
    b"[" * 50_000,
    b'{"a": ' + b"1" * 5000 + b"}",
]


@dataclass(frozen=True)
class Door:
    """One method of one path, as the API describes it."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None
    shapes: dict[str, Any]

    @property
    def unsafe(self) -> bool:
        return self.method != "GET"

    def url(self, ids: dict[str, str]) -> str:
        return re.sub(r"{(\w+)}", lambda match: ids[match[1]], self.path)

    def query(self, ids: dict[str, str]) -> dict[str, str]:
        wanted = [one for one in self.parameters if one.get("required")]
        usual = {"integer": "1"}
        return {
            one["name"]: ids.get(one["name"], usual.get(one["schema"].get("type"), "a.py"))
            for one in wanted
        }

    def fitting(self, known: dict[str, str]) -> dict[str, Any] | None:
        """What the shape of the body asks for: what is known by name, else made to its measure."""
        return None if self.body is None else self._made(self.body, "", known)

    def _made(self, shape: dict[str, Any], name: str, known: dict[str, str]) -> Any:
        match shape:
            case {"$ref": reference}:
                return self._made(self.shapes[reference.rpartition("/")[2]], name, known)
            case {"anyOf": [first, *_]} | {"oneOf": [first, *_]}:
                return self._made(first, name, known)
            case {"const": value} | {"enum": [value, *_]}:
                return known.get(name, value)
            case {"type": "object"}:
                inner = shape.get("properties", {})
                return {it: self._made(inner[it], it, known) for it in shape.get("required", [])}
            case {"type": "array", "items": items}:
                return [self._made(items, name, known)] * shape.get("minItems", 0)
            case {"type": "integer" | "number"}:
                return max(1, shape.get("minimum", 1))
            case {"type": "boolean"}:
                return True
            case _:
                return known.get(name, "a" * max(1, shape.get("minLength", 1)))


def doors() -> Iterator[Door]:
    described = build_api().openapi()
    shapes = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            named = re.search(r"schemas/(\w+)", str(content.get("application/json", {})))
            in_query = [one for one in operation.get("parameters", []) if one["in"] == "query"]
            body = shapes[named[1]] if named else None
            yield Door(method.upper(), path, in_query, body, shapes)
    # OpenAPI does not know how the Model Context Protocol speaks.
    yield from tools()


def tools() -> Iterator[Door]:
    """The tools of `/mcp`, each as a door of its own."""
    for name, offer in OFFERS.items():
        wish = input_schema(offer)
        if "line" in wish["properties"]:
            # A symbol is told by its name or by its place; the schema cannot say so to every model.
            wish["properties"]["name"] = {"const": "f"}
            wish["required"].append("name")
        asked = {"name": {"const": name}, "arguments": wish}
        called = {
            "jsonrpc": {"const": "2.0"},
            "id": {"const": 1},
            "method": {"const": "tools/call"},
        }
        called["params"] = {"type": "object", "properties": asked, "required": [*asked]}
        body = {"type": "object", "properties": called, "required": [*called]}
        yield Door("POST", "/mcp", [], body, {})


@dataclass(frozen=True)
class Lived:
    """A house with something in every room."""

    house: RunningHouse
    http: httpx.AsyncClient
    ada: Somebody
    ids: dict[str, str]

    def body(self, door: Door) -> dict[str, Any] | None:
        """What fits the door, as far as its shape asks for it."""
        return door.fitting(
            self.ids
            | {
                "source": "https://example.org/x.git",
                "text": "How does it work?",
                "email": "eve@example.org",
                "password": "correct horse battery",
                "role": "viewer",
            }
        )

    async def knock(self, door: Door, headers: dict[str, str], **changes: Any) -> httpx.Response:
        """Send to a door what fits it, apart from the changes."""
        given = {"params": door.query(self.ids), "json": self.body(door)} | changes
        return await self.http.request(door.method, door.url(self.ids), headers=headers, **given)


@pytest.fixture
async def lived(open_test_house: Callable[..., Any]) -> AsyncIterator[Lived]:
    patient = IdentitySettings(
        password_memory_kib=64,
        password_passes=1,
        password_lanes=1,
        attempts_per_address=100_000,
        attempts_per_email=100_000,
    )
    async with open_test_house(identity=patient) as house, house.client() as http:
        ada = await house.make.user()
        workspace = {"workspace_id": str(ada.workspace_id)}

        async def made(path: str, body: dict[str, Any]) -> str:
            response = await http.post(f"/api/v1/{path}", json=body, headers=ada.headers)
            assert response.status_code == 201, response.text
            return str(response.json()["id"])

        repository = await made("repositories", workspace | {"source": _repository(house)})
        await house.drain()
        conversation = await made("conversations", workspace)
        sessions = await http.get("/api/v1/identity/sessions", headers=ada.headers)
        # A port at which nobody answers: what is tried there fails at once.
        address = {"name": "ours", "kind": "openai", "base_url": "http://127.0.0.1:9/v1"}
        provider = {"provider_id": await made("models/providers", workspace | address)}
        deployment = await made("models/deployments", workspace | provider | {"model": "large"})
        alias = {"name": "fast", "targets": [{"deployment_id": deployment}]}
        prompt = {"name": "Brief", "purpose": "assistant", "text": "Be brief."}
        ids = (workspace | provider) | {
            "prompt_id": await made("models/prompts", workspace | prompt),
            "arm_id": str(uuid4()),
            "deployment_id": deployment,
            "alias_id": await made("models/aliases", workspace | alias),
            "repository_id": repository,
            "conversation_id": conversation,
            "message_id": await made(f"conversations/{conversation}/messages", {"text": "f?"}),
            "user_id": str(ada.id),
            "session_id": sessions.json()[0]["id"],
            "key_id": await made("identity/keys", {"name": "ci"}),
            "invitation_id": await made(f"workspaces/{ada.workspace_id}/invitations", {}),
        }
        # As tools name them.
        ids |= {"repository": repository, "path": "a.py", "query": "f"}
        yield Lived(house, http, ada, ids)


def _repository(house: RunningHouse) -> str:
    folder = house.folder / "code"
    folder.mkdir()
    (folder / "a.py").write_text("def f():\n    return 1  # How does it work?\n")
    names = {
        f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(
            ["git", *arguments],  # noqa: S607 - the machine's own git
            cwd=folder,
            env=names | {"PATH": "/usr/bin:/bin", "HOME": str(house.folder)},
            check=True,
        )
    return str(folder)


async def test_nobody_comes_in_without_showing_who_they_are(lived: Lived) -> None:
    let_in = {
        f"{door.method} {door.path}"
        for door in doors()
        if (await lived.knock(door, {})).status_code != 401 and door.path not in OPEN_DOORS
    }

    assert let_in == set()


async def test_a_stranger_finds_nothing_behind_any_id(lived: Lived) -> None:
    mallory = await lived.house.make.user("Mallory", role=None)
    lists = {"/api/v1/identity/keys", "/api/v1/identity/sessions", "/api/v1/knowledge/exact"}
    lists.add("/api/v1/knowledge/symbols")

    found = {}
    for door in doors():
        if door.path in OPEN_DOORS:
            continue
        named = "{" in door.path or door.query(lived.ids) or "workspace_id" in str(door.body)
        if not named and not (door.body and "repository_id" in str(door.body)):
            continue
        response = await lived.knock(door, mallory.headers)
        if response.status_code != 404 and door.path not in lists:
            found[f"{door.method} {door.path}"] = response.status_code

    assert found == {}


async def test_lists_show_a_stranger_nothing_even_when_they_name_the_workspace(
    lived: Lived,
) -> None:
    mallory = await lived.house.make.user("Mallory", role=None)

    shown = {}
    for door in doors():
        names = {one["name"] for one in door.parameters}
        if door.method == "GET" and names & {"workspace_id", "repository_id"}:
            asked = {name: lived.ids[name] for name in names & set(lived.ids)} | {"q": "f"}
            params = door.query(lived.ids) | {k: v for k, v in asked.items() if k in names}
            response = await lived.knock(door, mallory.headers, params=params)
            if "a.py" in response.text or lived.ids["repository_id"] in response.text:
                shown[door.path] = response.text

    assert shown == {}


async def test_no_tool_shows_a_stranger_anything(lived: Lived) -> None:
    mallory = await lived.house.make.user("Mallory", role=None)
    marks = ("a.py:", "return 1", lived.ids["repository_id"])

    shown = {}
    for door in tools():
        ours = await lived.knock(door, lived.ada.headers)
        theirs = await lived.knock(door, mallory.headers)
        if not any(mark in ours.text for mark in marks) or any(
            mark in theirs.text for mark in marks
        ):
            shown[str(door.body)] = (ours.text, theirs.text)

    assert shown == {}


async def test_a_viewer_changes_nothing(lived: Lived) -> None:
    viewer = await lived.house.make.user("Vic", role="viewer")
    own = re.compile(r"/api/v1/identity/")
    before = (await lived.http.get("/api/v1/repositories", headers=lived.ada.headers)).json()

    changed = {}
    for door in doors():
        if not door.unsafe or own.match(door.path) or door.path in OPEN_DOORS | READING_DOORS:
            continue
        response = await lived.knock(door, viewer.headers)
        if response.status_code not in {403, 404}:
            changed[f"{door.method} {door.path}"] = response.status_code

    assert changed == {}
    after = (await lived.http.get("/api/v1/repositories", headers=lived.ada.headers)).json()
    assert after == before


async def test_another_sites_page_changes_nothing_with_somebodys_cookie(lived: Lived) -> None:
    lived.http.cookies["samoey_access"] = lived.ada.bearer
    # These bring their own proof in the body, and a browser's cookies are of no use to them.
    bring_proof = {"/api/v1/identity/password", "/api/v1/workspaces/invitations/look"}

    done = {}
    for door in doors():
        if door.unsafe and door.path not in bring_proof:
            response = await lived.knock(door, {"sec-fetch-site": "cross-site"})
            if response.status_code != 403:
                done[f"{door.method} {door.path}"] = response.status_code

    assert done == {}


async def test_no_door_breaks_at_what_does_not_fit(lived: Lived) -> None:
    broken = []

    async def note(door: Door, what: str, **sent: Any) -> None:
        response = await lived.knock(door, lived.ada.headers, **sent)
        if response.status_code >= 500:
            broken.append(f"{door.method} {door.path} {what[:60]}: {response.text[:200]}")

    # What would end the session or the things that the other doors need.
    ends = re.compile(r"DELETE .*(session|repository_id}|conversation_id}|user_id}|alias_id})")
    for door in doors():
        if ends.match(f"{door.method} {door.path}"):
            continue
        for parameter in door.parameters:
            for nasty in NASTY_TEXT:
                params = door.query(lived.ids) | {parameter["name"]: nasty}
                await note(door, f"{parameter['name']}={nasty!r}", params=params)
        fields = door.body.get("properties", {}) if door.body else {}
        for field in fields:
            for value in (*NASTY_TEXT, *NASTY_VALUES):
                sent = (lived.body(door) or {}) | {field: value}
                await note(door, f"{field}={value!r}", json=sent)
        for raw in NASTY_BODIES if fields else ():
            await note(door, repr(raw), json=None, content=raw)

    assert broken == []


async def test_an_id_that_never_was_is_not_found(lived: Lived) -> None:
    nowhere = {name: str(uuid4()) for name in lived.ids}
    unknown = Lived(lived.house, lived.http, lived.ada, nowhere)

    found = {}
    for door in doors():
        if "{" in door.path:
            response = await unknown.knock(door, lived.ada.headers)
            if response.status_code not in {404, 422}:
                found[f"{door.method} {door.path}"] = response.status_code

    assert found == {}
