"""Names and descriptions of composed products: they say what the look shows, in a shop's words."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from demo.captions import PATTERN_WORDS, phrases_of
from demo.claims import borne_out
from demo.drawing.materials import MATERIALS
from demo.look import Kind, Look

_PATTERN_NAMES = {word for words in PATTERN_WORDS.values() for word in words if word}
_SMALL = {"with", "without", "a", "an", "the", "in", "of", "on", "for", "and", "at", "by", "to", "de", "from"}
_MADE_OF = {"wood": "wooden", "wool": "woollen"}
_INITIALS = {
    "tv": "TV", "usb": "USB", "led": "LED", "rgb": "RGB", "pc": "PC", "gps": "GPS", "rc": "RC", "ssd": "SSD",
    "bbq": "BBQ", "sup": "SUP", "cctv": "CCTV", "diy": "DIY", "uv": "UV", "rfid": "RFID", "wifi": "Wi-Fi",
}  # fmt: skip
_PACKED = ("Skin care", "Hair care", "Bath and body", "Sun care", "Make-up", "Fragrance")
_FIRST = (
    "Ines", "Edmund", "Mira", "Tobias", "Selma", "Aurel", "Nadia", "Jonas", "Clementine", "Rasmus", "Yara", "Leopold",
    "Thandi", "Emeric", "Hanne", "Casper", "Oriane", "Malik", "Freya", "Bertrand",
)  # fmt: skip
_LAST = (
    "Varro", "Kettleby", "Okonjo-Lund", "Wren", "Ashgrove", "Delacourt", "Marchetta", "Tarn", "Vesterby", "Holloway",
    "Quillon", "Sandoval-Reed", "Birkeland", "Osei-Hart", "Lindqvarn", "Petrescu-Vale", "Morrow", "Fenwick",
)  # fmt: skip
_OPENINGS = (
    "The Last", "The Quiet", "A Small", "The Second", "One More", "The Long", "Beyond the", "Under the", "The Hidden",
    "Letters from the", "A Field Guide to the", "The Borrowed", "The Unfinished", "North of the", "The Patient",
)  # fmt: skip
_THINGS = (
    "Harbour", "Orchard", "Lighthouse", "Winter", "Ferryman", "Garden", "Signal", "Archive", "Mountain", "River",
    "Table", "Kitchen", "Horizon", "Station", "Island", "Compass", "Lantern", "Bridge", "Meadow", "Engine", "Tide",
    "Comet", "Clockmaker", "Fox", "Library",
)  # fmt: skip


def book_name(kind: Kind, specs: dict[str, Any], rng: random.Random) -> tuple[str, str]:
    """Invent a book's name and its author, who is written into `specs`; return name and title template."""
    specs["author"] = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    noun = rng.choice((kind.name, kind.name, *kind.words))
    about = " ".join(word for word in (rng.choice(("", *kind.adjectives)), titled(noun)) if word)
    article = "An" if about[0] in "AEIOU" else "A"
    return f"{rng.choice(_OPENINGS)} {rng.choice(_THINGS)}: {article} {about}", "{name} by {author}"


def goods_title(
    kind: Kind, look: Look, facts: Mapping[str, Any], audience: str, rng: random.Random
) -> tuple[str, str]:
    """Return name and title template of anything but a book, in one of the forms that shops use."""
    noun = rng.choice((kind.name, kind.name, kind.name, *kind.words))
    before, after = phrases_of(kind, look)
    before = [phrase for phrase in before if not _said_in(phrase, noun)]
    after = [phrase for phrase in after if not _said_in(phrase, noun)]
    after = rng.sample(after, min(len(after), 1))
    pattern = rng.choice(PATTERN_WORDS[look.pattern]) if look.pattern != "plain" else ""
    material = "" if material_goes_unsaid(kind, look) or _said_in(look.material, noun) else look.material
    material = _MADE_OF.get(material, material)
    fitting = [
        word
        for word in kind.adjectives
        if not _said_in(word, noun)
        and word.lower() not in _PATTERN_NAMES
        and borne_out(word, kind.name, facts, audience)
    ]
    adjective = rng.choice(fitting or [""])
    whose = {"": "", "kids": "kids'", "girls": "girls'", "boys": "boys'"}.get(audience, f"{audience}'s")
    words = rng.choice(
        (
            (adjective, pattern, material, noun),
            (whose, *before, pattern, noun),
            (adjective, *before, pattern, noun, *after),
            (adjective, pattern, noun, *after),
            (whose, adjective, pattern, material, noun),
        )
    )
    return titled(" ".join(word for word in words if word)), "{brand} {name}"


def seen_in_words(kind: Kind, look: Look) -> str:
    """Return a sentence that says what the picture shows, but for the colour; nothing when that is the kind alone."""
    before, after = phrases_of(kind, look)
    before = [phrase for phrase in before if not _said_in(phrase, kind.name)]
    pattern = "" if look.pattern == "plain" else PATTERN_WORDS[look.pattern][0]
    said = " ".join(word for word in (*before, pattern, kind.name) if word)
    if not material_goes_unsaid(kind, look):
        said += f" made of {look.material}"
    if after:
        first, *others = after
        said += " ".join([f", {first}", *(f"and {phrase.removeprefix('with ')}" for phrase in others)])
    return "" if said == kind.name else said[0].upper() + said[1:] + "."


def titled(text: str) -> str:
    """Return a text with the capitals of a title; words that have capitals keep theirs."""
    return " ".join(
        _INITIALS.get(word, word) if word in _SMALL | _INITIALS.keys() or word != word.lower() else _hyphenated(word)
        for word in text.split(" ")
    )


def _hyphenated(word: str) -> str:
    """Return a word with a capital in each part, but for small ones after the first: A-Line, Fit-and-Flare."""
    first, *others = (_INITIALS.get(part, part) for part in word.split("-"))
    return "-".join(
        [first[:1].upper() + first[1:], *(part if part in _SMALL else part[:1].upper() + part[1:] for part in others)]
    )


def material_goes_unsaid(kind: Kind, look: Look) -> bool:
    """Whether the material is the only one, of the packing alone, or a part's phrase names another."""
    if len(kind.materials) == 1 or any(level in kind.category for level in _PACKED):
        return True
    before, after = phrases_of(kind, look)
    return any(word in MATERIALS for phrase in (*before, *after) for word in phrase.split())


def _said_in(phrase: str, noun: str) -> bool:
    """Whether the noun already says what a phrase's last word does: no wooden blocks made of wood."""
    said = phrase.lower().replace("-", " ").split()
    return bool(said) and said[-1].rstrip("s")[:5] in noun.lower()
