"""Colour names as shops print them, and what they look like."""

from __future__ import annotations

from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

BASIC: dict[str, Rgb] = {
    "black": (32, 32, 35), "white": (246, 246, 244), "grey": (142, 144, 148), "charcoal": (68, 71, 77),
    "silver": (196, 199, 203), "red": (203, 32, 39), "burgundy": (114, 22, 44), "pink": (238, 140, 172),
    "coral": (247, 118, 97), "orange": (240, 124, 28), "yellow": (248, 208, 40), "mustard": (206, 154, 36),
    "gold": (205, 164, 76), "green": (44, 140, 68), "olive": (110, 112, 52), "mint": (160, 218, 192),
    "teal": (18, 118, 122), "turquoise": (52, 190, 194), "blue": (36, 86, 184), "navy": (26, 36, 76),
    "light blue": (146, 190, 232), "purple": (110, 50, 136), "lilac": (192, 164, 218), "brown": (104, 68, 42),
    "tan": (190, 144, 98), "beige": (222, 204, 176), "cream": (246, 236, 212),
}  # fmt: skip
"""The words that shoppers use most."""

FINER: dict[str, Rgb] = {
    "sage": (158, 172, 140), "sand": (216, 196, 160), "forest green": (30, 78, 50), "walnut": (92, 62, 44),
    "stainless steel": (190, 193, 197), "clear": (226, 236, 240), "matt black": (40, 40, 42),
    "terracotta": (198, 100, 70), "rust": (172, 78, 36), "moss": (108, 124, 62), "sky blue": (132, 192, 236),
    "pastel": (236, 208, 222), "camel": (194, 150, 100), "petrol blue": (20, 84, 104), "oak": (200, 164, 118),
    "slate grey": (94, 104, 116), "natural": (226, 208, 178), "berry": (150, 34, 82), "rose gold": (222, 164, 146),
    "plum": (92, 36, 74), "midnight blue": (20, 28, 62), "lime": (170, 210, 48), "graphite": (74, 76, 80),
    "rose": (226, 124, 140), "ivory": (250, 244, 228), "anthracite": (54, 58, 62), "copper": (188, 110, 70),
    "ocean blue": (24, 112, 160), "oatmeal": (224, 212, 190), "rosewood": (116, 50, 48), "peach": (252, 190, 154),
    "cherry": (170, 20, 46), "emerald": (12, 122, 88), "champagne": (240, 220, 186), "mid blue": (72, 110, 166),
    "ecru": (236, 226, 204), "heather grey": (172, 174, 178), "khaki": (148, 136, 96), "indigo": (46, 52, 110),
    "storm blue": (78, 98, 122), "ice blue": (206, 228, 240), "dark brown": (66, 44, 32), "scarlet": (220, 40, 28),
    "cognac": (156, 86, 42), "taupe": (150, 134, 120), "pastel pink": (250, 206, 216), "stone": (190, 184, 172),
    "light grey": (206, 208, 210), "caramel": (188, 122, 64), "dusty rose": (206, 152, 152), "brass": (196, 160, 84),
    "ochre": (204, 140, 50), "clay": (182, 116, 88), "ash wood": (214, 194, 164), "warm white": (252, 244, 226),
    "lavender": (184, 170, 222), "pastel blue": (186, 214, 240), "beech": (218, 178, 134),
    "titanium": (150, 148, 146), "smoke": (122, 126, 132), "blush": (240, 196, 190), "mid grey": (128, 130, 134),
    "chrome": (206, 210, 214), "neon coral": (255, 96, 88), "dark cork": (134, 98, 66),
}  # fmt: skip
"""Names for shades between them."""

COLOURS: dict[str, Rgb] = BASIC | FINER


def shaded(colour: Rgb, amount: float) -> Rgb:
    """Move a colour towards black (amount -1) or white (amount 1)."""
    target = 255 if amount > 0 else 0
    share = abs(amount)
    red, green, blue = (round(value + (target - value) * share) for value in colour)
    return red, green, blue


def hex_of(colour: Rgb) -> str:
    """Return the colour as SVG writes it: ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def is_dark(colour: Rgb) -> bool:
    """Whether white is easier to read on this colour than black."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128
