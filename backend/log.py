"""Logging: one JSON object per line, with the id of the request it belongs to, and without what is private."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterable
from datetime import UTC, datetime

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
    """Send the product's and uvicorn's messages to stderr as JSON; uvicorn's access lines are left out.

    Args:
        level: least important level that is written.
        secrets: texts that no line may hold.
    """
    handler = {"class": "logging.StreamHandler", "formatter": "json"}
    logger = {"handlers": ["stderr"], "level": level, "propagate": False}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter, "secrets": tuple(secrets)}},
            "handlers": {"stderr": handler},
            "loggers": {"backend": logger, "ml": logger, "uvicorn.error": logger},
        }
    )
