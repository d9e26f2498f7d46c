"""Queries from the words of a catalogue."""

from __future__ import annotations

import random

from backend.catalogue.records import ProductFilter
from backend.catalogue.repository import CatalogueRepository
from backend.config import Settings
from scripts.console import UsageError
from scripts.pipeline import open_database


def unique_queries(settings: Settings, count: int, seed: int) -> list[str]:
    """Return distinct queries of two to six words, drawn from the titles of the catalogue.

    Raises:
        UsageError: the titles don't give as many.
    """
    with open_database(settings) as database, database.reading() as db:
        titles = [row.title for row in CatalogueRepository(db).page(ProductFilter(), "", 100_000)]
    rng = random.Random(seed)  # noqa: S311  reproducible, not secret
    found: dict[str, None] = {}
    for _ in range(count * 100):
        words = rng.choice(titles).lower().split()
        start = rng.randrange(len(words))
        found[" ".join(words[start : start + rng.randrange(2, 7)])] = None
        if len(found) == count:
            return list(found)
    raise UsageError(f"the catalogue's titles give only {len(found)} distinct queries; ask for fewer with --queries")
