"""Sweaters, hoodies and cardigans."""

from __future__ import annotations

from demo.drawing.clothing import knits
from demo.kinds.clothing_tops import PRINTED, SIZES, VIEWS
from demo.look import Kind

WARM = (
    Kind(
        name="sweater",
        words=("jumper", "pullover", "knitted sweater"),
        category="Clothing > Knitwear > Sweaters",
        draw=knits.draw_sweater,
        patterns=("plain", "striped", "chevron", "colour-block", "checked", "dotted"),
        materials=("wool", "cotton", "fleece"),
        parts={"neck": ("crew", "v", "roll"), "knit": ("plain", "cable"), "view": VIEWS},
        phrases={
            "neck=crew": "with a round neck",
            "neck=v": "with a v-neck",
            "neck=roll": "with a roll neck",
            "knit=cable": "cable-knit",
        },
        brands=("Morvenna", "Linnhold", "Halvorn"),
        price=(35, 119),
        adjectives=("Fireside", "Harbour", "Lambing", "Soft-Knit", "Winter"),
        sentences=(
            "Warm without itching, even on bare skin.",
            "Ribbed cuffs and hem spring back into shape.",
            "Knitted in one piece, so there are no bulky seams.",
            "Thin enough to layer under a coat.",
            "Made for long walks and the sofa afterwards.",
            "Comes with thread for mending.",
            "Rest it overnight on a chair instead of washing it.",
        ),
        specs={"fit": ("regular", "relaxed"), "care": ("wool cycle", "hand wash"), "season": ("winter", "autumn")},
        sizes=SIZES,
        people=("women", "men", "kids"),
    ),
    Kind(
        name="hoodie",
        words=("hooded sweatshirt", "hooded sweater"),
        category="Clothing > Knitwear > Hoodies",
        draw=knits.draw_hoodie,
        patterns=("plain", "camouflage", "colour-block", "striped"),
        materials=("cotton", "fleece", "polyester"),
        parts={"front": ("pullover", "zip"), "print": ("none", "logo", "graphic", "text"), "view": VIEWS},
        phrases={"front=zip": "zip-up", "front=pullover": "pullover", **PRINTED},
        brands=("Strideva", "Halvorn", "Indigost"),
        price=(29, 79),
        adjectives=("Campus", "Heavyweight", "Off-Duty", "Brushed", "Sunday"),
        sentences=(
            "Brushed inside, so it feels warm the moment you pull it on.",
            "The hood is lined and keeps its shape.",
            "A pouch pocket for cold hands and a phone.",
            "Metal-tipped cords that don't fray.",
            "Roomy enough for a T-shirt underneath.",
            "For the way to training, and for the day after it.",
        ),
        specs={"fit": ("regular", "oversized"), "care": ("machine wash 30",), "season": ("autumn", "spring")},
        sizes=SIZES,
        people=("men", "women", "kids"),
    ),
    Kind(
        name="cardigan",
        words=("knitted jacket", "button-up cardigan"),
        category="Clothing > Knitwear > Cardigans",
        draw=knits.draw_cardigan,
        patterns=("plain", "striped", "checked", "chevron", "dotted"),
        materials=("wool", "cotton"),
        parts={"front": ("buttons", "open"), "length": ("hip", "long"), "view": VIEWS},
        phrases={"front=buttons": "with buttons", "front=open": "open-front", "length=long": "long"},
        brands=("Morvenna", "Linnhold"),
        price=(39, 109),
        adjectives=("Cosy", "Reading-Room", "Soft-Knit", "Highland"),
        sentences=(
            "The layer to keep on the back of a chair all year.",
            "A ribbed front band that doesn't gape.",
            "Light, warm and easy to throw over a dress.",
            "Side seams are linked by hand, so they lie flat.",
            "Folds up small for the evening of a summer day.",
            "Doesn't pill: the yarn is tightly spun.",
        ),
        specs={"fit": ("regular", "relaxed"), "care": ("wool cycle", "hand wash")},
        sizes=SIZES[:5],
        people=("women", "men"),
    ),
)
