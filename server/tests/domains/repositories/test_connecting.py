"""Connecting repositories: who may, what is taken, and what is refused."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.repositories import credentials
from samoey.kit.context import Tools
from samoey.kit.ports.git import SshKey, Token
from tests.author import Author
from tests.conftest import OpenHouse
from tests.domains.repositories.door import PLACE, URL, add, added, slug
from tests.make import Make, Somebody

TOKEN = "glpat-4vErYs3cret"

Told = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(make: Make) -> Somebody:
    return await make.user()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "work")


async def kept_rows(db: AsyncConnection) -> str:
    rows = (await db.execute(text("SELECT * FROM repositories"))).all()
    events = (await db.execute(text("SELECT payload FROM events"))).all()
    jobs = (await db.execute(text("SELECT args FROM procrastinate_jobs"))).all()
    return str([rows, events, jobs])


async def test_a_repository_is_connected_and_will_be_fetched(
    client: httpx.AsyncClient, ada: Somebody, told: Told, jobs_waiting: Told
) -> None:
    shown = await added(client, ada, sync_minutes=30, include=["src/"], exclude=["*.min.js"])

    assert shown["name"] == "app"
    assert shown["source"] == URL
    assert shown["kind"] == "git"
    assert shown["status"] == "waiting"
    assert (shown["commit"], shown["problem"], shown["progress"]) == (None, None, None)
    assert (await told())[-1] == "repositories.repository_added"
    assert "repositories.fetch_added" in await jobs_waiting()
    assert (await client.get(f"{PLACE}/{shown['id']}", headers=ada.headers)).json() == shown
    assert (await client.get(PLACE, headers=ada.headers)).json() == [shown]


async def test_a_stranger_sees_nothing(
    client: httpx.AsyncClient, ada: Somebody, make: Make
) -> None:
    shown = await added(client, ada)
    stranger = await make.user("Eve", role=None)
    place = f"{PLACE}/{shown['id']}"

    assert (await client.get(PLACE, headers=stranger.headers)).json() == []
    for response in (
        await client.get(place, headers=stranger.headers),
        await client.patch(place, json={"name": "x"}, headers=stranger.headers),
        await client.delete(place, headers=stranger.headers),
        await client.post(f"{place}/sync", headers=stranger.headers),
        await client.get(f"{place}/tree", headers=stranger.headers),
        await client.get(f"{place}/file?path=a", headers=stranger.headers),
        await client.get(f"{place}/branches", headers=stranger.headers),
    ):
        assert response.status_code == 404
        assert slug(response) == "repository-not-found"
    assert slug(await add(client, stranger)) == "workspace-not-found"


@pytest.mark.parametrize(
    ("role", "expected"),
    [("viewer", [403, 403, 403]), ("member", [403, 403, 403]), ("admin", [201, 200, 204])],
)
async def test_only_an_admin_connects_changes_and_disconnects(
    client: httpx.AsyncClient,
    ada: Somebody,
    make: Make,
    told: Told,
    role: str,
    expected: list[int],
) -> None:
    shown = await added(client, ada)
    bob = await make.user("Bob", role=role)
    before = len(await told())
    place = f"{PLACE}/{shown['id']}"

    answers = [
        await add(client, bob, "https://git.example.org/team/other.git"),
        await client.patch(place, json={"name": "new"}, headers=bob.headers),
        await client.delete(place, headers=bob.headers),
    ]

    assert [one.status_code for one in answers] == expected
    assert (len(await told()) > before) is (role == "admin")


async def test_a_viewer_reads_and_a_member_syncs(
    client: httpx.AsyncClient, ada: Somebody, make: Make
) -> None:
    place = f"{PLACE}/{(await added(client, ada))['id']}"
    viewer, member = await make.user("Vi", role="viewer"), await make.user("Bob", role="member")

    assert (await client.get(place, headers=viewer.headers)).status_code == 200
    assert (await client.post(f"{place}/sync", headers=viewer.headers)).status_code == 403
    assert (await client.post(f"{place}/sync", headers=member.headers)).status_code == 202


async def test_nobody_reads_without_signing_in(client: httpx.AsyncClient) -> None:
    assert slug(await client.get(PLACE)) == "unauthenticated"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("-oProxyCommand=touch /tmp/x", "source-refused"),
        ("--upload-pack=x", "source-refused"),
        ("ext::sh -c id", "source-refused"),
        ("git://example.org/a.git", "source-refused"),
        ("http://example.org/a.git", "source-refused"),
        ("https://example.org/a.git?private_token=x", "source-refused"),
        ("not an address", "source-refused"),
        ("./relative", "folder-not-found"),
        ("../relative", "folder-not-found"),
        ("~/relative", "folder-not-found"),
        ("relative/folder", "folder-not-found"),
        ("   ", "invalid-request"),
        ("https://[::1]/x", "private-address"),
        ("http://10.0.0.1/x", "private-address"),
        ("https://2130706433/x", "private-address"),
        ("ssh://git@127.1/x", "private-address"),
        ("git@192.168.1.1:x.git", "private-address"),
        ("https://169.254.169.254/latest", "private-address"),
        ("http://[::1/x", "source-refused"),
        ("/nowhere/at/all", "folder-not-found"),
        ("/etc/passwd", "source-is-file"),
        ("", "invalid-request"),
        ("https://example.org/\x00.git", "invalid-request"),
        ("x" * 5000, "invalid-request"),
    ],
)
async def test_a_source_that_cannot_be_used_is_refused_and_tells_nobody(
    client: httpx.AsyncClient, ada: Somebody, told: Told, source: str, problem: str
) -> None:
    before = await told()

    response = await add(client, ada, source)

    assert response.status_code == 422
    assert slug(response) == problem
    assert await told() == before
    assert (await client.get(PLACE, headers=ada.headers)).json() == []


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("-oProxyCommand=x", "It begins with a dash, as an option does."),
        ("https://git.example.org/a b", "One that belongs to it is written %20."),
        ("https://-x.example.org/a", "“-x.example.org” cannot be the name of a host."),
        ("https:///a", "This address names no host."),
        ("C:\\code\\app", "a folder is named by its full path."),
        ("git.example.org/team/app", "address, which begins with https:// or ssh://"),
        ("https://git.example.org/a\nb", "control character; no address has one."),
        ("https://git.example.org/a\u202eb", "control character; no address has one."),
        ("/srv/a\nb", "a folder whose name has one must be renamed."),
        ("\x1b[31m/srv", "It holds a line break or another control character"),
        ("x" * 5000, "at most 4096 characters"),
        ("", "at least 1 character"),
    ],
)
async def test_a_source_that_cannot_be_one_is_told_what_to_do(
    client: httpx.AsyncClient, ada: Somebody, source: str, advice: str
) -> None:
    response = await add(client, ada, source)

    told = response.json()
    said = told.get("detail") or told["errors"][0]["detail"]
    assert response.status_code == 422
    assert advice in said


@pytest.mark.parametrize("kind", ["token", "ssh_key"])
async def test_an_empty_secret_is_none(client: httpx.AsyncClient, ada: Somebody, kind: str) -> None:
    response = await add(client, ada, credential={"kind": kind, "secret": " "})
    plain = await added(client, ada, source="https://:@git.example.org/team/app.git")

    assert response.json()["errors"] == [
        {"pointer": "/body/credential", "detail": "The secret is empty."}
    ]
    assert (plain["source"], plain["has_credential"]) == (URL, False)


async def test_an_address_may_be_pasted_with_its_line_end(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    assert (await added(client, ada, source=f"{URL}\n"))["source"] == URL


@pytest.mark.parametrize(
    ("address", "username", "secret"),
    [
        (f"https://deployer:{TOKEN}@git.example.org/team/app.git", "deployer", TOKEN),
        (f"https://deployer:{TOKEN}%2F%40@git.example.org/team/app.git", "deployer", f"{TOKEN}/@"),
        (f"https://:{TOKEN}@git.example.org/team/app.git", None, TOKEN),
        (f"https://{TOKEN}@git.example.org/team/app.git", TOKEN, ""),
    ],
)
async def test_a_secret_inside_an_address_moves_under_seal(
    client: httpx.AsyncClient,
    ada: Somebody,
    tools: Tools,
    db: AsyncConnection,
    address: str,
    username: str | None,
    secret: str,
) -> None:
    shown = await added(client, ada, source=address)

    assert shown["source"] == URL
    assert shown["has_credential"]
    assert TOKEN not in await kept_rows(db)
    rows = await db.execute(text("SELECT id, credential FROM repositories"))
    ((row_id, sealed),) = rows.all()
    opened = credentials.unseal(tools.sealer, UUID(str(row_id)), sealed)
    assert isinstance(opened, Token)
    assert (opened.username, opened.secret.get_secret_value()) == (username, secret)


async def test_a_refused_address_does_not_quote_its_secret(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    response = await add(client, ada, f"https://a:{TOKEN}@git.example.org/a.git?x=1")

    assert response.status_code == 422
    assert TOKEN not in response.text


async def test_a_deploy_key_is_kept_under_seal(
    client: httpx.AsyncClient, ada: Somebody, tools: Tools, db: AsyncConnection
) -> None:
    key = {"kind": "ssh_key", "secret": "PRIVATE KEY", "host_key": "ssh-ed25519 AAAA"}

    shown = await added(client, ada, source="git@git.example.org:team/app.git", credential=key)

    assert shown["name"] == "app"
    assert "secret" not in shown
    assert "PRIVATE" not in await kept_rows(db)
    ((sealed,),) = (await db.execute(text("SELECT credential FROM repositories"))).all()
    opened = credentials.unseal(tools.sealer, UUID(shown["id"]), sealed)
    assert isinstance(opened, SshKey)
    assert opened.host_key == "ssh-ed25519 AAAA"


@pytest.mark.parametrize(
    ("source", "kind"),
    [(URL, "ssh_key"), ("git@git.example.org:a.git", "token"), ("/tmp", "token")],  # noqa: S108 - any folder
)
async def test_a_credential_that_opens_no_such_source_is_refused(
    client: httpx.AsyncClient, ada: Somebody, source: str, kind: str
) -> None:
    response = await add(client, ada, source, credential={"kind": kind, "secret": "x"})

    assert slug(response) == "credential-misplaced"


@pytest.mark.parametrize(
    ("setting", "role", "status"),
    [
        ("owner", "owner", 201),
        ("owner", "admin", 403),
        ("admin", "admin", 201),
        ("admin", "member", 403),
        ("nobody", "owner", 403),
    ],
)
async def test_folders_of_the_server_are_open_only_to_whom_the_setting_names(
    open_test_house: OpenHouse, author: Author, setting: str, role: str, status: int
) -> None:
    author.commit("a.py")
    async with open_test_house(repositories={"local_paths": setting}) as house:
        who = await house.make.user("Bob", role=role)
        async with house.client() as client:
            response = await add(client, who, str(author.folder))
            # One who may not add a folder does not learn whether it exists either.
            nowhere = await add(client, who, "/nowhere")

    assert response.status_code == status
    assert nowhere.status_code == (403 if status == 403 else 422)


async def test_the_same_address_is_connected_once_a_branch(
    client: httpx.AsyncClient, ada: Somebody
) -> None:
    first = await added(client, ada)
    await added(client, ada, branch="next")

    response = await add(client, ada)

    assert (response.status_code, slug(response)) == (409, "repository-known")
    assert response.json()["repository_id"] == first["id"]


async def test_a_folder_that_is_connected_already_is_looked_at_again(
    client: httpx.AsyncClient, ada: Somebody, author: Author, jobs_waiting: Told
) -> None:
    first = await added(client, ada, source=str(author.folder))

    again = await added(client, ada, source=f"file://{author.folder}/", dirty=True)

    assert again["id"] == first["id"]
    assert (first["dirty_wanted"], again["dirty_wanted"]) == (False, True)
    assert (await jobs_waiting())[-1] == "repositories.fetch_again"


async def test_a_change_keeps_what_is_left_out(
    client: httpx.AsyncClient, ada: Somebody, jobs_waiting: Told
) -> None:
    shown = await added(client, ada, source=f"https://a:{TOKEN}@git.example.org/a.git", branch="x")
    place = f"{PLACE}/{shown['id']}"
    before = len(await jobs_waiting())

    renamed = (await client.patch(place, json={"name": " New "}, headers=ada.headers)).json()
    assert renamed == shown | {"name": "New"}
    assert len(await jobs_waiting()) == before

    change = {"branch": None, "include": ["src"], "credential": None, "sync_minutes": 5}
    changed = (await client.patch(place, json=change, headers=ada.headers)).json()
    assert (changed["branch"], changed["include"], changed["has_credential"]) == (
        None,
        ["src"],
        False,
    )
    assert changed["sync_minutes"] == 5
    assert (await jobs_waiting())[before:] == ["repositories.fetch_again"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": ""}, "invalid-request"),
        ({"name": "a\u0000b"}, "invalid-request"),
        ({"sync_minutes": 0}, "invalid-request"),
        ({"source": "https://elsewhere.example.org/a.git"}, "invalid-request"),
        ({"include": ["\\"]}, "pattern-refused"),
        ({"credential": {"kind": "ssh_key", "secret": "x"}}, "credential-misplaced"),
        ({"branch": "next"}, "repository-known"),
    ],
)
async def test_a_change_that_does_not_fit_changes_nothing(
    client: httpx.AsyncClient, ada: Somebody, change: dict[str, Any], problem: str
) -> None:
    shown = await added(client, ada)
    await added(client, ada, branch="next")
    place = f"{PLACE}/{shown['id']}"

    response = await client.patch(place, json=change, headers=ada.headers)

    assert slug(response) == problem
    assert (await client.get(place, headers=ada.headers)).json() == shown


async def test_a_disconnected_repository_is_gone(
    client: httpx.AsyncClient, ada: Somebody, told: Told, jobs_waiting: Told
) -> None:
    place = f"{PLACE}/{(await added(client, ada))['id']}"

    assert (await client.delete(place, headers=ada.headers)).status_code == 204

    assert (await client.get(place, headers=ada.headers)).status_code == 404
    assert (await told())[-1] == "repositories.repository_deleted"
    assert "repositories.remove_mirror" in await jobs_waiting()
    assert (await client.delete(place, headers=ada.headers)).status_code == 404


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, ada: Somebody) -> None:
    response = await client.get(f"{PLACE}/{uuid4()}", headers=ada.headers)

    assert slug(response) == "repository-not-found"
