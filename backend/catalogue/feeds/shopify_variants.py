"""What the variants of a Shopify product share, and what is their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from backend.catalogue.feeds.columns import normal
from backend.catalogue.feeds.prices import is_discount
from backend.catalogue.feeds.shopify_columns import COLOUR_OPTIONS, SIZE_OPTIONS

_MAX_ID = 128
_UNSAFE = re.compile(r"[\s/\\\x00-\x1f\x7f]+")
_TRUE = frozenset({"true", "yes", "1"})


def shared_by_variants(first: Mapping[str, str], handle: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields and attributes that the first row gives to all variants."""
    fields: dict[str, Any] = {"title": first["title"]}
    attributes: dict[str, Any] = {"item_group": handle}
    for name, column in (("description", "description"), ("brand", "vendor")):
        if column in first:
            fields[name] = first[column]
    category = first.get("category")
    if category and normal(category) != "uncategorized":
        fields["category"] = category
        if "type" in first:
            attributes["product_type"] = first["type"]
    elif "type" in first:
        fields["category"] = first["type"]
    if "tags" in first:
        attributes["tags"] = [tag.strip() for tag in first["tags"].split(",") if tag.strip()]
    if first.get("gift_card", "").lower() in _TRUE:
        attributes["gift_card"] = True
    shown = first.get("published", "true").lower() in _TRUE
    fields["active"] = shown and first.get("status", "active").lower() == "active"
    return fields, attributes


def add_own(
    own: Mapping[str, str],
    first: Mapping[str, str],
    fields: dict[str, Any],
    attributes: dict[str, Any],
    *,
    tracked: bool,
) -> None:
    """Add what belongs to the variant; the names of its options stand in the first row only."""
    for column in ("sku", "price"):
        if column in own:
            fields[column] = own[column]
    compared = own.get("compare_at_price")
    if compared is not None and is_discount(own.get("price"), compared):
        fields["list_price"] = compared
    quantity = own.get("quantity")
    sells_on = own.get("policy", "").lower() in {"continue", *_TRUE}
    if quantity is not None and tracked:
        oversold = quantity.startswith("-") and quantity[1:].isdecimal()
        if not (sells_on and (oversold or quantity == "0")):
            fields["stock_quantity"] = "0" if oversold else quantity
    if "barcode" in own:
        attributes["barcode"] = own["barcode"]
    for option in ("option1", "option2", "option3"):
        name = own.get(f"{option}_name") or first.get(f"{option}_name")
        value = own.get(f"{option}_value")
        if not name or not value or value == "Default Title":
            continue
        if normal(name) in COLOUR_OPTIONS:
            fields["colour"] = value
        elif normal(name) in SIZE_OPTIONS:
            fields["size"] = value
        else:
            attributes[name] = value


def variant_id(handle: str, own: Mapping[str, str], skus: Mapping[str, int]) -> str:
    """Return ``handle-sku``, or ``handle-red-xl`` where the SKU doesn't tell the variants apart."""
    sku = own.get("sku", "")
    options = [own[f"option{n}_value"] for n in (1, 2, 3) if f"option{n}_value" in own]
    own_part = sku if sku and skus[sku] == 1 else "-".join(options)
    name = _UNSAFE.sub("-", f"{handle}-{own_part}" if own_part else handle)
    if len(name) <= _MAX_ID:
        return name
    return f"{name[: _MAX_ID - 13]}-{sha256(name.encode()).hexdigest()[:12]}"
