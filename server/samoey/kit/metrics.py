"""Where every metric of a process is registered; light, so that hot paths may count."""

from prometheus_client import CollectorRegistry

METRICS = CollectorRegistry()


class Bounded:
    """At most so many values for a label; whatever comes after them is one: `other`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, value: str) -> str:
        """The value itself, or `other`."""
        if value in self._known:
            return value
        if len(self._known) >= self._most:
            return "other"
        self._known.add(value)
        return value
