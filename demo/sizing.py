"""Which sizes a composed line is sold in."""

from __future__ import annotations

import random

from demo.look import Kind

_CHILDREN = ("104", "116", "128", "140")
_FEW = (1, 1, 2, 2, 3)
_RUN = (3, 4, 4, 5)  # of clothing and shoes


def sizes_for(kind: Kind, audience: str, rng: random.Random) -> tuple[list[str], float, dict[str, str]]:
    """Return the sizes of a line, how much dearer each is than the one before, and facts that follow the size.

    Args:
        kind: whose sizes are chosen from.
        audience: one of the kind's people, or an empty string.
        rng: chooses.
    """
    sizes = _sizes_of(kind, audience)
    if not sizes or (audience and audience not in kind.people):
        return [], 0.0, {}
    grown = {
        name: values
        for name, values in kind.specs.items()
        if name != "size"
        and len(values) == len(kind.sizes)
        and all(_number(value) for value in values)
        and not kind.people
    }
    if grown:  # a larger suitcase holds more
        at = rng.randrange(len(sizes))
        return [sizes[at]], 0.0, {name: values[at] for name, values in grown.items()}
    count = min(len(sizes), rng.choice(_RUN if is_worn(kind) else _FEW))
    start = rng.randrange(len(sizes) - count + 1)
    return list(sizes[start : start + count]), 0.0 if kind.people or _number(sizes[0]) else 0.45, {}


def is_worn(kind: Kind) -> bool:
    """Whether it is clothing or shoes, which come in runs of sizes."""
    return kind.category.startswith("Clothing") and bool(kind.sizes)


def _sizes_of(kind: Kind, audience: str) -> tuple[str, ...]:
    """Return the kind's sizes as far as they are for this audience."""
    young = audience in {"kids", "girls", "boys"}
    if "Shoes" in kind.category.split(" > ") or kind.name.endswith(("shoes", "boots")):
        return _shoe_sizes(kind, audience, young=young)
    if not kind.category.startswith("Clothing") or "Accessories" in kind.category:
        return kind.sizes
    if kind.sizes and kind.sizes[0] == "86":  # of small children; grown-ups wear letters
        return kind.sizes if young else ("S", "M", "L")
    if not young or not kind.sizes or "-" in kind.sizes[0]:
        return kind.sizes
    return _CHILDREN


def _shoe_sizes(kind: Kind, audience: str, *, young: bool) -> tuple[str, ...]:
    if young:
        return tuple(str(size) for size in range(28, 36))
    lowest, highest = {"women": (36, 41), "men": (40, 46)}.get(audience, (36, 46))
    return tuple(size for size in kind.sizes if lowest <= int(size) <= highest)


def _number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
