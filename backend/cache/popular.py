"""Which requests are asked often: their answers are made before somebody asks again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.cache.memory import Use
from backend.cache.tables import PopularRequestRow
from backend.database.upsert import add_up

KNOWN = 10_000  # requests that one process counts; the one that wasn't asked for longest is forgotten first
REMEMBERED = 7  # days without being asked
LONGEST = 2_000  # bytes of a request that is written down
POPULAR = 5  # uses from which a request is popular


class Popular:
    """Counts requests that don't say who asks; of one process."""

    def __init__(self) -> None:
        self._uses: OrderedDict[bytes, Use] = OrderedDict()

    def use_of(self, request: bytes) -> Use:
        """Return what counts a request: normalised JSON, without a user or session."""
        known = self._uses.get(request)
        if known is not None:
            self._uses.move_to_end(request)
            return known
        use = self._uses[request] = Use(request if len(request) <= LONGEST else None)
        if len(self._uses) > KNOWN:
            self._uses.popitem(last=False)
        return use

    def untold(self) -> list[tuple[bytes, int]]:
        """Return what was asked more than once and how often since this was called last."""
        found = []
        for use in self._uses.values():
            if use.request is not None and use.count > 1 and use.count > use.told:
                found.append((use.request, use.count - use.told))
                use.told = use.count
        return found


class PopularRequests:
    """Reads and writes how often requests were asked, inside the caller's transaction."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def add(self, uses: Sequence[tuple[bytes, int]], now: datetime | None = None) -> None:
        """Add uses of requests, and forget those that weren't asked for long."""
        now = now or datetime.now(UTC)
        rows = [
            {"digest": _digest(request), "request": request.decode(), "uses": count, "used_at": now}
            for request, count in sorted(uses, key=lambda use: _digest(use[0]))  # one order, or two writers lock up
        ]
        add_up(self._db, PopularRequestRow, rows, "uses")
        outdated = PopularRequestRow.used_at < now - timedelta(days=REMEMBERED)
        self._db.execute(delete(PopularRequestRow).where(outdated))

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
