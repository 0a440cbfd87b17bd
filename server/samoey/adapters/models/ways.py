"""Every way to vendors in one hand: opened when somebody asks, for loading them takes a while."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from samoey.kit.ports.network import AddressGuard
from samoey.kit.ports.upstreams import Kind, Upstream

if TYPE_CHECKING:
    from samoey.adapters.checkpoints.running import Checkpoints
    from samoey.adapters.models.connect.http import Vendors
    from samoey.kit.ports.embedder import Embedder


class Ways:
    """How vendors are reached, and how each kind of them is spoken to."""

    def __init__(
        self,
        guard: AddressGuard,
        embedder: "Embedder | None" = None,
        checkpoints: "Callable[[], Checkpoints] | None" = None,
    ) -> None:
        self._guard, self._embedder, self._checkpoints = guard, embedder, checkpoints

    @cached_property
    def vendors(self) -> "Vendors":
        """The one session for all of them."""
        from samoey.adapters.models.connect.http import Vendors

        return Vendors(self._guard)

    @cached_property
    def checkpoints(self) -> "Checkpoints | None":
        """The models that run on this server; nothing is started by looking."""
        return None if self._checkpoints is None else self._checkpoints()

    @property
    def upstreams(self) -> Mapping[Kind, Upstream]:
        """Who speaks with which kind; loaded when somebody looks one up."""
        return _WhenAsked(self)

    @cached_property
    def loaded(self) -> Mapping[Kind, Upstream]:
        """The same, loaded now."""
        from samoey.adapters.models.connect.anthropic import AnthropicUpstream
        from samoey.adapters.models.connect.openai import OpenAIUpstream

        compatible = OpenAIUpstream(self.vendors)
        found: dict[Kind, Upstream] = {
            "openai": compatible,
            "azure": compatible,
            "anthropic": AnthropicUpstream(self.vendors),
        }
        if self._embedder is not None:
            from samoey.adapters.embedders.upstream import LocalUpstream

            found["local"] = LocalUpstream(self._embedder)
        if self.checkpoints is not None:
            from samoey.adapters.models.connect.transformers import TransformersUpstream

            found["transformers"] = TransformersUpstream(self.checkpoints)
        return found

    async def close(self) -> None:
        """Close what was opened."""
        if "vendors" in self.__dict__:
            await self.vendors.close()
        if (checkpoints := self.__dict__.get("checkpoints")) is not None:
            await checkpoints.close()


class _WhenAsked(Mapping[Kind, Upstream]):
    """A table that is not made before it is read."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def __getitem__(self, kind: Kind) -> Upstream:
        return self._ways.loaded[kind]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._ways.loaded)

    def __len__(self) -> int:
        return len(self._ways.loaded)
