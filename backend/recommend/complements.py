"""Which products go with those in a cart: bought together, or of categories that complement theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend.catalogue.fields import CATEGORY_SEPARATOR
from backend.catalogue.live import LiveCatalogue
from backend.recommend.collaborative import LoadedModel
from backend.recommend.evidence import Evidence
from backend.recommend.picking import Pick, picked, varied
from backend.recommend.reasons import Grounds
from backend.recommend.rules import RecommendRules
from backend.recommend.shopper import Shopper
from backend.recommend.shortlist import Shortlist, shortlist
from ml.ranking.blend import Rows, shared_out
from ml.ranking.diversify import Variety
from ml.types import Embeddings, ProductId, RowMask

PER_CATEGORY = 2  # complements of one category
PER_BRAND = 3
FOUND = 200  # products bought together that are looked at
CATEGORIES = 8  # that go best with the cart's, where purchases say which


def bought_together(
    live: LiveCatalogue, model: LoadedModel | None, cart: Sequence[ProductId], allowed: RowMask, limit: int
) -> tuple[list[Pick], list[Grounds]]:
    """Return what shoppers have bought together with products of a cart, the surest first."""
    found = [] if model is None else model.bought_with(cart, FOUND)
    known = [
        (row, 1 - 1 / lift, owner)
        for id_, lift, owner in found
        if (row := live.index.row_of(id_)) is not None and row < len(allowed) and allowed[row]
    ]
    rows = np.array([row for row, _, _ in known], np.int64)
    scores = np.array([score for _, score, _ in known])
    short = Shortlist(rows, scores, {"bought_together": scores})
    places = _choose(live, short, "brand", limit, Variety(0.0, PER_BRAND))
    return picked(live, short, places), [Grounds("bought_together", known[place][2]) for place in places]


def going_with(
    live: LiveCatalogue,
    model: LoadedModel | None,
    cart: Sequence[ProductId],
    allowed: RowMask,
    limit: int,
    *,
    shopper: Shopper,
    rules: RecommendRules,
) -> tuple[list[Pick], list[Grounds]]:
    """Return products of categories that complement the cart's: accessories, and never another of the same.

    The categories are those whose products are bought together with products of the cart's categories; where nothing
    is known of that, the others of the same departments. The nearest to the cart come first, two of a category.

    Args:
        live: the catalogue.
        model: the collaborative model.
        cart: products that are in the index.
        allowed: rows that may be returned.
        limit: how many.
        shopper: whose taste counts, as in the context `similar`.
        rules: with that context's weights.
    """
    rows = np.array([row for id_ in cart if (row := live.index.row_of(id_)) is not None], np.int64)
    if not len(rows) or limit < 1:
        return [], []
    mask = allowed & _complementing(live, model, rows, len(allowed))
    theirs = live.index.embeddings(rows)
    mean = theirs.mean(axis=0)
    vectors = {**shopper.vectors, "product": (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)}
    weights = shared_out(rules.blend("similar"), list(vectors)) or {"product": 1.0}
    evidence = Evidence(weights, {name: vectors[name] for name in weights})
    short = shortlist(live, evidence, mask, limit)
    places = _choose(live, short, "category", limit, Variety(rules.diversity, PER_CATEGORY))
    picks = picked(live, short, places)
    return picks, [Grounds("goes_with", _nearest(live, one, cart, theirs)) for one in picks]


def _choose(live: LiveCatalogue, short: Shortlist, capped: str, limit: int, variety: Variety) -> list[int]:
    if not len(short.rows):
        return []
    return varied(live, short, limit, variety, live.columns.values_of(capped, short.rows))


def _complementing(live: LiveCatalogue, model: LoadedModel | None, cart: Rows, size: int) -> RowMask:
    """Return the rows of categories that complement those of some rows: bool, shape (size,)."""
    categories, vocabulary = live.columns.values("category"), live.columns.vocabularies["category"]
    own = {int(category) for category in categories[cart]} - {0}
    if model is not None and own:
        same = live.live_rows(np.isin(categories, list(own)))
        worth: dict[int, float] = {}
        for id_, lift in model.bought_with_those(map(live.index.id_of, same.tolist())).items():
            row = live.index.row_of(id_)
            if row is not None and int(categories[row]) not in own | {0}:
                worth[int(categories[row])] = worth.get(int(categories[row]), 0.0) + lift
        if worth:
            best = sorted(worth, key=lambda category: (-worth[category], category))[:CATEGORIES]
            return _sized(np.isin(categories, best), size)
    departments = {vocabulary.folded(category).split(CATEGORY_SEPARATOR)[0] for category in own}
    used = {int(category) for category in np.unique(categories)} - own - {0}
    beside = [one for one in used if vocabulary.folded(one).split(CATEGORY_SEPARATOR)[0] in departments]
    return _sized(np.isin(categories, beside), size)


def _sized(mask: RowMask, size: int) -> RowMask:
    return np.pad(mask[:size], (0, max(0, size - len(mask))))


def _nearest(live: LiveCatalogue, one: Pick, cart: Sequence[ProductId], theirs: Embeddings) -> ProductId | None:
    row = live.index.row_of(one.product_id)
    if row is None or len(cart) != len(theirs):
        return None
    return cart[int(np.argmax(theirs @ live.index.embeddings(np.array([row]))[0]))]
