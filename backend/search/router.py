"""`POST /api/v1/search`."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Response

from backend.dependencies import READ_KEY, EncoderInfoDep, MetricsDep, SearchServiceDep
from backend.error_handlers import error_responses
from backend.search.schemas import SearchRequest, SearchResponse
from backend.search.service import SearchPage

router = APIRouter(prefix="/api/v1", tags=["search"])


@router.post(
    "/search",
    summary="Search products by meaning",
    response_model=SearchResponse,
    responses=error_responses(401, 413, 422, 503),
    dependencies=[READ_KEY],
)
async def search(
    request: SearchRequest, service: SearchServiceDep, encoder: EncoderInfoDep, metrics: MetricsDep
) -> Response:
    """Return the products nearest in meaning to the query, among those that pass the filters.

    Every product that passes is ranked, so `total` counts them all and pages go on to the last. With a blank query
    the products that pass are listed by quality and reviews. An answer names the encoder and the catalogue version
    that it came from, and how long each stage took.
    """
    page = await service.search(request)
    metrics.observe_search(page.timings_ms)
    return Response(render(request, page, encoder), media_type="application/json")


def render(request: SearchRequest, page: SearchPage, encoder: bytes) -> bytes:
    """Join ready-made cards to a `SearchResponse`, without building and validating it object by object."""
    items = b",".join(
        b'{"score":%b,"product":%b}' % (orjson.dumps(round(hit.rank, 6)) if page.semantic else b"null", card)
        for hit, card in zip(page.hits, page.cards, strict=True)
    )
    rest = orjson.dumps(
        {
            "query": request.query,
            "total": page.allowed,
            "limit": request.limit,
            "offset": page.offset,
            "next_cursor": page.next_cursor,
            "retrieval": {
                "mode": "exact" if page.semantic else "browse",
                "allowed": page.allowed,
                "scanned": page.allowed if page.semantic else 0,
            },
            "timings_ms": page.timings_ms,
            "catalogue_version": page.catalogue_version,
        }
    )
    return b'{"items":[%b],"encoder":%b,%b' % (items, encoder, rest[1:])
