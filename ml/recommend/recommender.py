"""Scores products for a shopper by a model and weights, and says why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.index.order import best_first
from ml.recommend.model import CollaborativeModel
from ml.recommend.signals import SIGNALS, TASTE, History, Signals
from ml.recommend.table import Rows, Scores
from ml.recommend.told import Baseline, Told
from ml.recommend.weights import BlendWeights
from ml.types import Candidate, ProductId


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a product scores as it does.

    Attributes:
        parts: by name of the signal, weight times signal; they sum to the score.
        because: the recent product to which `together` and likeness owe most; None when they say nothing.
    """

    parts: dict[str, float]
    because: ProductId | None


class Recommender:
    """One model under one set of weights; immutable, so that any number of threads may ask.

    While serving, candidates come from `candidates` (what the tables know), from the vector index (what fits the
    user's vector) and from search or category; their rows, and their cosines with the user's vector as `taste`, go to
    `score`, which gives every one the score that it would have among all products.
    """

    def __init__(self, model: CollaborativeModel, weights: BlendWeights) -> None:
        self.model = model
        self.weights = weights
        self._vector = weights.vector
        self._signals = Signals(model, weights.settings)
        self._baseline = Baseline(self.score_all(History.of_rows([]), None))

    def score(self, history: History, rows: Rows, taste: Scores | None) -> NDArray[np.float32]:
        """Score some products.

        Args:
            history: what was chosen, newest first; may be empty.
            rows: int64, shape (m,): rows of the model, -1 for a product that it doesn't know yet.
            taste: float32, shape (m,): cosine of these products with the user's vector; None: nothing is known of the
                user.

        Returns:
            float32, shape (m,): log-odds up to a constant of the shopper; higher is better.
        """
        return self._signals.of_rows(history, rows, taste) @ self._vector

    def score_all(self, history: History, taste: Scores | None) -> NDArray[np.float32]:
        """Score every product of the model: float32, shape (n,); the same numbers as `score` gives."""
        return self._signals.of_all(history, taste) @ self._vector

    def told(self, history: History) -> Told:
        """Return what `score_all` would without taste, having scored only what the history tells of."""
        rows, signals = self._signals.told(history)
        return Told(self._baseline, rows, signals @ self._vector)

    def candidates(self, history: History, k: int, allowed: NDArray[np.bool_] | None = None) -> list[Candidate]:
        """Return the products that score best without the user's vector, best first, equal ones by id.

        Args:
            history: what was chosen.
            k: how many, at least 1.
            allowed: bool, shape (n,): what may be returned; None: everything.
        """
        scores = self.score_all(history, None)
        rows = np.arange(self.model.count) if allowed is None else np.flatnonzero(allowed)
        best, values = best_first(rows, scores[rows], k, self.model.product_ids.__getitem__)
        ids = self.model.product_ids
        return [Candidate(ids[row], float(value)) for row, value in zip(best, values, strict=True)]

    def bought_with(self, product_ids: list[ProductId], k: int) -> list[Candidate]:
        """Return what is bought together with products, as with those in a cart, without these.

        Scores are the greatest lower bound of a lift over the products; see `ml.recommend.complements`.
        """
        given = [row for product_id in product_ids if (row := self.model.row_of.get(product_id)) is not None]
        best: dict[int, float] = {}
        for row in given:
            for other, lift in zip(*(part.tolist() for part in self.model.complements.of(row)), strict=True):
                best[other] = max(best.get(other, 0.0), lift)
        ids = self.model.product_ids
        found = [Candidate(ids[row], lift) for row, lift in best.items() if row not in given]
        return sorted(found, key=lambda candidate: (-candidate.score, candidate.product_id))[:k]

    def explain(self, history: History, row: int, taste: float | None) -> Reason:
        """Say what the score of one product is made of.

        Args:
            history: as for `score`.
            row: of the model, or -1.
            taste: cosine of the product with the user's vector.
        """
        known = None if taste is None else np.array([taste], np.float32)
        signals = self._signals.of_rows(history, np.array([row]), known)[0]
        parts = dict(zip(SIGNALS, (self._vector * signals).tolist(), strict=True))
        return Reason(parts, None if row < 0 else self._because(history, row))

    def _because(self, history: History, row: int) -> ProductId | None:
        """Find the recent product that alone would give the most."""
        best, product = 0.0, None
        for place in range(min(len(history.rows), self.weights.settings.history)):
            one = History(history.rows[place : place + 1], history.strengths[place : place + 1])
            signals = self._signals.of_rows(one, np.array([row]), None)[0].copy()
            signals[TASTE] = signals[SIGNALS.index("popular")] = signals[SIGNALS.index("seen")] = 0.0
            score = float(signals @ self._vector)
            if score > best:
                best, product = score, self.model.product_ids[int(one.rows[0])]
        return product
