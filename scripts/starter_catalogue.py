"""Write the starter catalogue: a small invented shop, so that a first start has something to find.

The products are written by hand in scripts/starter/*.toml, one entry per product line. Here each line becomes its
variants, with prices, stock and ratings that behave like a shop's: variants share a price level and a reputation,
well-liked products have more reviews, some things are discounted and some sold out.
"""

from __future__ import annotations

import gzip
import itertools
import math
import random
import re
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

FOLDER = Path(__file__).resolve().parent / "starter"
MERCHANTS = ("Northgate Goods", "Maison Corbel", "Tinder & Twine", "Quayside Market")
DEFAULT_COUNT = 600
DEFAULT_SEED = 7

DISCOUNTED = 0.3  # share of product lines that show a list price
SOLD_OUT = 0.07
UNREVIEWED = 0.05


@dataclass(frozen=True)
class Item:
    """One product line as the data files describe it."""

    category: str
    brand: str
    name: str
    price: float
    text: str
    specs: dict[str, Any]
    colours: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    size_name: str = "size"  # anything else, such as "pack" or "format", becomes an attribute
    size_step: float = 0.0  # how much dearer each size is than the one before
    title: str = "{brand} {name}"
    group: str = ""  # the line that this one is an edition of, when it isn't its own

    @property
    def item_group(self) -> str:
        """What all variants and editions of a product share."""
        return slug(f"{self.brand} {self.group or self.name}")

    @property
    def model(self) -> str:
        """A model number as a maker would print it: brand, initials, number."""
        letters = [letter for letter in self.brand.upper() if letter.isalpha()]
        initials = "".join(word[0] for word in re.findall(r"[A-Z]\w*", self.name))[:4]
        return f"{''.join(letters[:3])}-{initials}{100 + zlib.crc32(self.name.encode()) % 900}"


@dataclass(frozen=True)
class Variant:
    """One product: a line in one colour and one size."""

    number: int
    item: Item
    colour: int | None
    size: int | None


def starter_products(count: int = DEFAULT_COUNT, seed: int = DEFAULT_SEED) -> Iterator[dict[str, Any]]:
    """Yield products that `ProductIn` accepts, in the order of their ids.

    A variant keeps its id and its facts whatever the count is, so a larger catalogue contains a smaller one's
    products unchanged.

    Args:
        count: how many products, at least 1.
        seed: decides which variants exist and their prices, stock and ratings.

    Raises:
        ValueError: there are not that many variants.
    """
    variants = list(all_variants())
    if not 1 <= count <= len(variants):
        raise ValueError(f"the starter catalogue holds 1 to {len(variants)} products, not {count}")
    for variant in sorted(chosen(variants, count, seed), key=lambda v: v.number):
        yield product(variant, seed)


def load_items() -> list[Item]:
    """Read all product lines; keys at the top of a file are defaults for its entries."""
    items: list[Item] = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = content.pop("item")
        items += [Item(**{**content, **entry}) for entry in entries]
    return items


def all_variants() -> Iterator[Variant]:
    """Yield every colour and size of every line, numbered from 1."""
    numbers = itertools.count(1)
    for item in load_items():
        for colour in range(len(item.colours)) if item.colours else [None]:
            for size in range(len(item.sizes)) if item.sizes else [None]:
                yield Variant(next(numbers), item, colour, size)


def chosen(variants: list[Variant], count: int, seed: int) -> list[Variant]:
    """Pick variants in rounds, one of each line at a time: width first, then depth."""
    rng = generator(seed, "choice")
    lines = [list(group) for _, group in itertools.groupby(variants, key=lambda v: (v.item.brand, v.item.name))]
    for line in lines:
        rng.shuffle(line)
    rng.shuffle(lines)
    rounds = itertools.zip_longest(*lines)
    picked = (variant for turn in rounds for variant in turn if variant is not None)
    return list(itertools.islice(picked, count))


def product(variant: Variant, seed: int) -> dict[str, Any]:
    """Return one product as a JSON object for `ProductIn`."""
    item = variant.item
    colour = None if variant.colour is None else item.colours[variant.colour]
    size = None if variant.size is None else item.sizes[variant.size]
    sku = f"{item.model}-{1 + (variant.colour or 0)}{1 + (variant.size or 0)}"

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
    extra = {item.size_name: size} if size and item.size_name != "size" else {}
    return {
        "id": f"VT-{variant.number:06d}",
        "sku": sku,
        "title": title(item, colour, size),
        "description": item.text,
        "price": price,
        "list_price": list_price if list_price > price else None,
        "currency": "EUR",
        "category": item.category,
        "brand": item.brand,
        "merchant": MERCHANTS[zlib.crc32(item.brand.encode()) % len(MERCHANTS)],
        "image_url": None,
        "product_url": None,
        "stock_quantity": stock,
        "rating": round(min(5.0, max(1.0, rating)), 1) if reviews else None,
        "review_count": reviews,
        "quality_score": round(min(0.99, 0.45 + 0.1 * (appeal - 3) + len(item.text) / 800), 2),
        "colour": colour,
        "size": size if item.size_name == "size" else None,
        "attributes": {"item_group": item.item_group, **item.specs, **extra},
    }


def title(item: Item, colour: str | None, size: str | None) -> str:
    """Return what stands above the product; a colour or size that is the only one goes without saying."""
    parts = [item.title.format(brand=item.brand, name=item.name, **item.specs)]
    if size and len(item.sizes) > 1:
        parts.append(size)
    if colour and len(item.colours) > 1:
        parts.append(colour)
    return ", ".join(parts)


def shop_price(amount: float, nineties: float) -> float:
    """Round to what price tags say: 24.95 or 24.99 below a hundred, 249.00 or 1799.00 above."""
    if amount < 100:
        return round(max(0, math.floor(amount)) + nineties, 2)
    return float(10 * round(amount / 10) - 1)


def generator(seed: int, name: str) -> random.Random:
    """Return random numbers of one thing's own, so that adding a product leaves the others as they are."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 - invented facts, not secrets


def slug(text: str) -> str:
    """Return lower-case words joined by dashes."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def main(
    out: Annotated[Path, typer.Option(help="File to write, .jsonl or .jsonl.gz.")],
    count: Annotated[int, typer.Option(help="How many products.")] = DEFAULT_COUNT,
    seed: Annotated[int, typer.Option(help="Another seed gives other variants and facts.")] = DEFAULT_SEED,
) -> None:
    """Write the starter catalogue as one JSON object per line."""
    try:
        content = b"".join(orjson.dumps(row) + b"\n" for row in starter_products(count, seed))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--count") from error
    # mtime=0: the same catalogue is the same file, byte for byte.
    out.write_bytes(gzip.compress(content, mtime=0) if out.suffix == ".gz" else content)
    print(f"Wrote {count} products to {out}")


if __name__ == "__main__":
    typer.run(main)
