"""Cuts one page out of a ranked list."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.catalogue.ranking import Hit, Ranking
from backend.search.cursor import EARLIER, MAX_KEY, Anchor, Cursor, digest
from backend.search.rules.pins import joined

MOVED = 0.05  # of a score: more than the changes of other products make of it


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
        return _page(best(start + limit + 1)[start:], limit, start, basis, after)
    k = after.seen + limit + 1
    while True:
        ranking = best(k)
        behind = _behind(ranking, after, limit + 1)
        if len(behind) > limit or len(ranking) < k:
            return _page(behind, limit, after.seen, basis, after)
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
        last = _at(hits, 0, basis, after)
    elif isinstance(after, Cursor):
        last = after
    else:
        last = _before(best, start - sum(position <= start for position, _ in pins), basis)
    return Page(page, start, replace(last, seen=start + limit))


def _at(shown: Sequence[Hit], seen: int, basis: str, after: Cursor | int | None = None) -> Cursor:
    """Return a cursor behind the last product shown; the page before helps where there were few."""
    *earlier, last = shown
    anchors = [Anchor.of(hit) for hit in reversed(earlier[-EARLIER:])]
    if isinstance(after, Cursor):
        before = Anchor(digest(after.product_id.encode()), after.key, after.rank)
        anchors = [*anchors, before, *after.earlier][:EARLIER]
    return Cursor(last.rank, last.product_id, seen, basis, last.key, tuple(anchors))


def _before(best: Callable[[int], Ranking], place: int, basis: str) -> Cursor:
    """Return a cursor behind the first `place` products; in front of all for 0."""
    if not place:
        return Cursor(sys.float_info.max, "", 0, basis, MAX_KEY)
    before = best(place)
    if not len(before):
        return Cursor(sys.float_info.max, "", 0, basis, MAX_KEY)
    end = min(place, len(before))
    return _at(before[max(0, end - 1 - EARLIER) : end], 0, basis)


def _behind(ranking: Ranking, after: Cursor, count: int) -> list[Hit]:
    """Return the first products behind a cursor.

    By value and not by position: products that came or went before this place shift nothing. A score is relative to
    the whole catalogue, though, and every write moves all of them a little: while the last product of the page before
    scores about what it did, the list goes on behind the place that it has now. Where that one is gone or is another,
    it goes on behind one shown before it, without those that were shown since.
    """
    last = Anchor(digest(after.product_id.encode()), after.key, after.rank)
    shown: list[bytes] = []
    for before, anchor in enumerate((last, *after.earlier)):
        place = _place_of(ranking, anchor, after.seen - 1 - before)
        if place is not None:
            following = ranking[place + 1 : place + 1 + count + len(shown)]
            return [hit for hit in following if digest(hit.product_id.encode()) not in shown][:count]
        shown.append(anchor.digest)
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


def _place_of(ranking: Ranking, anchor: Anchor, near: int) -> int | None:
    """Return the place of a product that only other ones' changes can have moved; None of any other."""
    place = ranking.place_of(lambda product_id: digest(product_id.encode()) == anchor.digest, near)
    if place is None:
        return None
    there = ranking[place]
    return place if there.key == anchor.key and abs(there.rank - anchor.rank) <= MOVED else None


def _page(hits: list[Hit], limit: int, offset: int, basis: str, after: Cursor | int | None) -> Page:
    shown, more = hits[:limit], len(hits) > limit
    return Page(shown, offset, _at(shown, offset + limit, basis, after) if more and shown else None)
