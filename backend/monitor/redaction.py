"""Keeps secrets and what shoppers said or are called out of the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from backend.monitor import current

MASK = "<redacted>"
_PERSONAL = ("query", "q", "user_id", "session_id")
_SECRETS = (
    (re.compile(r"(?<=://)[^\s/@'\"]*:[^\s/'\"]*(?=@)"), MASK),  # user and password of a URL
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), rf"\1 {MASK}"),
    (
        re.compile(r"(?i)\b(x-api-key|api[_-]?keys?|password|passwd|secret|token|authorization)(['\"]?\s*[=:]\s*)"
                   r"(?:\"[^\"]*\"|'[^']*'|[^\s,;&)]+)"),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), MASK),  # e-mail addresses
    # What statements and checks quote of the values that they were given:
    (re.compile(r"\[parameters: .*?(?=\n\(Background|\Z)", re.DOTALL), f"[parameters: {MASK}]"),
    (re.compile(r"(?m)^DETAIL: .*$"), f"DETAIL: {MASK}"),
    (re.compile(r"input_value=.*?(?=, input_type)", re.DOTALL), f"input_value={MASK}"),
)  # fmt: skip


class Redactor:
    """Replaces what mustn't be in the log.

    Secrets are known by their form, or by name where the server has them; words and ids of a shopper by the request
    that is being answered, as its path, its parameters and its body name them.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text without them."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
        if (scope := current.current_scope.get()) is not None:
            for value in sorted(personal_values(scope), key=len, reverse=True):
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
        return text


def personal_values(scope: Mapping[str, Any]) -> set[str]:
    """Return the words and ids that a request names."""
    found: list[object] = [scope.get("path_params", {}).get(name) for name in _PERSONAL]
    for name, value in parse_qsl(scope.get("query_string", b"").decode("latin-1")):
        if name in _PERSONAL:
            found.append(value)
    body = scope.get(current.ASKED)
    for part in (body, *getattr(body, "events", ())):
        get = part.get if isinstance(part, dict) else lambda name, part=part: getattr(part, name, None)
        found += [get(name) for name in _PERSONAL]
    return {value for value in found if isinstance(value, str) and value.strip()}
