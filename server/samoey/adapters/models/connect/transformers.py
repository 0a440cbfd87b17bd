"""How a model that runs on this server is asked: like a vendor, on a socket of its own process."""

import asyncio
from collections import deque

from samoey.adapters.checkpoints.running import Checkpoints, Running
from samoey.adapters.models.connect.wire import Connection, HttpReply
from samoey.kit.ports.checkpoints import CheckpointLoading
from samoey.kit.ports.models import ModelNotFound, ModelUnavailable
from samoey.kit.ports.upstreams import Checkpoint, Deployment, Dialect, Unreachable
from samoey.kit.ports.vendors import CheckpointRefused

_PATHS: dict[Dialect, bytes] = {
    "openai.chat": b"/chat/completions",
    "openai.completions": b"/completions",
    "openai.embeddings": b"/embeddings",
}
_WRITES: frozenset[Dialect] = frozenset({"openai.chat", "openai.completions"})
_EMBEDS: frozenset[Dialect] = frozenset({"openai.embeddings"})
_RETRY_S = 5
_HEAD = (
    b"POST %b HTTP/1.1\r\nHost: model\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)


class TransformersUpstream:
    """The port's upstream for the kind `transformers`."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints

    def dialects(self, deployment: Deployment) -> frozenset[Dialect]:
        """It writes, or it makes vectors."""
        embeds = deployment.checkpoint is not None and deployment.checkpoint.task == "embed"
        return _EMBEDS if embeds else _WRITES

    async def send(self, deployment: Deployment, dialect: Dialect, body: bytes) -> HttpReply:
        """Ask it; it is loaded first where it is not in memory."""
        checkpoint = deployment.checkpoint
        if checkpoint is None:
            raise ModelNotFound(
                f"“{deployment.model}” is not set up. Say in which folder of the server it lies."
            )
        started = asyncio.get_running_loop().time()
        head = _HEAD % (_PATHS[dialect], len(body))
        running = await self._running(deployment, checkpoint)
        try:
            connection = await _connected(running, deployment.provider)
            return await connection.ask(head, body, deployment.limits, started)
        except (OSError, Unreachable) as error:
            # One that was idle may have ended in this moment: another one is started, once.
            if not await running.ended():
                if isinstance(error, Unreachable):
                    raise
                raise Unreachable(f"{deployment.provider} cannot be reached.") from None
        running = await self._running(deployment, checkpoint)
        try:
            connection = await _connected(running, deployment.provider)
        except OSError:
            raise Unreachable(f"“{deployment.model}” ended as soon as it was there.") from None
        return await connection.ask(head, body, deployment.limits, started)

    async def _running(self, deployment: Deployment, checkpoint: Checkpoint) -> Running:
        limit_s = deployment.limits.first_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._checkpoints.ready(checkpoint, deployment.context_tokens)
        except TimeoutError:
            raise CheckpointLoading(
                f"“{deployment.model}” was not in memory after {limit_s:g} s, and is loaded on. "
                "Ask again in a while, or have it loaded beforehand.",
                retry_after=_RETRY_S,
            ) from None
        except CheckpointRefused as refused:
            # Found wrong when it was asked, not when it was set up: the server's fault by now.
            raise ModelUnavailable(str(refused), for_good=True) from None


async def _connected(running: Running, name: str) -> Connection:
    # One that is used again may have been left by a dead process, so each request has its own.
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_unix_connection(
        lambda: Connection(name, deque(), set()), str(running.path)
    )
    return connection
