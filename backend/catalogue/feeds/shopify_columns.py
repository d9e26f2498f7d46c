"""The columns of Shopify's product CSV, under their names before and after 2024."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from backend.catalogue.feeds.columns import normal

_NAMES = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "description": ("Body (HTML)", "Body HTML", "Description"),
    "vendor": ("Vendor",),
    "category": ("Product category", "Standardized Product Type", "Standard Product Type"),
    "type": ("Type", "Custom Product Type"),
    "tags": ("Tags",),
    "published": ("Published", "Published on online store"),
    "status": ("Status",),
    "gift_card": ("Gift card",),
    "sku": ("Variant SKU", "SKU"),
    "barcode": ("Variant Barcode", "Barcode"),
    "price": ("Variant Price", "Price"),
    "compare_at_price": ("Variant Compare At Price", "Compare-at price"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "image": ("Image Src", "Product image URL"),
    "image_position": ("Image Position",),
    "variant_image": ("Variant Image", "Variant image URL"),
    **{f"option{n}_name": (f"Option{n} Name",) for n in (1, 2, 3)},
    **{f"option{n}_value": (f"Option{n} Value",) for n in (1, 2, 3)},
}

_COLUMNS = {normal(column): name for name, columns in _NAMES.items() for column in columns}

COLOUR_OPTIONS = frozenset(map(normal, ("Color", "Colour", "Farbe", "Couleur", "Colore", "Kleur")))
SIZE_OPTIONS = frozenset(map(normal, ("Size", "Größe", "Groesse", "Taille", "Talla", "Taglia", "Maat")))

_SHOP_KEEPING = frozenset(
    map(
        normal,
        (
            *(f"Option{n} Linked To" for n in (1, 2, 3)),
            *("Variant Fulfillment Service", "Fulfillment service", "Variant Requires Shipping", "Requires shipping"),
            *("Variant Taxable", "Charge tax", "Variant Tax Code", "Tax code", "Cost per item", "Image Alt Text"),
            *("SEO Title", "SEO Description", "Variant Weight Unit", "Weight unit for display", "Variant Barcodes"),
            *("Google Shopping / Custom Product", "Google Shopping / Condition", "Google Shopping / Ad group name"),
            *(
                "Google Shopping / AdWords Grouping",
                "Google Shopping / AdWords Labels",
                "Google Shopping / Ads labels",
            ),
        ),
    )
)
_MARKETS = ("included/", "price/", "compareatprice/", "unitprice", "googleshopping/customlabel")
_RENAMED = {
    normal("Variant Grams"): "weight_g",
    normal("Weight value (grams)"): "weight_g",
    normal("Google Shopping / Gender"): "gender",
    normal("Google Shopping / Age Group"): "age_group",
    normal("Google Shopping / MPN"): "mpn",
    normal("Google Shopping / Manufacturer part number (MPN)"): "mpn",
    normal("Google Shopping / Google Product Category"): "google_product_category",
}


@lru_cache(maxsize=4096)
def known_column(column: str) -> str | None:
    """Return the name used here for a column, or None."""
    return _COLUMNS.get(normal(column))


def further_attributes(values: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that describe the product and have no field: metafields, weight, gender and the like.

    Costs, taxes, fulfilment and the prices of other markets are left out.
    """
    found: dict[str, str] = {}
    for column, value in values.items():
        name = _attribute(column)
        if name is None or not value.strip():
            continue
        if not (name == "weight_g" and value.strip() in {"0", "0.0"}):  # what Shopify writes when nobody weighed it
            found[name] = value
    return found


@lru_cache(maxsize=4096)
def _attribute(column: str) -> str | None:
    key = normal(column)
    if key in _COLUMNS or key in _SHOP_KEEPING or key.startswith(_MARKETS):
        return None
    return _RENAMED.get(key) or column.partition(" (product.metafields")[0]
