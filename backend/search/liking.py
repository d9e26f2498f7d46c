"""Which attributes a shopper likes, by what they did with the products that have them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.catalogue.live import LiveCatalogue
from backend.catalogue.traits import Traits
from backend.search.acts import Acts
from ml.profile.affinity import Affinities, affinities


@dataclass(frozen=True, slots=True)
class Liking:
    """A shopper's affinities to the values of a catalogue's attributes."""

    traits: Traits
    affinities: Affinities

    @classmethod
    def of(cls, live: LiveCatalogue, acts: Acts) -> Liking | None:
        """Learn it; None where nothing is known of any product that they met."""
        rows = [live.index.row_of(id_) for id_ in acts.products]
        known = np.array([row is not None for row in rows], np.bool_)
        if not acts.strengths[known].any():
            return None
        at = np.array([row for row in rows if row is not None], np.int64)
        traits = live.traits.current
        found = affinities(
            traits.described(at),
            acts.strengths[known],
            acts.viewed[known],
            live.columns.values_of("category", at),
            traits.base,
        )
        return cls(traits, found) if found.log_odds.any() or found.bends.any() else None

    @property
    def digest(self) -> str:
        """16 hex digits that name it in every process: each numbers values its own way, so their texts count."""
        found = zip(self.affinities.numbers.tolist(), self.affinities.log_odds.tolist(), strict=True)
        liked = sorted((*self.traits.named(number), odds) for number, odds in found if odds)
        content = repr((liked, self.affinities.bends.tolist()))
        return hashlib.blake2b(content.encode(), digest_size=8).hexdigest()

    def parts(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how likely the shopper goes for products, by attribute, in log-odds: float64, shape (n, a)."""
        return self.affinities.parts(self.traits.described(rows))

    def totals(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how likely the shopper goes for products, in log-odds: float64, shape (n,)."""
        return self.affinities.totals(self.traits.described(rows))

    def values(self, row: int) -> list[tuple[str, str | None]]:
        """Return the attributes of a product with what it has of each, in words."""
        numbers = self.traits.described(np.array([row])).values[0].tolist()
        texts = [self.traits.text(place, number) for place, number in enumerate(numbers)]
        return list(zip(self.traits.names, [*texts, None], strict=True))
