"""Boxer shorts."""

from __future__ import annotations

from demo.colours import COLOURS
from demo.drawing.clothing.details import button_colour
from demo.drawing.clothing.legs import Legs, elastic, paint_legs
from demo.drawing.clothing.upper import (
    edge_of,
    placed,
)
from demo.drawing.outline import CENTRE, ellipse, polygon
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_boxers(sheet: Sheet, look: Look) -> None:
    """Draw boxer shorts: close to the leg with a broad band, or loose woven ones."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    loose = look.parts.get("cut") == "loose"
    fill, material = sheet.paint(look.colour, look.pattern, look.accent), look.material or "cotton"
    legs = Legs(
        top=96,
        waist=rng.uniform(98, 106),
        hip=118 if loose else 112,
        crotch=232,
        out=142 if loose else 116,
        width=130 if loose else 102,
        knee=110,
        end=290,
    )
    with placed(sheet, 150, 90, 300, most=1.12):
        paint_legs(sheet, legs, fill, material)
        if loose:
            elastic(sheet, legs, colour, height=20)
            sheet.line(f"M{CENTRE} 118V{legs.crotch}", edge_of(colour, 0.5), 2)
            sheet.shape(ellipse(CENTRE, 160, 4.5, 4.5), sheet.paint(button_colour(colour)))
        else:
            band = polygon(
                [
                    (CENTRE - legs.waist, 94),
                    (CENTRE + legs.waist, 94),
                    (CENTRE + legs.waist + 3, 120),
                    (CENTRE - legs.waist - 3, 120),
                ]
            )
            sheet.body(band, sheet.paint(look.accent), material, flat=True, outline=1.6)
            sheet.letters(rng.choice(("HALVORN", "KESTRANE")), CENTRE, 113, 12, colour, weight=0.22)
            for side in (1, -1):
                sheet.line(
                    f"M{CENTRE + side * 32} 122Q{CENTRE + side * 44} 180 {CENTRE + side * 8} 226",
                    edge_of(colour, 0.45),
                    2,
                    opacity=0.8,
                )
            sheet.line(f"M{CENTRE} 122V{legs.crotch}", edge_of(colour, 0.45), 1.6, opacity=0.7)
        for side in (1, -1):
            inner, outer, y = legs.hem(side, 9)
            sheet.line(f"M{inner:.0f} {y:.0f}L{outer:.0f} {y:.0f}", edge_of(colour), 1.5, opacity=0.7)
