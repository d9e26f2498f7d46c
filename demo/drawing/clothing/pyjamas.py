"""Pyjamas."""

from __future__ import annotations

from demo.colours import COLOURS
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import button_colour, chest_pocket, collar, placket
from demo.drawing.clothing.legs import Legs, elastic, paint_legs
from demo.drawing.clothing.upper import (
    Sleeve,
    edge_of,
    neckband,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
    small_fill,
)
from demo.drawing.outline import CENTRE
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_pyjamas(sheet: Sheet, look: Look) -> None:
    """Draw pyjamas: a top above trousers or shorts of the same cloth."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    short = look.parts.get("legs") == "short"
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.7), look.material or "cotton"
    trim, seam = COLOURS[look.accent], edge_of(look.colour)
    with placed(sheet, 120, 24, 300 if short else 366):
        with sheet.group(f"translate({rng.uniform(-4, 4) + 90:.0f} {150 if short else 148}) scale(.55 .6)"):
            legs = Legs(top=34, waist=62, hip=76, crotch=140, out=82, width=62, knee=64, end=226 if short else 352)
            paint_legs(sheet, legs, fill, material)
            elastic(sheet, legs, colour, cord=look.accent)
            for side in (1, -1):
                inner, outer, y = legs.hem(side, 8)
                sheet.line(f"M{inner:.0f} {y:.0f}L{outer:.0f} {y:.0f}", trim, 4)
        with sheet.group("translate(54 -10) scale(.73 .63)"):
            buttoned = look.parts.get("top", "buttoned") == "buttoned"
            cut = Cut(
                neck=32,
                depth=38 if buttoned else 26,
                neckline="v" if buttoned else "crew",
                hem_y=312,
                chest=82,
                waist=82,
                hem=84,
            )
            angle = rng.uniform(26, 44)
            sleeve = (
                Sleeve(length=76, width=66, cuff=60, angle=angle)
                if short
                else Sleeve(length=178, width=60, cuff=44, angle=angle)
            )
            paint_back(sheet, cut, colour)
            paint_sleeves(sheet, cut, sleeve, fill, material, trim, colour)
            paint_trunk(sheet, cut, fill, material, folds=3)
            if buttoned:
                chest_pocket(sheet, CENTRE + 42, 148, colour, width=38)
                sheet.line(f"M{CENTRE + 22} 151h40", trim, 3)
                placket(sheet, cut, "", colour, button_colour(colour), end=cut.hem_y + 4, count=5)
                collar(sheet, cut, small_fill(sheet, look, fill), colour, spread=32, drop=26)
                for side in (1, -1):
                    sheet.line(
                        f"M{CENTRE + side * 39} {cut.top + 4}L{CENTRE + side * 41} {cut.top + 50}L{CENTRE} {cut.top + 38}",
                        trim,
                        2.6,
                    )
            else:
                neckband(sheet, cut, trim, 8)
            sheet.line(f"M{CENTRE - cut.hem + 2:.0f} {cut.hem_y - 8}H{CENTRE + cut.hem - 2:.0f}", seam, 1.2)
