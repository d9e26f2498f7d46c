"""A draft becomes a product, or one sentence that says why not."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError

from backend.catalogue.feeds.columns import normal
from backend.catalogue.feeds.prices import settle_prices
from backend.catalogue.feeds.types import Draft, FeedOptions, RecordError, printable
from backend.catalogue.fields import CATEGORY_SEPARATOR
from backend.catalogue.schemas import ProductIn
from backend.wording import message_of

MAX_NESTING = 3
_EXACT_FLOAT = 2**53
_SHOWN_VALUE = 60

_TEXT_FIELDS = frozenset(
    {"id", "sku", "title", "description", "currency", "category", "brand", "merchant", "colour", "size"}
    | {"image_url", "product_url"}
)
_IN_STOCK = frozenset(map(normal, ("in stock", "available", "yes", "y", "true", "1", "limited availability")))
_OUT_OF_STOCK = frozenset(
    map(normal, ("out of stock", "sold out", "unavailable", "not available", "discontinued", "no", "n", "false", "0"))
)
_LATER = {normal(word): word for word in ("preorder", "backorder")}


def build_product(draft: Draft, options: FeedOptions) -> ProductIn:
    """Return the product a draft describes.

    Raises:
        RecordError: it describes none; the message names the fields and what is wrong with them.
    """
    fields = draft.fields
    attributes = _flatten(draft.attributes)
    own = fields.pop("attributes", None)
    if own is not None:
        attributes.update(_flatten(_object(own)))
    for name, value in fields.items():
        if not isinstance(value, str) and name in _TEXT_FIELDS:
            fields[name] = _text(name, value, attributes)
    if isinstance(fields.get("id"), str):
        fields["id"] = fields["id"].strip()
    more = fields.pop("more_images", None)
    if more:
        attributes["additional_images"] = more if isinstance(more, list) else [more]
    settle_prices(fields, options.currency)
    _settle_stock(fields, attributes)
    if options.merchant and "merchant" not in fields:
        fields["merchant"] = options.merchant
    fields["attributes"] = attributes
    try:
        return ProductIn.model_validate(fields)
    except ValidationError as error:
        raise RecordError(_explain(error)) from error


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise RecordError(f"attributes: not a JSON object (got {printable(value, _SHOWN_VALUE)!r})") from error
    if not isinstance(value, dict):
        raise RecordError(f"attributes: not a JSON object (got {printable(value, _SHOWN_VALUE)})")
    return value


def _flatten(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` without blanks, nested objects as ``outer.inner``."""
    if not any(isinstance(value, dict) for value in values.values()):
        return {name: value for name, value in values.items() if value is not None and value != ""}
    flat: dict[str, Any] = {}
    pending = [("", values, 0)]
    while pending:
        prefix, level, depth = pending.pop()
        if depth > MAX_NESTING:
            raise RecordError(f"attributes: objects nested more than {MAX_NESTING} deep")
        for name, value in level.items():
            if isinstance(value, dict):
                pending.append((f"{prefix}{name}.", value, depth + 1))
            elif value is not None and value != "":
                flat[f"{prefix}{name}"] = value
    return flat


def _text(name: str, value: Any, attributes: dict[str, Any]) -> Any:
    """Return numbers and lists as the text they stand for; what stands for none is left for the product to refuse."""
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT_FLOAT
        if name == "id" and not whole:
            raise RecordError(f"id: a number too large or not whole; write ids as text (got {value!r})")
        return str(int(value) if whole else value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and value and name != "id" and all(isinstance(item, str) for item in value):
        if name == "image_url":
            if value[1:]:
                attributes["additional_images"] = value[1:]
            return value[0]
        return (CATEGORY_SEPARATOR if name == "category" else ", ").join(value)
    return value


def _settle_stock(fields: dict[str, Any], attributes: dict[str, Any]) -> None:
    """Turn words about availability into a quantity: 0 is out of stock, none is in stock and not counted."""
    word = fields.pop("availability", None)
    if word is None:
        return
    key = normal(str(word).rsplit("/", 1)[-1])  # https://schema.org/InStock
    if key in _OUT_OF_STOCK:
        fields["stock_quantity"] = 0
    elif key in _LATER:
        attributes["availability"] = _LATER[key]
        fields.pop("stock_quantity", None)  # it is sold, whatever the shelf holds
    elif key not in _IN_STOCK:
        shown = printable(word, _SHOWN_VALUE)
        raise RecordError(f"availability: not one of in stock, out of stock, preorder, backorder (got '{shown}')")


def _explain(error: ValidationError) -> str:
    reasons = []
    for item in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in item["loc"][:1])
        message = message_of(item)
        value = item["input"]
        if item["type"] == "missing":
            reasons.append(f"{place}: missing")
        elif isinstance(value, dict | list):
            reasons.append(f"{place}: {message}")
        else:
            shown = repr(value) if isinstance(value, int | float) else f"'{printable(str(value), _SHOWN_VALUE)}'"
            reasons.append(f"{place}: {message} (got {shown})")
    return "; ".join(reasons)
