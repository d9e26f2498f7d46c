"""Which columns mean which product field, in feeds of no particular kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from backend.catalogue.schemas import ProductIn

Refine = Callable[[dict[str, Any], dict[str, Any]], None]
"""Changes the fields and attributes of one row in place, after the columns have been named."""

FEED_FIELDS = (
    *ProductIn.model_fields,
    "price_cents",
    "list_price_cents",
    "sale_price",
    "sale_dates",
    "availability",
    "more_images",
)
"""What a column can be mapped to: the fields of a product, and what other fields are worked out from."""

_SPACING = re.compile(r"[\s_\-]+")


def normal(name: str) -> str:
    """Return a column name without case, spaces, underscores, hyphens and the `g:` of Google's namespace."""
    return _SPACING.sub("", name).casefold().removeprefix("g:")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of feed names its columns.

    Attributes:
        names: field to column names in normal form, the best source first; the first that isn't blank counts.
        ignored: columns in normal form that say nothing about the product, or nothing a shopper may see.
        attribute_names: column in normal form to the attribute it becomes; other columns keep their name.
        keep_unused: whether columns that lost to a better source become attributes.
        refine: what the columns alone can't say.
    """

    names: Mapping[str, tuple[str, ...]]
    ignored: frozenset[str] = frozenset()
    attribute_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    keep_unused: bool = False
    refine: Refine | None = None


def names(**columns: str) -> Mapping[str, tuple[str, ...]]:
    """Return a table of column names, each field given as names separated by white space."""
    return MappingProxyType(
        {name: tuple(normal(column) for column in text.split()) for name, text in columns.items()}
    )


GENERIC = Dialect(
    names=names(
        id="id product_id item_id",
        sku="sku",
        title="title name product_name product_title item_name",
        description="description product_description long_description body",
        price="price current_price",
        price_cents="price_cents",
        list_price="list_price rrp rrp_price msrp compare_at_price regular_price original_price",
        list_price_cents="list_price_cents",
        sale_price="sale_price special_price",
        currency="currency currency_code price_currency",
        category="category category_path categories product_type product_category",
        brand="brand brand_name manufacturer",
        merchant="merchant merchant_name seller",
        image_url="image_url image image_link image_src image_path img images",
        product_url="product_url url link product_link",
        stock_quantity="stock_quantity stock qty quantity inventory inventory_quantity",
        availability="availability in_stock stock_status",
        rating="rating average_rating avg_rating stars",
        review_count="review_count reviews_count number_of_reviews num_reviews rating_count",
        quality_score="quality_score",
        colour="colour color",
        size="size",
        attributes="attributes",
        active="active is_active enabled",
    ),
    keep_unused=True,
)
