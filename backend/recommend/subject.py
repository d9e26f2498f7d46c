"""What a list is about, besides the shopper: a query, a product, or filters alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from backend.catalogue.row_filter import RowFilter
from backend.catalogue.service import CatalogueService
from backend.model.engine import Engine
from backend.recommend.light import done
from backend.recommend.schemas import RecommendRequest
from backend.search.filters import row_filter
from backend.search.reading import read
from backend.search.similar import missing
from ml.ranking.fusion import Relevance
from ml.types import Embedding, ProductId


@dataclass(frozen=True, slots=True)
class Subject:
    """What a list is about.

    Attributes:
        filters: all of them must be passed.
        hidden: products that merchandising rules hide.
        query: what its words and meaning find; None without words.
        product: vector of the product that the list is like, float32, shape (d,).
    """

    filters: tuple[RowFilter, ...]
    hidden: frozenset[str]
    query: Relevance | None = None
    product: Embedding | None = None


async def read_subject(engine: Engine, catalogue: CatalogueService, request: RecommendRequest) -> Subject:
    """Find out what a request is about.

    Raises:
        InvalidRequest: a filter names an attribute that no product has.
        InvalidProductId, ProductNotFound, ProductNotSearchable: of the product that the list should be like.
        Overloaded: too many queries wait for the encoder.
    """
    live = engine.live
    where = row_filter(request.filters, live.columns.attributes)
    filters = (where,) if request.category is None else (where, RowFilter(category=(request.category,)))
    hidden = engine.rules.effects_of(request.query or "", request.filters.category).hidden
    if request.product_id is not None:
        row = live.index.row_of(ProductId(request.product_id))
        if row is None:
            raise await missing(catalogue, request.product_id)
        return Subject(filters, hidden, product=live.index.embeddings(np.array([row]))[0])
    if request.query is None:
        return Subject(filters, hidden)
    engine.shop.follow(live.version)
    work = partial(read, request.query, where, live, engine.shop, literal=False)
    reading = await done(engine, request, work)
    if not reading.words:  # "under 50": a filter and nothing else
        return Subject((reading.where,), hidden)
    vector = await engine.compute.queries.encode(reading.words)
    return Subject((reading.where,), hidden, query=live.relevance(vector, reading.words))
