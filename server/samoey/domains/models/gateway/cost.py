"""What a request costs: estimated before it is sent, reckoned when its tokens are known."""

from msgspec import Struct

from samoey.domains.models.gateway.shapes import Price

_MILLION = 1_000_000
# A token is about four bytes of text in most languages' tokenizers.
_BYTES_PER_TOKEN = 4
# How much a model may write where neither the request nor the model says.
ANSWER_TOKENS = 4_096


class Tokens(Struct, frozen=True):
    """What was read and written, as the vendor counts; the cached ones are part of `prompt`."""

    prompt: int = 0
    completion: int = 0
    cache_read: int = 0
    cache_write: int = 0


def cost_micro(price: Price | None, tokens: Tokens) -> int:
    """Millionths of a dollar, rounded up; what has no known price costs nothing."""
    if price is None:
        return 0
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    fresh = max(0, tokens.prompt - tokens.cache_read - tokens.cache_write)
    whole = (
        fresh * price.input
        + tokens.cache_read * read
        + tokens.cache_write * write
        + tokens.completion * price.output
    )
    return -(-whole // _MILLION)


def estimate(body_bytes: int, max_tokens: int | None, *, answers: int = 1) -> Tokens:
    """What a request of this size may take at the most, before anybody has counted."""
    written = ANSWER_TOKENS if max_tokens is None else max(0, max_tokens)
    return Tokens(prompt=-(-body_bytes // _BYTES_PER_TOKEN), completion=written * max(1, answers))
