"""The list of models in the shape that each vendor's programs know."""

from typing import Any

from samoey.api.relay.errors import Vendor
from samoey.domains.models.gateway.service import Gateway
from samoey.domains.models.gateway.shapes import KeyPolicy

# Nobody tells when a name was made; programs want a number all the same.
_CREATED = 1_700_000_000
_CREATED_AT = "2023-11-14T22:13:20Z"


async def told(gateway: Gateway, policy: KeyPolicy, vendor: Vendor, name: str) -> dict[str, Any]:
    """What a key may ask for, or the one of it that is named.

    Raises:
        ModelNotFound, ModelForbidden: it is named, and this key may not ask it.
    """
    if name:
        gateway.names.find(name, policy)
        return _model(vendor, name)
    offered = [_model(vendor, one) for one in await gateway.offered(policy)]
    if vendor == "openai":
        return {"object": "list", "data": offered}
    ends = {"first_id": offered[0]["id"], "last_id": offered[-1]["id"]} if offered else {}
    return {"data": offered, "has_more": False, "first_id": None, "last_id": None} | ends


def _model(vendor: Vendor, name: str) -> dict[str, Any]:
    if vendor == "anthropic":
        told = {"type": "model", "id": name, "display_name": name, "created_at": _CREATED_AT}
        return told | {"lifecycle": "active"}
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "samoey"}
