"""The products of the demo shop, with prices, stock and ratings that behave like a shop's.

Each product line becomes its variants: they share a price level and a reputation, well-liked products have more
reviews, some things are discounted and some sold out. Everything follows from the seed.
"""

from __future__ import annotations

import itertools
import math
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from demo.composed import composed_items
from demo.facts import fact
from demo.items import Item, load_items
from demo.look import Look
from demo.pictures import picture_name
from demo.sizing import is_worn

MERCHANTS = ("Northgate Goods", "Maison Corbel", "Tinder & Twine", "Quayside Market")
DEFAULT_COUNT = 2000
DEFAULT_SEED = 7

DISCOUNTED = 0.3  # share of product lines that show a list price
SOLD_OUT = 0.07
IN_RUNS = 0.8  # share of lines of clothing and shoes whose second turn is all other sizes of the first colour
UNREVIEWED = 0.05


@dataclass(frozen=True)
class Product:
    """One product: the JSON object that catalogue imports take, and what its picture shows."""

    facts: dict[str, Any]
    look: Look


@dataclass(frozen=True)
class Variant:
    """A line in one colour and one size, both by their place in the line's lists; numbers count from 1."""

    number: int
    line: int
    item: Item
    colour: int | None
    size: int | None


def products(count: int = DEFAULT_COUNT, seed: int = DEFAULT_SEED) -> Iterator[Product]:
    """Yield products in the order of their ids.

    A variant keeps its id and its facts whatever the count is, so a larger catalogue contains a smaller one's
    products unchanged.

    Args:
        count: how many products, at least 1.
        seed: decides the composed lines, which variants exist, and prices, stock and ratings.

    Raises:
        ValueError: there are not that many variants.
    """
    variants = list(all_variants(seed))
    if not 1 <= count <= len(variants):
        raise ValueError(f"the demo catalogue holds 1 to {len(variants)} products, not {count}")
    for variant in sorted(chosen(variants, count, seed), key=lambda v: v.number):
        yield product(variant, seed)


def all_variants(seed: int) -> Iterator[Variant]:
    """Yield every colour and size of every line, those written by hand first."""
    numbers = itertools.count(1)
    for line, item in enumerate(itertools.chain(load_items(), composed_items(seed)), 1):
        for colour in range(len(item.colours)) if item.colours else [None]:
            for size in range(len(item.sizes)) if item.sizes else [None]:
                yield Variant(next(numbers), line, item, colour, size)


def chosen(variants: list[Variant], count: int, seed: int) -> list[Variant]:
    """Pick variants in rounds, one turn of each line at a time, those written by hand first."""
    rng, handwritten = generator(seed, "turns"), len(load_items())
    lines = [list(group) for _, group in itertools.groupby(variants, key=lambda v: v.line)]
    turns = [_in_turns(line, rng) for line in lines]
    rng.shuffle(turns)
    turns.sort(key=lambda line: line[0][0].line > handwritten)
    rounds = itertools.zip_longest(*turns, fillvalue=[])
    picked = (variant for turns_of_all in rounds for turn in turns_of_all for variant in turn)
    return list(itertools.islice(picked, count))


def product(variant: Variant, seed: int) -> Product:
    """Return one product."""
    item = variant.item
    colour = None if variant.colour is None else item.colours[variant.colour]
    size = None if variant.size is None else item.sizes[variant.size]
    sku = sku_of(variant)

    line = generator(seed, item.item_group)
    appeal = min(4.8, max(3.1, line.gauss(4.25, 0.35)))
    popularity = line.lognormvariate(4.2, 1.1) * math.exp(1.3 * (appeal - 4.25))
    level = line.uniform(0.95, 1.05)
    list_level = line.uniform(1.12, 1.45) if line.random() < DISCOUNTED else 0.0
    nineties = line.choice((0.95, 0.99))

    single = generator(seed, sku)
    reviews = 0 if single.random() < UNREVIEWED else 1 + int(popularity * single.uniform(0.2, 1.0))
    rating = appeal + single.gauss(0, 0.5) / math.sqrt(max(reviews, 1))
    stock = 0 if single.random() < SOLD_OUT else 1 + int(single.lognormvariate(3.0, 0.9))

    amount = item.price * (1 + item.size_step) ** (variant.size or 0)
    price = shop_price(amount * level, nineties)
    list_price = shop_price(amount * level * list_level, nineties)
    look = item.variant_look(colour, size)
    facts = {
        "id": f"VT-{variant.number:06d}",
        "sku": sku,
        "title": title(item, colour, size),
        "description": item.text,
        "price": price,
        "list_price": list_price if list_price > price else None,
        "currency": "EUR",
        "category": item.level,
        "brand": item.brand,
        "merchant": MERCHANTS[zlib.crc32(item.brand.encode()) % len(MERCHANTS)],
        "image_url": picture_name(look),
        "product_url": None,
        "stock_quantity": stock,
        "rating": round(min(5.0, max(1.0, rating)), 1) if reviews else None,
        "review_count": reviews,
        "quality_score": round(min(0.99, 0.45 + 0.1 * (appeal - 3) + len(item.text) / 800), 2),
        "colour": colour,
        "size": size if item.size_name == "size" else None,
        "attributes": attributes(item, size, look),
    }
    return Product(facts, look)


def attributes(item: Item, size: str | None, look: Look) -> dict[str, Any]:
    """Return what else a shop knows: specifications, whom it is for, and in words what the picture shows."""
    extra = {item.size_name: size} if size and item.size_name != "size" else {}
    audience = {"audience": item.shopper} if item.shopper else {}
    return {
        "item_group": item.item_group,
        **{name: fact(name, value) for name, value in item.specs.items()},
        **extra,
        **audience,
        "type": look.kind,
        "pattern": look.pattern,
    }


def title(item: Item, colour: str | None, size: str | None) -> str:
    """Return what stands above the product; a colour or size that is the only one goes without saying."""
    parts = [item.label]
    if size and len(item.sizes) > 1:
        parts.append(size)
    if colour and len(item.colours) > 1:
        parts.append(colour)
    return ", ".join(parts)


def sku_of(variant: Variant) -> str:
    """Return the number that a maker would print on it: brand, initials and line, then colour and size."""
    letters = [letter for letter in variant.item.brand.upper() if letter.isalpha()]
    initials = "".join(word[0] for word in re.findall(r"[A-Z]\w*", variant.item.name))[:4]
    model = f"{''.join(letters[:3])}-{initials}{1000 + variant.line}"
    return f"{model}-{1 + (variant.colour or 0)}{1 + (variant.size or 0)}"


def shop_price(amount: float, nineties: float) -> float:
    """Round to what price tags say: 24.95 or 24.99 below a hundred, 249.00 or 1799.00 above."""
    if amount < 100:
        return round(max(0, math.floor(amount)) + nineties, 2)
    return float(max(109, 10 * round(amount / 10) - 1))


def generator(seed: int, name: str) -> random.Random:
    """Return random numbers of one thing's own, so that adding a product leaves the others as they are."""
    return random.Random(f"{seed}/{name}")


def _in_turns(line: list[Variant], rng: random.Random) -> list[list[Variant]]:
    """Shuffle a line's variants and cut them into turns, which are picked whole.

    Most often each colour comes once before any comes twice; of many things to wear, one colour comes in all its
    sizes.
    """
    rng.shuffle(line)
    first = line[0]
    if is_worn(first.item.kind) and len(first.item.sizes) > 1 and rng.random() < IN_RUNS:
        run = [variant for variant in line[1:] if variant.colour == first.colour]
        others = [variant for variant in line if variant.colour != first.colour]
        return [[first], run, *([variant] for variant in others)]
    seen: Counter[int | None] = Counter()
    ordered = []
    for variant in line:
        ordered.append((seen[variant.colour], variant))
        seen[variant.colour] += 1
    return [[variant] for _, variant in sorted(ordered, key=lambda turn: turn[0])]
