"""Says in words what a look shows, as shoppers and shops would; the texts that the encoder learns from."""

from __future__ import annotations

import random
import zlib

from demo.look import Kind, Look

PATTERN_WORDS: dict[str, tuple[str, ...]] = {
    "plain": ("", "", "", "plain", "solid"),
    "striped": ("striped",),
    "pinstriped": ("pinstriped", "pinstripe"),
    "checked": ("checked", "checked", "plaid"),
    "dotted": ("dotted", "polka dot", "spotted"),
    "floral": ("floral", "floral", "flowered"),
    "chevron": ("zigzag", "chevron"),
    "camouflage": ("camouflage", "camo"),
    "colour-block": ("two-tone", "colour block"),
}
_ACCENT_WORDS = {
    "striped": "stripes", "pinstriped": "pinstripes", "checked": "checks", "dotted": "dots", "floral": "flowers",
    "chevron": "zigzags",
}  # fmt: skip
HELD_OUT_SHARE = 0.1


def combination(look: Look) -> tuple[str, str, str]:
    """Return what an attribute query names: kind, colour and pattern."""
    return look.kind, look.colour, look.pattern


def is_held_out(look: Look) -> bool:
    """Whether this look's combination of kind, colour and pattern is kept out of training, to test with."""
    return zlib.crc32("|".join(combination(look)).encode()) % 1000 < HELD_OUT_SHARE * 1000


def attribute_query(look: Look) -> str:
    """Return the short query that names colour, pattern and kind: ``red striped t-shirt``."""
    pattern = "" if look.pattern == "plain" else PATTERN_WORDS[look.pattern][0]
    return _joined(look.colour, pattern, look.kind)


def full_caption(kind: Kind, look: Look) -> str:
    """Return everything that can be said of a look, always in the same words."""
    before, after = phrases_of(kind, look)
    pattern = "" if look.pattern == "plain" else PATTERN_WORDS[look.pattern][0]
    accent = f" with {look.accent} {_ACCENT_WORDS[look.pattern]}" if look.pattern in _ACCENT_WORDS else ""
    if look.pattern == "colour-block":
        accent = f" in {look.colour} and {look.accent}"
    return _joined(*before, look.colour, pattern, look.material, kind.name, *after) + accent


def captions(kind: Kind, look: Look, rng: random.Random, count: int) -> list[str]:
    """Return texts about a look, in other words each time.

    All name the kind, and nine of ten its colour; further attributes, a maker's name or shop words come and go.
    """
    return [_caption(kind, look, rng) for _ in range(count)]


def _caption(kind: Kind, look: Look, rng: random.Random) -> str:
    noun = rng.choice((kind.name, kind.name, *kind.words))
    # That a doll is plain goes without saying.
    pattern = rng.choice(PATTERN_WORDS[look.pattern]) if len(kind.patterns) > 1 else ""
    form = rng.random()
    if form < 0.35:
        return _joined(look.colour, pattern, noun)
    if form < 0.42:
        return rng.choice(("{}", "a {}", "a photo of a {}")).format(noun)
    before, after = phrases_of(kind, look)
    before = [phrase for phrase in before if rng.random() < 0.6]
    after = [phrase for phrase in after if rng.random() < 0.5]
    material = look.material if rng.random() < 0.45 else ""
    if form < 0.5 and look.pattern in _ACCENT_WORDS:
        return f"{_joined(look.colour, noun)} with {look.accent} {_ACCENT_WORDS[look.pattern]}"
    if form < 0.5 and look.pattern == "colour-block":
        return f"{look.colour} and {look.accent} {noun}"
    if form < 0.75:
        people = f"{rng.choice(kind.people)}'s" if kind.people and rng.random() < 0.3 else ""
        return _joined(people.replace("s's", "s'"), *before, look.colour, pattern, material, noun, *after)
    brand = rng.choice(kind.brands) if kind.brands and rng.random() < 0.6 else ""
    adjective = rng.choice(kind.adjectives) if kind.adjectives and rng.random() < 0.6 else ""
    words = [brand, adjective, *before, pattern, material, noun]
    title = _joined(*(word[:1].upper() + word[1:] for word in words if word), *after)
    return rng.choice(("{}, {}", "{} {}", "{} in {}")).format(title, look.colour)


def phrases_of(kind: Kind, look: Look) -> tuple[list[str], list[str]]:
    """Return the phrases of a look's parts: those before the noun and those after it."""
    said = [kind.phrases.get(f"{part}={value}", "") for part, value in look.parts.items()]
    after = [
        phrase
        for phrase in said
        if phrase.startswith(("with ", "without ", "in ", "for ", "of ", "on ", "and ", "standing "))
    ]
    return [phrase for phrase in said if phrase and phrase not in after], after


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)
