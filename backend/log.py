"""Logging: one JSON object per line, with the id of the request it belongs to, and without what is private."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

from backend.monitor.current import request_id
from backend.monitor.redaction import Redactor


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON; `extra={"fields": {...}}` adds fields to it.

    It never raises: `logging` would then print the template and its arguments as they are, with what is private.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._redact = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; where it can't be said as it is, one that says so."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
        }
        try:
            return self._line({**entry, **self._said(record)})
        except Exception as error:  # whatever it is; the kind alone, since the error may quote what is private
            unsaid = (
                f"a message that can't be written ({type(error).__name__}) from {record.filename}:{record.lineno}"
            )
            return self._line({**entry, "message": unsaid})

    def _said(self, record: logging.LogRecord) -> dict[str, Any]:
        said: dict[str, Any] = {"message": self._redact(record.getMessage())}
        if id_ := request_id():
            said["request_id"] = id_
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["exception"] = self._redact(self.formatException(record.exc_info))
        return said

    def _line(self, entry: Mapping[str, Any]) -> str:
        try:
            return orjson.dumps(entry, default=self._described).decode()
        except TypeError:  # half a character, a whole number of more than 64 bits, a name that isn't text
            line = json.dumps(entry, default=self._described, ensure_ascii=False, allow_nan=False, skipkeys=True)
            return line.encode("utf-8", "replace").decode()

    def _described(self, value: object) -> str:
        return self._redact(str(value))


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
