"""What is popular just now, as this process read it a moment ago."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from backend.database.engine import Database
from backend.interaction.popularity import PRIOR, Popularity

KEPT = 5000  # most popular products; who filters them all away gets the newest
FRESH_S = 5.0  # the counts themselves follow the log with some delay


class PopularProducts:
    """The most popular products; read again when they are asked for and a few seconds old.

    Attributes:
        version: names what the votes are worth beside each other, alike in every process; fading changes nothing.
    """

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._read_at = float("-inf")
        self._votes: dict[str, float] = {}
        self.version = ""
        self._lock = asyncio.Lock()

    async def votes(self) -> dict[str, float]:
        """Return what shoppers' votes for products are worth now, above 0, best first."""
        if self._now() - self._read_at < FRESH_S:
            return self._votes
        async with self._lock:
            if self._now() - self._read_at >= FRESH_S:
                self._votes, self.version = await self._database.read(_votes)
                self._read_at = self._now()
        return self._votes


def _votes(db: Session) -> tuple[dict[str, float], str]:
    votes = {id_: score - PRIOR for id_, score in Popularity(db).top(KEPT, time.time()) if score > PRIOR}
    most = max(votes.values(), default=1.0)
    said = "".join(f"{id_}\n{worth / most:.6f}\n" for id_, worth in votes.items())
    return votes, hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
