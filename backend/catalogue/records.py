"""Between the product as written by a shop, the row in SQL and the product as shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from backend.catalogue.schemas import Product, ProductCard, ProductIn
from backend.catalogue.tables import ProductRow
from backend.catalogue.template import render_text, text_hash

MEDIA_PREFIX = "/media/"
SNIPPET_LENGTH = 200
CARD_FIELDS = tuple(ProductCard.model_fields)


class ChangedProduct(NamedTuple):
    """What the catalogue in memory keeps of a product, and whether it can be found at all."""

    id: str
    sku: str | None
    title: str
    description: str | None
    active: bool
    deleted: bool
    price_cents: int | None
    stock_quantity: int | None
    rating: float | None
    review_count: int | None
    quality_score: float | None
    category: str | None
    brand: str | None
    merchant: str | None
    colour: str | None
    size: str | None
    attributes: dict[str, Any]
    created_at: datetime
    version: int
    change_version: int
    list_price_cents: int | None = None
    image_file: str | None = None

    @property
    def item_group(self) -> str | None:
        """What variants of one product have in common; feeds set it as an attribute."""
        group = self.attributes.get("item_group")
        return None if group is None or isinstance(group, list) else str(group)


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A checked product, ready to be written.

    Attributes:
        values: column values of `products` that the shop decides.
        text: the rendered text to embed.
        image_file: name in the media store; None leaves the stored picture alone while `image_url` stays the same.
    """

    id: str
    values: dict[str, Any]
    content_hash: str
    text: str
    text_hash: str
    image_file: str | None = None


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products a page lists; None means any. A category includes its descendants."""

    category: str | None = None
    brand: str | None = None
    merchant: str | None = None
    active: bool | None = None


def to_record(product: ProductIn, template: str, image_file: str | None = None) -> ProductRecord:
    """Prepare a product for writing."""
    values = product.model_dump(exclude={"id", "price", "list_price"})
    values["price_cents"] = to_cents(product.price)
    values["list_price_cents"] = to_cents(product.list_price)
    text = render_text(template, values)
    digest = hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    return ProductRecord(product.id, values, digest, text, text_hash(text), image_file)


def to_cents(amount: Decimal | None) -> int | None:
    """Return hundredths; the schema has made sure that nothing is rounded."""
    return int(amount * 100) if amount is not None else None


def from_cents(cents: int | None) -> float | None:
    """Return the decimal amount; exact, since a double holds 15 digits and prints the shortest."""
    return cents / 100 if cents is not None else None


def discount(price_cents: int | None, list_price_cents: int | None) -> int:
    """Return by how much a price is below the list price, in hundredths of a percent: 0 to 10,000.

    Rounded down, but never to 0: that means that the product isn't on sale. A list price that isn't above the price
    is kept as the shop wrote it, and says nothing: so price and list price may change one after the other.
    """
    if price_cents is None or list_price_cents is None or list_price_cents <= price_cents:
        return 0
    return max(1, 10_000 * (list_price_cents - price_cents) // list_price_cents)


def discount_percent(price_cents: int | None, list_price_cents: int | None) -> float | None:
    """Return `discount` in percent, None for a product that isn't on sale."""
    hundredths = discount(price_cents, list_price_cents)
    return hundredths / 100 if hundredths else None


def to_product_in(row: ProductRow) -> dict[str, Any]:
    """Return a stored product as the shop would write it again."""
    fields = set(ProductIn.model_fields) - {"price", "list_price"}
    return {
        **{name: getattr(row, name) for name in fields},
        "price": from_cents(row.price_cents),
        "list_price": from_cents(row.list_price_cents),
    }


def in_stock(stock_quantity: int | None) -> bool:
    """Whether a product can be bought; uncounted stock counts as there."""
    return stock_quantity is None or stock_quantity > 0


def to_product(row: ProductRow) -> Product:
    """Return a stored product as the API shows it."""
    return Product(
        **{**to_product_in(row), "image_url": _image_url(row)},
        discount=discount_percent(row.price_cents, row.list_price_cents),
        in_stock=in_stock(row.stock_quantity),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


class CardRow(NamedTuple):
    """The columns behind a `ProductCard`; the description is only its beginning."""

    id: str
    sku: str | None
    title: str
    description: str | None
    price_cents: int | None
    list_price_cents: int | None
    currency: str | None
    category: str | None
    brand: str | None
    merchant: str | None
    image_url: str | None
    image_file: str | None
    product_url: str | None
    stock_quantity: int | None
    rating: float | None
    review_count: int | None
    colour: str | None
    size: str | None
    version: int


def to_card(row: CardRow) -> bytes:
    """Return the JSON of a `ProductCard`: what a page of results needs of a product."""
    reduced = discount_percent(row.price_cents, row.list_price_cents)
    shown = {
        "price": from_cents(row.price_cents),
        "list_price": None if reduced is None else from_cents(row.list_price_cents),
        "discount": reduced,
        "image_url": _image_url(row),
        "in_stock": in_stock(row.stock_quantity),
        "snippet": _snippet(row.description),
    }
    return orjson.dumps({name: shown[name] if name in shown else getattr(row, name) for name in CARD_FIELDS})


def _image_url(row: ProductRow | CardRow) -> str | None:
    return MEDIA_PREFIX + row.image_file if row.image_file else row.image_url


def _snippet(description: str | None) -> str | None:
    if description is None or len(description) <= SNIPPET_LENGTH:
        return description
    return description[:SNIPPET_LENGTH].rsplit(None, 1)[0] + "…"
