"""What Prometheus is told of models, by the name that was asked for; few names, never keys."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from samoey.domains.models.gateway.usage import Usage
from samoey.kit.metrics import METRICS, Bounded

_MOST_MODELS = 200
_FIRST_ERROR = 400
_MILLION = 1_000_000
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

REQUESTS = Counter(
    "samoey_models_requests_total",
    "Requests to models, by the name asked for and how they ended: answered, refused or failed.",
    ["model", "outcome"],
    registry=METRICS,
)
TOKENS = Counter(
    "samoey_models_tokens_total",
    "Tokens that models read and wrote: prompt, cached (a part of prompt) and completion.",
    ["model", "kind"],
    registry=METRICS,
)
DOLLARS = Counter(
    "samoey_models_cost_dollars_total",
    "What models cost, by known prices.",
    ["model"],
    registry=METRICS,
)
SECONDS = Histogram(
    "samoey_models_seconds",
    "Time until an answer's last byte.",
    ["model"],
    registry=METRICS,
    buckets=_SECONDS,
)
FIRST_SECONDS = Histogram(
    "samoey_models_first_token_seconds",
    "Time until a streamed answer's first token.",
    ["model"],
    registry=METRICS,
    buckets=_SECONDS,
)
KEPT = Counter(
    "samoey_models_cache_hits_total",
    "Requests that were answered from a cache: nobody was asked.",
    ["model"],
    registry=METRICS,
)
LOST = Counter(
    "samoey_models_usage_lost_total",
    "Requests whose usage could not be kept: the journal was full.",
    registry=METRICS,
)

# The higher, the worse: who alerts asks for what stays above 0.
_STATES = {"closed": 0, "half-open": 1, "open": 2}


class Breakers(Collector):
    """How the breakers stand when somebody looks; `states` tells it by deployment."""

    def __init__(self, states: Callable[[], Mapping[str, str]], most: int = _MOST_MODELS) -> None:
        self._states, self._most = states, most

    def collect(self) -> Iterator[Metric]:
        """One figure for each deployment; of too many, those that fail are told first."""
        told = GaugeMetricFamily(
            "samoey_models_breaker_state",
            "Whether a deployment is asked: 0 closed (it is), 1 half open (one request looks), "
            "2 open (it rests after failures).",
            labels=["deployment"],
        )
        figures = sorted(((_STATES[it], name) for name, it in self._states().items()), reverse=True)
        for state, name in figures[: self._most]:
            told.add_metric([name], state)
        yield told


class _Model:
    """The counters of one name, found once."""

    def __init__(self, name: str) -> None:
        self.outcomes = {
            outcome: REQUESTS.labels(name, outcome) for outcome in ("answered", "refused", "failed")
        }
        self.prompt = TOKENS.labels(name, "prompt")
        self.cached = TOKENS.labels(name, "cached")
        self.completion = TOKENS.labels(name, "completion")
        self.kept = KEPT.labels(name)
        self.dollars = DOLLARS.labels(name)
        self.seconds = SECONDS.labels(name)
        self.first = FIRST_SECONDS.labels(name)


class Meters:
    """The counters of one process, for so many names at most."""

    def __init__(self, most: int = _MOST_MODELS) -> None:
        self._bounded = Bounded(most)
        self._models: dict[str, _Model] = {}

    def count(self, row: Usage) -> None:
        """Count one request; what `Accounts.watch` is given."""
        name = self._bounded(row.model)
        model = self._models.get(name)
        if model is None:
            model = self._models[name] = _Model(name)
        model.outcomes[_outcome(row.status)].inc()
        if row.status >= _FIRST_ERROR and not row.completion_tokens:
            return
        if row.attempts == 0:
            # How long models take is not told by what is kept.
            model.kept.inc()
            return
        model.prompt.inc(row.prompt_tokens)
        model.cached.inc(row.cached_tokens)
        model.completion.inc(row.completion_tokens)
        model.dollars.inc(row.cost_micro / _MILLION)
        model.seconds.observe(row.ms / 1000)
        if row.first_ms is not None:
            model.first.observe(row.first_ms / 1000)


def _outcome(status: int) -> str:
    if status < _FIRST_ERROR:
        return "answered"
    return "refused" if status < 500 else "failed"  # noqa: PLR2004 - where a server is at fault
