"""What is there by itself: the deployment of the model that runs here."""

from samoey.kit.ports.embedder import Embedder
from samoey.kit.ports.upstreams import Deployment

# Each has thousands of texts in hand at the most, and they share one thread.
_MOST_AT_ONCE = 8


def deployment_of(embedder: Embedder) -> Deployment:
    """How the gateway finds an embedder; it costs nothing."""
    return Deployment(
        id=f"local/{embedder.name}",
        provider_id="local",
        provider="local",
        kind="local",
        base_url="",
        model=embedder.name,
        tools=False,
        vision=False,
        max_parallel=_MOST_AT_ONCE,
    )
