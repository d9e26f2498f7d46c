"""Chooses looks: any that a kind allows, from a random generator."""

from __future__ import annotations

import random
from dataclasses import replace

from demo.captions import combination, is_held_out
from demo.kinds import KINDS
from demo.look import Kind, Look

PLAIN_SHARE = 0.4  # of looks of a kind that also comes with patterns


def random_look(kind: Kind, rng: random.Random) -> Look:
    """Return a look of this kind: colours, pattern, material and parts drawn evenly, plain ones more often."""
    colour = rng.choice(kind.colours)
    accent = rng.choice([name for name in kind.colours if name != colour] or ["white"])
    plain = kind.patterns == ("plain",) or rng.random() < PLAIN_SHARE
    return Look(
        kind=kind.name,
        colour=colour,
        accent=accent,
        pattern="plain" if plain else rng.choice([name for name in kind.patterns if name != "plain"]),
        material=rng.choice(kind.materials),
        parts={part: rng.choice(values) for part, values in kind.parts.items()},
        seed=rng.randrange(2**31),
    )


def training_looks(count: int, seed: int) -> list[Look]:
    """Return looks of combinations that training may see, all kinds equally often."""
    return _looks(count, random.Random(f"train {seed}"), held_out=False)


def held_out_looks(combinations: int, each: int, seed: int) -> list[Look]:
    """Return looks of combinations that training never sees: of each one several, with other parts and materials."""
    rng = random.Random(f"test {seed}")
    found: dict[tuple[str, str, str], Look] = {}
    while len(found) < combinations:
        found |= {combination(look): look for look in _looks(combinations, rng, held_out=True)}
    chosen = list(found.values())[:combinations]
    others = ((look, random_look(KINDS[look.kind], rng)) for look in chosen for _ in range(each))
    return [replace(other, colour=look.colour, pattern=look.pattern, accent=look.accent) for look, other in others]


def _looks(count: int, rng: random.Random, *, held_out: bool) -> list[Look]:
    looks: list[Look] = []
    kinds = [kind for kind in KINDS.values() if _has_combination(kind, held_out=held_out)]
    while len(looks) < count:
        look = random_look(kinds[len(looks) % len(kinds)], rng)
        if is_held_out(look) == held_out:
            looks.append(look)
    return looks


def _has_combination(kind: Kind, *, held_out: bool) -> bool:
    looks = (Look(kind.name, colour, pattern=pattern) for colour in kind.colours for pattern in kind.patterns)
    return any(is_held_out(look) == held_out for look in looks)
