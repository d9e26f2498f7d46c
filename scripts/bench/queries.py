"""Queries that find products: endlessly many, no two alike; and a few that are asked again and again."""

from __future__ import annotations

import random
from collections.abc import Sequence

WORDS = range(2, 6)  # of a title in a query; one more is added
ADDED = 400  # words that are added in turn
MIXED = 7919  # a prime: words added one after the other then aren't neighbours


class UniqueQueries:
    """Counts in words: query n is the start of one title and a word of another, and never comes again."""

    def __init__(self, titles: Sequence[str], seed: int = 0) -> None:
        rng = random.Random(seed)  # noqa: S311  reproducible, not secret
        starts = {" ".join(title.lower().replace(",", "").split()[: rng.choice(WORDS)]): None for title in titles}
        self._starts = list(starts)
        rng.shuffle(self._starts)
        seen = sorted({word for title in titles for word in title.lower().split() if word.isalpha()})
        self._added = rng.sample(seen, min(ADDED, len(seen)))
        self._next = 0

    def __len__(self) -> int:
        return len(self._starts) * len(self._added)

    def draw(self) -> str:
        """Return the next one.

        Raises:
            StopIteration: all were drawn; there are hundreds for each product.
        """
        round_, place = divmod(self._next, len(self._starts))
        if round_ >= len(self._added):
            raise StopIteration
        self._next += 1
        return f"{self._starts[place]} {self._added[(round_ + place * MIXED) % len(self._added)]}"


def popular_queries(titles: Sequence[str], count: int, seed: int = 1) -> list[str]:
    """Return distinct queries of two to four words of a title."""
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    found: dict[str, None] = {}
    for title in rng.sample(list(titles), len(titles)):
        words = title.lower().replace(",", "").split()
        found[" ".join(words[: rng.randint(2, 4)])] = None
        if len(found) == count:
            break
    return list(found)
