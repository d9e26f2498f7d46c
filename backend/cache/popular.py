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
        key = _key(request)
        use = self._uses.get(key)
        if use is None:
            use = self._uses[key] = Use(request)
            self._nbytes += len(request)
        else:
            self._uses.move_to_end(key)
        use.placed = use.count + 1  # the caller counts this one
        while len(self._uses) > KNOWN or self._nbytes > KNOWN_BYTES:
            self._forget_one()
        return use

    def _forget_one(self) -> None:
        """Forget the one with the oldest place, but give those another that were used since.

        Such uses are counted where an answer is found by its bytes; finding the place there too would cost each hit.
        """
        while True:
            key, oldest = next(iter(self._uses.items()))
            if oldest.count <= oldest.placed:
                break
            oldest.placed = oldest.count
            self._uses.move_to_end(key)
        del self._uses[key]
        self._nbytes -= len(oldest.request or b"")

    def untold(self) -> list[tuple[bytes, int]]:
        """Return what is popular here, the most asked first, and how often it was asked since it was told last.

        It counts as told from now on: `take_back` what couldn't be written down.
        """
        popular = [use for use in self._uses.values() if use.count >= POPULAR and use.count > use.told]
        found = []
        for use in sorted(popular, key=lambda use: use.told - use.count)[:WRITTEN]:
            if use.request is not None:
                found.append((use.request, use.count - use.told))
                use.told = use.count
        return found

    def take_back(self, uses: Sequence[tuple[bytes, int]]) -> None:
        """Have uses told again that weren't written down."""
        for request, count in uses:
            if (use := self._uses.get(_key(request))) is not None:
                use.told = max(0, use.told - count)


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


def _key(request: bytes) -> bytes:
    return hashlib.blake2b(request, digest_size=16).digest()


def _digest(request: bytes) -> str:
    return _key(request).hex()
