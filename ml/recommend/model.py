"""What was learned of a shop's interactions and catalogue, ready to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ml.recommend.alike import Alike
from ml.recommend.complements import ComplementSettings, find_complements
from ml.recommend.interactions import Interactions
from ml.recommend.table import NeighbourTable
from ml.recommend.transitions import TransitionSettings, count_shoppers, count_transitions
from ml.types import ProductId


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a model is learned."""

    transitions: TransitionSettings = field(default_factory=TransitionSettings)
    complements: ComplementSettings = field(default_factory=ComplementSettings)


@dataclass(frozen=True, slots=True, eq=False)
class CollaborativeModel:
    """Tables over n products; immutable, so that any number of threads may read it.

    Attributes:
        product_ids: of the rows, distinct.
        alike: by content; it depends on the catalogue alone.
        transitions: what is chosen near what.
        complements: what is bought together with what: other things than those that are alike.
        popularity: float32, shape (n,): weighted number of shoppers, 0 or more.
        events: acts it was learned from.
        row_of: row of each product.
    """

    product_ids: tuple[ProductId, ...]
    alike: Alike
    transitions: NeighbourTable
    complements: NeighbourTable
    popularity: NDArray[np.float32]
    events: int
    row_of: dict[ProductId, int]

    @classmethod
    def assemble(
        cls,
        product_ids: Sequence[ProductId],
        *,
        alike: Alike,
        transitions: NeighbourTable,
        complements: NeighbourTable,
        popularity: NDArray[np.float32],
        events: int,
    ) -> CollaborativeModel:
        """Put the parts together.

        Raises:
            ValueError: they aren't of the same products, or an array doesn't fit.
        """
        ids = tuple(product_ids)
        row_of = {product_id: row for row, product_id in enumerate(ids)}
        alike.check()
        for table in (transitions, complements):
            table.check()
        if {len(row_of), len(alike.table), len(transitions), len(complements), len(popularity)} != {len(ids)}:
            raise ValueError("the parts of a model are of the same distinct products")
        if not (np.isfinite(popularity).all() and (popularity >= 0).all()):
            raise ValueError("popularity is 0 or more")
        return cls(ids, alike, transitions, complements, popularity, events, row_of)

    @property
    def count(self) -> int:
        """Number n of products."""
        return len(self.product_ids)


def train(
    product_ids: Sequence[ProductId], alike: Alike, acts: Interactions, settings: TrainingSettings | None = None
) -> CollaborativeModel:
    """Learn a model; the same acts give the same bits, in whatever order they came.

    Training anew is how a model is refreshed: with a million acts on 100,000 products it takes some seconds, and
    what is kept between two of them is only `alike`, which changes with the catalogue alone.

    Args:
        product_ids: of the rows that `alike` and `acts` speak of.
        alike: from `ml.recommend.alike.compare`, or of the model before as long as the catalogue is the same.
        acts: what shoppers did.
        settings: None takes the defaults.

    Raises:
        ValueError: the arguments aren't of the same products.
    """
    chosen = settings or TrainingSettings()
    return CollaborativeModel.assemble(
        product_ids,
        alike=alike,
        transitions=count_transitions(acts, chosen.transitions),
        complements=find_complements(acts, chosen.complements),
        popularity=count_shoppers(acts, chosen.transitions.half_life_s),
        events=len(acts),
    )
