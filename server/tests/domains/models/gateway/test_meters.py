"""What Prometheus is told of models."""

from prometheus_client import CollectorRegistry, generate_latest

from samoey.domains.models.gateway import meters
from samoey.kit.metrics import METRICS, Bounded
from tests.domains.models.gateway.noter import row


def value(name: str, **labels: str) -> float:
    return METRICS.get_sample_value(name, labels) or 0.0


def test_a_request_is_counted_under_the_name_that_was_asked_for() -> None:
    counting = meters.Meters()
    for status in (200, 200, 429, 502):
        told = {"prompt_tokens": 100, "completion_tokens": 10, "cached_tokens": 40}
        answered = told | {"cost_micro": 500_000, "ms": 2000, "first_ms": 300}
        counting.count(row(0, model="m-1", status=status, **(answered if status == 200 else {})))

    assert value("samoey_models_requests_total", model="m-1", outcome="answered") == 2
    assert value("samoey_models_requests_total", model="m-1", outcome="refused") == 1
    assert value("samoey_models_requests_total", model="m-1", outcome="failed") == 1
    assert value("samoey_models_tokens_total", model="m-1", kind="prompt") == 200
    assert value("samoey_models_tokens_total", model="m-1", kind="cached") == 80
    assert value("samoey_models_cost_dollars_total", model="m-1") == 1
    assert value("samoey_models_seconds_count", model="m-1") == 2
    assert value("samoey_models_first_token_seconds_bucket", model="m-1", le="0.5") == 2


def test_what_was_kept_is_counted_apart_and_says_nothing_of_how_long_models_take() -> None:
    counting = meters.Meters()

    counting.count(row(0, model="m-2", attempts=0, ms=3))
    counting.count(row(0, model="m-2", attempts=1, ms=3000))
    counting.count(row(0, model="m-2", attempts=0, status=503))

    assert value("samoey_models_cache_hits_total", model="m-2") == 1
    assert value("samoey_models_requests_total", model="m-2", outcome="answered") == 2
    assert value("samoey_models_seconds_count", model="m-2") == 1


def test_however_many_names_are_asked_for_few_are_told() -> None:
    counting = meters.Meters(most=5)
    for number in range(100):
        counting.count(row(0, model=f"made-up-{number}"))

    told = generate_latest(METRICS).decode()
    assert told.count('samoey_models_cost_dollars_total{model="made-up-') == 5
    assert value("samoey_models_requests_total", model="other", outcome="answered") == 95


def test_known_values_stay_when_there_are_too_many() -> None:
    bounded = Bounded(2)

    assert [bounded(it) for it in ("a", "b", "c", "a", "d")] == ["a", "b", "other", "a", "other"]


def test_how_breakers_stand_is_told_by_deployment_and_of_too_many_those_that_fail() -> None:
    registry = CollectorRegistry()
    states = {f"p/{number}": "closed" for number in range(100)}
    registry.register(meters.Breakers(lambda: states, most=5))
    states |= {"p/7": "open", "p/8": "half-open"}

    told = generate_latest(registry).decode()

    assert registry.get_sample_value("samoey_models_breaker_state", {"deployment": "p/7"}) == 2
    assert registry.get_sample_value("samoey_models_breaker_state", {"deployment": "p/8"}) == 1
    assert told.count("samoey_models_breaker_state{") == 5
