"""Renders a product as the text that is embedded."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Mapping
from typing import Any

TEMPLATE_FIELDS = frozenset(
    {"title", "brand", "category", "colour", "size", "description", "merchant", "sku", "attributes"}
)
_EMPTY_SENTENCES = re.compile(r"(?:^|(?<=[.,;:|]))\s*[.,;:|](?=\s|$)")


def check_template(template: str) -> None:
    """Accept a template such as ``{title}. {brand}. {description}``.

    Raises:
        ValueError: bad syntax, no field at all, or a field that products don't have.
    """
    fields = []
    for _, field, spec, conversion in string.Formatter().parse(template):
        if field is None:
            continue
        if spec or conversion or field not in TEMPLATE_FIELDS:
            raise ValueError(
                f"unknown field {{{field}}} in the text template; known: {', '.join(sorted(TEMPLATE_FIELDS))}"
            )
        fields.append(field)
    if not fields:
        raise ValueError("the text template names no field")


def render_text(template: str, product: Mapping[str, Any]) -> str:
    """Fill the template; a missing field takes the punctuation behind it along."""
    pieces: list[str] = []
    for literal, field, _, _ in string.Formatter().parse(template):
        pieces.append(literal)
        if field is not None:
            pieces.append(_field_text(product.get(field), field))
    text = " ".join("".join(pieces).split())
    while (shorter := _EMPTY_SENTENCES.sub("", text)) != text:
        text = shorter
    return text.strip()


def _field_text(value: Any, field: str) -> str:
    if value is None:
        return ""
    if field == "attributes":
        return ", ".join(f"{name} {_value_text(item)}" for name, item in value.items() if item not in (None, "", []))
    return str(value).rstrip(". ")


def _value_text(value: Any) -> str:
    return " ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def text_hash(text: str) -> str:
    """Return 32 hex digits that change with the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
