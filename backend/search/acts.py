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

LOOKED_AT = 200  # newest acts that count


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
        for event in recent[:LOOKED_AT]:
            kind = InteractionType(event.type)
            faded = math.exp((event.occurred_at_us - newest_us) / decay_us)
            weight = rules.weight_of(kind, event.rating) * faded
            one = done.setdefault(event.product_id, _Done())
            one.good, one.bad = max(one.good, weight), min(one.bad, weight)
            one.viewed &= kind is InteractionType.VIEW
        products = sorted(done)
        return cls(
            tuple(ProductId(id_) for id_ in products),
            np.array([done[id_].good + done[id_].bad for id_ in products]),
            np.array([done[id_].viewed for id_ in products], np.bool_),
        )


NO_ACTS = Acts()
