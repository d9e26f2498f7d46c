"""Products like one product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.catalogue.cards import Cards
from backend.catalogue.live import LiveCatalogue
from backend.catalogue.ranking import Hit, Ranking
from backend.catalogue.service import CatalogueService
from backend.compute import Compute
from backend.errors import ProductNotSearchable
from backend.search.filters import row_filter
from backend.search.near import nearest_blend, pool_size
from backend.search.personal import Tastes
from backend.search.schemas import SimilarQuery
from backend.search.service import INLINE_ROWS
from backend.search.stages import Stages
from backend.search.taste import ProductTaste
from ml.index.planner import Plan
from ml.types import ProductId


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """The products most like one, best first, their cards as ready-made JSON."""

    product_id: str
    hits: list[Hit]
    cards: list[bytes]
    taste: ProductTaste
    allowed: int
    plan: Plan
    catalogue_version: int
    timings_ms: dict[str, float]


class SimilarService:
    """Finds the nearest neighbours of a product by the vector that the index holds of it."""

    def __init__(
        self, live: LiveCatalogue, cards: Cards, compute: Compute, catalogue: CatalogueService, tastes: Tastes
    ) -> None:
        self._live = live
        self._cards = cards
        self._compute = compute
        self._catalogue = catalogue
        self._tastes = tastes

    async def similar(self, product_id: str, query: SimilarQuery) -> SimilarPage:
        """Return the products nearest to one, without itself.

        Raises:
            Unauthorized: it names a user, and has no key where the server needs one for that.
            InvalidProductId: no product can have this id.
            ProductNotFound: there's none.
            ProductNotSearchable: it is hidden, or not embedded yet.
            Overloaded: too many searches wait already.
        """
        stages = Stages()
        taste = await self._tastes.beside_product(query.user_id, query.session_id)
        catalogue_version = self._live.version
        row = self._live.index.row_of(ProductId(product_id))
        if row is None:
            raise await missing(self._catalogue, product_id)

        where = row_filter(query.filters, self._live.columns.attributes)

        def retrieve() -> tuple[Ranking, int, Plan]:
            mask = self._live.mask(where)
            # A write may have given the product a new row meanwhile.
            own = {row, self._live.index.row_of(ProductId(product_id))}
            mask[[known for known in own if known is not None and known < len(mask)]] = False
            if query.variants == "exclude":
                self._live.columns.clear_variants(mask, row)
            count = int(np.count_nonzero(mask))
            stages.end("filter")
            vector = self._live.index.embeddings(np.array([row]))[0]
            if not taste.weights:
                plan = self._live.index.plan(query.limit, count, exact=query.exact)
                return self._live.nearest(vector, query.limit, mask, plan), count, plan
            plan = self._live.index.plan(pool_size(query.limit), count, exact=query.exact)
            vectors = {**taste.vectors, "product": vector}
            return (
                nearest_blend(self._live, vectors, taste.weights, query.limit, allowed=mask, plan=plan),
                count,
                plan,
            )

        inline = self._live.product_count <= INLINE_ROWS
        ranking, count, plan = retrieve() if inline else await self._compute.run(retrieve)
        stages.end("retrieve")
        found = ranking[:]
        cards = await self._cards.of(found)
        hits = [hit for hit in found if hit.product_id in cards and self._live.passes(where, hit.product_id)]
        stages.end("enrich")
        return SimilarPage(
            product_id=product_id,
            hits=hits,
            cards=[cards[hit.product_id] for hit in hits],
            taste=taste,
            allowed=count,
            plan=plan,
            catalogue_version=catalogue_version,
            timings_ms=stages.timings_ms(),
        )


async def missing(catalogue: CatalogueService, product_id: str) -> ProductNotSearchable:
    """Return why nothing can be compared with a product.

    Raises:
        InvalidProductId: no product can have this id.
        ProductNotFound: there's none.
    """
    product = await catalogue.get(product_id)
    reason = "not embedded yet" if product.active else "inactive"
    return ProductNotSearchable(
        f"product {product_id} is {reason}, so nothing can be compared with it",
        product_id=product_id,
        reason=reason.replace(" ", "_"),
    )
