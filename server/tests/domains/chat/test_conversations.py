from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
import pytest

from tests.domains.chat.talk import API, posted, started
from tests.make import Make

Told = Callable[[], Awaitable[list[str]]]


async def test_a_conversation_is_begun_named_and_listed(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada = await make.user()
    begun = await started(client, ada)

    renamed = await client.patch(
        f"{API}/{begun['id']}", json={"title": "  Engines  "}, headers=ada.headers
    )
    listed = (await client.get(API, headers=ada.headers)).json()

    assert (begun["title"], begun["owner_name"], begun["seq"]) == ("", "Ada", 0)
    assert renamed.json()["title"] == "Engines"
    assert [it["title"] for it in listed] == ["Engines"]
    assert (await told())[-2:] == ["chat.conversation_started", "chat.conversation_changed"]


async def test_the_conversation_spoken_in_last_comes_first(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    first, second, third = [await started(client, ada, title=t) for t in ("one", "two", "three")]
    await posted(client, ada, first["id"], "Hello?")

    listed = (await client.get(API, params={"limit": 2}, headers=ada.headers)).json()
    following = await client.get(API, params={"before": third["id"]}, headers=ada.headers)

    assert [it["title"] for it in listed] == ["one", "three"]
    assert [it["id"] for it in following.json()] == [second["id"]]


async def test_a_private_conversation_exists_for_its_owner_only(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, eve = await make.user(), await make.user("Eve", role="admin")
    secret = await started(client, ada)
    question = await posted(client, ada, secret["id"], "How does it work?")
    at = f"{API}/{secret['id']}"

    answers = [
        await client.get(at, headers=eve.headers),
        await client.patch(at, json={"title": "mine"}, headers=eve.headers),
        await client.delete(at, headers=eve.headers),
        await client.get(f"{at}/messages", headers=eve.headers),
        await client.post(f"{at}/messages", json={"text": "Hi"}, headers=eve.headers),
        await client.post(f"{at}/messages/{question['id']}/stop", headers=eve.headers),
        await client.post(f"{at}/messages/{question['id']}/retry", headers=eve.headers),
    ]

    assert {answer.json()["type"] for answer in answers} == {"/problems/conversation-not-found"}
    assert (await client.get(API, headers=eve.headers)).json() == []


async def test_a_stranger_sees_not_even_shared_conversations(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada, mallory = await make.user(), await make.user("Mallory", role=None)
    shared = await started(client, ada, shared=True)

    seen = await client.get(f"{API}/{shared['id']}", headers=mallory.headers)
    begun = await client.post(
        API, json={"workspace_id": str(ada.workspace_id)}, headers=mallory.headers
    )

    assert seen.status_code == 404
    assert begun.json()["type"] == "/problems/workspace-not-found"
    assert (await client.get(API, headers=mallory.headers)).json() == []


async def test_a_viewer_reads_what_is_shared_and_asks_nothing(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada, vera = await make.user(), await make.user("Vera", role="viewer")
    shared = await started(client, ada, shared=True)
    before = await told()

    seen = await client.get(f"{API}/{shared['id']}", headers=vera.headers)
    asked = await client.post(
        f"{API}/{shared['id']}/messages", json={"text": "Hi"}, headers=vera.headers
    )
    begun = await client.post(
        API, json={"workspace_id": str(ada.workspace_id)}, headers=vera.headers
    )

    assert seen.status_code == 200
    assert [asked.status_code, begun.status_code] == [403, 403]
    assert await told() == before


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 200)])
async def test_only_its_owner_or_an_admin_changes_a_shared_conversation(
    client: httpx.AsyncClient, make: Make, role: str, status: int
) -> None:
    ada, other = await make.user(), await make.user("Bob", role=role)
    shared = await started(client, ada, shared=True)

    changed = await client.patch(
        f"{API}/{shared['id']}", json={"title": "New"}, headers=other.headers
    )

    assert changed.status_code == status


async def test_a_deleted_conversation_is_gone_with_its_messages(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada = await make.user()
    begun = await started(client, ada)
    await posted(client, ada, begun["id"], "How?")

    deleted = await client.delete(f"{API}/{begun['id']}", headers=ada.headers)

    assert deleted.status_code == 204
    assert (await client.get(f"{API}/{begun['id']}", headers=ada.headers)).status_code == 404
    assert (await told())[-1] == "chat.conversation_deleted"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"workspace_id": "none"},
        {"title": ""},
        {"title": "x" * 201},
        {"title": "nul \x00"},
        {"repository_ids": ["x"]},
    ],
)
async def test_a_conversation_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, make: Make, body: dict[str, object], told: Told
) -> None:
    ada = await make.user()
    known = {"workspace_id": str(ada.workspace_id)} if body else {}

    refused = await client.post(API, json=known | body, headers=ada.headers)

    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/invalid-request"
    assert "chat.conversation_started" not in await told()


async def test_a_conversation_about_code_that_is_not_there_is_refused(
    client: httpx.AsyncClient, make: Make, told: Told
) -> None:
    ada = await make.user()
    about = {"workspace_id": str(ada.workspace_id), "repository_ids": [str(uuid4())]}

    refused = await client.post(API, json=about, headers=ada.headers)

    assert refused.status_code == 422
    assert [it["pointer"] for it in refused.json()["errors"]] == ["/body/repository_ids/0"]
    assert "chat.conversation_started" not in await told()


async def test_nobody_signed_in_sees_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get(API)).status_code == 401
