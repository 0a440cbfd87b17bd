"""What is shown at the door: forged, stale and foreign tokens, and other sites' pages."""

import asyncio
import hmac
import json
import logging
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from samoey.domains.identity import service
from samoey.domains.identity.errors import SessionEnded
from samoey.domains.identity.schemas import PasswordReset, SessionOut, SignIn, UserOut
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.credentials import Credentials, SignedIn
from tests.house.processes import RunningHouse
from tests.make import PASSWORD, Make, Somebody

ME = "/api/v1/identity/me"
TICKET = "/api/v1/identity/live-ticket"


def key_of(tools: Tools) -> bytes:
    """The key that signs access tokens, as anyone who knows the secret could derive it."""
    assert tools.settings.secret_key is not None
    secret = tools.settings.secret_key.get_secret_value().encode()
    return hmac.digest(secret, b"samoey access token", "sha256")


def claims_of(who: Somebody) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(who.bearer, options={"verify_signature": False})
    return claims


def unsigned(claims: dict[str, Any]) -> str:
    def part(piece: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(piece).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


async def status(http: httpx.AsyncClient, token: str) -> int:
    response = await http.get(ME, headers={"authorization": f"Bearer {token}"})
    if response.status_code == 401:
        assert response.json()["type"] in {"/problems/session-ended", "/problems/unauthenticated"}
        assert response.headers["www-authenticate"] == "Bearer"
    return response.status_code


async def test_a_token_signed_with_our_key_opens_the_door(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()

    assert await status(client, jwt.encode(claims_of(ada), key_of(tools))) == 200


async def test_a_token_without_a_signature_is_refused(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    assert await status(client, unsigned(claims_of(ada))) == 401


async def test_a_token_signed_with_another_key_is_refused(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()

    assert await status(client, jwt.encode(claims_of(ada), b"x" * 32)) == 401


async def test_a_token_signed_another_way_with_our_key_is_refused(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    key = key_of(tools) + b"\0" * 32

    assert await status(client, jwt.encode(claims_of(ada), key, algorithm="HS512")) == 401


@pytest.mark.parametrize(
    "change",
    [
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iss": "another house"},
        {"iat": 4_000_000_000},
        {"sub": "0190b5a5-0000-7000-8000-000000000000"},
        {"sid": "0190b5a5-0000-7000-8000-000000000000"},
        {"sid": "not an id"},
        {"sub": None},
        {"sid": None},
    ],
)
async def test_a_token_with_other_claims_is_refused_though_its_signature_is_ours(
    client: httpx.AsyncClient, make: Make, tools: Tools, change: dict[str, Any]
) -> None:
    ada = await make.user()
    changed = claims_of(ada) | change
    claims = {name: value for name, value in changed.items() if value is not None}

    assert await status(client, jwt.encode(claims, key_of(tools))) == 401


async def test_somebody_elses_session_does_not_fit_into_ones_own_token(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada, bob = await make.user(), await make.user("Bob")
    mixed = claims_of(ada) | {"sid": claims_of(bob)["sid"]}

    assert await status(client, jwt.encode(mixed, key_of(tools))) == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "sk-samoey-", "sk-samoey-" + "A" * 43, "é"])
async def test_what_is_no_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    shown = {b"authorization": b"Bearer " + token.encode("latin-1")}

    response = await client.get(ME, headers=shown)

    assert response.status_code == 401


async def test_a_bad_bearer_token_is_refused_even_beside_a_good_cookie(
    client: httpx.AsyncClient, make: Make
) -> None:
    ada = await make.user()
    client.cookies["samoey_access"] = ada.bearer

    assert await status(client, "x") == 401


async def test_an_api_key_is_no_cookie(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()
    made = await client.post("/api/v1/identity/keys", json={"name": "ci"}, headers=ada.headers)
    client.cookies["samoey_access"] = made.json()["key"]

    assert (await client.get(ME)).status_code == 401


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://samoey.test"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        # Another port of the same machine is the same site, and still another program.
        ({"sec-fetch-site": "same-site", "origin": "http://samoey.test:3000"}, False),
        ({"origin": "http://samoey.test:3000"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://samoey.test"}, False),
    ],
)
async def test_a_cookie_changes_things_only_from_our_own_pages(
    client: httpx.AsyncClient,
    make: Make,
    headers: dict[str, str],
    let_in: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    ada = await make.user()
    client.cookies["samoey_access"] = ada.bearer

    response = await client.patch(ME, json={"name": "Mallory"}, headers=headers)

    assert response.status_code == (200 if let_in else 403)
    if not let_in:
        assert response.json()["type"] == "/problems/cross-site"
    assert (await client.get(ME)).json()["name"] == ("Mallory" if let_in else "Ada")


async def test_a_bearer_token_may_come_from_anywhere(client: httpx.AsyncClient, make: Make) -> None:
    ada = await make.user()

    response = await client.patch(
        ME, json={"name": "Ada L."}, headers=ada.headers | {"origin": "https://tool.example"}
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/identity/session"),
        ("POST", "/api/v1/identity/session/refresh"),
        ("DELETE", "/api/v1/identity/session"),
    ],
)
async def test_another_sites_page_signs_nobody_in_or_out(
    client: httpx.AsyncClient, make: Make, method: str, path: str
) -> None:
    ada = await make.user()
    body = {"email": ada.email, "password": PASSWORD} if path.endswith("session") else {}

    response = await client.request(
        method, path, json=body or None, headers={"sec-fetch-site": "cross-site"}
    )

    assert response.status_code == 403
    assert "set-cookie" not in response.headers


async def test_a_live_ticket_tells_who_holds_it_exactly_once(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    made = (await client.post(TICKET, headers=ada.headers)).json()
    ticket = SecretStr(made["ticket"])

    who = await service.redeem_live_ticket(tools, ticket)

    assert made["expires_in"] == 30
    assert who.actor == ada.actor
    assert who.audience() == f"session:{claims_of(ada)['sid']}"
    with pytest.raises(SessionEnded):
        await service.redeem_live_ticket(tools, ticket)


async def test_of_two_that_redeem_a_ticket_at_once_one_is_let_in(house: RunningHouse) -> None:
    ada = await house.make.user()
    async with house.client() as http:
        made = (await http.post(TICKET, headers=ada.headers)).json()
    ticket = SecretStr(made["ticket"])

    tried = await asyncio.gather(
        *(service.redeem_live_ticket(house.tools, ticket) for _ in range(5)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, SignedIn) for one in tried) == 1
    assert sum(isinstance(one, SessionEnded) for one in tried) == 4


async def test_a_live_ticket_ends_with_its_session(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    made = (await client.post(TICKET, headers=ada.headers)).json()
    await client.delete("/api/v1/identity/sessions", headers=ada.headers)

    with pytest.raises(SessionEnded):
        await service.redeem_live_ticket(tools, SecretStr(made["ticket"]))


async def test_a_live_ticket_may_be_held_by_a_key_and_ends_with_it(
    client: httpx.AsyncClient, make: Make, tools: Tools
) -> None:
    ada = await make.user()
    key = (
        await client.post("/api/v1/identity/keys", json={"name": "ci"}, headers=ada.headers)
    ).json()
    headers = {"authorization": f"Bearer {key['key']}"}
    one, two = [(await client.post(TICKET, headers=headers)).json()["ticket"] for _ in range(2)]

    who = await service.redeem_live_ticket(tools, SecretStr(one))
    await client.delete(f"/api/v1/identity/keys/{key['id']}", headers=headers)

    assert who.audience() == f"key:{key['id']}"
    assert await service.signed_in_among(tools, [who]) == set()
    with pytest.raises(SessionEnded):
        await service.redeem_live_ticket(tools, SecretStr(two))


async def test_without_anything_to_show_nobody_is_let_in(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", ME),
        ("PATCH", ME),
        ("GET", "/api/v1/identity/sessions"),
        ("DELETE", "/api/v1/identity/sessions"),
        ("GET", "/api/v1/identity/keys"),
        ("POST", "/api/v1/identity/keys"),
        ("POST", TICKET),
    ):
        response = await client.request(method, path)

        assert response.status_code == 401, path
        assert response.json()["type"] == "/problems/unauthenticated"


def test_secrets_do_not_print() -> None:
    secret = "a very secret thing"
    holders = [
        Credentials(cookie=secret, bearer=secret),
        SignIn(email="ada@example.org", password=SecretStr(secret)),
        PasswordReset(token=SecretStr(secret), password=SecretStr(secret)),
        SessionOut(
            user=UserOut(id=UUID(int=1), name="A", email="a@b.c"),
            expires_in=1,
            access_token=SecretStr(secret),
        ),
    ]

    for holder in holders:
        assert secret not in f"{holder!r} {holder}"


async def test_no_secret_reaches_the_log_the_events_or_the_tables(
    client: httpx.AsyncClient,
    make: Make,
    db: AsyncConnection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
    ada = await make.user()
    sign_in = {"email": ada.email, "password": PASSWORD, "kind": "program"}
    tokens = (await client.post("/api/v1/identity/session", json=sign_in)).json()
    key = await client.post("/api/v1/identity/keys", json={"name": "ci"}, headers=ada.headers)
    await client.post("/api/v1/identity/session", json=sign_in | {"password": PASSWORD + "!"})
    await client.post("/api/v1/identity/session", json=sign_in | {"kind": "x"})
    secrets = [
        PASSWORD,
        tokens["access_token"],
        tokens["refresh_token"],
        key.json()["key"],
    ]

    kept = []
    for table in ("events", "users", "sessions", "refresh_tokens", "api_keys"):
        rows = await db.execute(text(f"SELECT row_to_json({table})::text FROM {table}"))  # noqa: S608 - our own names
        kept += [row for (row,) in rows]

    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for secret in secrets:
        assert secret not in told
        assert secret not in "".join(kept)


async def test_who_acts_as_the_system_is_nobody_at_the_door(tools: Tools) -> None:
    assert await service.signed_in_among(tools, [SignedIn(SYSTEM)]) == set()
