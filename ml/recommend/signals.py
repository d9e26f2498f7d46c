"""What speaks for each product, given what somebody did last: one number a signal, all computable while serving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ml.recommend.met import Met
from ml.recommend.model import CollaborativeModel
from ml.recommend.table import Rows, Scores
from ml.types import Embeddings, ProductId

SIGNALS: Final = ("taste", "closest", "words", "together", "popular", "seen")
TASTE: Final = SIGNALS.index("taste")

Share = Annotated[float, Field(gt=0, le=1)]


class SignalSettings(BaseModel):
    """How signals are computed; weights belong to the settings they were learned under."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    history: Annotated[int, Field(ge=1, le=200)] = 10
    """Newest products that count."""
    taste_decay: Share = 0.7
    """Weight of a product in the mean vector and in `together`, per newer product."""
    closest_decay: Share = 0.85
    """What likeness is worth, per newer product."""
    together_scale: Annotated[float, Field(gt=0)] = 10.0
    """Inside the logarithm: above 1 the first bits of evidence count more."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What somebody chose, newest first, each product once.

    Attributes:
        rows: int64, shape (h,): rows of the model.
        strengths: float32, shape (h,), above 0: weights of the interactions; 1 where only the order is known.
    """

    rows: Rows
    strengths: Scores

    @classmethod
    def of(
        cls, products: Sequence[ProductId], model: CollaborativeModel, strengths: Sequence[float] | None = None
    ) -> History:
        """Look products up; those that the model doesn't know are left out, and of repeated ones the newest stays.

        Args:
            products: newest first.
            model: of the rows.
            strengths: as many as products; None: all 1.
        """
        weights = [1.0] * len(products) if strengths is None else strengths
        found: dict[int, float] = {}
        for product_id, weight in zip(products, weights, strict=True):
            row = model.row_of.get(product_id)
            if row is not None and weight > 0:
                found.setdefault(row, weight)
        return cls(np.array(list(found), np.int64), np.array(list(found.values()), np.float32))

    @classmethod
    def of_rows(cls, rows: Sequence[int]) -> History:
        """Take rows, newest first, as equally strong; of repeated ones the newest stays."""
        distinct = list(dict.fromkeys(rows))
        return cls(np.array(distinct, np.int64), np.ones(len(distinct), np.float32))

    def newest(self, count: int) -> History:
        """Return the newest products."""
        return History(self.rows[:count], self.strengths[:count])

    def weights(self, decay: float) -> Scores:
        """Return strengths that shrink from product to product: float32, shape (h,)."""
        return self.strengths * np.float32(decay) ** np.arange(len(self.rows), dtype=np.float32)


class Signals:
    """Computes the signals of one model.

    | Signal | What it is | From, while serving |
    | --- | --- | --- |
    | taste | cosine with the vector of what somebody likes | user state and live vectors |
    | closest | greatest cosine with a recent product, older ones less | table of products alike |
    | words | the same of the words of title and brand | table of products alike |
    | together | how many shoppers chose it near the recent ones, beyond both products' popularity | transitions |
    | popular | how many shoppers chose it | popularity |
    | seen | 1 for a recent product itself | history |

    Counts enter as ln(1 + scale · count): what isn't known adds 0, so that content alone decides about new products
    and new shoppers.
    """

    def __init__(self, model: CollaborativeModel, settings: SignalSettings) -> None:
        self.model = model
        self.settings = settings
        self._popular = np.log1p(model.popularity)
        self._damping = 1 / np.sqrt(np.maximum(model.popularity, np.float32(1)))

    def of_all(self, history: History, taste: Scores | None) -> NDArray[np.float32]:
        """Return the signals of every product of the model.

        Args:
            history: what was chosen.
            taste: float32, shape (n,): cosine of every product with the user's vector; None: nothing is known.

        Returns:
            float32, shape (n, signals), in the order of `SIGNALS`; finite.
        """
        return self._of(history, slice(None), self.model.count, taste)

    def of_rows(self, history: History, rows: Rows, taste: Scores | None) -> NDArray[np.float32]:
        """Return the signals of some products.

        Args:
            history: what was chosen.
            rows: int64, shape (m,): rows of the model; -1 for a product that it doesn't know yet.
            taste: float32, shape (m,): cosine of these products with the user's vector; None: nothing is known.

        Returns:
            float32, shape (m, signals): of an unknown product taste alone, the others 0.
        """
        found = self._of(history, rows, len(rows), taste)
        unknown = rows < 0
        found[unknown, :TASTE], found[unknown, TASTE + 1 :] = 0.0, 0.0
        return found

    def taste(self, history: History, vectors: Embeddings) -> Scores:
        """Return the cosine of every product with the decayed mean of what was chosen last.

        This is what the evaluation takes for a user's vector: a session's vector with decay by place instead of time.

        Args:
            history: what was chosen.
            vectors: float32, shape (n, d), of the model's rows.

        Returns:
            float32, shape (n,); all 0 without history.
        """
        recent = history.newest(self.settings.history)
        mean = recent.weights(self.settings.taste_decay) @ vectors[recent.rows]
        norm = float(np.linalg.norm(mean))
        return vectors @ (mean / norm) if norm > 0 else np.zeros(len(vectors), np.float32)

    def told(self, history: History) -> tuple[Rows, NDArray[np.float32]]:
        """Return the products of which a history tells something, and their signals without taste.

        All others have the signals that they have without a history.

        Returns:
            int64, shape (m,), rows of the model, ascending; float32, shape (m, signals).
        """
        met = self._met(history)
        is_met = np.zeros(self.model.count, np.bool_)
        for met_rows in (met.near, met.alike, met.recent, met.seen):
            is_met[met_rows] = True
        rows = np.flatnonzero(is_met)
        place = np.empty(self.model.count, np.int32)  # among these; of the others it is never looked at
        place[rows] = np.arange(len(rows), dtype=np.int32)
        likest, near, seen = met.summed(len(rows), place)
        told = (likest[0] > 0) | (likest[1] > 0) | (near > 0) | (seen > 0)
        if not told.all():
            rows, likest, near, seen = rows[told], likest[:, told], near[told], seen[told]
        return rows, self._joined(likest, near, seen, rows)

    def _of(self, history: History, rows: Rows | slice, count: int, taste: Scores | None) -> NDArray[np.float32]:
        """Return the signals of `count` rows: what is counted over all products is looked up for these alone."""
        if not len(history.rows):
            found = np.zeros((len(SIGNALS), count), np.float32)
            found[4] = self._popular[rows]
            joined = found.T
        else:
            likest, near, seen = self._met(history).summed(self.model.count)
            joined = self._joined(likest[:, rows], near[rows], seen[rows], rows)
        if taste is not None:
            joined[:, TASTE] = taste
        return joined

    def _met(self, history: History) -> Met:
        """Look up what a history's newest products are alike to, and what was chosen near them."""
        model, settings = self.model, self.settings
        recent = history.newest(settings.history)
        weights = recent.weights(settings.taste_decay) * self._damping[recent.rows]
        source, at = model.transitions.entries(recent.rows)
        worth = np.float32(settings.closest_decay) ** np.arange(len(recent.rows), dtype=np.float32)
        alike_source, alike_at = model.alike.table.entries(recent.rows)
        return Met(
            near=model.transitions.rows[at],
            near_worth=weights[source] * model.transitions.scores[at],
            alike=model.alike.table.rows[alike_at],
            closest=model.alike.cosines[alike_at] * worth[alike_source],
            words=model.alike.words[alike_at] * worth[alike_source],
            recent=recent.rows,
            recent_worth=worth,
            seen=history.rows,
        )

    def _joined(
        self,
        likest: NDArray[np.float32],
        near: NDArray[np.float64],
        seen: NDArray[np.float32],
        rows: Rows | slice,
    ) -> NDArray[np.float32]:
        """Return the signals of rows: float32, shape (m, signals), of as many values each."""
        found = np.zeros((len(SIGNALS), len(seen)), np.float32)
        found[1:3] = likest
        found[3] = np.log1p(self.settings.together_scale * near * self._damping[rows])
        found[4] = self._popular[rows]
        found[5] = seen
        return found.T
