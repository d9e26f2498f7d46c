"""Cuts one page out of a ranked list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend.catalogue.live import Hit, Ranking
from backend.search.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """The products of one page, how many came before, and where the next one begins."""

    hits: list[Hit]
    offset: int
    next: Cursor | None


def take_page(
    best: Callable[[int], Ranking], *, limit: int, offset: int, after: Cursor | int | None, basis: str
) -> Page:
    """Cut the page that begins at an offset, or behind a cursor.

    Args:
        best: returns the first k products, in the order of falling key, falling rank and rising id.
        limit: products on a page.
        offset: products to skip when there's no cursor.
        after: where the page before ended: its cursor, or the number of products up to there.
        basis: what makes the ranks, for the next page's cursor.
    """
    if not isinstance(after, Cursor):
        start = offset if after is None else after
        return _page(best(start + limit + 1)[start:], limit, start, basis)
    k = after.seen + limit + 1
    while True:
        ranking = best(k)
        behind = _behind(ranking, after, limit + 1)
        if len(behind) > limit or len(ranking) < k:
            return _page(behind, limit, after.seen, basis)
        k *= 2


def _behind(ranking: Ranking, after: Cursor, count: int) -> list[Hit]:
    """Return the first products behind a cursor.

    By value and not by position: products that came or went before this place shift nothing.
    """
    behind: list[Hit] = []
    start = int(np.searchsorted(-ranking.keys, -after.key, side="left"))
    end = int(np.searchsorted(-ranking.keys, -after.key, side="right"))
    start += int(np.searchsorted(-ranking.ranks[start:end], -after.rank, side="left"))
    for position in range(start, len(ranking)):
        hit = ranking[position]
        if (-hit.key, -hit.rank, hit.product_id) > (-after.key, -after.rank, after.product_id):
            behind.append(hit)
            if len(behind) == count:
                break
    return behind


def _page(hits: list[Hit], limit: int, offset: int, basis: str) -> Page:
    shown = hits[:limit]
    more, last = len(hits) > limit, shown[-1] if shown else None
    following = Cursor(last.rank, last.product_id, offset + limit, basis, last.key) if more and last else None
    return Page(shown, offset, following)
