"""Why a product is in a list, in words that are true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import orjson

from backend.catalogue.live import LiveCatalogue
from backend.recommend.evidence import COLLABORATIVE
from backend.recommend.picking import Pick
from backend.recommend.schemas import ReasonKind
from backend.recommend.shopper import Shopper
from ml.types import ProductId

TITLES = 4096  # of recent cards that are kept
LEAST_LIKENESS = 1.0  # standard deviations above an average pair, from which one product is said to be like another

_BY_PART: Mapping[str, ReasonKind] = {
    "long_term": "like_yours", "session": "like_now", "query": "query", "product": "product",
    COLLABORATIVE: "others_chose",
}  # fmt: skip

_ALIKE = frozenset({"like_yours", "like_now"})  # what one liked product may say best

_ALONE: Mapping[ReasonKind, str] = {
    "like_yours": "Fits what you like",
    "like_now": "Fits what you are looking at",
    "query": "Fits “{query}”",
    "product": "Like this product",
    "others_chose": "Chosen by others who chose what you did",
    "popular": "Popular with other shoppers",
    "newest": "New in the shop",
    "explored": "Something different",
    "bought_together": "Often bought together",
    "goes_with": "Goes with your cart",
}
_NAMING: Mapping[ReasonKind, str] = {
    "like_yours": "Like “{title}”, {act}",
    "like_now": "Like “{title}”, {act}",
    "bought_together": "Often bought together with “{title}”",
    "goes_with": "Goes with “{title}”",
}


class Grounds(NamedTuple):
    """What speaks for a product most.

    Attributes:
        kind: of the reason.
        because: the product that it is like or goes with; None when no single one says it.
    """

    kind: ReasonKind
    because: ProductId | None = None


class Named(NamedTuple):
    """A product that a reason names, as it is now."""

    product_id: ProductId
    version: int


class Said(NamedTuple):
    """A reason for shoppers; see `Reason`, which clients know it as."""

    kind: ReasonKind
    text: str
    because: str | None = None


def grounds(
    live: LiveCatalogue, picks: Sequence[Pick], popular: int, shopper: Shopper, product_id: str | None
) -> list[Grounds]:
    """Return what speaks for each product of a list most.

    Args:
        live: the catalogue.
        picks: the list.
        popular: places of the shortlist that stand for popularity, where nothing else was known.
        shopper: for whom.
        product_id: that the list is like, if it's like one.
    """
    kinds = [_kind(one, popular) for one in picks]
    asked = [one.product_id for one, kind in zip(picks, kinds, strict=True) if kind in _ALIKE]
    alike = _most_alike(live, asked, shopper)
    about = None if product_id is None else ProductId(product_id)
    return [
        Grounds(kind, about if kind == "product" else alike.get(one.product_id) if kind in _ALIKE else None)
        for one, kind in zip(picks, kinds, strict=True)
    ]


def _kind(one: Pick, popular: int) -> ReasonKind:
    if one.explored:
        return "explored"
    if not one.parts:
        return "popular" if one.place < popular else "newest"
    return _BY_PART[max(one.parts, key=one.parts.__getitem__)]


def _most_alike(
    live: LiveCatalogue, product_ids: Sequence[ProductId], shopper: Shopper
) -> dict[ProductId, ProductId]:
    """Return for each product the liked one that it is most like, if it is like any."""
    liked = [(id_, row) for id_ in shopper.liked if (row := live.index.row_of(id_)) is not None]
    listed = [(id_, row) for id_ in product_ids if (row := live.index.row_of(id_)) is not None]
    if not liked or not listed:
        return {}
    both = live.index.embeddings(np.array([row for _, row in (*listed, *liked)], np.int64))
    vectors, theirs = both[: len(listed)], both[len(listed) :]
    similarities = vectors @ theirs.T  # (listed, liked)
    place_of = {id_: place for place, (id_, _) in enumerate(liked)}
    for at, (id_, _) in enumerate(listed):
        if id_ in place_of:
            similarities[at, place_of[id_]] = -np.inf
    best, scale_of = similarities.argmax(axis=1).tolist(), live.scales()
    greatest = similarities.max(axis=1).tolist()
    return {
        id_: liked[nearest][0]
        for (id_, row), nearest, likeness in zip(listed, best, greatest, strict=True)
        if scale_of(row).cosine(LEAST_LIKENESS) <= likeness
    }


def named_in(live: LiveCatalogue, found: Sequence[Grounds]) -> list[Named]:
    """Return the products that reasons name and that there still are, to get their titles from."""
    rows = {one.because: row for one in found if one.because and (row := live.index.row_of(one.because)) is not None}
    versions = live.columns.arrays.version
    return [Named(id_, int(versions[row])) for id_, row in rows.items()]


def in_words(one: Grounds, shopper: Shopper, cards: Mapping[str, bytes], query: str | None) -> Said:
    """Return a reason for shoppers.

    Args:
        one: what speaks for the product.
        shopper: for whom.
        cards: of the products that reasons name.
        query: of the request.
    """
    card = None if one.because is None else cards.get(one.because)
    if one.because is None or card is None:
        return Said(one.kind, _ALONE[one.kind].format(query=query))
    title, act = _title_of(card), shopper.liked.get(one.because, "")
    text = _NAMING.get(one.kind, "Like “{title}”").format(title=title, act=act)
    return Said(one.kind, text, one.because)


@lru_cache(TITLES)
def _title_of(card: bytes) -> str:
    """Return the title in a card; those that are popular are in reason after reason."""
    return str(orjson.loads(card)["title"])
