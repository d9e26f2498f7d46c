"""SQL of API keys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.access.keys import SCOPES, StoredKey
from backend.access.tables import ApiKeyRow


class KeyRepository:
    """Reads and writes keys in one transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def all(self) -> list[StoredKey]:
        """Return every key there ever was, the oldest first."""
        rows = self._db.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at, ApiKeyRow.id))
        return [_stored(row) for row in rows]

    def get(self, id_: str) -> StoredKey | None:
        """Return a key; None if there's none of this id."""
        row = self._db.get(ApiKeyRow, id_)
        return None if row is None else _stored(row)

    def add(self, key: StoredKey) -> None:
        """Store a new key."""
        self._db.add(ApiKeyRow(**{**asdict(key), "scopes": ",".join(sorted(key.scopes))}))

    def end(self, id_: str, *, at: datetime, replaced_by: str | None = None) -> None:
        """Let a key expire."""
        values = {"expires_at": at, "replaced_by": replaced_by}
        self._db.execute(update(ApiKeyRow).where(ApiKeyRow.id == id_).values(values))

    def revoke(self, id_: str, *, at: datetime) -> None:
        """End a key at once."""
        self._db.execute(update(ApiKeyRow).where(ApiKeyRow.id == id_).values(revoked_at=at))


def _stored(row: ApiKeyRow) -> StoredKey:
    names = row.scopes.split(",")
    return StoredKey(
        id=row.id,
        digest=row.digest,
        name=row.name,
        scopes=frozenset(scope for scope in SCOPES if scope in names),  # a later version may know more
        per_minute=row.per_minute,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
    )
