"""What a kind's words presuppose: a sentence or adjective is only said of a line whose facts bear it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

YOUNG = ("kids", "girls", "boys")
_NOT_FOR_CHILDREN = (
    "office",
    "wedding",
    "laptop",
    "interview",
    "boardroom",
    "evening",
    "commute",
    "theatre",
    "lease",
)
_GROWN_UP_FACTS = ("occasion", "laptop_in")
_FOR_CHILDREN_ONLY = ("junior",)

CLAIMS: Mapping[tuple[str, str], tuple[str, Sequence[str | int | float]]] = {
    ("basketball", "teenagers and adults"): ("size", ("6", "7")),
    ("basketball", "on parquet and on asphalt"): ("use", ("indoor and outdoor",)),
    ("basketball", "outdoors"): ("use", ("indoor and outdoor",)),
    ("basketball", "Street"): ("use", ("indoor and outdoor",)),
    ("basketball", "Downtown"): ("use", ("indoor and outdoor",)),
    ("basketball", "Indoor"): ("use", ("indoor",)),
    ("flip-flops", "Beach"): ("use", ("beach",)),
    ("flip-flops", "Pool"): ("use", ("pool",)),
    ("flip-flops", "Lagoon"): ("use", ("beach",)),
    ("blazer", "Half-lined"): ("lining", ("half",)),
    ("fleece jacket", "Wear it alone in autumn"): ("season", ("autumn",)),
    ("sweater", "Winter"): ("season", ("winter",)),
    ("coat", "Winter"): ("season", ("winter",)),
    ("rain jacket", "Packable"): ("packable", (True,)),
    ("gloves", "Touchscreen"): ("touchscreen", (True,)),
    ("sunglasses", "Polarised"): ("polarised", (True,)),
    ("umbrella", "Automatic"): ("opening", ("automatic",)),
    ("watch", "Diver"): ("water_resistance_m", (100,)),
    ("duffel bag", "Expedition"): ("volume_l", (55,)),
    ("suitcase", "Cabin"): ("volume_l", (38,)),
    ("suitcase", "overhead locker"): ("volume_l", (38,)),
    ("suitcase", "Long-Haul"): ("volume_l", (65, 98)),
    ("backpack", "up to 16 inches"): ("laptop_in", (16,)),
    ("laptop bag", "15.6 inches"): ("laptop_in", (15.6,)),
    ("turntable", "Plays at 33 and 45 turns"): ("rpm", ("33 and 45",)),
    ("instant camera", "Two batteries"): ("battery", ("2 x AA",)),
    ("keyboard", "three computers"): ("connectivity", ("Bluetooth", "2.4 GHz")),
    ("keyboard", "Tactile"): ("switches", ("tactile",)),
    ("keyboard", "Quiet"): ("switches", ("linear", "scissor")),
    ("external drive", "hundred thousand photos"): ("capacity", ("1 TB", "2 TB", "4 TB")),
    ("tablet", "hold with one hand"): ("screen_in", (8, 10.4)),
    ("smartwatch", "one weekend to the next"): ("battery_days", (7, 21)),
    ("fitness tracker", "Two weeks pass"): ("battery_days", (14,)),
    ("game controller", "long weekend"): ("battery_h", (25, 40)),
    ("cable", "Long"): ("length_m", (3,)),
    ("string lights", "battery says so"): ("power", ("solar",)),
    ("string lights", "Switch on at dusk"): ("power", ("solar",)),
    ("barbecue", "eight steaks"): ("grate_cm", (47, 57)),
    ("heater", "20 square metres"): ("power_w", (2000, 2500)),
    ("secateurs", "two centimetres"): ("cut_mm", (20, 24)),
    ("vacuum flask", "24 hours"): ("keeps_hot_h", (24,)),
    ("teapot", "four cups"): ("capacity_ml", (800, 1000)),
    ("pressure cooker", "soup for six"): ("capacity_l", (6,)),
    ("plate", "Sold singly"): ("pieces", (1,)),
    ("tumbler", "Sold singly"): ("pieces", (4, 6)),
    ("face cream", "Oil-Free"): ("skin_type", ("oily", "sensitive")),
    ("face cream", "Rich"): ("skin_type", ("dry", "mature")),
    ("sunscreen", "Mineral"): ("filter", ("mineral",)),
    ("sunscreen", "children"): ("spf", (50,)),
    ("lipstick", "Satin"): ("finish", ("satin",)),
    ("lipstick", "Matt"): ("finish", ("matt",)),
    ("lipstick", "Velvet"): ("finish", ("matt", "satin")),
    ("lip balm", "Tinted"): ("finish", ("sheer",)),
    ("nail polish", "High-Gloss"): ("finish", ("gloss",)),
    ("mascara", "rain"): ("waterproof", (True,)),
    ("mascara", "Tubing"): ("waterproof", (False,)),
    ("hair straightener", "Ceramic"): ("plates", ("ceramic",)),
    ("electric toothbrush", "lasts for a month"): ("battery_days", (30,)),
    ("beard trimmer", "Ninety minutes"): ("battery_min", (90,)),
    ("massage gun", "Five hours"): ("battery_h", (5,)),
    ("hand cream", "Quick"): ("skin_type", ("dry", "all")),
    ("textbook", "Advanced"): ("level", ("intermediate",)),
    ("textbook", "Introductory"): ("level", ("beginner",)),
    ("notebook", "Two hundred pages"): ("pages", (200,)),
    ("notebook", "Pocket"): ("format", ("A6",)),
    ("notebook", "Dotted"): ("ruling", ("dotted",)),
    ("notebook", "Bullet"): ("ruling", ("dotted",)),
    ("stacking toy", "first birthday"): ("age", ("1+",)),
    ("baby rattle", "three months"): ("age", ("3 months+",)),
    ("ride-on toy", "eighteen months"): ("age", ("18 months+",)),
    ("ride-on toy", "twenty-five kilograms"): ("max_load_kg", (25,)),
    ("soft toy", "Tiny"): ("height_cm", (20,)),
    ("soft toy", "Giant"): ("height_cm", (40,)),
    ("teddy bear", "Little"): ("height_cm", (25,)),
    ("bath duck", "Big"): ("height_cm", (12,)),
    ("bath duck", "Little"): ("height_cm", (8,)),
    ("wooden blocks", "Big"): ("pieces", (60,)),
    ("building bricks", "Big"): ("pieces", (1000,)),
    ("remote control car", "an hour of driving"): ("battery_min", (60,)),
    ("card game", "three to eight"): ("players", ("3-8",)),
    ("robot kit", "Four hours"): ("battery_h", (4,)),
    ("craft kit", "five projects"): ("projects", (5,)),
    ("science kit", "Twenty safe"): ("experiments", (20,)),
    ("science kit", "eight-year-olds"): ("age", ("8+",)),
    ("mug", "Big"): ("capacity_ml", (400,)),
}  # fmt: skip
"""By kind and words: the fact that a line must have, and the values that fit."""


def borne_out(words: str, kind: str, facts: Mapping[str, Any], audience: str) -> bool:
    """Whether words can be said of a line.

    Args:
        words: a sentence, or an adjective.
        kind: name of the line's kind.
        facts: of the line; a list means every one of its values.
        audience: whom it is made for, or an empty string.
    """
    lower = words.lower()
    if audience in YOUNG and any(word in lower for word in _NOT_FOR_CHILDREN):
        return False
    if audience not in {"", *YOUNG} and any(word in lower for word in _FOR_CHILDREN_ONLY):
        return False
    needed = (fact for (of, said), fact in CLAIMS.items() if of == kind and said in words)
    return all(set(_values(facts.get(name))) <= set(fitting) for name, fitting in needed)


def fit_for(audience: str, facts: Iterable[str]) -> list[str]:
    """Return the names of facts that mean something for an audience."""
    return [name for name in facts if audience not in YOUNG or name not in _GROWN_UP_FACTS]


def _values(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else (value,)
