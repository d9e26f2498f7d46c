"""Makes, replaces and ends API keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from backend.access.keys import Scope, StoredKey, digest, new_secret, written
from backend.access.repository import KeyRepository
from backend.database.engine import Database
from backend.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, and the one time that its secret is known.

    Attributes:
        secret: the whole key, as its owner sends it; it isn't stored anywhere.
        stored: what is.
    """

    secret: str
    stored: StoredKey


class KeyService:
    """Works on the keys in the database; servers see a change within about a second."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredKey]:
        """Return every key there ever was, the oldest first."""
        with self._database.reading() as db:
            return KeyRepository(db).all()

    def create(
        self,
        name: str,
        scopes: frozenset[Scope],
        *,
        lifetime: timedelta | None = None,
        per_minute: int | None = None,
    ) -> MadeKey:
        """Make a key.

        Args:
            name: whose it is, 1 to 100 characters.
            scopes: what it allows.
            lifetime: until it expires; None for never.
            per_minute: its own limit of requests; 0 is none, None the setting's.
        """
        made = _make(name, scopes, per_minute, lifetime)
        with self._database.writing() as db:
            KeyRepository(db).add(made.stored)
        return made

    def rotate(self, id_: str, *, grace: timedelta) -> MadeKey:
        """Make a key that takes the place of another, which stays valid for a while.

        Name, scopes, limit and lifetime are those of the old one.

        Raises:
            InvalidRequest: no key has this id, or it is no longer valid, or has been replaced already.
        """
        with self._database.writing() as db:
            keys = KeyRepository(db)
            old = _found(keys, id_)
            now = datetime.now(UTC)
            if not old.is_valid(now) or old.replaced_by is not None:
                raise InvalidRequest(f"{id_} is expired, revoked or replaced already: create another key", id=id_)
            lifetime = None if old.expires_at is None else old.expires_at - old.created_at
            made = _make(old.name, old.scopes, old.per_minute, lifetime)
            end = now + grace if old.expires_at is None else min(now + grace, old.expires_at)
            keys.add(made.stored)
            keys.end(id_, at=end, replaced_by=made.stored.id)
        return made

    def revoke(self, id_: str) -> StoredKey:
        """End a key at once; one that is revoked already stays so.

        Raises:
            InvalidRequest: no key has this id.
        """
        with self._database.writing() as db:
            keys = KeyRepository(db)
            key = _found(keys, id_)
            if key.revoked_at is not None:
                return key
            now = datetime.now(UTC)
            keys.revoke(id_, at=now)
        return replace(key, revoked_at=now)


def _found(keys: KeyRepository, id_: str) -> StoredKey:
    if (key := keys.get(id_)) is None:
        raise InvalidRequest(f"no key has the id {id_}", id=id_)
    return key


def _make(name: str, scopes: frozenset[Scope], per_minute: int | None, lifetime: timedelta | None) -> MadeKey:
    id_, secret = new_secret()
    now = datetime.now(UTC)
    stored = StoredKey(
        id=id_,
        digest=digest(secret),
        name=name,
        scopes=scopes,
        per_minute=per_minute,
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )
    return MadeKey(written(id_, secret), stored)
