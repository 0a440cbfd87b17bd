"""Everything that may be asked for by name: aliases, deployments, and endpoints with any model."""

from msgspec.structs import replace

from samoey.domains.models.gateway.shapes import ANY, Alias, Deployment, KeyPolicy, Snapshot, Target
from samoey.kit.ports.models import ModelNotFound
from samoey.kit.problems import Forbidden

Found = tuple[Alias, tuple[Deployment, ...]]


class ModelForbidden(Forbidden):
    """The key's policy names the models that it may ask, and this is none of them."""

    title = "This key may not ask this model."


class Names:
    """The names of one snapshot, and those of the models that run here."""

    def __init__(self, snapshot: Snapshot, own: tuple[Deployment, ...] = ()) -> None:
        self._snapshot, self._own = snapshot, own
        self._models: dict[str, list[Deployment]] = {}
        self._endpoints: dict[str, Deployment] = {}
        # What somebody wrote down goes before what is there by itself.
        for one in (*snapshot.deployments.values(), *own):
            if one.model == ANY:
                self._endpoints.setdefault(one.provider, one)
                continue
            for name in (one.model, f"{one.provider}/{one.model}", f"{one.provider}:{one.model}"):
                self._models.setdefault(name, []).append(one)

    def find(self, name: str, policy: KeyPolicy) -> Found:
        """What a name stands for; a model or an endpoint's is an alias with this one target.

        Raises:
            ModelNotFound: nothing has this name, or nothing that this workspace may see.
            ModelForbidden: the key may not ask it.
        """
        found = self._alias(name, policy) or self._model(name) or self._passed_on(name)
        if found is None:
            raise _nothing(name)
        if policy.models is not None and policy.models.isdisjoint(_called(name, found[1])):
            raise ModelForbidden(f"This key may not ask {name!r}.", param="model")
        return found

    def written(self, name: str, policy: KeyPolicy) -> Found:
        """What somebody wrote down under a name.

        Raises:
            ModelNotFound: nobody did; an endpoint may know it all the same.
        """
        found = self._alias(name, policy) or self._model(name)
        if found is None:
            raise _nothing(name)
        return found

    def offered(self, policy: KeyPolicy) -> list[str]:
        """What a workspace sees: aliases first, then models by their providers."""
        aliases = [one.name for one in self._snapshot.aliases.values() if _seen(one, policy)]
        models = [
            f"{one.provider}/{one.model}"
            for one in self._snapshot.deployments.values()
            if one.model != ANY
        ]
        return [*aliases, *models]

    def own(self) -> list[str]:
        """What runs here: nobody wrote it down, and it writes no answers."""
        return [one.model for one in self._own]

    def endpoints(self) -> list[Deployment]:
        """The deployments that pass on whatever model is named."""
        return list(self._endpoints.values())

    def may(self, name: str, policy: KeyPolicy) -> bool:
        """Whether a key may ask for a name."""
        try:
            self.find(name, policy)
        except (ModelNotFound, ModelForbidden):
            return False
        return True

    def _alias(self, name: str, policy: KeyPolicy) -> Found | None:
        alias = self._snapshot.aliases.get(name)
        if alias is None or not _seen(alias, policy):
            return None
        known = self._snapshot.deployments
        found = (known[it.deployment_id] for it in alias.targets if it.deployment_id in known)
        # An endpoint is asked for the model that is called like the alias.
        return alias, tuple(replace(it, model=name) if it.model == ANY else it for it in found)

    def _model(self, name: str) -> Found | None:
        found = self._models.get(name)
        return _direct(name, found[0]) if found else None

    def _passed_on(self, name: str) -> Found | None:
        for mark in ("/", ":"):
            provider, _, model = name.partition(mark)
            if model and (endpoint := self._endpoints.get(provider)):
                return _direct(name, self._named(endpoint, model))
        # A bare name is what the endpoint itself calls the model.
        for endpoint in self._endpoints.values():
            return _direct(name, self._named(endpoint, name))
        return None

    def _named(self, endpoint: Deployment, model: str) -> Deployment:
        price = self._snapshot.prices.of(endpoint.base_url, model)
        return replace(endpoint, model=model, price=price)


def _nothing(name: str) -> ModelNotFound:
    return ModelNotFound(f"No model or alias is called {name!r}.", param="model")


def _seen(alias: Alias, policy: KeyPolicy) -> bool:
    # The house itself sees every name.
    return policy.key_id is None or alias.workspace_id in {None, policy.workspace_id}


def _direct(name: str, deployment: Deployment) -> Found:
    # Who names a model means this one: it is asked once more, and nobody else is.
    deadline_s = deployment.limits.whole_s
    named = Alias(name=name, targets=(Target(deployment.id),), retries=1, deadline_s=deadline_s)
    return named, (deployment,)


def _called(name: str, deployments: tuple[Deployment, ...]) -> set[str]:
    """Under which names a policy may have allowed what was asked for."""
    called = {name}
    if len(deployments) == 1:
        [one] = deployments
        called |= {one.model, f"{one.provider}/{one.model}", f"{one.provider}:{one.model}"}
    return called
