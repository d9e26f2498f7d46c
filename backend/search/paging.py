"""Cuts one page out of a ranked list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.catalogue.ranking import Hit, Ranking
from backend.search.cursor import MAX_KEY, Cursor
from backend.search.rules.pins import joined


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


def take_pinned_page(
    best: Callable[[int], Ranking],
    pins: Sequence[tuple[int, Hit]],
    others: int,
    *,
    limit: int,
    offset: int,
    after: Cursor | int | None,
    basis: str,
) -> Page:
    """Cut the page of a list in which some products have fixed places.

    A cursor holds the last product that has none, so that what comes or goes elsewhere shifts nothing here either.

    Args:
        best: as for `take_page`, without the pinned products.
        pins: position, counted from 1 and rising, and product.
        others: length of the whole list without them.
        limit: products on a page.
        offset: as for `take_page`, of the joined list.
        after: as for `take_page`, of the joined list.
        basis: as for `take_page`.
    """
    if not pins:
        return take_page(best, limit=limit, offset=offset, after=after, basis=basis)
    start = after.seen if isinstance(after, Cursor) else offset if after is None else after
    entries = joined([position for position, _ in pins], others, start, start + limit)
    places = [number for pinned, number in entries if not pinned]
    hits: list[Hit] = []
    if places:
        rest = replace(after, seen=places[0]) if isinstance(after, Cursor) else places[0]
        hits = take_page(best, limit=len(places), offset=0, after=rest, basis=basis).hits
    rest_of_page = iter(hits)
    shown = [pins[number][1] if pinned else next(rest_of_page, None) for pinned, number in entries]
    page = [hit for hit in shown if hit is not None]
    if start + limit >= others + len(pins):
        return Page(page, start, None)
    if hits:
        last = Cursor(hits[-1].rank, hits[-1].product_id, 0, basis, hits[-1].key, hits[-1].version)
    elif isinstance(after, Cursor):
        last = after
    else:
        last = _before(best, start - sum(position <= start for position, _ in pins), basis)
    return Page(page, start, replace(last, seen=start + limit))


def _before(best: Callable[[int], Ranking], place: int, basis: str) -> Cursor:
    """Return a cursor behind the first `place` products; in front of all for 0."""
    if not place:
        return Cursor(sys.float_info.max, "", 0, basis, MAX_KEY)
    before = best(place)
    if not len(before):
        return Cursor(sys.float_info.max, "", 0, basis, MAX_KEY)
    hit = before[min(place, len(before)) - 1]
    return Cursor(hit.rank, hit.product_id, 0, basis, hit.key, hit.version)


def _behind(ranking: Ranking, after: Cursor, count: int) -> list[Hit]:
    """Return the first products behind a cursor.

    By value and not by position: products that came or went before this place shift nothing. A score is relative to
    the whole catalogue, though, and every write moves all of them a little: while the last product of the page before
    is what it was, the list goes on behind the place that it has now.
    """
    place = ranking.place_of(after.product_id, after.seen - 1)
    if place is not None:
        last = ranking[place]
        if (last.key, last.version) == (after.key, after.version):
            return ranking[place + 1 : place + 1 + count]
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
    following = None
    if more and last:
        following = Cursor(last.rank, last.product_id, offset + limit, basis, last.key, last.version)
    return Page(shown, offset, following)
