"""The web door's outermost layer: health, metrics, limits, headers, strict pages."""

import json
import logging
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from samoey.api.app import create_app
from samoey.kit.context import Tools
from tests.conftest import OpenHouse
from tests.house.processes import RunningHouse


async def test_a_process_tells_that_it_runs_and_that_it_is_ready(client: httpx.AsyncClient) -> None:
    runs = await client.get("/healthz")
    ready = await client.get("/readyz")

    assert runs.text == "ok\n"
    assert ready.json() == {"ready": True, "checks": {"database": "ok", "bus": "ok"}}


async def test_a_process_whose_bus_is_away_is_not_ready(open_test_house: OpenHouse) -> None:
    async with (
        open_test_house(redis_url=SecretStr("redis://127.0.0.1:1/0")) as house,
        house.client() as client,
    ):
        ready = await client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["checks"]["database"] == "ok"
    assert ready.json()["checks"]["bus"] == "The message bus does not answer."


async def test_metrics_count_requests_and_jobs(client: httpx.AsyncClient) -> None:
    await client.get("/healthz")

    text = (await client.get("/metrics")).text

    assert 'samoey_http_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert "samoey_jobs_oldest_waiting_seconds 0.0" in text


async def test_metrics_ask_for_their_token_when_one_is_set(open_test_house: OpenHouse) -> None:
    from samoey.kit.settings import ServerSettings

    server = ServerSettings(metrics_token=SecretStr("t" * 20))
    async with open_test_house(server=server) as house, house.client() as client:
        without = await client.get("/metrics")
        rubbish = await client.get("/metrics", headers={b"Authorization": b"Bearer \xff"})
        given = await client.get("/metrics", headers={"Authorization": f"Bearer {'t' * 20}"})

    assert (without.status_code, rubbish.status_code, given.status_code) == (401, 401, 200)


@pytest.mark.parametrize(
    ("method", "path", "slug"),
    [
        ("GET", "/api/v1/nothing", "not-found"),
        ("PUT", "/api/v1/workspaces", "method-not-allowed"),
        ("GET", "/api/v1/workspaces", "unauthenticated"),
        ("POST", "/api/v1/identity/session", "invalid-request"),
    ],
)
async def test_every_refusal_is_a_problem(
    client: httpx.AsyncClient, method: str, path: str, slug: str
) -> None:
    response = await client.request(method, path, json={"email": 3})

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{slug}"
    assert response.json()["status"] == response.status_code


async def test_a_problem_type_leads_to_its_explanation(client: httpx.AsyncClient) -> None:
    page = await client.get("/problems/unauthenticated")

    assert page.status_code == 200
    assert "Sign in first." in page.text


async def test_a_body_over_the_limit_is_refused_before_it_is_kept(
    client: httpx.AsyncClient,
) -> None:
    body = json.dumps({"email": "a" * 3_000_000, "password": "x"})

    response = await client.post(
        "/api/v1/identity/session", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 413
    assert response.json()["type"] == "/problems/too-large"


async def test_rubbish_instead_of_json_is_an_invalid_request(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/api/v1/identity/session",
        content=b"\xff\xfe{",
        headers={"Content-Type": "application/json"},
    )

    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_request_keeps_its_id_and_a_wild_one_is_replaced(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "samoey.http"):
        kept = await client.get("/api/v1/nothing", headers={"X-Request-ID": "from-proxy-1"})
        replaced = await client.get("/api/v1/nothing", headers={"X-Request-ID": "a b\tc"})

    assert kept.headers["x-request-id"] == "from-proxy-1"
    assert replaced.headers["x-request-id"] != "a b\tc"
    assert any(getattr(record, "path", None) == "/api/v1/nothing" for record in caplog.records)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    root = tmp_path / "out"
    (root / "code").mkdir(parents=True)
    (root / "_next" / "static").mkdir(parents=True)
    (root / "index.html").write_text("<script>let a=1</script><script src=x></script>hello")
    (root / "code" / "index.html").write_text("code")
    (root / "404.html").write_text("nothing here")
    (root / "_next" / "static" / "a.js").write_text("let b=2;" * 100)
    (tmp_path / "secret.txt").write_text("hush")
    return root


@pytest.fixture
async def web(tools: Tools, pages: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(tools, web_root=pages), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://samoey.test")


async def test_a_page_allows_its_own_scripts_by_hash_and_no_others(web: httpx.AsyncClient) -> None:
    page = await web.get("/")

    policy = page.headers["content-security-policy"]
    assert "hello" in page.text
    # printf 'let a=1' | openssl dgst -sha256 -binary | base64
    assert "script-src 'self' 'sha256-+Q3dsIT3kYyYXlBldxY4Baal1kEoF6cDrlPvZn4iLYs='" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]


async def test_static_files_are_kept_forever_and_pages_are_asked_for_again(
    web: httpx.AsyncClient,
) -> None:
    script = await web.get("/_next/static/a.js")
    page = await web.get("/code/")
    again = await web.get("/code/", headers={"If-None-Match": page.headers["etag"]})

    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert page.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/code/../../secret.txt", "/a%00b", "/nope"]
)
async def test_nothing_outside_the_folder_is_served(web: httpx.AsyncClient, path: str) -> None:
    response = await web.get(path)

    assert response.status_code == 404
    assert "hush" not in response.text


async def test_a_bug_is_answered_without_details(
    house: RunningHouse, caplog: pytest.LogCaptureFixture
) -> None:
    async with house.tools.sessions.begin() as db:
        from sqlalchemy import text

        await db.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    async with house.client() as client:
        response = await client.get("/metrics")

    assert response.status_code == 500
    assert response.json()["type"] == "/problems/server-error"
    assert "procrastinate" not in response.text
    assert any(record.exc_info for record in caplog.records)
