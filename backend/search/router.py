"""Search by words, by picture, and by product."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response

from backend.cache.front import kept_response
from backend.dependencies import (
    READ_KEY,
    EncoderInfoDep,
    EngineDep,
    ImageSearchDep,
    MetricsDep,
    SearchAnswersDep,
    SearchServiceDep,
    SimilarServiceDep,
    VisitorDep,
)
from backend.error_handlers import error_responses
from backend.lean_route import LeanRoute
from backend.monitor.current import AHEAD, note_asked
from backend.search.render import render, render_similar
from backend.search.schemas import (
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_QUERY_LENGTH,
    ImageSearchResponse,
    SearchRequest,
    SearchResponse,
    SimilarQuery,
    SimilarResponse,
)
from backend.search.sorts import Sort
from backend.search.suggest import SuggestQuery, SuggestResponse, suggest

SEARCH_PATH = "/api/v1/search"
IMAGE_PATH = "/api/v1/search/image"
IMAGE_FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "image": {"type": "string", "format": "binary", "description": "A JPEG, PNG or WebP file."},
        "query": {"type": "string", "maxLength": MAX_QUERY_LENGTH, "description": "Words, instead or in addition."},
        "image_weight": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0.5,
            "description": "Weight of the picture beside the words; the words have the rest.",
        },
        "filters": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "`SearchFilters` as JSON text.",
        },
        "facets": {
            "type": "string",
            "contentMediaType": "application/json",
            "description": "Fields to count, as JSON text of the list that `/search` takes.",
        },
        "sort": {"type": "string", "enum": list(get_args(Sort)), "default": "relevance"},
        "group": {"type": "string", "enum": ["item_group"]},
        "exact": {"type": "boolean", "default": False},
        "max_per_brand": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 20},
        "offset": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        "cursor": {"type": "string", "description": "`next_cursor` of the page before; send everything else again."},
    },
}

router = APIRouter(prefix="/api/v1", tags=["search"])
words_router = APIRouter(prefix="/api/v1", tags=["search"], route_class=LeanRoute)


@words_router.post(
    "/search",
    summary="Search products by words and meaning",
    response_model=SearchResponse,
    responses=error_responses(401, 403, 408, 413, 422, 429, 503),
    dependencies=[READ_KEY],
)
async def search(
    request: SearchRequest, visitor: VisitorDep, answers: SearchAnswersDep, received: Request
) -> Response:
    """Return the products that share the query's words or come close to it in meaning, among those that pass.

    `total` counts all of them, and pages go on to the last. With a blank query the products that pass are listed by
    quality and reviews. An answer names the encoder and the catalogue version
    that it came from, and how long each stage took. A kept answer is sent again while nothing that it depends on has
    changed; `X-Cache` and `Age` say so, and its times are those of when it was made.
    """
    note_asked(request)
    await visitor.admit(request.session_id, request.user_id)
    answer, outcome = await answers.answer(request, ahead=AHEAD in received.scope)
    is_for_everybody = request.user_id is None and request.session_id is None
    return kept_response(received, answer, outcome, for_everybody=is_for_everybody)


@router.post(
    "/search/image",
    summary="Search products by picture",
    response_model=ImageSearchResponse,
    responses=error_responses(401, 403, 408, 413, 415, 422, 429, 501, 503),
    dependencies=[READ_KEY],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": IMAGE_FORM,
                    "encoding": {"image": {"contentType": "image/jpeg, image/png, image/webp"}},
                }
            },
        }
    },
)
async def search_image(
    search: ImageSearchDep, service: SearchServiceDep, encoder: EncoderInfoDep, metrics: MetricsDep
) -> Response:
    """Return the products nearest to a picture, to words, or to both together.

    The picture is looked at and forgotten: neither it nor its metadata is stored or logged. It is turned upright by
    its EXIF. Animated, oversized, damaged and disguised files are refused before they are decoded.
    """
    note_asked(search.request)
    page = await service.search_image(search)
    metrics.observe_search(page.timings_ms, page.work.mode)
    return Response(render(search.request, page, encoder), media_type="application/json")


@router.get(
    "/suggest",
    summary="Complete what a shopper types",
    responses=error_responses(401, 403, 422, 429),
    dependencies=[READ_KEY],
)
async def suggest_queries(query: Annotated[SuggestQuery, Query()], engine: EngineDep) -> SuggestResponse:
    """Return queries that start like this, or nearly so, each of which brings results."""
    note_asked(query)
    return await engine.compute.run(partial(suggest, engine.live, engine.rules, query))


@router.get(
    "/products/{product_id}/similar",
    summary="Find products like one",
    response_model=SimilarResponse,
    responses=error_responses(400, 401, 403, 404, 409, 422, 429, 503),
    dependencies=[READ_KEY],
)
async def similar_products(
    product_id: str,
    query: Annotated[SimilarQuery, Query()],
    *,
    visitor: VisitorDep,
    service: SimilarServiceDep,
    encoder: EncoderInfoDep,
    metrics: MetricsDep,
) -> Response:
    """Return the products nearest to one, by its text and picture; never itself, and by default no variants of it.

    Variants have the same `item_group` attribute, as feeds set it.
    """
    note_asked(query)
    await visitor.admit(query.session_id, query.user_id)
    page = await service.similar(product_id, query)
    metrics.observe_stages(page.timings_ms)
    return Response(render_similar(page, encoder), media_type="application/json")
