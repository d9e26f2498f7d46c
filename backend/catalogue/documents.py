"""The texts of a product that words of a query are looked for in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from backend.catalogue.records import ChangedProduct
from ml.lexical.documents import Document

GROUP = "item_group"  # names variants of one product to machines


def document_of(product: ChangedProduct) -> Document:
    """Return the texts of a product; its id can be looked up like its SKU."""
    return Document(
        title=product.title,
        brand=product.brand or "",
        category=product.category or "",
        attributes=" ".join((*_texts(product.attributes), product.colour or "", product.size or "")),
        description=product.description or "",
        sku=" ".join(name for name in (product.sku, product.id) if name),
    )


def digest_of(document: Document, picture: str | None) -> int:
    """Return 63 bits that change with any of the texts and the picture: words and vector follow from these."""
    joined = "\0".join((*document.texts, picture or "")).encode()
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big") >> 1


def _texts(attributes: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values that are words; numbers without their units mean nothing."""
    for name, value in attributes.items():
        if name != GROUP:
            yield from (item for item in (value if isinstance(value, list) else (value,)) if isinstance(item, str))
