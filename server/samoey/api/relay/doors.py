"""The addresses at which programs ask models: in whose words each is asked."""

from msgspec import Struct

from samoey.api.relay.errors import Vendor
from samoey.kit.ports.upstreams import Dialect


class Door(Struct, frozen=True):
    """One address: in whose words it is asked, and in whose shape it refuses."""

    dialect: Dialect
    vendor: Vendor


DOORS: dict[str, Door] = {
    "/v1/chat/completions": Door("openai.chat", "openai"),
    "/v1/completions": Door("openai.completions", "openai"),
    "/v1/responses": Door("openai.responses", "openai"),
    "/v1/embeddings": Door("openai.embeddings", "openai"),
    "/v1/messages": Door("anthropic.messages", "anthropic"),
    "/v1/messages/count_tokens": Door("anthropic.count_tokens", "anthropic"),
}
