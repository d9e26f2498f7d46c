"""Running sums of weighted product vectors that fade with time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.types import Embedding, Embeddings

Floats = NDArray[np.float64]
EMPTY_S = -np.inf  # the reference of a class that holds nothing
CANCELLED = 1e-9  # of the weights' size: what is left of a sum below this is rounding, no direction


@dataclass(frozen=True, slots=True)
class DecayedSums:
    """``S_c(t) = sum_i w_i * exp(-(t - t_i) / tau_c) * v_i``, one sum for each decay class c.

    Each is kept as it was at the time of its newest event, so every exponent is at most 0: nothing overflows, however
    far apart events are, and one that is too old to matter underflows to 0. The value doesn't depend on the order of
    events (up to rounding), and the sums of two parts of the events merge into that of all.

    Instances are immutable and share nothing with what made them.

    Attributes:
        decays_s: tau of each class in seconds, k of them.
        reference_s: float64, shape (k,): Unix time of the newest event of each class; `EMPTY_S` where there's none.
        sums: float64, shape (k, d): the sums at those times.
        mass: float64, shape (k,): the same with |w_i| in place of w_i * v_i, which tells cancelled sums from small ones.
    """  # noqa: E501

    decays_s: tuple[float, ...]
    reference_s: Floats
    sums: Floats
    mass: Floats

    @classmethod
    def empty(cls, decays_s: tuple[float, ...], dimension: int) -> DecayedSums:
        """Return sums of no events."""
        k = len(decays_s)
        return cls(decays_s, np.full(k, EMPTY_S), np.zeros((k, dimension)), np.zeros(k))

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return int(self.sums.shape[1])

    def added(self, times_s: Floats, weights: Floats, classes: NDArray[np.int64], vectors: Embeddings) -> DecayedSums:
        """Return these sums with n more events, in any order; those of weight 0 change nothing.

        Args:
            times_s: float64, shape (n,), Unix time of each.
            weights: float64, shape (n,).
            classes: int64, shape (n,), the decay class of each.
            vectors: float32, shape (n, d), of their products.
        """
        reference, sums, mass = self.reference_s.copy(), self.sums.copy(), self.mass.copy()
        for c, decay in enumerate(self.decays_s):
            chosen = np.flatnonzero((classes == c) & (weights != 0))
            if not len(chosen):
                continue
            times = times_s[chosen]
            newest = max(float(times.max()), float(reference[c]))
            old = _faded(reference[c], newest, decay)
            parts = weights[chosen] * np.exp((times - newest) / decay)
            sums[c] = sums[c] * old + parts @ vectors[chosen].astype(np.float64)  # (n,) @ (n, d)
            mass[c] = mass[c] * old + np.abs(parts).sum()
            reference[c] = newest
        return DecayedSums(self.decays_s, reference, sums, mass)

    def merged(self, other: DecayedSums) -> DecayedSums:
        """Return the sums over the events of both, which hold no event twice.

        Raises:
            ValueError: their decays or dimensions differ.
        """
        if self.decays_s != other.decays_s or self.dimension != other.dimension:
            raise ValueError("sums of other decays or dimensions can't be merged")
        newest = np.maximum(self.reference_s, other.reference_s)
        decays = np.array(self.decays_s)
        one, two = (
            np.array([_faded(r, n, d) for r, n, d in zip(part.reference_s, newest, decays, strict=True)])
            for part in (self, other)
        )
        sums = self.sums * one[:, None] + other.sums * two[:, None]
        return DecayedSums(self.decays_s, newest, sums, self.mass * one + other.mass * two)

    def vector(self, now_s: float) -> Embedding | None:
        """Return the direction of all classes' sums at a time.

        Only the direction counts, so the classes are compared by the logarithms of their decay: it stays exact long
        after each of them alone has faded to nothing.

        Args:
            now_s: Unix time.

        Returns:
            float32, shape (d,), L2 norm 1; None when there are no events, or they cancel out.
        """
        held = np.flatnonzero(self.mass > 0)
        if not len(held):
            return None
        if len(held) == 1:  # it fades as a whole, which changes no direction
            total, mass = self.sums[held[0]], float(self.mass[held[0]])
        else:
            ages = (self.reference_s[held] - now_s) / np.array(self.decays_s)[held]
            scales = np.exp(ages - ages.max())
            total, mass = scales @ self.sums[held], float(scales @ self.mass[held])
        norm = math.sqrt(float(total @ total))
        if norm <= CANCELLED * mass:
            return None
        vector: Embedding = (total / norm).astype(np.float32)
        return vector


def _faded(reference_s: float, newest_s: float, decay_s: float) -> float:
    """Return what is left at a later time of a sum; of an empty one nothing."""
    return float(np.exp((reference_s - newest_s) / decay_s)) if reference_s > EMPTY_S else 0.0
