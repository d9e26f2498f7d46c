"""What a product looks like at the edge: the same model checks REST bodies and feed rows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from backend.catalogue.fields import (
    DISCOUNT,
    AttributeValue,
    Category,
    Count,
    Currency,
    Description,
    ImageReference,
    Money,
    NoBlank,
    ShortText,
    Sku,
    Stars,
    Unit,
    VisibleLine,
    VisibleShortText,
    WebUrl,
    _attributes,
    check_product_id,
)


class ProductFields(BaseModel):
    """What a shop writes of a product, except its id."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    sku: Sku = None
    title: Annotated[Annotated[str, Field(min_length=1, max_length=1000)], VisibleLine]
    description: Description = Field(default=None, description="Plain text; HTML is reduced to its visible text.")
    price: Money = Field(default=None, description="Decimal amount with at most two decimals.")
    list_price: Money = Field(
        default=None,
        description="The price before a discount, in the same currency. One that isn't above `price` is kept, and "
        "doesn't put the product on sale.",
    )
    currency: Currency = Field(
        default=None,
        description="ISO 4217 code; null when the shop sells in one currency and doesn't say which.",
    )
    category: Category = Field(default=None, description="Path from general to special, levels separated by ` > `.")
    brand: VisibleShortText = None
    merchant: VisibleShortText = None
    image_url: ImageReference = Field(
        default=None, description="Web URL, or a path below the image folder or tar given to the import."
    )
    product_url: WebUrl = None
    stock_quantity: Count = Field(
        default=None,
        description="Units on hand; null when the shop doesn't count them, which sells as in stock.",
    )
    rating: Stars = None
    review_count: Count = None
    quality_score: Unit = Field(
        default=None, description="The shop's own 0 to 1 measure of how presentable the product is."
    )
    colour: VisibleShortText = None
    size: VisibleShortText = None
    attributes: Annotated[dict[str, AttributeValue], BeforeValidator(_attributes)] = Field(
        default_factory=dict,
        description="Any further attributes: strings, numbers, booleans or lists of them.",
    )
    active: bool = Field(default=True, description="False hides the product from search and browsing.")


EXAMPLE: JsonDict = {
    "id": "WH-1000-B",
    "sku": "WH-1000",
    "title": "Wireless noise cancelling headphones",
    "description": "Over-ear headphones with 30 hours of battery life.",
    "price": 279.00,
    "list_price": 349.00,
    "currency": "EUR",
    "category": "Electronics > Audio > Headphones",
    "brand": "Aurelle",
    "stock_quantity": 12,
    "colour": "black",
    "attributes": {"connectivity": ["Bluetooth", "USB-C"], "weight_g": 254},
}


class ProductIn(ProductFields):
    """A product as a shop writes it. Only `id` and `title` are required."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: Annotated[str, AfterValidator(check_product_id)] = Field(
        description="The shop's own id: 1 to 128 characters without white space or slashes."
    )


class ProductBody(ProductFields):
    """The body of a PUT; the id stands in the path, and may be repeated."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: str | None = None


class Product(BaseModel):
    """A product as the API shows it."""

    id: str
    sku: str | None
    title: str
    description: str | None
    price: float | None = Field(description="Decimal amount in `currency`.")
    list_price: float | None = Field(description="As written.")
    discount: float | None = Field(description=DISCOUNT)
    currency: str | None
    category: str | None
    brand: str | None
    merchant: str | None
    image_url: str | None
    product_url: str | None
    stock_quantity: int | None
    in_stock: bool
    rating: float | None
    review_count: int | None
    quality_score: float | None
    colour: str | None
    size: str | None
    attributes: dict[str, Any]
    active: bool
    version: int = Field(description="Grows by one with every change of this product.")
    created_at: datetime
    updated_at: datetime


class ProductCard(BaseModel):
    """What a page of results shows of a product; `GET /api/v1/products/{id}` has the rest."""

    id: str
    sku: str | None
    title: str
    snippet: str | None = Field(description="The first 200 characters of the description.")
    price: float | None = Field(description="Decimal amount in `currency`.")
    list_price: float | None = Field(description="The price before a discount; null when the product isn't on sale.")
    discount: float | None = Field(description=DISCOUNT)
    currency: str | None
    category: str | None
    brand: str | None
    merchant: str | None
    image_url: str | None
    product_url: str | None
    stock_quantity: int | None
    in_stock: bool
    rating: float | None
    review_count: int | None
    colour: str | None
    size: str | None
    version: int


class ProductPatch(BaseModel):
    """Fields to change; a field that is left out stays, null clears it. Checked as a whole product afterwards."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"price": 249.0, "stock_quantity": 3}]})


class ProductQuery(BaseModel):
    """Which page of which products."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=100)
    cursor: Annotated[Annotated[str, AfterValidator(check_product_id)] | None, NoBlank] = Field(
        default=None, description="`next_cursor` of the page before."
    )
    category: Category = Field(default=None, description="Descendants are included; case doesn't matter.")
    brand: ShortText = None
    merchant: ShortText = None
    active: bool | None = None


class ProductPage(BaseModel):
    """One page of products, ordered by id."""

    products: list[Product]
    total: int = Field(description="Products that match, over all pages.")
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null on the last.")


class WriteResult(BaseModel):
    """What a write did, and the catalogue version from which every search sees it."""

    outcome: str = Field(description="`inserted`, `updated` or `unchanged`.")
    catalogue_version: int
    product: Product


class BulkRejection(BaseModel):
    """One line that was refused; the others were written."""

    line: int
    reason: str


class BulkResult(BaseModel):
    """What a bulk upsert did."""

    inserted: int
    updated: int
    unchanged: int
    rejected: int
    rejections: list[BulkRejection] = Field(description="The first 1,000 rejected lines.")
    catalogue_version: int


class CategoryNode(BaseModel):
    """One category and how many searchable products it and its descendants hold."""

    name: str
    path: str = Field(description="Pass as `filters.category`.")
    product_count: int
    children: list[CategoryNode]


class CategoryTree(BaseModel):
    """All categories of searchable products."""

    categories: list[CategoryNode]
    catalogue_version: int
