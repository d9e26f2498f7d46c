"""A catalogue as shoppers see it: what each product is, and what it is worth to someone's taste."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from demo.colours import BASIC, COLOURS

_ZIPF = 0.8  # exponent of popularity by rank among all products
_NOT_RATED = 4.0


@dataclass(frozen=True)
class Goods:
    """One product.

    Attributes:
        id: as in the catalogue.
        kind: what it is: the attribute ``type``, else the last level of its category.
        department: first level of its category.
        colour: the nearest of `demo.colours.BASIC`, or empty.
        pattern: as in `demo.look.PATTERNS`.
        brand: its maker.
        audience: ``women``, ``men``, ``kids``, or empty.
        price_level: where its price lies among those of its kind, 0 to 1.
        quality: its rating, about 0 for an ordinary product, in stars above or below it.
        popularity: share of attention that it gets, before anybody's taste; sums to 1 over the catalogue.
    """

    id: str
    kind: str
    department: str
    colour: str
    pattern: str
    brand: str
    audience: str
    price_level: float
    quality: float
    popularity: float


def read_goods(rows: Iterable[Mapping[str, Any]], seed: int) -> list[Goods]:
    """Return the products of a catalogue that can be bought.

    Popularity follows Zipf's law over an order in which well-reviewed products tend to come first.

    Args:
        rows: products as in ``products.jsonl``.
        seed: of that order.

    Raises:
        ValueError: nothing is in stock.
    """
    stocked = [row for row in rows if row.get("stock_quantity") != 0]
    if not stocked:
        raise ValueError("the catalogue has no product in stock")
    rng = random.Random(f"{seed}/popularity")
    liking = {row["id"]: math.log1p(row.get("review_count") or 0) + rng.gauss(0, 1.2) for row in stocked}
    ranks = {id_: rank for rank, id_ in enumerate(sorted(liking, key=lambda id_: -liking[id_]), 1)}
    total = sum(rank**-_ZIPF for rank in ranks.values())
    prices: dict[str, list[float]] = {}
    for row in stocked:
        prices.setdefault(_kind(row), []).append(float(row.get("price") or 0))
    return [
        Goods(
            id=row["id"],
            kind=_kind(row),
            department=(row.get("category") or "").split(" > ")[0],
            colour=basic_colour(row.get("colour") or ""),
            pattern=str((row.get("attributes") or {}).get("pattern", "plain")),
            brand=row.get("brand") or "",
            audience=_audience(row),
            price_level=_level(float(row.get("price") or 0), prices[_kind(row)]),
            quality=(row.get("rating") or _NOT_RATED) - _NOT_RATED,
            popularity=ranks[row["id"]] ** -_ZIPF / total,
        )
        for row in stocked
    ]


@dataclass(frozen=True)
class Shop:
    """A catalogue, and what lies on which shelf.

    Attributes:
        goods: everything.
        kinds: that there are, in alphabetical order.
        near: by kind, the products of that kind and the rest of its departments.
    """

    goods: list[Goods]
    kinds: list[str]
    near: Mapping[str, list[Goods]]

    @classmethod
    def of(cls, goods: Sequence[Goods]) -> Shop:
        """Arrange a catalogue."""
        departments: dict[str, set[str]] = {}
        shelves: dict[str, list[Goods]] = {}
        for one in goods:
            departments.setdefault(one.kind, set()).add(one.department)
            shelves.setdefault(one.department, []).append(one)
        near = {
            kind: [one for department in sorted(names) for one in shelves[department]]
            for kind, names in departments.items()
        }
        return cls(list(goods), sorted(departments), near)


@cache
def basic_colour(name: str) -> str:
    """Return the basic colour nearest to a shop's colour name; empty for what isn't a colour."""
    first = name.split(" and ", maxsplit=1)[0]
    if (last := first.split(" ")[-1]) in BASIC and first not in BASIC:  # forest green is a green
        return last
    if first not in COLOURS:
        return ""
    return min(BASIC, key=lambda basic: sum((a - b) ** 2 for a, b in zip(BASIC[basic], COLOURS[first], strict=True)))


def _kind(row: Mapping[str, Any]) -> str:
    kind = (row.get("attributes") or {}).get("type")
    return str(kind or (row.get("category") or "things").split(" > ")[-1].lower())


def _audience(row: Mapping[str, Any]) -> str:
    audience = str((row.get("attributes") or {}).get("audience", ""))
    return {"girls": "kids", "boys": "kids"}.get(audience, audience)


def _level(price: float, among: list[float]) -> float:
    below = sum(other < price for other in among) + 0.5 * sum(other == price for other in among)
    return below / len(among)
