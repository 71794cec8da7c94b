"""Logs: to stderr, a line each, with the trace id of the request."""

import json
import logging
import sys
from datetime import UTC, datetime

from services.chassis.printable import printable
from services.chassis.trace import current_trace_id

_QUIET = ("httpx", "httpcore", "alembic", "dbos", "urllib3", "grpc", "PIL")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "trace_id"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record and its extra fields."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "traceId": current_trace_id(),
        }
        for key, value in vars(record).items():
            if key not in _STANDARD:
                line.setdefault(key, value)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """For a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message, trace id."""
        text = super().format(record)
        trace_id = current_trace_id()
        return f"{text}  [{trace_id}]" if trace_id else text

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line: what a stranger wrote must not begin another, nor tell the terminal things."""
        return printable(super().formatMessage(record))


def configure(level: str, style: str) -> None:
    """Sets the process's logs up; `style` is "json", "text" or "auto" (JSON without a terminal)."""
    handler = logging.StreamHandler(sys.stderr)
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    form = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    handler.setFormatter(TextFormatter(form) if as_text else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # It tells of each retry; what comes of them is told by who asked.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
