"""Which products train, which tell when to stop, and which say at the end what it was good for."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from ml.errors import TrainingRefused

MIN_PRODUCTS = 50
"""Fewer leave so few products for testing that no figure means anything."""


@dataclass(frozen=True)
class Split:
    """Rows of the products, each in one of the three, in rising order."""

    train: list[int]
    validation: list[int]
    test: list[int]


def split(
    ids: Sequence[str],
    shared: Sequence[Sequence[Hashable]],
    *,
    test_share: float,
    validation_share: float,
    seed: int,
) -> Split:
    """Split products so that those with something in common stay together.

    Args:
        ids: of the products; with the seed they decide the split, whatever order the products come in.
        shared: for each product what it may share with others: its group, its picture, its title.
        test_share: of all products, 0 to 1.
        validation_share: of all products, 0 to 1.
        seed: of the shuffle.

    Raises:
        TrainingRefused: too few products, or nearly all of them belong together.
    """
    if len(ids) < MIN_PRODUCTS:
        raise TrainingRefused(f"{len(ids)} products with a readable picture are too few: at least {MIN_PRODUCTS}")
    together = sorted(_clusters(shared), key=lambda rows: min(ids[row] for row in rows))
    random.Random(seed).shuffle(together)
    wanted = {"test": len(ids) * test_share, "validation": len(ids) * validation_share}
    parts: dict[str, list[int]] = {"test": [], "validation": [], "train": []}
    for rows in together:
        fits = (name for name, most in wanted.items() if len(parts[name]) + len(rows) <= most)
        parts[next(fits, "train")] += rows
    for name, rows in parts.items():
        if len(rows) < 2:
            raise TrainingRefused(
                f"the split leaves {len(rows)} products for {name}: they share too many groups, pictures or titles, "
                "or the shares are too small or too large"
            )
    return Split(*(sorted(parts[name]) for name in ("train", "validation", "test")))


def _clusters(shared: Sequence[Sequence[Hashable]]) -> list[list[int]]:
    """Connect rows that have a key in common, over any number of steps."""
    parent = list(range(len(shared)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[Hashable, int] = {}
    for row, keys in enumerate(shared):
        for key in keys:
            parent[root(row)] = root(first.setdefault(key, row))
    clusters: dict[int, list[int]] = {}
    for row in range(len(shared)):
        clusters.setdefault(root(row), []).append(row)
    return list(clusters.values())
