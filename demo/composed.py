"""Product lines made up from the facts of the kinds, beside those written by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from demo.claims import borne_out, fit_for
from demo.facts import fact
from demo.items import Item, load_items
from demo.kinds import KINDS
from demo.look import Kind, Look
from demo.naming import book_name, goods_title, material_goes_unsaid, seen_in_words
from demo.sizing import sizes_for

LINES: Mapping[str, int] = {
    "Clothing": 230, "Home": 125, "Kitchen": 90, "Electronics": 90, "Sports": 90, "Beauty": 75, "Books": 65,
    "Toys": 85,
}  # fmt: skip
"""How many lines each department gets, shared out over its kinds."""

LIKE_ANOTHER = 0.14  # share of lines that another brand also sells, nearly the same
PLAIN = 0.5  # of lines of a kind that also comes with patterns
NEUTRALS = ("black", "white", "grey", "navy", "beige")  # sold twice as often as other colours
DEARNESS: Mapping[str, float] = {
    "silk": 0.9, "leather": 0.85, "gold": 0.9, "suede": 0.75, "wool": 0.7, "steel": 0.65, "wood": 0.6, "stone": 0.65,
    "porcelain": 0.6, "glass": 0.55, "cast iron": 0.7, "linen": 0.6, "polyester": 0.3, "plastic": 0.2, "paper": 0.25,
    "rubber": 0.3, "foam": 0.25, "cardboard": 0.25,
}  # fmt: skip
"""Where in a kind's price range a material lies, 0 to 1; 0.45 for those not named."""


def composed_items(seed: int) -> Iterator[Item]:
    """Yield the composed lines, kind by kind; each has a name of its own."""
    departments: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        departments.setdefault(kind.category.split(" > ")[0], []).append(kind)
    names = {item.label for item in load_items()}
    for department, kinds in departments.items():
        for number, kind in enumerate(kinds):
            count = LINES[department] * (number + 1) // len(kinds) - LINES[department] * number // len(kinds)
            yield from _lines_of(kind, max(1, count), random.Random(f"{seed}/lines/{kind.name}"), names)


def _lines_of(kind: Kind, count: int, rng: random.Random, names: set[str]) -> Iterator[Item]:
    previous: Item | None = None
    for _ in range(count):
        again = previous is not None and len(kind.brands) > 1 and rng.random() < LIKE_ANOTHER
        previous = _line(kind, rng, names, previous if again else None)
        yield previous


def _line(kind: Kind, rng: random.Random, names: set[str], like: Item | None) -> Item:
    """Compose one line, or another brand's version of the line `like`."""
    brand = rng.choice([name for name in kind.brands if like is None or name != like.brand])
    look = like.look if like else _shared_look(kind, rng)
    small = "kids" in look["parts"].values()  # a bicycle with training wheels
    audience = like.audience if like else "kids" if small else rng.choice(kind.people or ("",))
    is_book = "binding" in kind.parts and "Stationery" not in kind.category
    said = {part: value for part, value in look["parts"].items() if not (is_book and part == "binding")}
    shown = Look(kind.name, look["colour"], pattern=look["pattern"], material=look["material"], parts=said)
    specs = _specs(kind, look["parts"], audience, rng, like)
    sizes, step, fixed = sizes_for(kind, audience, rng)
    specs |= {name: fact(name, value) for name, value in fixed.items()}
    facts = specs | ({"size": sizes} if sizes else {})
    while True:  # till the name is a new one
        name, title = book_name(kind, specs, rng) if is_book else goods_title(kind, shown, facts, audience, rng)
        if (label := title.format(brand=brand, name=name, **specs)) not in names:
            break
    names.add(label)
    if not material_goes_unsaid(kind, shown):
        specs["material"] = look["material"]
    true = [sentence for sentence in kind.sentences if borne_out(sentence, kind.name, facts, audience)]
    many = look["parts"].get("colours") == "multicoloured"
    return Item(
        category=kind.category,
        brand=brand,
        name=name,
        title=title,
        price=like.price * rng.uniform(0.88, 1.12) if like else _price(kind, look["material"], rng, small),
        text=_text(kind, shown, true, like, rng),
        specs=specs,
        look=look,
        audience=audience,
        colours=[] if is_book else ["multicolour"] if many else _colours(kind, like, rng),
        paints={"multicolour": {"colour": look["colour"]}} if many else {},
        sizes=["Paperback", "Hardcover"] if is_book else sizes,
        size_name="format" if is_book else "size",
        size_step=0.6 if is_book else step,
    )


def _shared_look(kind: Kind, rng: random.Random) -> dict[str, Any]:
    patterns = [name for name in kind.patterns if name != "plain"]
    plain = "plain" in kind.patterns and (not patterns or rng.random() < PLAIN)
    return {
        "kind": kind.name,
        "colour": rng.choice(kind.colours),
        "pattern": "plain" if plain else rng.choice(patterns),
        "material": rng.choice(kind.materials),
        "parts": {part: rng.choice(values) for part, values in kind.parts.items()},
    }


def _colours(kind: Kind, like: Item | None, rng: random.Random) -> list[str]:
    """Return two to four colours; a line like another one shares the first of its colours."""
    rest = [name for name in kind.colours if like is None or name != like.colours[0]]
    rng.shuffle(rest)
    rest.sort(key=lambda name: rng.random() ** (2 if name in NEUTRALS else 1))
    return [*(like.colours[:1] if like else []), *rest][: rng.choice((2, 3, 3, 4))]


def _price(kind: Kind, material: str, rng: random.Random, small: bool) -> float:
    low, high = kind.price
    level = 0.5 * DEARNESS.get(material, 0.45) + 0.5 * rng.triangular(0, 1, 0.35)
    return (low + (high - low) * level) * (0.4 if small else 1)


def _specs(
    kind: Kind, parts: Mapping[str, str], audience: str, rng: random.Random, like: Item | None
) -> dict[str, Any]:
    """Choose facts that the picture doesn't show."""
    names = [
        name for name in fit_for(audience, kind.specs) if name not in parts and not (name == "size" and kind.sizes)
    ]
    values = {name: rng.choice(kind.specs[name]) for name in names}
    chosen = {name: fact(name, value) for name, value in values.items() if value != "none"}
    return dict(like.specs) | dict(list(chosen.items())[:1]) if like else chosen


def _text(kind: Kind, look: Look, true: list[str], like: Item | None, rng: random.Random) -> str:
    """Return what is to be seen and two or three sentences; a line like another one shares one of them."""
    kept = [sentence for sentence in true if like and sentence in like.text][:1]
    others = [sentence for sentence in true if sentence not in kept]
    told = kept + rng.sample(others, min(len(others), rng.choice((2, 3)) - len(kept)))
    return " ".join([seen_in_words(kind, look), *told]).strip()
