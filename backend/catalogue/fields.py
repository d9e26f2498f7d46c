"""What the fields of a product may hold, and how they are cleaned."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from backend.catalogue.text import clean_line, clean_text, strip_html

CATEGORY_SEPARATOR = " > "
MAX_CATEGORY_DEPTH = 10
MAX_RAW_TEXT = 250_000
MAX_ATTRIBUTES = 300
MAX_ATTRIBUTE_NAME = 100
MAX_ATTRIBUTES_BYTES = 65_536
MAX_PRICE = Decimal("9999999999.99")  # keeps cents far inside a signed 64-bit integer
ODD_ID = "an id has 1 to 128 characters of UTF-8, without white space, slashes, control characters or U+FFFD"
DISCOUNT = "Percent by which `price` is below `list_price`, rounded down to hundredths; null when it isn't."

# Clients take . and .. for steps of a path. U+FFFD stands for bytes that were no text: servers put it in place of
# those of a path that aren't UTF-8, so different ids would become the same one.
_ID = re.compile(r"(?!\.{1,2}$)[^\s/\\\x00-\x1f\x7f\ud800-\udfff\ufffd]{1,128}")

Scalar = str | int | float | bool
AttributeValue = Scalar | list[Scalar] | None


def check_product_id(value: str) -> str:
    """Return the id unchanged.

    Raises:
        ValueError: it is empty, longer than 128 characters, or holds white space, a slash, a control character or a
            lone surrogate; or U+FFFD, which bytes that aren't UTF-8 have become.
    """
    if not _ID.fullmatch(value):
        raise ValueError(ODD_ID)
    return value


def _blank_to_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def written_out(value: Any) -> Any:
    """Return a moment that isn't a bare number, as which it has no time zone and could be seconds or milliseconds.

    Raises:
        ValueError: it is a number, or a text without the hyphens of a date.
    """
    if value[4:5] + value[7:8] != "--" if isinstance(value, str) else isinstance(value, int | float):
        raise ValueError("a moment is a text with its time zone, such as 2026-01-31T12:00:00Z")
    return value


def _cleaned(value: Any) -> Any:
    return clean_line(value) if isinstance(value, str) else value


def _canonical(value: Any) -> Any:
    return canonical_category(value) if isinstance(value, str) else value


def _clean_line(value: Any) -> Any:
    return clean_line(value) or None if isinstance(value, str) else value


def _visible_line(value: Any, info: ValidationInfo) -> Any:
    return value if _is_stored(info) or not isinstance(value, str) else clean_line(strip_html(value)) or None


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


# Before a text is checked: cleaning can make it empty, and longer too.
Cleaned = BeforeValidator(_cleaned)
Canonical = BeforeValidator(_canonical)
Line = BeforeValidator(_clean_line)
NoBlank = BeforeValidator(_blank_to_none)

Money = Annotated[Annotated[Decimal, Field(ge=0, le=MAX_PRICE, decimal_places=2)] | None, NoBlank]
Count = Annotated[Annotated[int, Field(ge=0, le=2**31 - 1)] | None, NoBlank]
Stars = Annotated[Annotated[float, Field(ge=0, le=5)] | None, NoBlank]
Unit = Annotated[Annotated[float, Field(ge=0, le=1)] | None, NoBlank]
Currency = Annotated[Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None, BeforeValidator(_currency)]
Sku = Annotated[Annotated[str, Field(max_length=128)] | None, Line]
VisibleLine = BeforeValidator(_visible_line)
ShortText = Annotated[Annotated[str, Field(max_length=200)] | None, Line]
VisibleShortText = Annotated[Annotated[str, Field(max_length=200)] | None, VisibleLine]
Description = Annotated[Annotated[str, Field(max_length=50_000)] | None, BeforeValidator(_clean_text)]
Category = Annotated[Annotated[str, Field(max_length=500)] | None, BeforeValidator(_category)]
ImageReference = Annotated[Annotated[str, Field(max_length=2000), AfterValidator(_image_reference)] | None, Line]
WebUrl = Annotated[Annotated[str, Field(max_length=2000), AfterValidator(_web_url)] | None, Line]
