"""What is popular just now, as this process read it a moment ago."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from backend.database.engine import Database
from backend.database.failures import is_database_down
from backend.interaction.popularity import PRIOR, Popularity

logger = logging.getLogger(__name__)
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
        self._look: asyncio.Task[None] | None = None

    async def votes(self) -> dict[str, float]:
        """Return what shoppers' votes for products are worth now, above 0, best first.

        While the database is down, these are the last ones that were read; all who ask meanwhile share one look.

        Raises:
            DependencyUnavailable, SQLAlchemyError: the database is down, and none were read yet.
        """
        if self._now() - self._read_at >= FRESH_S:
            if self._look is None:
                self._look = asyncio.create_task(self._read())
            await asyncio.shield(self._look)
        return self._votes

    async def _read(self) -> None:
        try:
            self._votes, self.version = await self._database.read(_votes)
        except Exception as error:
            if not self.version or not is_database_down(error):
                raise
            logger.warning("what is popular can't be read, what is known goes on to count: %s", error)
        finally:
            self._look = None
        self._read_at = self._now()


def _votes(db: Session) -> tuple[dict[str, float], str]:
    votes = {id_: score - PRIOR for id_, score in Popularity(db).top(KEPT, time.time()) if score > PRIOR}
    most = max(votes.values(), default=1.0)
    said = "".join(f"{id_}\n{worth / most:.6f}\n" for id_, worth in votes.items())
    return votes, hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
