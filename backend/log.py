"""Logging: one JSON object per line, with the id of the request it belongs to."""

from __future__ import annotations

import logging
import logging.config
from datetime import UTC, datetime

import orjson

from backend.monitor.current import request_id


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if id_ := request_id():
            entry["request_id"] = id_
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(entry).decode()


def configure_logging(level: str) -> None:
    """Send the product's and uvicorn's messages to stderr as JSON; access lines are left out."""
    handler = {"class": "logging.StreamHandler", "formatter": "json"}
    logger = {"handlers": ["stderr"], "level": level, "propagate": False}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonFormatter}},
            "handlers": {"stderr": handler},
            "loggers": {"backend": logger, "ml": logger, "uvicorn.error": logger},
        }
    )
