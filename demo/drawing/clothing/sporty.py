"""Leggings, track pants and shorts."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.clothing.legs import (
    Legs,
    elastic,
    fly,
    hip_pockets,
    paint_legs,
    paint_limbs,
    thread_of,
    waistband,
)
from demo.drawing.clothing.trousers import bottom_of, hem_seams, paint_trousers, trouser_cut
from demo.drawing.clothing.upper import SKINS, edge_of, placed
from demo.drawing.outline import CENTRE, ellipse, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_leggings(sheet: Sheet, look: Look) -> None:
    """Draw leggings: close to the leg, with a broad waistband."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    end = {"long": 362.0, "capri": 296.0}[look.parts.get("length", "long")]
    legs = Legs(
        top=30,
        waist=rng.uniform(40, 45),
        hip=rng.uniform(54, 59),
        crotch=124,
        out=rng.uniform(36, 46),
        width=21 if end > 300 else 29,
        knee=32,
        end=end,
    )
    with placed(sheet, 90, legs.top, bottom_of(look, legs)):
        paint_trousers(
            sheet,
            look,
            legs,
            sheet.paint(look.colour, look.pattern, look.accent, scale=0.7),
            look.material or "polyester",
        )
        seam = edge_of(look.colour)
        w = legs.waist
        band = polygon([(CENTRE - w, 30), (CENTRE + w, 30), (CENTRE + w + 7, 64), (CENTRE - w - 7, 64)])
        sheet.shape(band, sheet.paint(shaded(colour, -0.12)))
        sheet.line(band, seam, 1.6)
        sheet.line(f"M{CENTRE} 66L{CENTRE} {legs.crotch}", seam, 1.4, opacity=0.7)
        middle = (legs.crotch + legs.end) / 2
        for side in (1, -1):
            sheet.light(ellipse(CENTRE + side * 30, legs.crotch + 40, 6, 60), 0.22, 6)
            if look.parts.get("detail") == "side stripe":
                _side_stripe(sheet, legs, look.accent, side, 1, 7)
            else:
                sheet.line(
                    f"M{CENTRE + side * (legs.hip - 13):.0f} 68Q{CENTRE + side * (legs.hip - 9):.0f} {legs.crotch:.0f} {CENTRE + side * ((legs.hip + legs.out) / 2 - 9):.0f} {middle:.0f}",
                    seam,
                    1.2,
                    opacity=0.6,
                )
        hem_seams(sheet, legs, seam, 5)


def _side_stripe(sheet: Sheet, legs: Legs, colour: str, side: int, count: int, width: float) -> None:
    middle = (legs.crotch + legs.end) / 2
    with sheet.clip(legs.outline()):
        for i in range(count):
            inset = 6 + i * width * 1.9
            points = [
                (CENTRE + side * (legs.waist + 2 - inset), legs.top + 16),
                (CENTRE + side * (legs.hip - inset), legs.top + (legs.crotch - legs.top) * 0.7),
                (CENTRE + side * ((legs.hip + legs.out) / 2 - inset), middle),
                (CENTRE + side * (legs.out - inset), legs.end),
            ]
            sheet.line(smooth(points, closed=False), colour, width, round_ends=False)


def draw_track_pants(sheet: Sheet, look: Look) -> None:
    """Draw track pants: elastic waist with a drawstring, loose or gathered legs, perhaps side stripes."""
    colour = COLOURS[look.colour]
    cuffed = look.parts.get("cuffs", "cuffed") == "cuffed"
    legs = trouser_cut(sheet, look, "tapered" if cuffed else "straight", 358)
    with placed(sheet, 105, legs.top, bottom_of(look, legs)):
        paint_trousers(
            sheet, look, legs, sheet.paint(look.colour, look.pattern, look.accent), look.material or "cotton"
        )
        for side in (1, -1):
            if look.parts.get("detail") == "side stripes":
                _side_stripe(sheet, legs, look.accent, side, 2, 6)
            inner, outer, y = legs.hem(side)
            if cuffed:
                cuff = polygon(
                    [
                        (inner + side * 3, y - 12),
                        (outer - side * 2, y - 12),
                        (outer - side * 4, y + 7),
                        (inner + side * 4, y + 8),
                    ]
                )
                sheet.shape(cuff, sheet.paint(shaded(colour, -0.12)))
                sheet.line(cuff, edge_of(colour, 0.5), 1.4, opacity=0.8)
                low = min(inner, outer)
                sheet.line(
                    "".join(f"M{low + i:.0f} {y - 11:.0f}v18" for i in range(6, int(abs(outer - inner)) - 2, 5)),
                    edge_of(colour),
                    1.2,
                    opacity=0.5,
                )
                sheet.crease(f"M{inner + side * 4:.0f} {y - 20:.0f}q{side * 10} 10 {side * 22} 0", 0.2, 6)
        elastic(sheet, legs, colour, cord="white" if sum(colour) < 600 else "charcoal")
        hip_pockets(sheet, legs, colour)
        if not cuffed:
            hem_seams(sheet, legs, edge_of(look.colour))


def draw_shorts(sheet: Sheet, look: Look) -> None:
    """Draw shorts: of woven cloth, of denim, or for sport and swimming."""
    rng, colour, style = sheet.rng, COLOURS[look.colour], look.parts.get("style", "chino")
    end = {"chino": 286, "denim": 236, "sport": 268}[style] + rng.uniform(-10, 12)
    legs = Legs(
        top=62,
        waist=rng.uniform(80, 88),
        hip=rng.uniform(104, 112),
        crotch=206,
        out=rng.uniform(112, 128),
        width=106,
        knee=106,
        end=end + 26,
    )
    thread = thread_of(colour) if style == "denim" else None
    person = look.parts.get("view") == "person"
    with placed(sheet, 145, legs.top, 440 if person else legs.end + 10):
        if person:
            paint_limbs(sheet, Legs(62, 84, 100, 206, 90, 106, 106, end), rng.choice(SKINS))
        fill = sheet.paint(look.colour, look.pattern, look.accent)
        paint_legs(sheet, legs, fill, look.material or ("denim" if thread else "cotton"))
        for side in (1, -1) if style == "sport" else ():
            _side_stripe(sheet, legs, look.accent, side, 1, 11)
        if style == "sport":
            elastic(sheet, legs, colour, height=22, cord="white" if sum(colour) < 600 else "charcoal")
        else:
            waistband(sheet, legs, colour, height=20)
            fly(sheet, legs, colour, thread)
            hip_pockets(sheet, legs, colour, curved=thread is not None, thread=thread)
            sheet.shape(
                ellipse(CENTRE + 6, legs.top + 10, 4.6, 4.6), sheet.paint("brass" if thread else shaded(colour, -0.5))
            )
        if style == "denim":
            for side in (1, -1):
                inner, outer, y = legs.hem(side)
                cuff = polygon([(inner, y - 12), (outer, y - 14), (outer + side * 2, y + 6), (inner, y + 8)])
                sheet.shape(cuff, sheet.paint(shaded(colour, 0.3)))
                sheet.line(cuff, edge_of(colour, 0.5), 1.6)
        else:
            hem_seams(sheet, legs, edge_of(look.colour), 12)
