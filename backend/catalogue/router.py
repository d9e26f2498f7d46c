"""Products and categories."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from backend.catalogue.bulk import BulkUpsert
from backend.catalogue.categories import category_tree
from backend.catalogue.records import ProductFilter
from backend.catalogue.schemas import (
    BulkResult,
    CategoryTree,
    Product,
    ProductBody,
    ProductPage,
    ProductPatch,
    ProductQuery,
    WriteResult,
)
from backend.dependencies import CATALOGUE_KEY, READ_KEY, CatalogueServiceDep, ExpectedVersionDep
from backend.error_handlers import error_responses
from backend.errors import UnsupportedMediaType
from backend.lean_route import LeanRoute

BULK_PATH = "/api/v1/products/bulk"
# None of them can be sent by a foreign web page without asking first, as text/plain and forms can.
BULK_TYPES = ("application/x-ndjson", "application/jsonl", "application/json")

router = APIRouter(prefix="/api/v1", tags=["catalogue"])
product_router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[CATALOGUE_KEY], route_class=LeanRoute)

ProductPath = Annotated[str, Path()]


@router.get(
    "/products",
    summary="List products",
    responses=error_responses(401, 403, 422, 429, 503),
    dependencies=[READ_KEY],
)
async def list_products(query: Annotated[ProductQuery, Query()], service: CatalogueServiceDep) -> ProductPage:
    """Page through the catalogue in id order, hidden products too; for search results use `POST /search`."""
    where = ProductFilter(query.category, query.brand, query.merchant, query.active)
    return await service.page(where, query.cursor or "", query.limit)


@router.get(
    "/products/{product_id}",
    summary="Get one product",
    responses=error_responses(400, 401, 403, 404, 429, 503),
    dependencies=[READ_KEY],
)
async def get_product(product_id: str, service: CatalogueServiceDep, response: Response) -> Product:
    """Return a product with its description and attributes; `ETag` is its version, for `If-Match`."""
    product = await service.get(product_id)
    response.headers["ETag"] = f'"{product.version}"'
    return product


@router.get(
    "/categories", summary="List categories", responses=error_responses(401, 403, 429, 503), dependencies=[READ_KEY]
)
async def list_categories(service: CatalogueServiceDep) -> CategoryTree:
    """Return the category tree of active products, with the number of products in each."""
    version = service.version
    return CategoryTree(categories=category_tree(await service.category_counts()), catalogue_version=version)


@product_router.put(
    "/products/{product_id}",
    summary="Create or replace a product",
    responses=error_responses(400, 401, 403, 409, 413, 422, 429, 503),
)
async def put_product(
    product_id: ProductPath, body: ProductBody, service: CatalogueServiceDep, expected_version: ExpectedVersionDep
) -> WriteResult:
    """Write a whole product; searches find it from the moment this answers; while models are switched, seconds later.

    Fields left out become null.
    """
    outcome, version, product = await service.put(product_id, body, expected_version)
    return WriteResult(outcome=outcome, catalogue_version=version, product=product)


@product_router.patch(
    "/products/{product_id}",
    summary="Change fields of a product",
    responses=error_responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
async def patch_product(
    product_id: ProductPath, body: ProductPatch, service: CatalogueServiceDep, expected_version: ExpectedVersionDep
) -> WriteResult:
    """Change price, stock or anything else; what is left out stays. `attributes` is replaced as a whole."""
    changes = body.model_dump()
    outcome, version, product = await service.patch(product_id, changes, expected_version)
    return WriteResult(outcome=outcome, catalogue_version=version, product=product)


@router.delete(
    "/products/{product_id}",
    summary="Delete a product",
    status_code=204,
    responses=error_responses(400, 401, 403, 404, 409, 429, 503),
    dependencies=[CATALOGUE_KEY],
)
async def delete_product(
    product_id: str, service: CatalogueServiceDep, expected_version: ExpectedVersionDep
) -> Response:
    """Delete a product; no search finds it from the moment this answers."""
    await service.delete(product_id, expected_version)
    return Response(status_code=204)


@router.post(
    "/products/bulk",
    summary="Create or replace many products",
    responses=error_responses(401, 403, 413, 415, 429, 503),
    dependencies=[CATALOGUE_KEY],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/ProductIn"}}},
        }
    },
)
async def bulk_upsert(request: Request, service: CatalogueServiceDep) -> BulkResult:
    """Write products from newline-delimited JSON, one per line, in the form of PUT with its `id`.

    Lines that are refused are reported with number and reason, and the others are written, 256 at a time; each of
    these blocks is written whole or not at all. Sending the same lines again changes nothing.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in BULK_TYPES:
        raise UnsupportedMediaType(f"Content-Type is {' or '.join(BULK_TYPES)}")
    return await BulkUpsert(service).run(request.stream())
