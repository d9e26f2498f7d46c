"""Shares of people, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964  # of the normal distribution, two-sided


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Estimate | None:
    """Return a share with Wilson's interval, which holds for few people and shares near 0 too; None of nobody.

    References:
        Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    if of == 0:
        return None
    p, z2 = hits / of, Z95 * Z95
    centre = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Estimate(p, max(0.0, centre - half), min(1.0, centre + half))


def difference(one: Estimate | None, other: Estimate | None) -> Estimate | None:
    """Return by how much one share is above another of other people; None where either is.

    References:
        Newcombe 1998, Interval estimation for the difference between independent proportions, method 10.
    """
    if one is None or other is None:
        return None
    gap = one.value - other.value
    low = gap - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    high = gap + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Estimate(gap, low, high)
