"""Cuts one page out of a ranked list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.catalogue.live import Hit
from backend.search.cursor import Cursor


@dataclass(frozen=True, slots=True)
class Page:
    """The products of one page, how many came before, and where the next one begins."""

    hits: list[Hit]
    offset: int
    next: Cursor | None


def take_page(best: Callable[[int], list[Hit]], *, limit: int, offset: int, after: Cursor | None) -> Page:
    """Cut the page that begins at an offset, or behind a cursor.

    Args:
        best: returns the first k products, in the order of falling rank and rising id.
        limit: products on a page.
        offset: products to skip when there's no cursor.
        after: where the page before ended.
    """
    if after is None:
        hits = best(offset + limit + 1)
        return _page(hits[offset:], limit, offset)
    k = after.seen + limit + 1
    while True:
        hits = best(k)
        # By value, not by position: products that came or went before this place shift nothing.
        behind = [hit for hit in hits if (-hit.rank, hit.product_id) > (-after.rank, after.product_id)]
        if len(behind) > limit or len(hits) < k:
            return _page(behind, limit, after.seen)
        k *= 2


def _page(hits: list[Hit], limit: int, offset: int) -> Page:
    shown = hits[:limit]
    more = len(hits) > limit
    following = Cursor(shown[-1].rank, shown[-1].product_id, offset + limit) if more else None
    return Page(shown, offset, following)
