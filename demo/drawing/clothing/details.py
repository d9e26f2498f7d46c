"""Details of upper garments: collars, fronts with buttons or a zip, pockets, hoods, prints."""

from __future__ import annotations

import math

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.upper import edge_of
from demo.drawing.outline import CENTRE, ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

WORDS = (
    "WILD",
    "NORTH",
    "OCEAN",
    "SUNDAY",
    "HELLO",
    "1987",
    "CITY",
    "RIVER",
    "ALOHA",
    "TEAM 24",
    "DREAM",
    "SLOW DAYS",
)


def collar(
    sheet: Sheet,
    cut: Cut,
    fill: str,
    colour: Rgb,
    *,
    spread: float = 26,
    drop: float = 30,
    material: str = "cotton",
    back: bool = True,
) -> None:
    """Paint a turned-down collar: both points, and its stand at the back unless a neck hides it."""
    n, top = cut.neck, cut.top
    stand = smooth(
        [
            (CENTRE - n - 2, top + 4),
            (CENTRE - n * 0.6, top - 12),
            (CENTRE + n * 0.6, top - 12),
            (CENTRE + n + 2, top + 4),
        ],
        closed=False,
    )
    if back:
        sheet.line(stand, edge_of(colour, 0.45), 12.5)
        sheet.line(stand, shaded(colour, -0.2), 11)
    low = top + cut.depth
    for side in (1, -1):
        points = [
            (n * 0.72, -17),
            (n + 7, 2),
            (spread + n * 0.28, cut.depth + drop * 0.45),
            (0.5, cut.depth),
            (n * 0.62, 4),
        ]
        d = polygon([(CENTRE + side * x, top + y) for x, y in points])
        sheet.body(d, fill, material, flat=True, outline=1.6)
        sheet.line(d, edge_of(colour), 0.9, opacity=0.6)
    sheet.shade(polygon([(CENTRE - 6, low), (CENTRE + 6, low), (CENTRE, low + 12)]), 0.2, 3)


def placket(
    sheet: Sheet, cut: Cut, fill: str, colour: Rgb, button: Rgb, *, end: float, count: int, width: float = 17
) -> None:
    """Paint a band with buttons from the neckline down to a height; without a fill, the front's own cloth."""
    start = cut.top + cut.depth - 2
    d = rounded(CENTRE - width / 2, start, width, end - start, 2)
    if fill:
        sheet.body(d, fill, "cotton", flat=True, outline=0)
    sheet.line(d, edge_of(colour, 0.42), 1.4, opacity=0.75)
    buttons(sheet, CENTRE, start + 9, end - 12, count, button)


def buttons(sheet: Sheet, x: float, first: float, last: float, count: int, colour: Rgb, radius: float = 4) -> None:
    """Paint a row of buttons downwards."""
    for i in range(count):
        y = first + (last - first) * i / max(1, count - 1)
        sheet.shape(ellipse(x + 0.6, y + 1, radius + 0.8, radius + 0.8), "#000", opacity=0.4)
        sheet.shape(ellipse(x, y, radius, radius), sheet.paint(colour))
        sheet.line(f"M{x - 1.2:.1f} {y:.1f}h.1m2.2 0h.1", edge_of(colour, 0.6), 1.3, opacity=0.8)


def button_colour(colour: Rgb) -> Rgb:
    """Return buttons that show on this cloth."""
    return (238, 234, 224) if sum(colour) < 480 else shaded(colour, -0.45)


def zipper(
    sheet: Sheet, x: float, top: float, end: float, colour: Rgb, pull: Rgb = (196, 199, 203), width: float = 7
) -> None:
    """Paint a closed zip downwards, with its pull at the top."""
    sheet.line(f"M{x:.1f} {top:.1f}L{x:.1f} {end:.1f}", edge_of(colour, 0.55), width, round_ends=False)
    sheet.line(f"M{x:.1f} {top:.1f}L{x:.1f} {end:.1f}", pull, width * 0.42, dashes="2 2", round_ends=False)
    sheet.shape(rounded(x - 3.4, top, 6.8, 17, 3), sheet.paint(pull))
    sheet.line(rounded(x - 3.4, top, 6.8, 17, 3), "black", 0.9, opacity=0.5)


def chest_pocket(sheet: Sheet, x: float, y: float, colour: Rgb, *, width: float = 40, flap: bool = False) -> None:
    """Paint a patch pocket with its upper edge's middle at x, y."""
    half, tall = width / 2, width * 1.12
    d = polygon(
        [(x - half, y), (x + half, y), (x + half, y + tall * 0.86), (x, y + tall), (x - half, y + tall * 0.86)]
    )
    sheet.shape(d, "#000", opacity=0.06)
    sheet.line(d, edge_of(colour, 0.45), 1.5, opacity=0.8)
    if flap:
        top = polygon(
            [(x - half - 2, y - 3), (x + half + 2, y - 3), (x + half + 2, y + 9), (x, y + 17), (x - half - 2, y + 9)]
        )
        sheet.shape(top, "#000", opacity=0.08)
        sheet.line(top, edge_of(colour, 0.5), 1.7, opacity=0.9)
    else:
        sheet.line(f"M{x - half:.1f} {y + 6:.1f}h{width:.1f}", edge_of(colour, 0.4), 1, opacity=0.6)


def slant_pockets(
    sheet: Sheet, y: float, out: float, colour: Rgb, *, length: float = 48, zipped: bool = False
) -> None:
    """Paint two slanted pocket openings; `out` is their distance from the middle."""
    for side in (1, -1):
        d = f"M{CENTRE + side * (out - 12):.1f} {y:.1f}L{CENTRE + side * out:.1f} {y + length:.1f}"
        sheet.line(d, edge_of(colour, 0.55), 5 if zipped else 3.4)
        if zipped:
            sheet.line(d, "silver", 1.8, dashes="2 2")
        else:
            sheet.line(d, shaded(colour, 0.2), 1, opacity=0.6)


def chest_print(sheet: Sheet, look: Look, y: float, room: float = 96) -> None:
    """Paint what ``print`` asks for in the accent colour: a small logo, a large graphic, or words."""
    kind, rng, accent = look.parts.get("print", "none"), sheet.rng, COLOURS[look.accent]
    if kind == "none":
        return
    if kind == "logo":
        x, at = CENTRE + 38, y - 6
        shape = rng.choice(("disc", "bar", "star", "word"))
        if shape == "word":
            sheet.letters(rng.choice(("KST", "ARC", "NOVA", "PEAK")), x, at + 6, 11, accent, weight=0.24)
        else:
            sheet.shape(_emblem(shape, x, at, 11), sheet.paint(accent))
        return
    if look.pattern != "plain":
        sheet.shape(
            rounded(CENTRE - room / 2 - 8, y - 10, room + 16, room * (0.92 if kind == "graphic" else 0.72), 10),
            sheet.paint(look.colour),
        )
    if kind == "text":
        word = rng.choice(WORDS)
        height = min(30.0, room * 1.25 / (len(word) * 0.92))
        sheet.letters(word, CENTRE, y + height + 8, height, accent, weight=0.2)
        below = rng.choice(("CLUB", "EST 2016", "SUPPLY CO", ""))
        sheet.letters(below, CENTRE, y + height + 26, 10, accent, weight=0.2)
        return
    _graphic(sheet, accent, y + room * 0.38, room * 0.4)


def _graphic(sheet: Sheet, accent: Rgb, y: float, r: float) -> None:
    rng = sheet.rng
    second = shaded(accent, -0.35) if sum(accent) > 300 else shaded(accent, 0.45)
    kind = rng.choice(("mountain", "sun", "star", "leaf", "heart", "bolt"))
    if kind == "mountain":
        disc = ellipse(CENTRE, y, r, r)
        sheet.shape(disc, sheet.paint(accent))
        with sheet.clip(disc):
            sheet.shape(
                polygon(
                    [
                        (CENTRE - r, y + r),
                        (CENTRE - r * 0.3, y - r * 0.3),
                        (CENTRE + r * 0.15, y + r * 0.3),
                        (CENTRE + r * 0.45, y),
                        (CENTRE + r, y + r),
                    ]
                ),
                sheet.paint(second),
            )
    elif kind == "sun":
        for i in range(5):
            sheet.line(f"M{CENTRE - r:.1f} {y + r * 0.2 + i * 7:.1f}h{2 * r:.1f}", accent, 3.4)
        sheet.shape(
            f"M{CENTRE - r * 0.8:.1f} {y + r * 0.1:.1f}a{r * 0.8:.1f} {r * 0.8:.1f} 0 0 1 {r * 1.6:.1f} 0z",
            sheet.paint(accent),
        )
    elif kind == "leaf":
        d = smooth(
            [(CENTRE, y - r), (CENTRE + r * 0.7, y - r * 0.2), (CENTRE, y + r), (CENTRE - r * 0.7, y - r * 0.2)]
        )
        sheet.shape(d, sheet.paint(accent))
        veins = "".join(
            f"M{CENTRE:.0f} {y + k * r:.1f}l{s * r * 0.4:.1f} {-r * 0.3:.1f}"
            for k in (-0.2, 0.15, 0.5)
            for s in (1, -1)
        )
        sheet.line(f"M{CENTRE:.0f} {y - r * 0.7:.1f}V{y + r * 1.2:.1f}{veins}", second, 3)
    else:
        sheet.shape(_emblem(kind, CENTRE, y, r), sheet.paint(accent))


def _emblem(kind: str, x: float, y: float, r: float) -> str:
    if kind == "star":
        turn = [(r if i % 2 == 0 else r * 0.42, math.pi * (i / 5 - 0.5)) for i in range(10)]
        return polygon([(x + d * math.cos(a), y + d * math.sin(a)) for d, a in turn])
    if kind == "heart":
        return (
            f"M{x:.1f} {y + r:.1f}C{x - 1.6 * r:.1f} {y - r * 0.1:.1f} {x - r * 0.8:.1f} {y - 1.3 * r:.1f} {x:.1f} {y - r * 0.4:.1f}"
            f"C{x + r * 0.8:.1f} {y - 1.3 * r:.1f} {x + 1.6 * r:.1f} {y - r * 0.1:.1f} {x:.1f} {y + r:.1f}Z"
        )
    if kind == "bolt":
        points = ((0.2, -1), (-0.55, 0.15), (-0.05, 0.15), (-0.25, 1), (0.55, -0.2), (0.05, -0.2))
        return polygon([(x + px * r, y + py * r) for px, py in points])
    if kind == "bar":
        return rounded(x - r, y - r * 0.4, 2 * r, r * 0.8, 2)
    return ellipse(x, y, r, r)
