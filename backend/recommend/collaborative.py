"""What others chose: the collaborative model in memory, and its scores for one shopper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.recommend.places import Places
from ml.ranking.blend import Rows
from ml.recommend.recommender import Recommender
from ml.recommend.served import saturated, trust
from ml.recommend.signals import History
from ml.recommend.told import Told
from ml.types import ProductId, RowMask

LOOKED_AT = 4  # products of the model's first choice, for each that is wanted: filters take some away


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that is ready; immutable, so any number of threads may ask it.

    Attributes:
        space: key of the state space that it is of.
        version: of its contents.
        events: that it was learned from.
    """

    space: str
    version: str
    events: int
    recommender: Recommender
    _places: WeakKeyDictionary[LiveCatalogue, Places] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False, compare=False
    )

    def places(self, live: LiveCatalogue) -> Places:
        """Return where its products are in a catalogue."""
        if (known := self._places.get(live)) is None:
            known = self._places[live] = Places(live.index, self.recommender.model)
        return known

    def chosen(self, live: LiveCatalogue, strengths: Mapping[ProductId, float]) -> Chosen | None:
        """Return what it says about somebody.

        Args:
            live: the catalogue.
            strengths: weights of the acts on recent products, the latest first.

        Returns:
            None when it knows none of these products, or was learned from nothing.
        """
        history = History.of(list(strengths), self.recommender.model, list(strengths.values()))
        if not self.events or not len(history.rows):
            return None
        return Chosen(live, self, history)

    def bought_with(self, product_ids: Iterable[ProductId], count: int) -> list[tuple[ProductId, float, ProductId]]:
        """Return what is bought together with products: it, the lower bound of the lift, and with which."""
        best: dict[ProductId, tuple[float, ProductId]] = {}
        for id_ in product_ids:
            for found in self.recommender.bought_with([id_], count):
                if found.score > best.get(found.product_id, (0.0, id_))[0]:
                    best[found.product_id] = found.score, id_
        ordered = sorted(best.items(), key=lambda pair: (-pair[1][0], pair[0]))
        return [(id_, lift, owner) for id_, (lift, owner) in ordered[:count]]

    def bought_with_those(self, product_ids: Iterable[ProductId]) -> dict[ProductId, float]:
        """Return what is bought together with any of many products, such as all of a category, and how surely."""
        model = self.recommender.model
        rows = np.array([row for id_ in product_ids if (row := model.row_of.get(id_)) is not None], np.int64)
        _, at = model.complements.entries(rows)
        others, worth = np.unique(model.complements.rows[at], return_inverse=True)
        sums = np.bincount(worth, model.complements.scores[at], minlength=len(others))
        return {model.product_ids[other]: float(lift) for other, lift in zip(others.tolist(), sums, strict=True)}


class Chosen:
    """Scores of one shopper: as those of vectors, by how far a product is above the average one."""

    def __init__(self, live: LiveCatalogue, loaded: LoadedModel, history: History) -> None:
        self._loaded = loaded
        self._places = loaded.places(live)
        self._model = loaded.recommender.model
        self._history = history

    @cached_property
    def _told(self) -> Told:
        return self._loaded.recommender.told(self._history)

    @property
    def version(self) -> str:
        """Of the model."""
        return self._loaded.version

    def candidates(self, count: int, allowed: RowMask) -> Rows:
        """Return rows of the products that the model would choose first, as far as they are allowed; distinct."""
        rows = self._places.rows(self._told.first(LOOKED_AT * count))
        rows = rows[(rows >= 0) & (rows < len(allowed))]
        return rows[allowed[rows]][:count]

    def scores(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return scores from -1 to 1, and how much each can be trusted, from 0 to 1: float64, shape (n,) each."""
        places = self._places.of(rows)
        trusted = np.where(places >= 0, trust(self._model.popularity[places]), 0.0)
        return saturated(self._told.deviations(places)), trusted
