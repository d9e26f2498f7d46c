"""What fine-tuning knows of a shop's product, and the texts that may be said of its picture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_ATTRIBUTES = 4  # more make a list of words, not something that a shopper would type
_WORDS = re.compile(r"(?=.*[^\W\d_])[\w&'+ -]{2,30}")
_NOTHING = {"na", "none", "null", "nan", "unknown", "other", "others", "yes", "no", "true", "false"}


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """A product with a picture.

    Attributes:
        id: the shop's own.
        title: never empty.
        picture: what its picture is fetched by: a path, an address, or a name in the media store.
        brand, colour, category: as the shop writes them, the category as a path ``A > B > C``.
        attributes: anything else; strings and lists of strings are looked at.
        item_group: what variants of one product share.
    """

    id: str
    title: str
    picture: str
    brand: str | None
    colour: str | None
    category: str | None
    attributes: Mapping[str, object]
    item_group: str | None


def texts_of(products: Sequence[ShopProduct]) -> list[list[str]]:
    """Return for each product its title, then natural combinations of its fields, such as "men casual black shoes".

    A combination ends with the last level of the category, without which it would say too little. Of the attributes
    those are used that sort products into few classes by words: gender and season, not article numbers and sizes.
    """
    telling = telling_attributes(products)
    return [_texts(product, telling) for product in products]


def telling_attributes(products: Sequence[ShopProduct]) -> list[str]:
    """Return the attributes, at most `MAX_ATTRIBUTES`, that sort the products into few classes named by words."""
    values: dict[str, Counter[str]] = {}
    for product in products:
        for name, value in product.attributes.items():
            if word := _word(value):
                values.setdefault(name, Counter())[word.casefold()] += 1
    most, least = max(3, len(products) // 20), len(products) / 5
    few = [name for name, counts in values.items() if 2 <= len(counts) <= most and counts.total() >= least]
    return sorted(few, key=lambda name: (len(values[name]), name))[:MAX_ATTRIBUTES]


def _texts(product: ShopProduct, telling: Iterable[str]) -> list[str]:
    kind = product.category.split(" > ")[-1] if product.category else None
    if kind is None:
        return [product.title]
    said = [word for name in telling if (word := _word(product.attributes.get(name)))]
    brand = [product.brand] if product.brand else []
    colour = [product.colour] if product.colour and _word(product.colour) else []
    combinations = (
        [*colour, kind],
        [*brand, kind],
        [*brand, *colour, kind],
        [*said, kind],
        [*said, *colour, kind],
        [*brand, *said, *colour, kind],
    )
    return list(dict.fromkeys((product.title, *(" ".join(words) for words in combinations))))


def _word(value: object) -> str | None:
    if isinstance(value, list):
        value = " ".join(item for item in value[:2] if isinstance(item, str))
    if not isinstance(value, str) or not _WORDS.fullmatch(value) or value.casefold() in _NOTHING:
        return None
    return value
