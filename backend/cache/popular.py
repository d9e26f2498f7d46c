"""Which requests are asked often: their answers are made before somebody asks again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from backend.cache.memory import Use
from backend.cache.tables import PopularRequestRow
from backend.database.upsert import add_up

KNOWN = 10_000  # requests that one process counts; the one that wasn't asked for longest is forgotten first
KNOWN_BYTES = 4 << 20  # of their texts
REMEMBERED = 7  # days without being asked
LONGEST = 2_000  # bytes of a request that is counted
POPULAR = 5  # uses at one process from which a request is popular
WRITTEN = 1_000  # requests that are written down: those with the most uses
PRUNED = 5_000  # rows that one write deletes at most


class Popular:
    """Counts requests that don't say who asks; of one process."""

    def __init__(self) -> None:
        self._uses: OrderedDict[bytes, Use] = OrderedDict()
        self._nbytes = 0

    def use_of(self, request: bytes) -> Use:
        """Return what counts a request: normalised JSON, without a user or session. Long ones aren't counted."""
        if len(request) > LONGEST:
            return Use()
        key = hashlib.blake2b(request, digest_size=16).digest()
        known = self._uses.get(key)
        if known is not None:
            self._uses.move_to_end(key)
            return known
        use = self._uses[key] = Use(request)
        self._nbytes += len(request)
        while len(self._uses) > KNOWN or self._nbytes > KNOWN_BYTES:
            _, gone = self._uses.popitem(last=False)
            self._nbytes -= len(gone.request or b"")
        return use

    def untold(self) -> list[tuple[bytes, int]]:
        """Return what is popular here, the most asked first, and how often it was asked since it was told last."""
        popular = [use for use in self._uses.values() if use.count >= POPULAR and use.count > use.told]
        found = []
        for use in sorted(popular, key=lambda use: use.told - use.count)[:WRITTEN]:
            if use.request is not None:
                found.append((use.request, use.count - use.told))
                use.told = use.count
        return found


class PopularRequests:
    """Reads and writes how often requests were asked, inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def add(self, uses: Sequence[tuple[bytes, int]], now: datetime | None = None) -> None:
        """Add uses of requests; forget those that weren't asked for long, and the least asked beyond `WRITTEN`."""
        now = now or datetime.now(UTC)
        rows = [
            {"digest": _digest(request), "request": request.decode(), "uses": count, "used_at": now}
            for request, count in sorted(uses, key=lambda use: _digest(use[0]))  # one order, or two writers lock up
        ]
        add_up(self._db, PopularRequestRow, rows, "uses")
        row = PopularRequestRow
        most = select(row.digest).order_by(row.uses.desc(), row.used_at.desc(), row.digest).limit(WRITTEN)
        outdated = or_(row.used_at < now - timedelta(days=REMEMBERED), row.digest.not_in(most))
        # What another writer has in hand is left to the next: waiting for it, two would lock each other up.
        doomed = select(row.digest).where(outdated).limit(PRUNED).with_for_update(skip_locked=True)
        self._db.execute(delete(row).where(row.digest.in_(self._db.scalars(doomed).all())))

    def top(self, count: int) -> list[bytes]:
        """Return the most popular requests, the most asked first."""
        statement = (
            select(PopularRequestRow.request)
            .where(PopularRequestRow.uses >= POPULAR)
            .order_by(PopularRequestRow.uses.desc(), PopularRequestRow.digest)
            .limit(count)
        )
        return [request.encode() for request in self._db.scalars(statement)]


def _digest(request: bytes) -> str:
    return hashlib.blake2b(request, digest_size=16).hexdigest()
