"""The lexicon of the running catalogue: counted in a thread of its own, again when the catalogue has changed."""

from __future__ import annotations

from backend.catalogue.repository import CatalogueRepository
from backend.database.engine import Database
from backend.recount import Recount
from backend.search.understanding.counted import CountedLexicon
from backend.search.understanding.lexicon import Lexicon
from backend.search.understanding.titles import Entry
from backend.search.understanding.understand import ENDINGS, NEGATIONS


class ShopWords:
    """Which brands, colours, merchants and categories the catalogue has, as understanding a query needs them.

    A product that was just written is found at once, but its brand may be taken for a word like any other until the
    next count.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lexicon: Lexicon = CountedLexicon()
        self._currency: str | None = None
        self._stamp: int | None = None
        self._recount = Recount("shop-words", self._count)

    @property
    def lexicon(self) -> Lexicon:
        """As last counted; at first it knows nothing."""
        return self._lexicon

    @property
    def currency(self) -> str | None:
        """ISO 4217 code of most products' prices; None if no product has one."""
        return self._currency

    @property
    def counted(self) -> int:
        """The catalogue version that it was counted at."""
        return self._recount.counted

    @property
    def stamp(self) -> int | None:
        """The stamp of that version; None before the first count."""
        return self._stamp

    def follow(self, version: int) -> None:
        """Count in the background if the catalogue has changed and the last count is some time ago."""
        self._recount.follow(version)

    def count(self) -> None:
        """Count now, in this thread."""
        self._recount.now()

    def _count(self) -> int:
        with self._database.reading() as db:
            repository = CatalogueRepository(db)
            version, stamp = repository.moment()
            products = (Entry(*row) for row in repository.labels())
            self._lexicon = CountedLexicon.of(products, NEGATIONS, ENDINGS)
            self._currency = repository.main_currency()
            self._stamp = stamp
        return version
