"""What a process tells its operator: JSON log lines with request ids, and metrics."""

import json
import logging
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from prometheus_client import Counter, Histogram
from pydantic import SecretBytes, SecretStr

from samoey.kit.metrics import METRICS
from samoey.kit.settings import LogSettings

# One request (or one job) is followed by this through every line it causes.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

HTTP_REQUESTS = Counter(
    "samoey_http_requests_total",
    "Requests answered, by route.",
    ["method", "route", "status"],
    registry=METRICS,
)
HTTP_SECONDS = Histogram(
    "samoey_http_request_seconds",
    "Time until the answer's last byte, by route.",
    ["method", "route"],
    registry=METRICS,
)
JOBS = Counter(
    "samoey_jobs_total",
    "Jobs that ended in this process, by reaction and how they ended.",
    ["reaction", "outcome"],
    registry=METRICS,
)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object per line; secrets are masked by their type, wherever they stand."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record with its extra fields and the current request id."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=_plain, ensure_ascii=False)


class TextLines(logging.Formatter):
    """The same for a person who reads along."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, message, and the extra fields behind it."""
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        extra = " ".join(f"{k}={v}" for k, v in vars(record).items() if k not in _STANDARD)
        text = f"{moment} {record.levelname.lower():7} {record.getMessage()} {extra}".rstrip()
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _plain(value: object) -> object:
    if isinstance(value, SecretStr | SecretBytes):
        return "***"
    return str(value)


def start_logging(settings: LogSettings) -> None:
    """Send every logger of this process to stderr in one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # These repeat what our own lines say, or speak of every poll.
    for name in ("uvicorn.access", "uvicorn.error", "procrastinate", "alembic", "mcp"):
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
