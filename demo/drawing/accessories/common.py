"""What drawings of shoes and accessories share: views, seams, metal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin

from demo.colours import COLOURS, Rgb, is_dark, shaded
from demo.drawing.outline import CENTRE, Point, ellipse
from demo.drawing.sheet import Sheet
from demo.look import Look

GOLDEN: Rgb = (206, 168, 88)
SILVERY: Rgb = (196, 199, 204)
Draw = Callable[[Sheet, Look], None]


def seam_colour(look: Look) -> Rgb:
    """Return the colour of seams: darker than the product, or lighter on dark ones."""
    rgb = COLOURS[look.colour]
    return shaded(rgb, 0.32) if is_dark(rgb) else shaded(rgb, -0.34)


def deeper(look: Look, amount: float = 0.35) -> Rgb:
    """Return the main colour in shadow."""
    return shaded(COLOURS[look.colour], -amount)


def surface(sheet: Sheet, look: Look, usual: str) -> str:
    """Return the surface of the look's material: leather is smooth or, now and then, grained."""
    material = look.material or usual
    return "smooth leather" if material == "leather" and sheet.rng.random() < 0.75 else material


def metal(sheet: Sheet) -> Rgb:
    """Return the colour of buckles and zips."""
    return sheet.rng.choice((GOLDEN, SILVERY, SILVERY))


def wobbled(sheet: Sheet, points: Sequence[Point], amount: float = 3) -> list[Point]:
    """Move each point a little."""
    rng = sheet.rng
    return [(x + rng.uniform(-amount, amount), y + rng.uniform(-amount, amount)) for x, y in points]


def shoes(one: Draw, *, top: Draw | None = None) -> Draw:
    """Make a drawing of shoes from that of one shoe, seen from the side with its toe to the left.

    Args:
        one: draws the shoe, standing on y = 350.
        top: draws the pair from above, for the view of that name.
    """

    def draw(sheet: Sheet, look: Look) -> None:
        rng = sheet.rng
        view = look.parts.get("view", "side")
        if view == "top" and top is not None:
            with sheet.group(f"rotate({rng.uniform(-7, 7):.1f} 200 200)"):
                top(sheet, look)
            return
        flip = "translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""
        with sheet.group(flip):
            if view == "pair":
                _pair(sheet, look, one)
            else:
                lean, high = rng.uniform(-6, 4), rng.uniform(0.96, 1.06)
                with sheet.group(f"translate(0 {rng.uniform(-30, 0):.0f}) rotate({lean / 3:.1f} 200 340)"):
                    with sheet.group(
                        f"translate(200 350) skewY({lean:.1f}) scale(.98 {high:.2f}) translate(-200 -350)"
                    ):
                        one(sheet, look)

    return draw


def _pair(sheet: Sheet, look: Look, one: Draw) -> None:
    rng = sheet.rng
    across = rng.random() < 0.3  # the one behind points the other way
    size, up = rng.uniform(0.8, 0.86), rng.uniform(46, 70)
    state = rng.getstate()
    behind = f"translate({200 + 38 * (1 if across else -1)} {350 - up:.0f}) scale({size * (-1 if across else 1):.2f} {size:.2f})"
    with sheet.group(f"{behind} translate(-200 -350)"):
        one(sheet, look)
    rng.setstate(state)  # both shoes alike
    with sheet.group(f"translate(216 352) scale({size + 0.05:.2f}) translate(-200 -350)"):
        one(sheet, look)


def both_feet(sheet: Sheet, look: Look, one: Draw, apart: float = 78) -> None:
    """Draw the right shoe, seen from above around x = 200, twice: as itself and mirrored."""
    splay = sheet.rng.uniform(0, 6)
    state = sheet.rng.getstate()
    with sheet.group(f"translate({-apart} 0) rotate({-splay:.1f} 200 360) translate(400 0) scale(-1 1)"):
        one(sheet, look)
    sheet.rng.setstate(state)
    with sheet.group(f"translate({apart} 0) rotate({splay:.1f} 200 360)"):
        one(sheet, look)


def buckle(sheet: Sheet, x: float, y: float, width: float, height: float, colour: Rgb) -> None:
    """Draw a frame buckle around a centre."""
    left, top = x - width / 2, y - height / 2
    sheet.tube(f"M{left:.1f} {top:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}Z", colour, max(2.4, width * 0.16))
    sheet.line(f"M{left:.1f} {y:.1f}h{width * 0.9:.1f}", shaded(colour, -0.25), max(1.6, width * 0.1))


def turned(points: Sequence[Point], side: int) -> list[Point]:
    """Mirror points around the middle of the sheet where `side` is -1."""
    return [(CENTRE + side * (x - CENTRE), y) for x, y in points]


def circle(x: float, y: float, radius: float) -> str:
    """Return a circle's outline."""
    return ellipse(x, y, radius, radius)


def around(cx: float, cy: float, rx: float, ry: float, share: float) -> Point:
    """Return a point of an ellipse, at a share of a full turn clockwise from its top."""
    return cx + rx * sin(2 * pi * share), cy - ry * cos(2 * pi * share)
