"""Answers as bytes: ready-made cards are joined without building and validating them object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import orjson

from backend.catalogue.ranking import Hit
from backend.search.explanation import Explanation
from backend.search.schemas import ImageSearchRequest, SearchRequest
from backend.search.service import SearchPage
from backend.search.similar import SimilarPage
from backend.search.taste import Personal, Taste
from ml.types import ProductId

_FOR_NOBODY = b'{"personal":null,'


def render(request: SearchRequest, page: SearchPage, encoder: bytes) -> bytes:
    """Return a `SearchResponse`, or an `ImageSearchResponse` for a search by picture."""
    rest: dict[str, object] = {
        "query": request.query,
        "interpreted": None if page.interpreted is None else page.interpreted.model_dump(),
        "rules": page.rules,
        "total": page.total,
        "total_relation": "exact" if page.work.complete else "at_least",
        "facets": [facet.model_dump() for facet in page.facets],
        "limit": request.limit,
        "offset": page.offset,
        "next_cursor": page.next_cursor,
        "retrieval": _retrieval(request, page),
        "timings_ms": page.timings_ms,
        "catalogue_version": page.catalogue_version,
    }
    if isinstance(request, ImageSearchRequest):
        image, text = request.weights
        rest["weights"] = {"image": image, "text": text}
    joined = _join(
        page.hits, page.cards, encoder, rest, scored=page.work.plan is not None, explanations=page.explanations
    )
    return b'{"personal":%b,%b' % (orjson.dumps(_personal(page.taste, page.personal)), joined[1:])


def named(body: bytes, taste: Taste) -> bytes:
    """Return a `SearchResponse` for nobody as the one for a shopper whose taste does nothing.

    Args:
        body: of `render`.
        taste: of the shopper.
    """
    if not body.startswith(_FOR_NOBODY):
        raise ValueError("this answer is somebody's already")
    return b'{"personal":%b,%b' % (orjson.dumps(_personal(taste, None)), body[len(_FOR_NOBODY) :])


def _retrieval(request: SearchRequest, page: SearchPage) -> dict[str, object]:
    work = page.work
    said: dict[str, object] = {
        "mode": work.mode,
        "allowed": page.allowed,
        "scanned": work.scanned,
        "reranked": page.reranked,
    }
    if request.explain and work.plan is not None:
        plan = work.plan
        said["plan"] = {"clusters": plan.probes, "expected_ms": round(plan.expected_ms, 3), "recall": plan.recall}
    return said


def _personal(taste: Taste, personal: Personal | None) -> dict[str, object] | None:
    if taste.version is None:
        return None
    return {
        "state_version": taste.version,
        "part": None if personal is None else personal.part,
        "weight": 0.0 if personal is None else personal.weight,
        "experiments": taste.variants,
    }


def render_similar(page: SimilarPage, encoder: bytes) -> bytes:
    """Return a `SimilarResponse`."""
    rest = {
        "product_id": page.product_id,
        "total": page.allowed,
        "retrieval": {"mode": page.plan.mode, "allowed": page.allowed, "scanned": page.plan.scanned},
        "weights": {name: round(weight, 6) for name, weight in page.taste.weights.items()},
        "state_version": page.taste.version,
        "timings_ms": page.timings_ms,
        "catalogue_version": page.catalogue_version,
    }
    return _join(page.hits, page.cards, encoder, rest, scored=True)


def _join(
    hits: Sequence[Hit],
    cards: Sequence[bytes],
    encoder: bytes,
    rest: dict[str, object],
    *,
    scored: bool,
    explanations: Mapping[ProductId, Explanation] = MappingProxyType({}),
) -> bytes:
    items = b",".join(
        b'{"score":%b,"pinned":%b,"variants":%b,%b"product":%b}'
        % (
            orjson.dumps(round(hit.rank, 6)) if scored else b"null",
            b"true" if hit.pinned else b"false",
            b"null" if hit.variants is None else b"%d" % hit.variants,
            b'"explanation":%b,' % explanations[hit.product_id].model_dump_json().encode()
            if hit.product_id in explanations
            else b"",
            card,
        )
        for hit, card in zip(hits, cards, strict=True)
    )
    return b'{"items":[%b],"encoder":%b,%b' % (items, encoder, orjson.dumps(rest)[1:])
