"""Which products come into question, and what speaks for each: all in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import APPLY_BLOCK, LiveCatalogue
from backend.catalogue.row_filter import RowFilter
from backend.recommend.evidence import COLLABORATIVE, QUERY, Evidence
from ml.index.order import best_first
from ml.ranking.blend import Rows, VectorPart, direction
from ml.types import ProductId, RowMask

LEAST_POOL = 200
POOL_FACTOR = 10  # products that are scored for each that is shown


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list must keep to.

    Attributes:
        filters: all of them must be passed, and be in stock.
        without: products that can't be in it.
        unlike: products whose variants can't be in it either.
    """

    filters: tuple[RowFilter, ...]
    without: frozenset[str] = frozenset()
    unlike: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Once, and not again for each product that is looked at.
        first, *rest = self.filters
        object.__setattr__(self, "filters", (replace(first, in_stock=True), *rest))

    def mask(self, live: LiveCatalogue) -> RowMask:
        """Return the rows that may be listed."""
        first, *rest = self.filters
        kept, _ = live.allowed(first)
        mask = live.mask(first) if kept is None else kept.copy()
        for where in rest:
            other = live.mask(where)
            mask &= other[: len(mask)] if len(other) >= len(mask) else np.pad(other, (0, len(mask) - len(other)))
        row_of = live.index.row_of
        for id_ in self.without | self.unlike:
            if (row := row_of(ProductId(id_))) is not None and row < len(mask):
                mask[row] = False
        for id_ in self.unlike:
            row = row_of(ProductId(id_))
            if row is not None and row < len(mask):
                live.columns.clear_variants(mask, row)
        return mask

    def passes(self, live: LiveCatalogue, product_id: ProductId) -> bool:
        """Whether a product may be listed as it is now: the last look before it is shown."""
        if product_id in self.without or product_id in self.unlike:
            return False
        return all(live.passes(where, product_id) for where in self.filters)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Products in question, best first; equal ones by id.

    Attributes:
        rows: int64, shape (n,).
        scores: float64, shape (n,).
        parts: float64, shape (n,) each, by name: they add up to the scores; empty without evidence.
        popular: how many at the top are there for their popularity; the rest, without evidence, for their age.
    """

    rows: Rows
    scores: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    popular: int = 0


def shortlist(live: LiveCatalogue, evidence: Evidence, allowed: RowMask, limit: int) -> Shortlist:
    """Find and score the products that may fill a list.

    Args:
        live: the catalogue.
        evidence: what to go by.
        allowed: rows that may be listed.
        limit: length of the list.
    """
    size = max(LEAST_POOL, POOL_FACTOR * limit)
    if not evidence.weights:
        return _by_popularity(live, evidence.votes, allowed, size)
    vectors = {name: VectorPart(vector, live.scale_of_vector(vector)) for name, vector in evidence.vectors.items()}
    rows = _candidates(live, evidence, vectors, allowed, size)
    current = live.index.are_live(rows)  # a product may have moved meanwhile
    if not current.all():
        rows = rows[current]
    parts = {name: evidence.weights[name] * part.scores(live.index, rows) for name, part in vectors.items()}
    if evidence.query is not None:
        parts[QUERY] = evidence.weights[QUERY] * evidence.query.parts(rows).total
    if evidence.others is not None:
        scores, trust = evidence.others.scores(rows)
        share = evidence.collaborative * trust
        parts = {name: values if name == QUERY else values * (1 - share) for name, values in parts.items()}
        parts[COLLABORATIVE] = share * scores * (1 - evidence.weights.get(QUERY, 0.0))
    total = np.sum(list(parts.values()), axis=0)
    best, scores = best_first(rows, total, size, live.index.id_of)
    order = np.searchsorted(rows, best)
    return Shortlist(best, scores, {name: values[order] for name, values in parts.items()})


def _candidates(
    live: LiveCatalogue, evidence: Evidence, vectors: Mapping[str, VectorPart], allowed: RowMask, size: int
) -> Rows:
    """Return rows, ascending."""
    if evidence.query is not None:  # what isn't a result of the query can't be recommended for it
        return np.sort(evidence.query.results(live.known(allowed)).top(size)[0])
    towards = direction(vectors, evidence.weights)
    found = []
    if towards is not None:
        found.append(live.index.likely_rows(towards, size, live.known(allowed)))
    if evidence.others is not None:
        found.append(evidence.others.candidates(size, allowed))
    if len(found) < 2:  # often so, and the rows of one search are distinct
        return found[0] if found else np.zeros(0, np.int64)
    rows: Rows = np.sort(np.concatenate(found))
    is_first = np.ones(len(rows), np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
    return rows[is_first]


def _by_popularity(live: LiveCatalogue, votes: Mapping[str, float], allowed: RowMask, size: int) -> Shortlist:
    """Popular products, best first, then the newest."""
    known = {row: vote for id_, vote in votes.items() if (row := live.index.row_of(ProductId(id_))) is not None}
    rows = np.array([row for row in known if row < len(allowed) and allowed[row]], np.int64)
    worth = np.array([known[row] for row in rows.tolist()])
    popular, worth = best_first(rows, worth, size, live.index.id_of) if len(rows) else (rows, worth)
    others = live.live_rows(allowed)
    others = others[~np.isin(others, popular)]
    newest = np.zeros(0, np.int64)
    if len(others) and len(popular) < size:
        created = live.columns.arrays.created_us[others].astype(np.float64)  # exact: far below 2^53
        newest, _ = best_first(others, created, size - len(popular) + APPLY_BLOCK, live.index.id_of)
        newest = newest[live.index.are_live(newest)][: size - len(popular)]
    top = float(worth[0]) if len(worth) else 1.0
    # What is only new ranks behind everything popular, in order and without gaps that variety couldn't bridge.
    scores = np.concatenate([worth / top, -1e-6 * np.arange(len(newest))])
    return Shortlist(np.concatenate([popular, newest]), scores, popular=len(popular))
