"""Which secrets and origins a server isn't to be started with."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

# Of examples, also ours, and of what people write until they have something better.
PLACEHOLDERS = re.compile(
    r"change.?me|change.?this|replace.?me|secret|password|passwd|example|default|sample|test|demo|dummy|admin|vitrine"
    r"|postgres|qwerty|letmein|at-least-sixteen|a-long-random|your[-_]|api[-_]?key|0123456789|123456|abcdef"
)
# The same with digits and signs for letters; of these the shorter ones stand in random secrets by chance.
DISGUISED = re.compile(
    r"secret|password|passwort|passwd|example|default|sample|admin|vitrine|postgres|qwerty|letmein|welcome|redis"
)
LETTERS = str.maketrans("01345678@$!", "oieasgtbasi")
ROWS = (
    "1234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)
RUN = 5  # keys in a row, one way or the other
DIFFERENT_CHARACTERS = 8  # of 16 random ones fewer are less likely than one in a million
_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?")


def is_guessable(secret: str, *, shortest: int = 16) -> bool:
    """Whether a secret is short, repeats itself, follows a row of keys, or holds a word that stands in for one.

    Args:
        secret: of a key or a password.
        shortest: length that is enough.
    """
    few = len(set(secret)) < min(DIFFERENT_CHARACTERS, shortest // 2)
    lower = secret.lower()
    words = PLACEHOLDERS.search(lower) or DISGUISED.search(lower.translate(LETTERS))
    return len(secret) < shortest or few or words is not None or _follows_a_row(lower)


def is_poor_password(user: str | None, password: str) -> bool:
    """Whether the password of a database can be guessed, also from its user's name."""
    named = bool(user) and str(user).lower() in password.lower()
    return named or is_guessable(password, shortest=8)


def password_of(url: str) -> tuple[str | None, str | None]:
    """Return user and password of a URL, each None when it has none; drivers take them as parameters too."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    user = given.get("user", given.get("username")) or (parts.username and unquote(parts.username))
    password = given.get("password") or (parts.password and unquote(parts.password))
    return user or None, password or None


def _follows_a_row(lower: str) -> bool:
    pieces = (lower[at : at + RUN] for at in range(len(lower) - RUN + 1))
    return any(piece in row or piece[::-1] in row for piece in pieces for row in ROWS)


def is_origin(text: str) -> bool:
    """Whether a browser could name this as the origin of a page, or it stands for all."""
    return text == "*" or _ORIGIN.fullmatch(text) is not None
