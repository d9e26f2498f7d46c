"""Bars of a histogram with edges that people would choose."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

OPEN_SHARE = 0.98  # the last bar takes what lies above this share: one extreme price must not flatten the others
_STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10))


def nice_edges(low: float, high: float, bars: int) -> list[float]:
    """Return the lower edges of at most `bars` bars of one width, which cover low to high.

    The width is 1, 2, 2.5 or 5 times a power of ten, and every edge a multiple of it, so equal data have equal edges
    whatever the order it came in. Fewer bars where doubles don't tell the edges apart.
    """
    if not high > low or bars == 1:  # no single bar has 0 as an edge and both sides of it
        return [low]
    span = Fraction(high) - Fraction(low)
    exponent = math.floor(math.log10(float(span / bars) or 5e-324)) - 1
    while True:
        for step in _STEPS:
            width = step * Fraction(10) ** exponent
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
    edges = nice_edges(float(values.min()), float(np.partition(values, place)[place]), bars)
    below = [int(np.count_nonzero(values < edge)) for edge in edges[1:]]  # faster than placing each value
    return edges, np.diff(below, prepend=0, append=len(values)).tolist()
