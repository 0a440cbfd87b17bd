import io

import msgspec
import pytest
from msgspec.structs import replace

from samoey.domains.models.gateway.budget import BudgetSpent
from samoey.domains.models.gateway.shapes import Price
from tests.api.relay.conftest import Relayed
from tests.api.relay.wire import ASKED, CHUNK, STREAMED, events, words
from tests.doubles.gateway import POLICY, PROGRAM_KEY, deployment
from tests.doubles.openai import OpenAIDouble


async def test_an_answer_is_passed_on_and_its_head_tells_how_it_came(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.document("Like this.")

    async with relayed.ask(ASKED | {"custom_field": {"deep": [1, None]}}) as response:
        told = await response.json()

    assert response.status == 200
    assert told["choices"][0]["message"]["content"] == "Like this."
    assert first.requests[0]["model"] == "first-model"
    assert first.requests[0]["custom_field"] == {"deep": [1, None]}
    head = response.headers
    assert head["x-samoey-model"] == "first-model"
    assert head["x-samoey-deployment"] == "at-first/first-model"
    assert head["x-samoey-route"] == "priority 1"
    assert head["x-samoey-attempts"] == "1"
    assert head["x-samoey-cost-usd"] == "0.000000"
    assert float(head["x-samoey-overhead-ms"]) >= 0
    assert head["x-request-id"]


async def test_a_stream_is_passed_on_as_it_comes_without_the_usage_that_nobody_asked_for(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.say("Word by word by word.", size=5)

    async with relayed.ask(STREAMED) as response:
        body = await response.read()

    assert response.headers["content-type"].startswith("text/event-stream")
    assert words(body) == "Word by word by word."
    assert events(body)[-1] == "[DONE]"
    assert all(event["choices"] for event in events(body)[:-1])
    assert first.requests[0]["stream_options"] == {"include_usage": True}


async def test_the_usage_of_a_stream_is_passed_on_to_who_asked_for_it(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.say("Yes.")

    async with relayed.ask(STREAMED | {"stream_options": {"include_usage": True}}) as response:
        told = events(await response.read())

    assert [event["usage"]["total_tokens"] for event in told[:-1] if event["usage"]] == [19]


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key"])
async def test_each_vendors_way_to_show_a_key_opens_the_door(
    relayed: Relayed, first: OpenAIDouble, header: str
) -> None:
    first.document("Yes.")
    shown = f"Bearer {PROGRAM_KEY}" if header == "authorization" else PROGRAM_KEY

    async with relayed.http.post(
        f"{relayed.url}/v1/chat/completions", json=ASKED, headers={header: shown}
    ) as response:
        assert response.status == 200


@pytest.mark.parametrize("key", ["sk-samoey-unknown", "", "\u00e9\u00e8"])
async def test_a_key_that_opens_nothing_is_told_in_the_vendors_shape(
    relayed: Relayed, first: OpenAIDouble, key: str
) -> None:
    async with relayed.ask(ASKED, key=key) as response:
        told = await response.json()

    assert response.status == 401
    assert told["error"]["type"] == "authentication_error"
    assert set(told["error"]) == {"message", "type", "param", "code"}
    assert first.requests == []


async def test_a_key_is_good_until_it_expires(relayed: Relayed, first: OpenAIDouble) -> None:
    relayed.standing.decided.keys = {"sk-old": replace(POLICY, expires_at=1.0)}
    relayed.standing.decided.decide()

    async with relayed.ask(ASKED, key="sk-old") as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"[]", None),
        (b"\xff\xfe", None),
        (b"", None),
        (b'{"messages": []}', "model"),
        (b'{"model": 3}', "model"),
        (b'{"model": "a\\u0000b"}', "model"),
        (b'{"model": "fast", "stream": "yes"}', "stream"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_field_that_is_wrong(
    relayed: Relayed, first: OpenAIDouble, body: bytes, param: str | None
) -> None:
    async with relayed.http.post(
        f"{relayed.url}/v1/chat/completions",
        data=body,
        headers={"authorization": f"Bearer {PROGRAM_KEY}"},
    ) as response:
        told = await response.json()

    assert response.status == 400
    assert told["error"]["type"] == "invalid_request_error"
    assert told["error"]["param"] == param
    assert first.requests == []


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("door", ["chat/completions", "messages", "responses", "embeddings"])
async def test_a_body_that_is_nested_too_deeply_is_no_fault_of_ours(
    relayed: Relayed, first: OpenAIDouble, door: str
) -> None:
    async with relayed.http.post(
        f"{relayed.url}/v1/{door}",
        data=b'{"model": "fast", "input": ' + DEEP + b', "messages": ' + DEEP + b"}",
        headers={"authorization": f"Bearer {PROGRAM_KEY}", "anthropic-beta": "a-beta"},
    ) as response:
        told = await response.json()

    assert response.status == 400
    assert "nested too deeply" in told["error"]["message"]
    assert first.requests == []


@pytest.mark.parametrize("most", [-(10**12), 0, 10**18, 10**400])
async def test_however_many_tokens_are_asked_for_what_is_held_and_counted_stays_within_reason(
    relayed: Relayed, first: OpenAIDouble, most: int
) -> None:
    price = Price(input=150_000, output=600_000)
    relayed.standing.decided.keys[PROGRAM_KEY] = replace(POLICY, tpm=50_000)
    relayed.standing.decided.decide(deployment("first", first.url, price=price))
    first.document("Yes.")
    body = msgspec.json.encode(ASKED | {"model": "first-model"})[:-1]

    async with relayed.http.post(
        f"{relayed.url}/v1/chat/completions",
        data=body + b',"max_tokens":%b,"n":%b}' % (str(most).encode(), str(most).encode()),
        headers={"authorization": f"Bearer {PROGRAM_KEY}"},
    ) as response:
        assert response.status == 200
    # It is the vendor's to refuse such numbers, and this one lets them pass.
    first.faults.clear()

    purses = relayed.standing.purses
    assert 0 <= purses.held[0] <= 128 * 10 * 600_000 + 1000
    # What was estimated was no more than a minute holds; 19 tokens were used.
    assert -19 <= purses.corrected[0] <= 50_000 - 19


async def test_a_model_that_is_not_there_is_a_404_with_the_vendors_code(relayed: Relayed) -> None:
    async with relayed.ask(ASKED | {"model": "gpt-9"}) as response:
        told = await response.json()

    assert response.status == 404
    assert told["error"]["code"] == "model_not_found"
    assert "gpt-9" in told["error"]["message"]


async def test_a_body_over_the_limit_is_refused_before_it_is_read_to_its_end(
    relayed: Relayed,
) -> None:
    body = io.BytesIO(b"{" + b" " * 20 * 2**20)

    async with relayed.http.post(
        f"{relayed.url}/v1/chat/completions",
        data=body,
        headers={"authorization": f"Bearer {PROGRAM_KEY}"},
    ) as response:
        assert response.status == 413


async def test_an_unknown_address_and_a_wrong_method_are_told_in_the_vendors_shape(
    relayed: Relayed,
) -> None:
    async with relayed.get("/v1/nothing") as unknown, relayed.get("/v1/embeddings") as wrong:
        assert (unknown.status, wrong.status) == (404, 405)
        assert "error" in await unknown.json()
        assert "error" in await wrong.json()


async def test_models_are_listed_aliases_first_and_each_can_be_looked_up(
    relayed: Relayed,
) -> None:
    async with relayed.get("/v1/models") as response:
        told = await response.json()
    async with relayed.get("/v1/models/at-first/first-model") as one:
        assert (await one.json())["id"] == "at-first/first-model"
    async with relayed.get("/v1/models/nobody") as none:
        assert none.status == 404
    async with relayed.get("/v1/models", **{"anthropic-version": "2023-06-01"}) as other:
        theirs = await other.json()

    assert [it["id"] for it in told["data"]] == [
        "fast",
        "at-first/first-model",
        "at-second/second-model",
    ]
    assert theirs["data"][0]["type"] == "model"
    assert theirs["last_id"] == "at-second/second-model"


async def test_a_refusal_of_the_request_is_passed_on_in_the_vendors_own_words(
    relayed: Relayed, first: OpenAIDouble, second: OpenAIDouble
) -> None:
    first.fail(400, code="unsupported_parameter", message="no such field")

    async with relayed.ask(ASKED) as response:
        told = await response.json()

    assert response.status == 400
    assert told["error"] == {
        "message": "no such field",
        "type": "refused",
        "param": None,
        "code": "unsupported_parameter",
    }
    assert second.requests == []


async def test_a_refused_key_of_ours_is_no_fault_of_the_program_and_is_not_quoted(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.fail(401, message="Incorrect API key provided: sk-double-012***")

    async with relayed.ask(ASKED | {"model": "first-model"}) as response:
        told = await response.text()

    assert response.status == 502
    assert "sk-double" not in told


async def test_completions_and_embeddings_are_passed_through(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    asked = {"model": "first-model", "input": "four"}

    async with relayed.ask(asked, path="/v1/embeddings") as response:
        told = await response.json()
    assert told["data"][0]["embedding"] == [4, 0.5, -0.25]
    # The double has no such address, and tells so: what counts is that it was asked there.
    async with relayed.ask(asked, path="/v1/completions") as response:
        told = await response.json()
    assert "ends in /v1" in told["error"]["message"]
    assert len(first.headers) == 2


async def test_a_spent_budget_asks_nobody(relayed: Relayed, first: OpenAIDouble) -> None:
    relayed.standing.purses.refusal = BudgetSpent("Nothing is left.")

    async with relayed.ask(ASKED) as response:
        told = await response.json()

    assert response.status == 429
    assert told["error"]["code"] == "budget_spent"
    assert first.requests == []


async def test_a_word_is_passed_on_while_the_vendor_thinks_about_the_next(
    relayed: Relayed, first: OpenAIDouble
) -> None:
    first.raw(CHUNK, hold=True)

    async with relayed.ask(STREAMED) as response:
        part = await response.content.readany()
        in_hand = relayed.standing.gateway.standings.of("first").in_hand

    assert words(part) == "Half a"
    assert in_hand == 1
