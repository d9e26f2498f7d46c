"""Turns pydantic's findings into messages for people."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from backend.wording import message_of

MAX_MESSAGES = 20


def first_messages(error: ValidationError) -> list[dict[str, Any]]:
    """Return field and message of the first findings; the offending input isn't echoed."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]), "message": message_of(item)}
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:MAX_MESSAGES]
    ]
