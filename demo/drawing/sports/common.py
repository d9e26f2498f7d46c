"""What drawings of sports gear share."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, is_dark, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.look import Look

DARK: Rgb = (34, 35, 38)
STEEL: Rgb = (190, 193, 198)


def rgb(look: Look) -> Rgb:
    """Return the main colour."""
    return COLOURS[look.colour]


def accent(look: Look) -> Rgb:
    """Return the second colour."""
    return COLOURS[look.accent]


def fill_of(sheet: Sheet, look: Look, scale: float = 1) -> str:
    """Return the fill of the main parts."""
    return sheet.paint(look.colour, look.pattern, look.accent, scale=scale)


def seam(colour: Rgb, amount: float = 0.4) -> Rgb:
    """Return a colour for joints and edges that shows on this one."""
    return shaded(colour, amount * 0.8 if is_dark(colour) else -amount)


def circle(x: float, y: float, r: float) -> str:
    """Return a circle's outline."""
    return ellipse(x, y, r, r)


def flipped(sheet: Sheet) -> str:
    """Return a transform that mirrors half of the drawings."""
    return "translate(400 0) scale(-1 1)" if sheet.rng.random() < 0.5 else ""
