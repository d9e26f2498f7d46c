"""What kinds of toys share."""

from __future__ import annotations

FUR = (
    "brown",
    "tan",
    "beige",
    "cream",
    "white",
    "grey",
    "black",
    "pink",
    "light blue",
    "lilac",
    "mint",
    "orange",
    "teal",
    "purple",
    "red",
)
BRIGHT = ("red", "orange", "yellow", "green", "mint", "teal", "turquoise", "blue", "navy", "light blue", "purple",
    "lilac", "pink",
          "coral", "white", "beige", "grey", "black", "olive")  # fmt: skip
MIX = {"colours": ("multicoloured", "two-tone")}
MIXED = {"colours=multicoloured": "multicoloured", "colours=two-tone": "two-tone"}
WOODEN = ("Wobblekin", "Little Umbel")
AGE = {"age": ("1+", "2+", "3+"), "safety": ("EN 71",)}
