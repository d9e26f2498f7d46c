"""Logging: one JSON object per line, with the id of the request it belongs to, and without what is private."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

import orjson

from backend.monitor.current import request_id
from backend.monitor.redaction import Redactor


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON; `extra={"fields": {...}}` adds fields to it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._redact = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        if id_ := request_id():
            entry["request_id"] = id_
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["exception"] = self._redact(self.formatException(record.exc_info))
        return orjson.dumps(entry).decode()


def configure_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send every message to stderr as JSON, those of libraries from WARNING on; uvicorn's access lines are left out.

    Args:
        level: least important level that is written.
        secrets: texts that no line may hold.
    """
    handler = _Stderr()
    handler.setFormatter(JsonFormatter(secrets))
    for name in ("backend", "ml", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
    root = logging.getLogger()  # without a handler there, Python writes what nobody takes as plain text
    root.handlers = [other for other in root.handlers if not isinstance(other, _Stderr)] + [handler]
    root.setLevel(max(logging.getLevelNamesMapping()[level], logging.WARNING))
    logging.captureWarnings(True)


class _Stderr(logging.StreamHandler[TextIO]):
    """The handler that is set here, so that it is known again when it is set anew."""
