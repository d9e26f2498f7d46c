"""How much more a shopper likes one product than others of its category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.search.liking import Liking
from ml.ranking.blend import SATURATION, VectorPart, shared_out

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

SHARES: Mapping[str, float] = {"attributes": 0.8, "vector": 0.2}  # of taste; measured in decision 0019
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
        centres: float64, shape (c, f): the mean of `_features` of these results.
    """

    shares: Mapping[str, float]
    vector: VectorPart | None
    liking: Liking | None
    categories: NDArray[np.int32]
    centres: Floats

    @classmethod
    def among(
        cls, live: LiveCatalogue, leaders: Rows, vector: VectorPart | None, liking: Liking | None
    ) -> Leaning | None:
        """Compare with the first results of a query; None where nothing is known of the shopper."""
        there = [name for name, part in (("attributes", liking), ("vector", vector)) if part is not None]
        if not there:
            return None
        features = _features(live, vector, liking, leaders)
        categories, group = np.unique(live.columns.values_of("category", leaders), return_inverse=True)
        sums = np.zeros((len(categories), features.shape[1]))
        np.add.at(sums, group, features)
        centres = np.round(sums / np.bincount(group, minlength=1)[: len(categories), None], DIGITS)
        return cls(shared_out(SHARES, there), vector, liking, categories, centres)

    @property
    def basis(self) -> str:
        """Names what it depends on besides the vector, for cursors."""
        digest = "" if self.liking is None else self.liking.affinities.digest
        return f"{digest} {self.categories.tolist()} {self.centres.tolist()}"

    def scores(self, live: LiveCatalogue, rows: Rows) -> Floats:
        """Return from -1 to 1 how much products are liked, 0 in a category without first results: shape (n,)."""
        near, liked = self._compared(live, rows)
        return self._of_vector(near) + self._of_attributes(liked.sum(axis=1))

    def parts(self, live: LiveCatalogue, row: int) -> list[Liked]:
        """Return what one product's score is made of: the parts that aren't 0."""
        near, liked = self._compared(live, np.array([row]))
        parts = [Liked("vector", None, float(self._of_vector(near)[0]))]
        if self.liking is not None:
            odds = liked[0]
            # Saturation takes from each in proportion; next to 0, where the sum says nothing of that, there is none.
            total = odds.sum() if abs(odds.sum()) > NEARLY_0 else NEARLY_0
            scale = float(self._of_attributes(total) / total)
            values = self.liking.values(row)
            parts += [Liked(name, text, scale * float(one)) for (name, text), one in zip(values, odds, strict=True)]
        return [part for part in parts if part.score]

    def _compared(self, live: LiveCatalogue, rows: Rows) -> tuple[Floats, Floats]:
        """Return features less those of the category: of the vector, shape (n,), and of attributes, shape (n, a)."""
        categories = live.columns.values_of("category", rows)
        place = np.minimum(np.searchsorted(self.categories, categories), len(self.categories) - 1)
        known = self.categories[place] == categories
        features = _features(live, self.vector, self.liking, rows) - self.centres[place]
        features[~known] = 0.0
        return features[:, 0], features[:, 1:]

    def _of_vector(self, deviations: Floats) -> Floats:
        scores: Floats = self.shares.get("vector", 0.0) * np.tanh(deviations / SATURATION)
        return scores

    def _of_attributes(self, log_odds: Floats | np.float64 | float) -> Floats:
        scores: Floats = self.shares.get("attributes", 0.0) * np.tanh(log_odds / SURE)
        return scores


def _features(live: LiveCatalogue, vector: VectorPart | None, liking: Liking | None, rows: Rows) -> Floats:
    """Return how near products are to the vector in standard deviations, and their log-odds by attribute."""
    near = np.zeros(len(rows))
    if vector is not None:
        near = vector.scale.deviations(live.index.inner_products(vector.vector, rows))
    odds = np.zeros((len(rows), 0)) if liking is None else liking.log_odds(rows)
    return np.concatenate([near[:, None], odds], axis=1)
