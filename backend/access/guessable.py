"""Which secrets and origins a server isn't to be started with."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

# Of examples, also ours, and of what people write until they have something better.
PLACEHOLDERS = re.compile(
    r"change.?me|change.?this|replace.?me|secret|password|passwd|example|default|sample|test|demo|dummy|admin|vitrine"
    r"|postgres|qwerty|letmein|at-least-sixteen|a-long-random|your[-_]|api[-_]?key|0123456789|123456|abcdef"
)
DIFFERENT_CHARACTERS = 8  # of 16 random ones fewer are less likely than one in a million
_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?")


def is_guessable(secret: str, *, shortest: int = 16) -> bool:
    """Whether a secret is short, repeats itself, or holds a word of those that stand in for one.

    Args:
        secret: of a key or a password.
        shortest: length that is enough.
    """
    few = len(set(secret)) < min(DIFFERENT_CHARACTERS, shortest // 2)
    return len(secret) < shortest or few or PLACEHOLDERS.search(secret.lower()) is not None


def password_of(url: str) -> tuple[str | None, str | None]:
    """Return user and password of a URL, each None when it has none."""
    parts = urlsplit(url)
    password = None if parts.password is None else unquote(parts.password)
    return None if parts.username is None else unquote(parts.username), password


def is_origin(text: str) -> bool:
    """Whether a browser could name this as the origin of a page, or it stands for all."""
    return text == "*" or _ORIGIN.fullmatch(text) is not None
