"""How much more a shopper likes one product than others of its category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.search.liking import Liking
from ml.ranking.blend import VectorPart, shared_out

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

SHARES: Mapping[str, float] = {"attributes": 0.8, "vector": 0.2}  # of taste; measured in decision 0019
SATURATION = 4.0  # standard deviations at which the vector has gained most of what it can, as in search
SURE = 1.5  # log-odds of attributes at which they have gained most of what they can
DIGITS = 6  # of centres
NEARLY_0 = 1e-6  # of log-odds


class Liked(NamedTuple):
    """What one attribute of a product, or its vector, adds to a score."""

    field: str
    value: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Leaning:
    """Taste among the results of one query, from the attributes of products and from their vectors.

    Products are compared within their category alone: which kind of thing is meant, the query has said.

    Attributes:
        shares: what `attributes` and `vector` count of it; they add up to 1.
        vector: with its scale; None without.
        liking: None without.
        categories: int32, shape (c,), ascending: those of the query's first results.
        names: of these, in the case that comparing uses.
        near: float64, shape (c,): how near these results are to the vector on average, in standard deviations.
        liked: float64, shape (c, a): how much their attributes are liked on average, in log-odds.
    """

    shares: Mapping[str, float]
    vector: VectorPart | None
    liking: Liking | None
    categories: NDArray[np.int32]
    names: tuple[str, ...]
    near: Floats
    liked: Floats

    @classmethod
    def among(
        cls, live: LiveCatalogue, leaders: Rows, vector: VectorPart | None, liking: Liking | None
    ) -> Leaning | None:
        """Compare with the first results of a query; None where nothing is known of the shopper."""
        there = [name for name, part in (("attributes", liking), ("vector", vector)) if part is not None]
        if not there:
            return None
        categories, group = np.unique(live.columns.values_of("category", leaders), return_inverse=True)
        near = np.zeros(len(leaders)) if vector is None else _deviations(live, vector, leaders)
        liked = np.zeros((len(leaders), 0)) if liking is None else liking.parts(leaders)
        sums = np.zeros((len(categories), 1 + liked.shape[1]))
        np.add.at(sums, group, np.concatenate([near[:, None], liked], axis=1))
        means = np.round(sums / np.bincount(group)[:, None], DIGITS) + 0.0  # never -0.0
        names = tuple(live.columns.vocabularies["category"].folded(number) for number in categories.tolist())
        return cls(shared_out(SHARES, there), vector, liking, categories, names, means[:, 0], means[:, 1:])

    @property
    def basis(self) -> str:
        """Names what it depends on besides the vector, for cursors: in every process alike."""
        digest = "" if self.liking is None else self.liking.digest
        return f"{digest} {sorted(zip(self.names, self.near.tolist(), self.liked.tolist(), strict=True))}"

    def scores(self, live: LiveCatalogue, rows: Rows) -> Floats:
        """Return from -1 to 1 how much products are liked, 0 in a category without first results: shape (n,)."""
        place, known = self._places(live, rows)
        scores = np.zeros(len(rows))
        if self.liking is not None:
            scores += self._of_attributes(self.liking.totals(rows) - self.liked.sum(axis=1)[place])
        return np.where(known, scores + self._of_vector(live, rows, place), 0.0)

    def parts(self, live: LiveCatalogue, row: int) -> list[Liked]:
        """Return what one product's score is made of: the parts that aren't 0."""
        rows = np.array([row])
        place, known = self._places(live, rows)
        if not known.all():
            return []
        parts = [Liked("vector", None, float(self._of_vector(live, rows, place)[0]))]
        if self.liking is not None:
            odds = (self.liking.parts(rows) - self.liked[place])[0]
            # Saturation takes from each in proportion; next to 0, where the sum says nothing of that, there is none.
            total = odds.sum() if abs(odds.sum()) > NEARLY_0 else NEARLY_0
            scale = float(self._of_attributes(total) / total)
            values = self.liking.values(row)
            parts += [Liked(name, text, scale * float(one)) for (name, text), one in zip(values, odds, strict=True)]
        return [part for part in parts if part.score]

    def _places(self, live: LiveCatalogue, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the places of the categories of rows, and which of them have one."""
        categories = live.columns.values_of("category", rows)
        place = np.minimum(np.searchsorted(self.categories, categories), len(self.categories) - 1)
        return place, self.categories[place] == categories

    def _of_vector(self, live: LiveCatalogue, rows: Rows, place: NDArray[np.int64]) -> Floats:
        if self.vector is None:
            return np.zeros(len(rows))
        deviations = _deviations(live, self.vector, rows) - self.near[place]
        scores: Floats = self.shares["vector"] * np.tanh(deviations / SATURATION)
        return scores

    def _of_attributes(self, log_odds: Floats | np.float64 | float) -> Floats:
        scores: Floats = self.shares["attributes"] * np.tanh(log_odds / SURE)
        return scores


def _deviations(live: LiveCatalogue, vector: VectorPart, rows: Rows) -> Floats:
    return vector.scale.deviations(live.index.inner_products(vector.vector, rows))
