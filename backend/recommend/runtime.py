"""Everything about recommendations that the requests of one process share."""

from __future__ import annotations

from collections.abc import Callable

from backend.catalogue.space import VectorSpace
from backend.config import Settings
from backend.database.engine import Database
from backend.recommend.experiments import Experiments
from backend.recommend.ledger import Ledger
from backend.recommend.popular import PopularProducts
from backend.recommend.refresher import Refresher
from backend.recommend.rules import RecommendRules


class Recommendations:
    """The rules and experiments, the log of what was served, and what is popular."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Open nothing yet.

        Raises:
            RulesRefused: the file of `RECOMMEND_RULES_PATH` or `EXPERIMENTS_PATH` can't be used.
        """
        self.experiments = Experiments.read(
            RecommendRules.read(settings.recommend_rules_path),
            settings.experiments_path,
            settings.search_options.fusion,
        )
        self.ledger = Ledger(
            database, max_waiting=settings.recommendation_queue_size, keep_days=settings.recommendation_log_days
        )
        self.popular = PopularProducts(database)
        self.collaborative = Refresher(database, settings)

    def start(self, space: Callable[[], VectorSpace]) -> None:
        """Let the collaborative model follow the log, once an engine serves.

        Args:
            space: of the engine that serves just now.
        """
        self.collaborative.start(space)

    async def close(self) -> None:
        """Write what waits, and stop."""
        await self.collaborative.close()
        await self.ledger.close()
