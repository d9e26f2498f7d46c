"""The lexicon of the running catalogue: counted in a thread of its own, again when the catalogue has changed."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from backend.catalogue.repository import CatalogueRepository
from backend.database.engine import Database
from backend.search.understanding.counted import CountedLexicon, Entry
from backend.search.understanding.lexicon import Lexicon
from backend.search.understanding.understand import NEGATIONS

logger = logging.getLogger(__name__)
REST = 20  # times as long as counting took, until it is done again


class ShopWords:
    """Which brands, colours, merchants and categories the catalogue has, as understanding a query needs them.

    A product that was just written is found at once, but its brand may be taken for a word like any other until the
    next count.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lexicon: Lexicon = CountedLexicon()
        self._currency: str | None = None
        self._counted = -1
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def lexicon(self) -> Lexicon:
        """As last counted; at first it knows nothing."""
        return self._lexicon

    @property
    def currency(self) -> str | None:
        """ISO 4217 code of most products' prices; None if no product has one."""
        return self._currency

    def follow(self, version: int) -> None:
        """Count in the background if the catalogue has changed and the last count is some time ago."""
        if version == self._counted or time.monotonic() < self._not_before:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="shop-words", daemon=True)
                self._thread.start()

    def count(self) -> None:
        """Count now, in this thread."""
        start = time.monotonic()
        try:
            self._count()
        finally:
            self._not_before = time.monotonic() + REST * (time.monotonic() - start)

    def _count(self) -> None:
        with self._database.reading() as db:
            repository = CatalogueRepository(db)
            version = repository.version()
            products = [Entry(*row) for row in repository.labels()]
            self._currency = repository.main_currency()
        self._lexicon = CountedLexicon.of(products, NEGATIONS)
        self._counted = version

    def _run(self) -> None:
        try:
            self.count()
        except SQLAlchemyError:  # the next search tries again
            logger.exception("can't count the catalogue's words")
