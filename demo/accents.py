"""Second colours that go with a first one."""

from __future__ import annotations

import random
from collections.abc import Sequence

from demo.colours import COLOURS

_QUIET = ("white", "cream", "navy", "black", "grey")
_BRIGHT = ("red", "pink", "yellow", "light blue", "mustard", "teal", "coral", "purple", "beige", "green")
_WOODLAND = ("olive", "brown", "tan", "grey", "black", "green")
_CLEAR = 150  # of 441: two colours this far apart are told apart in a small picture


def fitting_accent(colour: str, pattern: str, sold: Sequence[str], rng: random.Random) -> str:
    """Return an accent that stands out from a colour, quiet more often than bright.

    Args:
        colour: main colour, a name of `COLOURS`.
        pattern: that both make up; camouflage takes its accent from the woods.
        sold: colours of the kind, preferred where they stand out.
        rng: chooses among those that fit.
    """
    if pattern == "camouflage":
        return rng.choice([name for name in _WOODLAND if _distance(name, colour) > _CLEAR / 3])
    usual = [*_QUIET, *_QUIET, *_BRIGHT] if pattern != "plain" else [*_QUIET]
    clear = [name for name in usual if _distance(name, colour) > _CLEAR]
    return rng.choice([name for name in clear if name in sold] or clear)


def _distance(one: str, other: str) -> float:
    """Return how far two colours lie apart: 0 to 441, from black to white."""
    return float(sum((a - b) ** 2 for a, b in zip(COLOURS[one], COLOURS[other], strict=True)) ** 0.5)
