"""Tank tops, and tunics and kurtas."""

from __future__ import annotations

from dataclasses import replace

from demo.colours import COLOURS
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import button_colour, chest_print, placket
from demo.drawing.clothing.upper import (
    SKINS,
    Sleeve,
    edge_of,
    hem_line,
    neckband,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
    pose,
)
from demo.drawing.outline import CENTRE
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_tank_top(sheet: Sheet, look: Look) -> None:
    """Draw a top without sleeves: broad straps, or thin ones."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    thin = look.parts.get("straps") == "thin"
    base = Cut(neck=46, depth=50, neckline="scoop", shoulder=68, slope=8, armpit=150, chest=(c := rng.uniform(72, 80)), scoop=16,
               waist=c - rng.uniform(2, 12), hem=c + 2, hem_y=rng.uniform(328, 350), top=54)  # fmt: skip
    cut = replace(base, neck=50, shoulder=54, top=60, slope=1, depth=66, scoop=4, armpit=138) if thin else base
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    material = look.material or "cotton"
    with placed(sheet, 100, 34, person=look.parts.get("view") == "person"):
        if look.parts.get("view") == "person":
            paint_arms(sheet, replace(cut, shoulder=86, slope=24, depth=60, top=54), None, rng.choice(SKINS))
        else:
            paint_back(sheet, replace(cut, depth=cut.depth), colour, label=not thin)
        paint_trunk(sheet, cut, fill, material)
        neckband(sheet, cut, colour, 5, back=look.parts.get("view") != "person")
        for side in (1, -1):
            armhole = cut.right_side()[1]
            points = [(CENTRE + side * (x - CENTRE), y) for x, y in armhole]
            sheet.line(
                f"M{points[0][0]:.1f} {points[0][1]:.1f}Q{points[1][0]:.1f} {points[1][1] + 4:.1f} {points[2][0]:.1f} {points[2][1]:.1f}",
                edge_of(look.colour),
                2.4,
                opacity=0.5,
            )
        hem_line(sheet, cut, edge_of(look.colour))
        chest_print(sheet, look, cut.top + cut.depth + 26, 84)


def draw_tunic(sheet: Sheet, look: Look) -> None:
    """Draw a tunic or kurta: to the knee, slit at the sides, with a short placket."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    sleeves = look.parts.get("sleeves", "long")
    standing = look.parts.get("neck", "stand") == "stand"
    cut = Cut(neck=25, depth=16 if standing else 28, neckline="crew" if standing else "v", top=44, shoulder=rng.uniform(60, 66), slope=15,
              armpit=108, chest=(c := rng.uniform(57, 62)), waist=c - rng.uniform(2, 8), waist_y=168, hem=c + rng.uniform(6, 18),
              hem_y=rng.uniform(340, 354), sag=3)  # fmt: skip
    length = {"long": 172, "three-quarter": 118, "short": 56}[sleeves]
    sleeve = Sleeve(
        length=length,
        width=46,
        cuff=42 if sleeves == "short" else 27,
        angle=pose(rng, long=length > 60, worn=look.parts.get("view") != "flat"),
    )
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.75)
    trim = COLOURS[look.accent] if look.parts.get("trim") == "embroidered" else colour
    with placed(sheet, sleeve.reach(cut), 24, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, look.material or "cotton", edge_of(look.colour), trim)
        paint_trunk(sheet, cut, fill, look.material or "cotton", folds=6)
        neckband(sheet, cut, trim, 8 if standing else 5, back=look.parts.get("view") != "person")
        placket(sheet, cut, sheet.paint(trim), trim, button_colour(trim), end=cut.top + 92, count=4, width=13)
        for side in (1, -1):
            x = CENTRE + side * (cut.hem - 7)
            sheet.line(
                f"M{x - side * 3:.1f} {cut.hem_y - 78:.1f}L{x:.1f} {cut.hem_y + 1:.1f}", edge_of(look.colour, 0.5), 2
            )
        if look.parts.get("trim") == "embroidered":
            y = cut.hem_y - 12
            sheet.line(
                f"M{CENTRE - cut.hem + 2:.1f} {y:.1f}Q{CENTRE} {y + 6:.1f} {CENTRE + cut.hem - 2:.1f} {y:.1f}",
                trim,
                9,
                round_ends=False,
            )
            sheet.line(
                f"M{CENTRE - cut.hem + 2:.1f} {y - 9:.1f}Q{CENTRE} {y - 3:.1f} {CENTRE + cut.hem - 2:.1f} {y - 9:.1f}",
                trim,
                2.5,
                dashes="1 5",
            )
        hem_line(sheet, cut, edge_of(look.colour), 5)
