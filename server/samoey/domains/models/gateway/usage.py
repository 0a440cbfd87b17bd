"""What was used, kept without making anybody wait: a journal on the disk, then PostgreSQL.

A row is copied into a file that the kernel holds, so it outlives this process however that ends.
Segments that lie there when a process starts are written by whichever comes first. PostgreSQL
keeps with the rows how far each segment was written, so that every row is written exactly once.
"""

import asyncio
import contextlib
import fcntl
import logging
import mmap
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from samoey.kit.ids import new_id
from samoey.kit.ports.ledger import Closing, Ledger, LedgerAway

log = logging.getLogger(__name__)

_SUFFIX = ".journal"
_HEAD = b"samoey usage 1\n\n"
_FRAME = struct.Struct("<II")
_ROWS_AT_ONCE = 2_000
# Who asks models meanwhile waits no longer than these take to be read: half a millisecond.
_ROWS_WITHOUT_PAUSE = 250


class Usage(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One request, answered or not; `at` is seconds since 1970 when it came.

    `model` is the name that was asked for, `deployment` the id of what answered. `hold` is the
    reservation that its money stood under (`Hold.id`).
    """

    id: str
    at: float
    key_id: str | None
    user_id: str
    workspace_id: str
    model: str
    deployment: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost_micro: int = 0
    ms: int = 0
    first_ms: int | None = None
    status: int = 200
    attempts: int = 1
    hold: str = ""


class Sink(Protocol):
    """Where rows are kept for good."""

    async def written(self, segment: UUID) -> int:
        """How far a segment was written."""

    async def write(self, segment: UUID, start: int, end: int, rows: list[Usage]) -> bool:
        """Keep the rows that stand between two places of a segment, unless somebody did already."""


class _Segment:
    """One file of the journal: frames of length, checksum and row, then zeros."""

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path, self.id = path, UUID(path.stem)
        self._descriptor, self.size = descriptor, size
        self._map = mmap.mmap(descriptor, size)
        self.end = self.done = len(_HEAD)
        self.full_since: float | None = None

    @classmethod
    def new(cls, folder: Path, size: int) -> "_Segment":
        """A file of which every block is there already: what is written later can't fail."""
        path = folder / f"{new_id()}{_SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(descriptor, 0, size)
            os.pwrite(descriptor, _HEAD, 0)
            return cls(path, descriptor, size)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise

    @classmethod
    def left_behind(cls, path: Path) -> "_Segment | None":
        """A segment whose process is gone, read to its end; None where it is not."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(descriptor).st_size
            # Whoever had it before us may have removed it meanwhile, or died while it made it.
            if os.fstat(descriptor).st_nlink == 0 or size <= len(_HEAD):
                path.unlink(missing_ok=True)
                os.close(descriptor)
                return None
            segment = cls(path, descriptor, size)
        except OSError:
            os.close(descriptor)
            return None
        for end, _ in segment.read(len(_HEAD), size):
            segment.end = end
        return segment

    def add(self, row: bytes) -> bool:
        """Write a row behind the last one; whether there is room."""
        begin = self.end + _FRAME.size
        end = begin + len(row)
        if end + _FRAME.size > self.size:
            return False
        self._map[begin:end] = row
        # The length comes last: a row that has none was never written.
        self._map[self.end : begin] = _FRAME.pack(len(row), zlib.crc32(row))
        self.end = end
        return True

    def read(self, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """The rows from a place on, each with the place behind it."""
        while start + _FRAME.size <= stop:
            length, checksum = _FRAME.unpack_from(self._map, start)
            begin = start + _FRAME.size
            row = self._map[begin : begin + length]
            if length == 0 or len(row) < length or zlib.crc32(row) != checksum:
                return
            start = begin + length
            yield start, row

    def close(self, *, remove: bool) -> None:
        if remove:
            self.path.unlink(missing_ok=True)
        self._map.close()
        os.close(self._descriptor)


class Accounts:
    """Notes what every request used; `open` before use, `close` after."""

    def __init__(
        self,
        folder: Path,
        sink: Sink,
        *,
        ledger: Ledger | None = None,
        when_lost: Callable[[], None] = lambda: None,
        most_bytes: int = 64 * 1024 * 1024,
        segment_bytes: int = 4 * 1024 * 1024,
        every_s: float = 1.0,
        keep_s: float = 30.0,
    ) -> None:
        self._folder, self._sink, self._ledger = folder, sink, ledger
        self._most = max(1, most_bytes // segment_bytes)
        self._size, self._every_s, self._keep_s = segment_bytes, every_s, keep_s
        self._segments: list[_Segment] = []
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Usage).decode
        self._writer: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._watchers: list[Callable[[Usage], None]] = []
        self._when_lost = when_lost
        self.lost = 0

    def watch(self, watcher: Callable[[Usage], None]) -> None:
        """Have every row shown to somebody else, too: metrics."""
        self._watchers.append(watcher)

    async def open(self) -> None:
        """Make room for rows, and begin to write what is there, of processes that died too.

        Where there is no room, models are asked all the same, and rows are lost until there is.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._segments = [_Segment.new(self._folder, self._size)]
        except OSError:
            log.exception("usage is lost until the home has room for its journal")
        self._writer = asyncio.create_task(self._write_forever())

    async def close(self) -> None:
        """Write what is there; what can't be written now stays for the next process."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer
        with contextlib.suppress(Exception):
            await self.flush()
        for segment in self._segments:
            segment.close(remove=segment.done == segment.end)
        self._segments = []

    def note(self, row: Usage) -> None:
        """Keep a row: a copy within memory, never a wait. Without any room left it is counted."""
        encoded = self._encode(row)
        kept = bool(self._segments) and self._segments[-1].add(encoded)
        if not kept and not self._add_to_new(encoded):
            if self.lost == 0:
                log.error("usage is lost: the journal is full, or its disk is")
            self.lost += 1
            self._when_lost()
        for watcher in self._watchers:
            watcher(row)

    async def flush(self) -> None:
        """Write every row that was noted until now.

        Raises:
            Exception: whatever keeps the sink from it; the rows stay where they are.
        """
        async with self._writing:
            for segment in list(self._segments):
                await self._write(segment)
            self._drop_done()

    async def adopt(self) -> int:
        """Write what processes left behind that are gone; how many segments there were."""
        mine = {segment.path for segment in self._segments}
        found = 0
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            segment = None if path in mine else _Segment.left_behind(path)
            if segment is None:
                continue
            found += 1
            written = False
            try:
                segment.done = max(segment.done, await self._sink.written(segment.id))
                await self._write(segment)
                await self._settle(segment)
                written = True
            finally:
                segment.close(remove=written)
        return found

    def _add_to_new(self, encoded: bytes) -> bool:
        if len(self._segments) >= self._most:
            self._drop_done(young_too=True)
        if len(self._segments) >= self._most:
            return False
        try:
            segment = _Segment.new(self._folder, self._size)
        except OSError:
            return False
        if self._segments:
            self._segments[-1].full_since = time.monotonic()
        self._segments.append(segment)
        return segment.add(encoded)

    async def _write_forever(self) -> None:
        wait = self._every_s
        adopted_at = -1e9
        while True:
            try:
                if time.monotonic() - adopted_at > self._keep_s:
                    await self.adopt()
                    adopted_at = time.monotonic()
                await self.flush()
                wait = self._every_s
            except Exception:
                log.warning("usage could not be written; it is kept in the home", exc_info=True)
                wait = min(10.0, wait * 2)
            await asyncio.sleep(wait)

    async def _write(self, segment: _Segment) -> None:
        # What is noted meanwhile waits for the next time: else this would never end under load.
        stop = segment.end
        while segment.done < stop:
            rows, end = [], segment.done
            for end, row in segment.read(segment.done, stop):  # noqa: B007 - the last one
                rows.append(self._decode(row))
                if len(rows) == _ROWS_AT_ONCE:
                    break
                if len(rows) % _ROWS_WITHOUT_PAUSE == 0:
                    await asyncio.sleep(0)
            await self._sink.write(segment.id, segment.done, end, rows)
            segment.done = end

    def _drop_done(self, *, young_too: bool = False) -> None:
        """Remove full segments that were written, but not what the ledger may not know yet."""
        now = time.monotonic()
        for segment in self._segments[:-1]:
            aged = segment.full_since is not None and now - segment.full_since >= self._keep_s
            if segment.done == segment.end and (aged or young_too or self._ledger is None):
                segment.close(remove=True)
                self._segments.remove(segment)

    async def _settle(self, segment: _Segment) -> None:
        """Tell the ledger what a dead process did not; what it did tell counts no second time."""
        if self._ledger is None:
            return
        spent: dict[str, dict[str, int]] = {}
        for _, encoded in segment.read(len(_HEAD), segment.end):
            row = self._decode(encoded)
            if row.hold and row.key_id is not None:
                held = spent.setdefault(row.key_id, {})
                held[row.hold] = held.get(row.hold, 0) + row.cost_micro
        for owner, sums in spent.items():
            closings = tuple(Closing(id=one, spent=cost) for one, cost in sums.items())
            with contextlib.suppress(LedgerAway):
                await self._ledger.settle(owner, closings, hold_s=0)
