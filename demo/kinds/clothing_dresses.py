"""Dresses and skirts."""

from __future__ import annotations

from demo.drawing.clothing import dresses
from demo.kinds.clothing_tops import SIZES, VIEWS
from demo.look import Kind

_LENGTHS = {"length=mini": "mini", "length=midi": "midi", "length=maxi": "maxi"}

DRESSES = (
    Kind(
        name="dress",
        words=("frock", "gown"),
        category="Clothing > Dresses",
        draw=dresses.draw_dress,
        patterns=("plain", "floral", "dotted", "striped", "checked", "chevron"),
        materials=("cotton", "linen", "silk", "polyester"),
        parts={
            "length": ("midi", "mini", "maxi"),
            "style": ("a-line", "straight", "skater", "wrap", "shirt"),
            "sleeves": ("none", "straps", "short", "long"),
            "view": VIEWS,
        },
        phrases={
            **_LENGTHS,
            "style=a-line": "a-line",
            "style=straight": "sheath",
            "style=skater": "fit-and-flare",
            "style=wrap": "wrap",
            "style=shirt": "button-front",
            "sleeves=none": "sleeveless",
            "sleeves=straps": "with thin straps",
            "sleeves=short": "short-sleeved",
            "sleeves=long": "long-sleeved",
        },
        brands=("Morvenna", "Ashby Row", "Saanvika"),
        price=(35, 149),
        adjectives=("Riviera", "Garden-Party", "Evening", "Breezy", "Atelier"),
        sentences=(
            "Light enough for a summer wedding, relaxed enough for the market.",
            "Moves with you and doesn't cling.",
            "Hidden pockets in the side seams.",
            "Lined to the hem.",
            "Wear it with sandals in June and boots in October.",
            "Hang it up overnight and the creases are gone.",
            "A concealed zip at the side.",
        ),
        specs={"occasion": ("leisure", "evening", "office"), "care": ("hand wash", "machine wash 30")},
        sizes=SIZES[:5],
        people=("women", "girls"),
    ),
    Kind(
        name="skirt",
        category="Clothing > Skirts",
        draw=dresses.draw_skirt,
        patterns=("plain", "floral", "checked", "dotted", "striped", "chevron"),
        materials=("cotton", "denim", "silk", "wool", "leather"),
        parts={
            "length": ("midi", "mini", "maxi"),
            "style": ("a-line", "pencil", "pleated", "tiered"),
            "view": ("flat", "person"),
        },
        phrases={
            **_LENGTHS,
            "style=a-line": "a-line",
            "style=pencil": "pencil",
            "style=pleated": "pleated",
            "style=tiered": "tiered",
        },
        brands=("Morvenna", "Ashby Row", "Saanvika"),
        price=(25, 89),
        adjectives=("Swing", "Boulevard", "Weekend", "Tailored"),
        sentences=(
            "A zip at the back that lies flat.",
            "Sits at the waist without digging in.",
            "Goes with a jumper as well as with a blouse.",
            "Lined, so it doesn't stick to tights.",
            "The hem stays level as you walk.",
            "Pockets, because skirts should have them.",
        ),
        specs={"care": ("hand wash", "machine wash 30"), "lined": ("yes", "no")},
        sizes=SIZES[:5],
        people=("women", "girls"),
    ),
)
