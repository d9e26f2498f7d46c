"""What a shopper likes: the hidden truth behind the simulated clicks."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.colours import BASIC
from demo.goods import Goods

_FAVOURITE, _DISLIKED = 1.6, -1.6
_PATTERNED = ("striped", "checked", "dotted", "floral", "chevron", "camouflage", "colour-block", "pinstriped")
_PRICE_WIDTH = 0.28  # how far a price may lie from the shopper's level before it repels
_WRONG_AUDIENCE = -3.0


@dataclass(frozen=True)
class Taste:
    """Latent preferences of one shopper; all numbers but weights and levels are log-odds.

    Attributes:
        kinds: how often each kind is wanted, by name; sums to 1.
        colours: by basic colour; those not named leave cold.
        patterns: by pattern.
        brands: by brand.
        price_level: the part of a kind's price range that suits, 0 to 1.
        audience: ``women`` or ``men``, whose clothes are looked at.
        buys_for_kids: whether children's things are wanted too.
        sessions_per_day: activity; heavy-tailed over shoppers.
    """

    kinds: Mapping[str, float]
    colours: Mapping[str, float]
    patterns: Mapping[str, float]
    brands: Mapping[str, float]
    price_level: float
    audience: str
    buys_for_kids: bool
    sessions_per_day: float

    def affinity(self, goods: Goods) -> float:
        """Return how much this shopper likes a product of a kind that is wanted: about -5 to 5, 0 is indifferent."""
        off = (goods.price_level - self.price_level) / _PRICE_WIDTH
        fits = self._fits(goods.audience)
        return (
            self.colours.get(goods.colour, 0.0)
            + self.patterns.get(goods.pattern, 0.0)
            + self.brands.get(goods.brand, 0.0)
            + 0.5
            - 0.5 * off * off
            + goods.quality
            + (0.0 if fits else _WRONG_AUDIENCE)
        )

    def _fits(self, audience: str) -> bool:
        return audience in {"", self.audience} or (audience == "kids" and self.buys_for_kids)


def draw_taste(catalogue: Sequence[Goods], rng: random.Random) -> Taste:
    """Draw a taste for the kinds, colours, patterns and brands that a catalogue has."""
    departments = {name: rng.gammavariate(0.6, 1) for name in sorted({goods.department for goods in catalogue})}
    buys_for_kids = rng.random() < 0.3
    kinds: dict[str, float] = {}
    for kind, department in sorted({(goods.kind, goods.department) for goods in catalogue}):
        kinds[kind] = kinds.get(kind, 0.0) + departments[department] * rng.gammavariate(0.35, 1)
    total = math.fsum(kinds.values())
    colours = rng.sample(sorted(BASIC), 7)
    brands = sorted({goods.brand for goods in catalogue})
    patterned = rng.random() < 0.5
    liked = rng.sample(_PATTERNED, 2)
    return Taste(
        kinds={kind: weight / total for kind, weight in kinds.items()},
        colours={name: _FAVOURITE if place < 3 else _DISLIKED for place, name in enumerate(colours)},
        patterns={"plain": -0.5, **dict.fromkeys(liked, 1.2)} if patterned else {"plain": 0.5},
        brands={name: rng.uniform(0.5, 1.5) for name in rng.sample(brands, min(len(brands), 8))},
        price_level=rng.betavariate(2, 2.5),
        audience=rng.choice(("women", "men")),
        buys_for_kids=buys_for_kids,
        sessions_per_day=min(4.0, 0.06 * rng.paretovariate(1.2)),
    )
