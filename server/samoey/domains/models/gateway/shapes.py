"""What the gateway decides by: one snapshot of keys, deployments and aliases, held in memory."""

from typing import Literal

from msgspec import Struct, field

from samoey.domains.models.gateway.prices import NO_PRICES, Prices
from samoey.kit.ports.upstreams import Deployment, Price

__all__ = [
    "ANY",
    "Alias",
    "CacheKind",
    "Caller",
    "Deployment",
    "KeyPolicy",
    "Price",
    "Snapshot",
    "Strategy",
    "Target",
]

# A deployment of this model passes on whatever is named: an endpoint, of which nothing more is
# written down. Its id ends so, too.
ANY = "*"

Strategy = Literal["priority", "weighted", "latency", "cost", "capability"]
CacheKind = Literal["off", "exact", "semantic"]


class Target(Struct, frozen=True):
    """A deployment in an alias; the weight is its share where the strategy is `weighted`."""

    deployment_id: str
    weight: int = 1


class Alias(Struct, frozen=True, kw_only=True):
    """A name that people ask for, and the deployments that may answer, in order.

    `deadline_s` bounds the search for an answer, with all of its retries; what an answer itself
    may take, the deployment says. `workspace_id` None means everybody's.
    """

    name: str
    strategy: Strategy = "priority"
    targets: tuple[Target, ...] = ()
    workspace_id: str | None = None
    cache: CacheKind = "off"
    threshold: float | None = None
    deadline_s: float = 120
    retries: int = 2
    # Whether the oldest turns go where a conversation is too long for whoever is asked.
    trim: bool = False
    # How often an answer that misses the shape that was asked for is asked for again.
    repairs: int = 0
    # What a request may cost, as estimated, for a model to be asked.
    ceiling_micro: int | None = None


class KeyPolicy(Struct, frozen=True, kw_only=True):
    """What the holder of a key may do; None is no limit. `expires_at` is seconds since 1970.

    `key_id` None is a person who asks in the product itself.
    """

    key_id: str | None
    user_id: str
    workspace_id: str
    models: frozenset[str] | None = None
    rpm: int | None = None
    tpm: int | None = None
    day_micro: int | None = None
    month_micro: int | None = None
    expires_at: float | None = None


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything that was decided elsewhere; keys by their hash, the rest by id or name."""

    version: str
    keys: dict[bytes, KeyPolicy] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    # What models cost of which nobody wrote down anything.
    prices: Prices = field(default_factory=lambda: NO_PRICES)


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks, by which policy, and under which id the request is followed."""

    policy: KeyPolicy
    request_id: str
