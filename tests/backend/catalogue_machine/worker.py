"""A worker of a server, without HTTP: its catalogue in memory, what writes to it and what searches it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import orjson
import pytest

from backend.catalogue.bulk import BulkUpsert
from backend.catalogue.cards import Cards
from backend.catalogue.opening import open_live
from backend.catalogue.options import SearchOptions
from backend.catalogue.records import ProductFilter
from backend.catalogue.schemas import ProductBody, ProductIn, ProductPage
from backend.catalogue.service import CatalogueService
from backend.catalogue.space import VectorSpace
from backend.catalogue.sync import CatalogueSync
from backend.compute import Compute, EncoderQueue
from backend.database.engine import Database
from backend.errors import ProductNotFound
from backend.interaction.states import UserStates
from backend.interaction.vectors import EventVectors
from backend.metrics import Metrics
from backend.monitor.layout import Layout
from backend.monitor.recorder import Recorder
from backend.recommend.experiments import Experiments
from backend.recommend.ledger import Ledger
from backend.recommend.rules import RecommendRules
from backend.search.personal import Tastes
from backend.search.rules.book import RuleBook
from backend.search.schemas import SearchRequest
from backend.search.service import SearchPage, SearchService
from backend.search.shadow import ShadowSearches
from backend.search.understanding.shop_words import ShopWords
from ml.profile.rules import ProfileRules
from tests.backend.catalogue_machine.model import ENCODER, Expected, Held, Model

EVERY = 200  # more than there are products
CLOSE = 1e-5


class Worker:
    """One worker. `seen` is the model as of its last catch-up, which any write of its own brings to the newest."""

    def __init__(
        self, runner: asyncio.Runner, database: Database, space: VectorSpace, index: Path, options: SearchOptions
    ) -> None:
        self._runner = runner
        self._database = database
        self._options = options
        self.live = open_live(database, space, index, options)
        queue = EncoderQueue(ENCODER, max_waiting=100, batch_size=8, cache_size=100)
        self._compute = Compute(ENCODER, queue, threads=2, max_waiting=100)
        self._sync = CatalogueSync(database, self.live, None, 3600, lambda: None)
        self._service = CatalogueService(database, self.live, self._compute, self._sync)
        states = UserStates(database, ProfileRules(), EventVectors(), 10)
        ledger = Ledger(database, max_waiting=10, keep_days=1)
        self._shadow = ShadowSearches(0.0, Metrics(Recorder(Layout(60, 2, 60))), lambda: self.live.version)
        self._search = SearchService(
            self.live,
            Cards(database, 100, self.live.saved_cards),
            self._compute,
            rules=RuleBook(),
            shop=ShopWords(database),
            stage=None,
            shadow=self._shadow,
            tastes=Tastes(states, Experiments(RecommendRules()), ledger, self.live, trusted=True),
        )
        self.seen = Expected(Model())
        self._newest = Model()

    def close(self) -> None:
        """End its threads."""
        self._runner.run(self._sync.close())
        self._shadow.close()
        self._compute.close()
        self.live.close()

    def sees(self, model: Model) -> None:
        """Say that it has read everything up to now."""
        self.seen = Expected(model)
        self._newest = model

    def catch_up(self) -> None:
        """Read what other workers have written."""
        self.live.catch_up(self._database)

    def put(self, product: ProductIn) -> int:
        """Write one product; return its version."""
        body = ProductBody.model_validate(product.model_dump(exclude={"id"}))
        return self._runner.run(self._service.put(product.id, body))[2].version

    def patch(self, id_: str, changes: dict[str, object]) -> bool:
        """Change fields of a product; return whether it exists."""
        try:
            self._runner.run(self._service.patch(id_, changes))
        except ProductNotFound:
            return False
        return True

    def delete(self, id_: str) -> bool:
        """Delete a product; return whether it existed."""
        try:
            self._runner.run(self._service.delete(id_))
        except ProductNotFound:
            return False
        return True

    def bulk(self, products: Iterable[ProductIn]) -> None:
        """Write products as one upload."""
        lines = b"\n".join(orjson.dumps(product.model_dump(mode="json")) for product in products)

        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, len(lines), 300):
                yield lines[start : start + 300]

        result = self._runner.run(BulkUpsert(self._service).run(chunks()))
        assert result.rejected == 0, result

    def stored(self) -> dict[str, tuple[int, object]]:
        """Return version and price of every product in the database."""
        found: dict[str, tuple[int, object]] = {}
        after = ""
        while True:
            page = self._page(after)
            found.update((product.id, (product.version, product.price)) for product in page.products)
            if page.next_cursor is None:
                assert len(found) == page.total
                return found
            after = page.next_cursor

    def _page(self, after: str) -> ProductPage:
        return self._runner.run(self._service.page(ProductFilter(), after, 7))

    def ask(self, **request: object) -> SearchPage:
        """Search for what the words say."""
        asked = SearchRequest.model_validate({"interpret": False, "explain": True, "limit": 100, **request})
        return self._runner.run(self._search.search(asked))

    def check(self, words: str, filters: dict[str, object], sort: str) -> bool:
        """Compare one search with what the model says; return whether anything was found."""
        page, seen = self.ask(query=words, filters=filters, sort=sort, facets=["brand", "price"]), self.seen
        assert self.live.product_count == len(seen.visible)
        passing = seen.passing(filters)
        assert page.allowed == len(passing)
        found = {str(hit.product_id) for hit in page.hits}
        # What another worker has changed since may have its new card already, and what it has deleted may have none.
        gone = {id_ for id_ in passing if self._newest.held[id_].deleted}
        assert len(found) == len(page.hits)
        assert len(found) <= page.total <= len(found | gone)
        assert found <= passing
        self._check_members(words, passing - gone, found - gone)
        for hit, card in zip(page.hits, page.cards, strict=True):
            assert hit.version == seen.visible[hit.product_id].version
            either = seen.visible[hit.product_id], self._newest.held[hit.product_id]
            assert any(orjson.loads(card).items() >= _shown(held).items() for held in either)
        self._check_order(page, sort)
        if words:
            self._check_scores(words, page)
        for facet in page.facets:
            if facet.field not in filters and not (
                facet.field == "price" and {"min_price", "max_price"} & set(filters)
            ):
                assert facet.total == page.total
                assert facet.total - facet.missing - facet.other == sum(
                    one.count for one in (*facet.values, *facet.buckets)
                )
        return bool(found)

    def _check_members(self, words: str, passing: set[str], found: set[str]) -> None:
        if not words:
            assert found == passing
            return
        above, trust = self.seen.deviations(words)
        cutoff = self._options.fusion.cutoff * (trust if self._options.fusion.cutoff > 0 else 1)
        near = {id_ for id_ in passing if above[id_] > cutoff + 1e-3}
        far = {id_ for id_ in passing if above[id_] < cutoff - 1e-3}
        matching = self.seen.lexical(words).keys()
        assert near <= found
        assert found <= passing - (far - matching)

    def _check_order(self, page: SearchPage, sort: str) -> None:
        held = [self.seen.visible[hit.product_id].product for hit in page.hits]
        if sort == "price_asc":
            prices = [float("inf") if product.price is None else float(product.price) for product in held]
            assert prices == sorted(prices)
        else:
            assert [(-hit.rank, hit.product_id) for hit in page.hits] == sorted(
                (-hit.rank, hit.product_id) for hit in page.hits
            )

    def _check_scores(self, words: str, page: SearchPage) -> None:
        cosines, (above, _), lexical = self.seen.cosines(words), self.seen.deviations(words), self.seen.lexical(words)
        ceiling = self.live.texts.match(words).ceiling
        for hit in page.hits:
            why, id_ = page.explanations[hit.product_id], str(hit.product_id)
            assert why.cosine == pytest.approx(cosines[id_], abs=CLOSE)
            assert why.deviations == pytest.approx(above[id_], abs=2e-3)  # mean and deviation have five digits
            share = lexical.get(id_, 0.0) / ceiling if ceiling else 0.0
            assert why.lexical == pytest.approx(self._options.fusion.lexical * share, abs=CLOSE)
            parts = why.lexical + why.similarity + why.exact_match + why.business
            assert hit.rank == pytest.approx(parts, abs=CLOSE)

    def check_lookup(self, id_: str) -> None:
        """Look a product up by its SKU, or its id, in another spelling; the model says which must come first."""
        held = self.seen.visible.get(id_)
        if held is None:
            assert id_ not in {str(hit.product_id) for hit in self.ask(query=id_).hits}
            return
        typed = (held.product.sku or id_).lower().replace("-", " ")
        wanted = {
            other
            for other, found in self.seen.visible.items()
            if (found.product.sku or other) == (held.product.sku or id_)
        }
        page = self.ask(query=typed)
        assert {str(hit.product_id) for hit in page.hits[: len(wanted)]} == wanted
        assert all(page.explanations[hit.product_id].exact_match == 1 for hit in page.hits[: len(wanted)])


def _shown(held: Held) -> dict[str, object]:
    product = held.product
    price = None if product.price is None else float(product.price)
    return {
        "id": product.id,
        "version": held.version,
        "title": product.title,
        "price": price,
        "brand": product.brand,
        "stock_quantity": product.stock_quantity,
    }
