"""Bars of a histogram with edges that people would choose."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

OPEN_SHARE = 0.98  # the last bar takes what lies above this share: one extreme price must not flatten the others
SAMPLED = 16  # every so many-th value says about where the share lies
_STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10))


def nice_edges(low: float, high: float, bars: int) -> list[float]:
    """Return the lower edges of at most `bars` bars of one width, which cover low to high.

    The width is 1, 2, 2.5 or 5 times a power of ten, and every edge a multiple of it, so equal data have equal edges
    whatever the order it came in. Fewer bars where doubles don't tell the edges apart.
    """
    if not high > low or bars == 1:  # no single bar has 0 as an edge and both sides of it
        return [low]
    span = Fraction(high) - Fraction(low)
    narrowest = float(span / bars) * (1 - 1e-9)  # bars of less width can't cover it
    exponent = math.floor(math.log10(float(span / bars) or 5e-324)) - 1
    while True:
        for step in _STEPS:
            width = step * Fraction(10) ** exponent
            if width < narrowest:
                continue
            first, last = Fraction(low) // width, Fraction(high) // width
            if last - first < bars:
                edges = [float(number * width) for number in range(first, last + 1)]
                return sorted({max(edge, -1.7e308) for edge in edges})
        exponent += 1


def histogram(values: NDArray[np.float64], bars: int) -> tuple[list[float], list[int]]:
    """Count values in bars.

    Args:
        values: float64, shape (n,), finite, n at least 1.
        bars: most bars.

    Returns:
        Lower edges and counts; a bar ends before the next edge, the last one has no end. The counts add up to n.
    """
    place = int(OPEN_SHARE * (len(values) - 1))
    edges = nice_edges(float(values.min()), float(value_at(values, place)), bars)
    below = [int(np.count_nonzero(values < edge)) for edge in edges[1:]]  # faster than placing each value
    return edges, np.diff(below, prepend=0, append=len(values)).tolist()


def value_at(values: NDArray[np.float64], place: int) -> np.float64:
    """Return the value that stands at a place near the end of the sorted values, without sorting all of them.

    Args:
        values: float64, shape (n,), finite.
        place: 0 to n - 1.
    """
    sample = values[::SAMPLED]
    lower = max(0, 2 * place // SAMPLED - len(sample))  # as far before the place as the place is before the end
    bound: np.float64 = np.partition(sample, lower)[lower]
    above = values[values > bound]
    first = len(values) - len(above)
    if place >= first:
        return _nth(above, place - first)
    if place >= len(values) - np.count_nonzero(values >= bound):
        return bound
    return _nth(values, place)


def _nth(values: NDArray[np.float64], place: int) -> np.float64:
    found: np.float64 = np.partition(values, place)[place]
    return found
