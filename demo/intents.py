"""What shoppers come for, and in which words they ask for it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.captions import PATTERN_WORDS
from demo.kinds import KINDS
from demo.tastes import Taste

GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "shirt": ("tie", "trousers", "blazer"), "t-shirt": ("jeans", "shorts"), "blazer": ("trousers", "tie", "shirt"),
    "jeans": ("belt", "t-shirt"), "trousers": ("belt", "shirt"), "dress": ("high heels", "handbag", "cardigan"),
    "skirt": ("blouse", "ballet flats"), "blouse": ("skirt", "necklace"), "leggings": ("tank top", "running shoes"),
    "coat": ("scarf", "gloves"), "down jacket": ("beanie", "gloves"), "rain jacket": ("umbrella", "hiking boots"),
    "swimsuit": ("towel", "flip-flops", "sun hat", "sunscreen"), "formal shoes": ("belt", "socks"),
    "running shoes": ("socks", "fitness tracker", "water bottle"), "hiking boots": ("backpack", "trekking poles"),
    "suitcase": ("travel guide", "power bank"), "necklace": ("earrings", "bracelet"),
    "laptop": ("laptop bag", "mouse", "monitor"), "monitor": ("keyboard", "webcam"), "tablet": ("charger", "cable"),
    "smartphone": ("earbuds", "power bank", "charger"), "camera": ("external drive", "backpack"),
    "television": ("soundbar",), "turntable": ("speaker",), "printer": ("cable",),
    "tent": ("sleeping bag", "sleeping mat", "lantern", "camping stove"), "sleeping bag": ("sleeping mat",),
    "bicycle": ("bike helmet", "bike light", "bike lock"), "yoga mat": ("leggings", "meditation cushion"),
    "dumbbell": ("kettlebell", "resistance band"), "tennis racket": ("polo shirt", "cap"),
    "desk": ("office chair", "table lamp", "bookcase"), "sofa": ("cushion", "blanket", "coffee table"),
    "dining table": ("chair", "plate", "wine glass"), "bed linen": ("pillow", "duvet"), "vase": ("candle",),
    "barbecue": ("cooler", "string lights"), "plant pot": ("secateurs", "garden tool set"),
    "espresso machine": ("coffee grinder", "mug"), "coffee maker": ("coffee grinder", "travel mug"),
    "kettle": ("teapot", "mug"), "frying pan": ("utensil set", "casserole"), "chef's knife": ("cutting board",),
    "stand mixer": ("baking tin", "kitchen scale"), "baking tin": ("baking mat",), "lunch box": ("vacuum flask",),
    "cookbook": ("chef's knife", "casserole"), "face cream": ("serum", "sunscreen"), "shampoo": ("hair dryer",),
    "lipstick": ("mascara", "nail polish"), "foundation": ("makeup brush set",),
    "electric shaver": ("beard trimmer",),
    "picture book": ("teddy bear", "night light"), "wooden blocks": ("shape sorter", "stacking toy"),
    "board game": ("card game", "jigsaw puzzle"), "train set": ("toy car",), "notebook": ("novel",),
}  # fmt: skip
"""What is often bought after a thing."""

_COMPLEMENT = 0.35  # of sessions after a purchase that has complements
_AGAIN = 0.3  # of sessions that go on looking for what wasn't bought
_BROWSE = 0.15  # of sessions without any aim


@dataclass(frozen=True)
class Intent:
    """What one session is for.

    Attributes:
        kind: that is looked for; empty when just browsing.
        source: ``taste``, ``complement`` of the last purchase, ``again``, or ``browse``.
        colour: asked for, or empty.
        pattern: asked for, or empty.
    """

    kind: str
    source: str
    colour: str = ""
    pattern: str = ""


def next_intent(taste: Taste, sold: Sequence[str], bought: str, unfinished: str, rng: random.Random) -> Intent:
    """Draw what a shopper comes for next.

    Args:
        taste: of the shopper.
        sold: kinds that the catalogue has.
        bought: kind of the last purchase, or empty.
        unfinished: kind that the last session looked for in vain, or empty.
        rng: draws.
    """
    complements = [kind for kind in GOES_WITH.get(bought, ()) if kind in sold]
    if complements and rng.random() < _COMPLEMENT:
        kind, source = rng.choice(complements), "complement"
    elif unfinished and rng.random() < _AGAIN:
        kind, source = unfinished, "again"
    elif rng.random() < _BROWSE:
        return Intent("", "browse")
    else:
        kind, source = rng.choices(list(taste.kinds), list(taste.kinds.values()))[0], "taste"
    drawn = KINDS.get(kind)
    liked = [name for name, liking in taste.colours.items() if liking > 0 and drawn and name in drawn.colours]
    patterns = [name for name, liking in taste.patterns.items() if liking > 0 and drawn and name in drawn.patterns]
    return Intent(
        kind,
        source,
        colour=rng.choice(liked) if liked and rng.random() < 0.4 else "",
        pattern=rng.choice(patterns) if patterns and rng.random() < 0.3 else "",
    )


def query_for(intent: Intent, taste: Taste, rng: random.Random) -> str:
    """Return what the shopper types: ``cheap red striped tee``."""
    drawn = KINDS.get(intent.kind)
    noun = rng.choice((intent.kind, intent.kind, *drawn.words)) if drawn else intent.kind
    pattern = rng.choice(PATTERN_WORDS[intent.pattern]) if intent.pattern not in {"", "plain"} else ""
    worn = drawn is not None and taste.audience in drawn.people
    whose = f"{taste.audience}'s" if worn and rng.random() < 0.2 else ""
    cheap = rng.choice(("cheap", "affordable")) if taste.price_level < 0.25 and rng.random() < 0.3 else ""
    return " ".join(word for word in (cheap, intent.colour, pattern, whose, noun) if word)
