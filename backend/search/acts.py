"""What a shopper has done with products, as far as it tells which attributes they like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backend.interaction.events import LoggedEvent
from ml.profile.rules import InteractionType, ProfileRules
from ml.types import ProductId

LOOKED_AT = 100  # newest acts that count: twice as many tell hardly more


@dataclass(slots=True)
class _Done:
    """With one product: the strongest act for it, the strongest against it, and whether it was viewed alone."""

    good: float = 0.0
    bad: float = 0.0
    viewed: bool = True


@dataclass(frozen=True, slots=True)
class Acts:
    """Products that a shopper has met lately.

    Attributes:
        products: each once, in alphabetical order.
        strengths: float64, shape (n,): the strongest act for each and the strongest against it, in weights of acts
            that fade as in the long-term vector; above 0 for what they went for.
        viewed: bool, shape (n,): viewed, and nothing more.
    """

    products: tuple[ProductId, ...] = ()
    strengths: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    viewed: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    @classmethod
    def of(cls, recent: Sequence[LoggedEvent], rules: ProfileRules) -> Acts:
        """Read the latest of a shopper's acts; they fade from the newest one on, not from now: time moves no order.

        Args:
            recent: the latest act first.
            rules: weights and decay.
        """
        if not recent:
            return NO_ACTS
        done: dict[str, _Done] = {}
        newest_us, decay_us = recent[0].occurred_at_us, rules.long_term_decay_s * 1e6
        weights = {kind.value: rules.weight_of(kind) for kind in InteractionType if kind != InteractionType.RATING}
        for event in recent[:LOOKED_AT]:
            weight = weights.get(event.type)
            if weight is None:
                weight = rules.weight_of(InteractionType(event.type), event.rating)
            weight *= math.exp((event.occurred_at_us - newest_us) / decay_us)
            one = done.get(event.product_id)
            if one is None:
                one = done[event.product_id] = _Done()
            if weight > one.good:
                one.good = weight
            elif weight < one.bad:
                one.bad = weight
            if event.type != InteractionType.VIEW:
                one.viewed = False
        products = sorted(done)
        return cls(
            tuple(ProductId(id_) for id_ in products),
            np.array([done[id_].good + done[id_].bad for id_ in products]),
            np.array([done[id_].viewed for id_ in products], np.bool_),
        )


NO_ACTS = Acts()
