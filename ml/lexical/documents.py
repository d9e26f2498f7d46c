"""What the lexical index knows about a product: one text per field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIELDS: Final = ("title", "brand", "category", "attributes", "description", "sku")
TITLE: Final = FIELDS.index("title")
BRAND: Final = FIELDS.index("brand")
CATEGORY: Final = FIELDS.index("category")
HEAD_FIELDS: Final = 3
"""Title, brand and category, the first three, say what a product is; the others say anything."""


@dataclass(frozen=True, slots=True)
class Document:
    """The texts of one product, '' where it has none."""

    title: str = ""
    brand: str = ""
    category: str = ""
    """A path such as ``Shoes > Trail``, or any other words."""
    attributes: str = ""
    """Values of attributes that are words; their names and bare numbers only add noise."""
    description: str = ""
    sku: str = ""
    """Codes that name this product alone, separated by spaces: SKU, manufacturer's number, product id."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts in the order of `FIELDS`."""
        return (self.title, self.brand, self.category, self.attributes, self.description, self.sku)
