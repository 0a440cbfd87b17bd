import random
from collections import Counter
from typing import Any

import pytest
from msgspec.structs import replace

from samoey.domains.models.gateway.breaker import FAILURES, Breaker, Latency, Standings
from samoey.domains.models.gateway.explaining import explained
from samoey.domains.models.gateway.names import ModelForbidden, Names
from samoey.domains.models.gateway.routing import Needs, Router
from samoey.domains.models.gateway.shapes import ANY, Alias, Price, Snapshot, Strategy, Target
from samoey.kit.ports.models import ModelNotFound
from tests.doubles.gateway import POLICY, alias, deployment

CHEAP, DEAR = Price(input=100_000, output=400_000), Price(input=3_000_000, output=15_000_000)


class Clock:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standings(clock: Clock) -> Standings:
    return Standings(clock)


def at(name: str, **changes: Any) -> Any:
    return deployment(name, "http://127.0.0.1:1/v1", **changes)


def snapshot(*deployments: Any, aliases: tuple[Alias, ...] = ()) -> Snapshot:
    return Snapshot(
        version="1",
        deployments={it.id: it for it in deployments},
        aliases={it.name: it for it in aliases},
    )


def order(
    standings: Standings,
    strategy: Strategy,
    *deployments: Any,
    needs: Needs | None = None,
    weights: tuple[int, ...] = (),
    chance: random.Random | None = None,
) -> list[str]:
    targets = tuple(
        Target(it.id, weight)
        for it, weight in zip(deployments, weights or (1,) * len(deployments), strict=True)
    )
    named = alias("x", strategy=strategy, targets=targets)
    router = Router(standings, chance or random.Random(1))
    route = router.route((named, deployments), needs or Needs())
    return [it.deployment.id for it in route.candidates]


def test_by_priority_the_order_of_the_alias_stands(standings: Standings) -> None:
    assert order(standings, "priority", at("b"), at("a"), at("c")) == ["b", "a", "c"]


def test_by_weight_each_comes_first_as_often_as_its_share_and_the_rest_follows(
    standings: Standings,
) -> None:
    chance = random.Random(3)
    orders = [
        order(standings, "weighted", at("a"), at("b"), at("c"), weights=(7, 3, 0), chance=chance)
        for _ in range(2000)
    ]

    firsts = Counter(it[0] for it in orders)

    assert 0.65 < firsts["a"] / 2000 < 0.75
    assert firsts["c"] == 0
    assert all(sorted(it) == ["a", "b", "c"] for it in orders)


def test_by_latency_the_quickest_comes_first_and_before_it_who_was_never_measured(
    standings: Standings, clock: Clock
) -> None:
    standings.of("slow").first.note(900)
    standings.of("quick").first.note(90)
    three = at("slow"), at("quick"), at("new")
    streamed = Needs(stream=True)

    before = order(standings, "latency", *three, needs=streamed)
    standings.of("new").first.note(300)
    after = order(standings, "latency", *three, needs=streamed)
    clock.now += 3600

    assert before == ["new", "quick", "slow"]
    assert after == ["quick", "new", "slow"]
    # What was measured an hour ago is learnt anew.
    assert order(standings, "latency", *three, needs=streamed) == ["slow", "quick", "new"]


def test_an_average_decays(clock: Clock) -> None:
    latency = Latency(clock)
    latency.note(1000)
    clock.now += 30
    latency.note(100)

    assert latency.ms() == pytest.approx(550)


def test_by_cost_the_cheapest_for_this_request_comes_first_and_unknown_prices_last(
    standings: Standings,
) -> None:
    reads = at("reads", price=Price(input=100_000, output=9_000_000))
    writes = at("writes", price=Price(input=900_000, output=1_000_000))
    three = at("unknown"), writes, reads

    assert order(standings, "cost", *three, needs=Needs(tokens=50_000, output=10))[0] == "reads"
    assert order(standings, "cost", *three, needs=Needs(tokens=10, output=5_000)) == [
        "writes",
        "reads",
        "unknown",
    ]


def test_by_capability_the_smallest_that_surely_fits_comes_first(standings: Standings) -> None:
    small = at("small", context_tokens=8_000, tools=True)
    large = at("large", context_tokens=200_000, tools=True)
    dumb = at("dumb", context_tokens=100_000, tools=False)
    unknown = at("unknown")
    four = unknown, large, dumb, small

    little = order(standings, "capability", *four, needs=Needs(tokens=1_000, tools=True))
    much = order(standings, "capability", *four, needs=Needs(tokens=60_000, tools=True))

    assert little == ["small", "large", "unknown"]
    assert much == ["large", "unknown"]


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        (Needs(tools=True), "takes no tools"),
        (Needs(vision=True), "takes no images"),
        (Needs(tokens=9_000), "takes 4,000 tokens, and this is about 9,000"),
    ],
)
def test_whoever_surely_cannot_answer_is_left_out_and_it_is_said_why(
    standings: Standings, needs: Needs, reason: str
) -> None:
    weak = at("weak", tools=False, vision=False, context_tokens=4_000)
    named = alias("x", "weak", "good")

    route = Router(standings, random.Random(1)).route((named, (weak, at("good"))), needs)

    assert [(it.deployment.id, it.reason) for it in route.passed] == [("weak", reason)]
    assert [it.deployment.id for it in route.candidates] == ["good"]


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_look_after_a_rest(
    clock: Clock,
) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES - 1):
        breaker.failed()
    breaker.succeeded()
    for _ in range(FAILURES):
        assert breaker.begin()
        breaker.failed()

    assert breaker.state == "open"
    assert not breaker.begin()
    clock.now += 10
    assert breaker.state == "half-open"
    assert [breaker.begin(), breaker.begin()] == [True, False]
    breaker.failed()
    clock.now += 10
    # It failed again, so it rests longer.
    assert not breaker.begin()
    clock.now += 10
    assert breaker.begin()
    breaker.succeeded()
    assert breaker.state == "closed"
    assert breaker.begin()


def test_who_looked_and_left_without_an_end_lets_the_next_one_look(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.failed()
    clock.now += 10

    assert breaker.begin()
    breaker.undecided()

    assert breaker.begin()


def test_a_stream_that_begins_lets_others_go_and_its_end_decides(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.begin()
        breaker.began()
        assert breaker.state == "closed"
        breaker.failed()
    assert breaker.state == "open"

    clock.now += 10
    assert breaker.begin()
    breaker.began()
    assert breaker.begin()
    # Whoever looked breaks off again: the rest is twice as long.
    breaker.failed()
    clock.now += 10
    assert breaker.state == "open"
    clock.now += 10
    assert breaker.begin()
    breaker.began()
    breaker.succeeded()
    breaker.failed()

    assert breaker.state == "closed"


def test_who_asks_for_a_pause_is_given_it_but_not_for_ever(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.busy(3600)

    assert not breaker.begin()
    clock.now += 60
    assert breaker.begin()


def test_it_is_explained_who_is_asked_who_rests_and_who_does_not_fit(
    standings: Standings,
) -> None:
    for _ in range(FAILURES):
        standings.of("ill").breaker.failed()
    three = at("ill"), at("well"), at("blind", vision=False)
    route = Router(standings, random.Random(1)).route(
        (alias("x", "ill", "well", "blind"), three), Needs(vision=True)
    )

    told = explained(route, standings)

    assert [(it.deployment_id, it.asked) for it in told] == [
        ("well", True),
        ("ill", False),
        ("blind", False),
    ]
    assert told[1].breaker == "open"
    assert "asked again in 10 s" in told[1].reason
    assert told[2].reason == "takes no images"


def test_a_name_is_an_alias_then_a_model_then_whatever_an_endpoint_calls_so() -> None:
    names = Names(
        snapshot(
            at("a", model="gpt-x"),
            at("e", model=ANY, provider="ollama"),
            aliases=(alias("gpt-x", "e"),),
        )
    )

    found = {
        asked: (names.find(asked, POLICY)[1][0].id, names.find(asked, POLICY)[1][0].model)
        for asked in ("gpt-x", "at-a/gpt-x", "at-a:gpt-x", "ollama/llama3:8b", "llama3:8b")
    }

    assert found == {
        "gpt-x": ("e", "gpt-x"),
        "at-a/gpt-x": ("a", "gpt-x"),
        "at-a:gpt-x": ("a", "gpt-x"),
        "ollama/llama3:8b": ("e", "llama3:8b"),
        "llama3:8b": ("e", "llama3:8b"),
    }


def test_a_key_asks_only_what_its_policy_names_and_only_what_its_workspace_sees() -> None:
    names = Names(
        snapshot(
            at("a"),
            at("b"),
            aliases=(alias("theirs", "a", workspace_id="w2"), alias("fast", "b")),
        )
    )
    limited = replace(POLICY, models=frozenset({"fast", "at-a/a-model"}))

    assert names.find("fast", limited)[1][0].id == "b"
    assert names.find("a-model", limited)[1][0].id == "a"
    with pytest.raises(ModelForbidden):
        names.find("b-model", limited)
    with pytest.raises(ModelNotFound):
        names.find("theirs", POLICY)


def test_no_model_is_asked_that_would_cost_more_than_the_alias_allows(
    standings: Standings,
) -> None:
    cheap = at("cheap", price=CHEAP, context_tokens=9000)
    three = at("dear", price=DEAR), at("unknown"), cheap
    targets = tuple(Target(it.id) for it in three)
    # 1,000 tokens there and 500 back: $0.0105 at the dear one, $0.0003 at the cheap one.
    named = alias("x", strategy="capability", targets=targets, ceiling_micro=300)
    router = Router(standings, random.Random(1))

    route = router.route((named, three), Needs(tokens=1000))
    longer = router.route((named, three), Needs(tokens=1000, output=2000))
    none = router.route((named, three[:1]), Needs(tokens=1000))

    assert [it.deployment.id for it in route.candidates] == ["cheap", "unknown"]
    assert [(it.deployment.id, it.reason) for it in route.passed] == [
        ("dear", "costs about $0.010500, and $0.000300 is the most")
    ]
    assert [it.deployment.id for it in longer.candidates] == ["unknown"]
    assert (none.candidates, none.too_long) == ((), False)


def test_a_ceiling_holds_for_the_only_model_of_an_alias_too(standings: Standings) -> None:
    dear = at("dear", price=DEAR)
    named = alias("x", targets=(Target("dear"),), ceiling_micro=300)

    route = Router(standings, random.Random(1)).route((named, (dear,)), Needs(tokens=1000))

    assert route.candidates == ()
