"""What only Anthropic's addresses have: betas in a header, and tokens counted beforehand."""

import msgspec
from msgspec import Raw

from samoey.api.relay.exchange import Exchange
from samoey.domains.models.gateway.asked import read
from samoey.domains.models.gateway.dialects.errors import UnsupportedParameter
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import Caller

_fields = msgspec.json.Decoder(dict[str, Raw])


def with_betas(body: bytes, header: bytes) -> bytes:
    """The request with the betas that its header asks for, so that they go where it goes."""
    betas = [name.strip() for name in header.decode("latin-1").split(",") if name.strip()]
    if not betas:
        return body
    try:
        fields = _fields.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Whoever reads it next says so.
        return body
    fields["anthropic_beta"] = Raw(msgspec.json.encode(betas))
    return msgspec.json.encode(fields)


async def count(gateway: Gateway, caller: Caller, asked: Exchange, body: bytes) -> None:
    """Tell how many tokens a request has: as its vendor counts, or estimated where none does."""
    body = with_betas(body, asked.header(b"anthropic-beta"))
    try:
        answer = await gateway.ask(caller, "anthropic.count_tokens", body)
    except UnsupportedParameter:
        tokens = read("anthropic.count_tokens", body).needs.tokens
        await asked.tell({"input_tokens": tokens})
        return
    try:
        await asked.pass_on(answer)
    finally:
        await answer.aclose()
