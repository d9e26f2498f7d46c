"""API keys: their form, what they allow, and who calls with one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

Scope = Literal["search", "feedback", "catalogue", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
PREFIX = "vk"
SECRET_BYTES = 32  # too many to guess: a plain hash keeps them as well as a slow one would
ID_BYTES = 6
MAX_KEY_LENGTH = 512  # of what is presented; longer ones aren't even hashed


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request with a right key.

    Attributes:
        id: names the key, and tells nothing of its secret.
        scopes: what it allows; `admin` allows everything.
        per_minute: requests that it may send; None leaves that to `RATE_LIMIT_KEY_PER_MINUTE`.
    """

    id: str
    scopes: frozenset[Scope]
    per_minute: int | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the key allows what needs this scope."""
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it is kept: without its secret.

    Attributes:
        id: the middle part of the key, 12 hexadecimal digits.
        digest: SHA-256 of the secret, 32 bytes.
        name: what its owner calls it.
        scopes: what it allows.
        per_minute: its own limit of requests; None for the setting's.
        created_at: in UTC, as the other moments.
        expires_at: from then on it isn't valid; None never ends it.
        revoked_at: when somebody ended it.
        replaced_by: the id of the key that took its place.
    """

    id: str
    digest: bytes = field(repr=False)
    name: str
    scopes: frozenset[Scope]
    per_minute: int | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    replaced_by: str | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_secret() -> tuple[str, str]:
    """Return id and secret of a key that nobody has yet."""
    return secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)


def written(id_: str, secret: str) -> str:
    """Return the key as its owner sends it."""
    return f"{PREFIX}_{id_}_{secret}"


def parse(key: str) -> tuple[str, str] | None:
    """Return id and secret of a key of this form; None of anything else."""
    prefix, _, rest = key.partition("_")
    id_, _, secret = rest.partition("_")
    return (id_, secret) if prefix == PREFIX and id_ and secret else None


def digest(secret: str) -> bytes:
    """Return SHA-256 of a secret, 32 bytes; of any text, also one that no encoding knows."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def check_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes of these names.

    Raises:
        ValueError: there are none, or one doesn't exist.
    """
    given = set(names)
    if not given or given - set(SCOPES):
        raise ValueError(f"scopes are some of {', '.join(SCOPES)}")
    return frozenset(scope for scope in SCOPES if scope in given)
