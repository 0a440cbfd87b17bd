"""Vectors by the keys of their texts in Chroma: a folder here, or a server that many share."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import chromadb
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings

from samoey.kit.ports.vectors import VectorStoreAway

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from numpy.typing import NDArray

AT_ONCE = 1_000
ANSWERS_WITHIN_S = 60
# Nobody searches there, so its own index may be as coarse as it is allowed to be.
_GRAPH = {"space": "ip", "ef_construction": 16, "max_neighbors": 4, "sync_threshold": 5_000}
_BROKEN = "broken"
# A full disk makes nothing unreadable.
_NO_ROOM = ("No space left", "disk is full")


class ChromaKeeper:
    """The port's keeper: a collection for each model."""

    def __init__(self, client: "ClientAPI", model: str) -> None:
        name = f"vectors-{blake2b(model.encode(), digest_size=12).hexdigest()}"
        self._client: Any = client
        graph: Any = {"hnsw": _GRAPH}
        self._kept: Any = client.get_or_create_collection(
            name, embedding_function=None, metadata={"model": model}, configuration=graph
        )

    def close(self) -> None:
        """Let go of files and connections."""
        self._client.close()

    def known(self, keys: Sequence[str]) -> set[str]:
        with _answering():
            found: set[str] = set()
            for some in _portions(keys):
                found.update(self._kept.get(ids=some, include=[])["ids"])
            return found

    def keep(self, keys: Sequence[str], vectors: "NDArray[np.float32]") -> None:
        with _answering():
            for at in range(0, len(keys), AT_ONCE):
                some = slice(at, at + AT_ONCE)
                self._kept.upsert(ids=list(keys[some]), embeddings=vectors[some])

    def take(self, keys: Sequence[str]) -> "NDArray[np.float32]":
        parts = []
        for some in _portions(keys):
            with _answering():
                got = self._kept.get(ids=some, include=["embeddings"])
            at = {key: row for row, key in enumerate(got["ids"])}
            if missing := [key for key in some if key not in at]:
                raise VectorStoreAway(f"{len(missing)} of the vectors it kept are gone.")
            rows = np.asarray(got["embeddings"], np.float32)
            parts.append(rows[[at[key] for key in some]])
        return np.concatenate(parts)


@contextlib.contextmanager
def in_folder(folder: Path, model: str) -> Iterator[ChromaKeeper]:
    """Open the store in a folder, alone; one that cannot be read is put aside for a new one.

    Raises:
        VectorStoreAway: also for what is found to be unreadable later; the next one begins anew.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = folder / "chroma"
        try:
            keeper = _opened(place, model)
        except VectorStoreAway:
            put_aside(folder)
            keeper = _opened(place, model)
        broken = False
        try:
            yield keeper
        except VectorStoreAway as away:
            broken = not any(words in str(away) for words in _NO_ROOM)
            raise
        finally:
            keeper.close()
            if broken:
                put_aside(folder)


def _portions(keys: Sequence[str]) -> Iterator[list[str]]:
    return (list(keys[at : at + AT_ONCE]) for at in range(0, len(keys), AT_ONCE))


def put_aside(folder: Path) -> None:
    """Have the next one who opens the folder begin anew; what was there last is kept beside it."""
    SharedSystemClient.clear_system_cache()
    shutil.rmtree(folder / _BROKEN, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        (folder / "chroma").rename(folder / _BROKEN)


def _opened(place: Path, model: str) -> ChromaKeeper:
    with _answering():
        client = chromadb.PersistentClient(str(place), Settings(anonymized_telemetry=False))
        keeper = ChromaKeeper(client, model)
    # Whatever is wrong with the files shows when one of each kind is read.
    if first := keeper._kept.get(limit=1, include=[])["ids"]:  # noqa: SLF001 - of this module
        keeper.take(first)
    return keeper


@contextlib.contextmanager
def at_server(url: str, model: str) -> Iterator[ChromaKeeper]:
    """Open the store of a server; a name and a password in its address go as basic credentials."""
    parts = urlsplit(url)
    headers = {}
    if parts.username is not None:
        from base64 import b64encode

        said = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(said.encode()).decode()}"
    with contextlib.ExitStack() as opened:
        with _answering():
            client: Any = chromadb.HttpClient(
                host=parts.hostname or "localhost",
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                headers=headers,
                settings=Settings(anonymized_telemetry=False),
            )
            # By themselves they wait for ever, and leave connections open when they are closed.
            for half in (client, client._admin_client):  # noqa: SLF001 - there is no other way
                session = half._server._session  # noqa: SLF001 - as above
                session.timeout = ANSWERS_WITHIN_S
                opened.callback(session.close)
            keeper = ChromaKeeper(client, model)
            opened.callback(keeper.close)
        yield keeper


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except VectorStoreAway:
        raise
    except BaseException as failure:
        # What breaks in its Rust half is no `Exception`.
        if isinstance(failure, Exception) or type(failure).__name__ == "PanicException":
            raise VectorStoreAway(f"{type(failure).__name__}: {failure}"[:500]) from failure
        raise
