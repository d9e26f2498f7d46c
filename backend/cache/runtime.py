"""Everything about kept answers that the requests of one process share."""

from __future__ import annotations

from backend.cache.answers import AnswerCache
from backend.cache.identity import fingerprint
from backend.cache.popular import Popular, PopularRequests
from backend.cache.shared import SharedCache
from backend.cache.stats import CacheStats
from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from backend.database.engine import Database
from backend.version import VERSION


class Cache:
    """The kept answers, how they are used, and which requests are popular.

    Attributes:
        answers: None until it is opened, and where answers aren't kept.
        popular: counts requests.
        stats: count what the cache does.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self.answers: AnswerCache | None = None
        self.popular = Popular()
        self.stats = CacheStats()

    def open(self, catalogue_id: str) -> None:
        """Begin to keep answers, if the settings say so; on the event loop."""
        settings = self._settings
        if settings.api_enable_cache:
            shared = SharedCache(settings.redis_url, self.stats) if settings.redis_url else None
            identity = f"{VERSION} {catalogue_id} {fingerprint(settings)}"
            self.answers = AnswerCache(settings.api_cache_bytes, identity, shared, self.stats)

    async def tell(self) -> None:
        """Write down which requests were asked more than once."""
        if uses := self.popular.untold():
            try:
                await self._database.write(lambda db: PopularRequests(db).add(uses))
            except Exception:
                self.popular.take_back(uses)
                raise

    async def top(self, count: int) -> list[bytes]:
        """Return the most popular requests of all processes and their past."""
        return await self._database.read(lambda db: PopularRequests(db).top(count))

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self.answers is not None and self.answers.shared is not None:
            await self.answers.shared.close()


def catalogue_id(database: Database) -> str:
    """Return which catalogue a database holds."""
    with database.reading() as db:
        return CatalogueRepository(db).catalogue_id()
