"""What a product looks like at the edge: the same model checks REST bodies and feed rows."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic.config import JsonDict

from backend.catalogue.text import clean_line, clean_text

CATEGORY_SEPARATOR = " > "
MAX_CATEGORY_DEPTH = 10
MAX_RAW_TEXT = 250_000
MAX_ATTRIBUTES = 300
MAX_ATTRIBUTE_NAME = 100
MAX_ATTRIBUTES_BYTES = 65_536
MAX_PRICE = Decimal("9999999999.99")  # keeps cents far inside a signed 64-bit integer
DISCOUNT = "Percent by which `price` is below `list_price`, rounded down to hundredths; null when it isn't."

_ID = re.compile(r"(?!\.{1,2}$)[^\s/\\\x00-\x1f\x7f]{1,128}")  # clients take . and .. for steps of a path

Scalar = str | int | float | bool
AttributeValue = Scalar | list[Scalar] | None


def check_product_id(value: str) -> str:
    """Return the id unchanged.

    Raises:
        ValueError: it is empty, longer than 128 characters, or holds white space, a slash or a control character.
    """
    if not _ID.fullmatch(value):
        raise ValueError("an id has 1 to 128 characters, without white space, slashes or control characters")
    return value


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _clean_line(value: Any) -> Any:
    return clean_line(value) or None if isinstance(value, str) else value


def _clean_text(value: Any, info: ValidationInfo) -> Any:
    if _is_stored(info) or not isinstance(value, str):
        return value
    if len(value) > MAX_RAW_TEXT:
        raise ValueError(f"at most {MAX_RAW_TEXT} characters, markup included")
    return clean_text(value) or None


def _is_stored(info: ValidationInfo) -> bool:
    """Whether a field comes from the database: cleaned then, and what looks like markup now is the text itself."""
    return info.context is not None and info.field_name in info.context["stored"]


def canonical_category(value: str) -> str:
    """Return a category path as ``A > B > C``, whatever spacing came in.

    Raises:
        ValueError: deeper than 10 levels.
    """
    levels = [level for level in (part.strip() for part in clean_line(value).split(">")) if level]
    if len(levels) > MAX_CATEGORY_DEPTH:
        raise ValueError(f"a category path has at most {MAX_CATEGORY_DEPTH} levels")
    return CATEGORY_SEPARATOR.join(levels)


def _category(value: Any) -> Any:
    return canonical_category(value) or None if isinstance(value, str) else value


def _web_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a URL starts with http:// or https:// and names a host")
    return value


def _image_reference(value: str | None) -> str | None:
    if value is None or "://" not in value:
        if value is not None and value.split(":", 1)[0].lower() in {"javascript", "data", "vbscript"}:
            raise ValueError("an image is a web URL or a file path")
        return value
    return _web_url(value)


def _currency(value: Any) -> Any:
    return value.strip().upper() or None if isinstance(value, str) else value


def _attributes(value: Any, info: ValidationInfo) -> Any:
    """Check by hand: pydantic reports one mistake in a union once for every member."""
    if _is_stored(info):
        return value
    if not isinstance(value, dict):
        raise ValueError("attributes are a JSON object")
    if len(value) > MAX_ATTRIBUTES:
        raise ValueError(f"at most {MAX_ATTRIBUTES} attributes")
    cleaned: dict[str, AttributeValue] = {}
    for key, item in value.items():
        name = clean_line(key) if isinstance(key, str) else ""
        if not 1 <= len(name) <= MAX_ATTRIBUTE_NAME:
            raise ValueError(f"an attribute name has 1 to {MAX_ATTRIBUTE_NAME} characters")
        values = item if isinstance(item, list) else [item]
        if not all(_is_scalar(v) for v in values) and item is not None:
            raise ValueError(f"attribute {name!r} is not a string, finite number, boolean or a list of them")
        cleaned[name] = [_clean_scalar(v) for v in item] if isinstance(item, list) else _clean_scalar(item)
    if len(orjson.dumps(cleaned)) > MAX_ATTRIBUTES_BYTES:
        raise ValueError(f"attributes take at most {MAX_ATTRIBUTES_BYTES} bytes as JSON")
    return cleaned


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | bool) or (isinstance(value, int) and abs(value) < 2**63)


def _clean_scalar(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


Line = BeforeValidator(_clean_line)
NoBlank = BeforeValidator(_blank_to_none)

Money = Annotated[Annotated[Decimal, Field(ge=0, le=MAX_PRICE, decimal_places=2)] | None, NoBlank]
Count = Annotated[Annotated[int, Field(ge=0, le=2**31 - 1)] | None, NoBlank]
Stars = Annotated[Annotated[float, Field(ge=0, le=5)] | None, NoBlank]
Unit = Annotated[Annotated[float, Field(ge=0, le=1)] | None, NoBlank]
Currency = Annotated[Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None, BeforeValidator(_currency)]
Sku = Annotated[Annotated[str, Field(max_length=128)] | None, Line]
ShortText = Annotated[Annotated[str, Field(max_length=200)] | None, Line]
Description = Annotated[Annotated[str, Field(max_length=50_000)] | None, BeforeValidator(_clean_text)]
Category = Annotated[Annotated[str, Field(max_length=500)] | None, BeforeValidator(_category)]
ImageReference = Annotated[Annotated[str, Field(max_length=2000), AfterValidator(_image_reference)] | None, Line]
WebUrl = Annotated[Annotated[str, Field(max_length=2000), AfterValidator(_web_url)] | None, Line]


class ProductFields(BaseModel):
    """What a shop writes of a product, except its id."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    sku: Sku = None
    title: Annotated[Annotated[str, Field(min_length=1, max_length=1000)], Line]
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
    brand: ShortText = None
    merchant: ShortText = None
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
    colour: ShortText = None
    size: ShortText = None
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
