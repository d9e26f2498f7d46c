"""Simple solids that goods come in: cylinders, flasks, boxes, and the labels on them."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, hex_of, is_dark, shaded
from demo.drawing.outline import Point, ellipse, polygon, rounded
from demo.drawing.sheet import Sheet

DARK: Rgb = (40, 40, 44)
PAPER: Rgb = (250, 248, 243)


def rgb(name: str) -> Rgb:
    """Return the colour of a name."""
    return COLOURS[name]


def ink_on(colour: Rgb) -> Rgb:
    """Return what is readable on a colour: a light or a dark one."""
    return PAPER if is_dark(colour) else DARK


def can_outline(cx: float, top: float, bottom: float, rx: float, tilt: float = 0.14) -> str:
    """Return the outline of an upright cylinder seen a little from above."""
    ry = rx * tilt
    return (
        f"M{cx - rx:.1f} {top:.1f}V{bottom:.1f}a{rx:.1f} {ry:.1f} 0 0 0 {2 * rx:.1f} 0"
        f"V{top:.1f}a{rx:.1f} {ry:.1f} 0 0 0 {-2 * rx:.1f} 0Z"
    )


def can(
    sheet: Sheet,
    cx: float,
    top: float,
    bottom: float,
    rx: float,
    colour: Rgb,
    material: str = "plastic",
    *,
    tilt: float = 0.14,
) -> None:
    """Draw an upright cylinder with its upper end."""
    sheet.body(can_outline(cx, top, bottom, rx, tilt), hex_of(colour), material)
    sheet.body(ellipse(cx, top, rx, rx * tilt), hex_of(shaded(colour, 0.14)), material, flat=True, outline=0.7)


def flask(cx: float, top: float, bottom: float, neck: float, half: float, shoulder: float, foot: float = 14) -> str:
    """Return the outline of a bottle: a neck that widens over its shoulder to a straight body.

    Args:
        cx: centre.
        top: of the neck; the shoulder starts here.
        bottom: of the bottle.
        neck: half of the neck's width.
        half: half of the body's width.
        shoulder: height of the shoulder.
        foot: radius of the lower corners.
    """
    y = top + shoulder
    return (
        f"M{cx - neck:.1f} {top:.1f}C{cx - neck:.1f} {top + shoulder * 0.55:.1f} {cx - half:.1f} "
        f"{top + shoulder * 0.3:.1f} {cx - half:.1f} {y:.1f}V{bottom - foot:.1f}"
        f"Q{cx - half:.1f} {bottom:.1f} {cx - half + foot:.1f} {bottom:.1f}"
        f"Q{cx:.1f} {bottom + 5:.1f} {cx + half - foot:.1f} {bottom:.1f}"
        f"Q{cx + half:.1f} {bottom:.1f} {cx + half:.1f} {bottom - foot:.1f}V{y:.1f}"
        f"C{cx + half:.1f} {top + shoulder * 0.3:.1f} {cx + neck:.1f} {top + shoulder * 0.55:.1f} "
        f"{cx + neck:.1f} {top:.1f}Z"
    )


def onto(corner: Point, right: Point, below: Point, width: float, height: float) -> str:
    """Return the SVG transform that lays a drawing of `width` x `height` onto a slanted face.

    Args:
        corner: where its upper left corner goes.
        right: where its upper right corner goes.
        below: where its lower left corner goes.
        width: of the drawing.
        height: of the drawing.
    """
    a, b = (right[0] - corner[0]) / width, (right[1] - corner[1]) / width
    c, d = (below[0] - corner[0]) / height, (below[1] - corner[1]) / height
    return f"matrix({a:.4f} {b:.4f} {c:.4f} {d:.4f} {corner[0]:.2f} {corner[1]:.2f})"


def box(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    height: float,
    depth: float,
    colour: Rgb,
    material: str = "paper",
    *,
    slope: float = 0.07,
    rise: float = 0.4,
) -> str:
    """Draw a box whose front looks a little to the left and whose lid and right side show.

    Returns:
        The transform for what is printed on the front, drawn on `width` x `height`.
    """
    drop, dx, dy = width * slope, depth, -depth * rise
    a, b, c, d = (x, y), (x + width, y + drop), (x + width, y + height + drop), (x, y + height)
    side = [b, (b[0] + dx, b[1] + dy), (c[0] + dx, c[1] + dy), c]
    top = [a, b, (b[0] + dx, b[1] + dy), (a[0] + dx, a[1] + dy)]
    sheet.body(polygon(side), hex_of(shaded(colour, -0.28)), material, flat=True)
    sheet.body(polygon(top), hex_of(shaded(colour, 0.22)), material, flat=True)
    sheet.body(polygon([a, b, c, d]), hex_of(colour), material, flat=True)
    return onto(a, b, d, width, height)


def label(sheet: Sheet, cx: float, cy: float, width: float, height: float, paper: Rgb, *, radius: float = 3) -> None:
    """Draw a printed label: a name and lines of small print, centred at (cx, cy)."""
    sheet.shape(rounded(cx - width / 2, cy - height / 2, width, height, radius), hex_of(paper), opacity=0.96)
    imprint(sheet, cx, cy, width, height, ink_on(paper))


def imprint(sheet: Sheet, cx: float, cy: float, width: float, height: float, ink: Rgb) -> None:
    """Print a name and lines of small print straight onto a body, centred at (cx, cy)."""
    rng = sheet.rng
    name = rng.choice(("LUNE", "VERA", "AURA", "SOLEA", "MIREL", "ONDA", "FLEUR", "BALM"))
    size = min(height * 0.2, width / (len(name) * 1.05))
    sheet.letters(name, cx, cy - height * 0.16, size, ink)
    for i in range(rng.choice((2, 3))):
        half = width * rng.uniform(0.18, 0.34)
        y = cy + height * (0.06 + 0.11 * i)
        sheet.line(f"M{cx - half:.1f} {y:.1f}H{cx + half:.1f}", ink, max(1.2, height * 0.022), opacity=0.6)
