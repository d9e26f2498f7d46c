"""Trousers, jeans and overalls."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.legs import (
    Legs,
    fly,
    hip_pockets,
    paint_legs,
    paint_limbs,
    thread_of,
    waistband,
)
from demo.drawing.clothing.upper import SKINS, edge_of, placed
from demo.drawing.outline import CENTRE, ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_FITS = {  # out, hem width, knee width
    "straight": (60, 44, 50), "slim": (46, 29, 42), "wide": (82, 72, 62), "flared": (80, 62, 42), "tapered": (50, 31, 54),
}  # fmt: skip


def trouser_cut(sheet: Sheet, look: Look, fit: str, end: float = 362) -> Legs:
    """Return long legs of a fit, a little different each time."""
    rng = sheet.rng
    out, width, knee = _FITS[fit]
    size = rng.uniform(0.95, 1.06)
    spread = rng.uniform(-4, 10) if look.parts.get("view") == "flat" else rng.uniform(-2, 4)
    return Legs(
        top=32, waist=rng.uniform(46, 54), hip=rng.uniform(60, 67), crotch=rng.uniform(124, 138),
        out=out * size + spread, width=width * size, knee=knee * size, end=end,
    )  # fmt: skip


def paint_trousers(sheet: Sheet, look: Look, legs: Legs, fill: str, material: str) -> None:
    """Paint the legs, and those of a wearer below them."""
    if look.parts.get("view") == "person":
        paint_limbs(sheet, legs, sheet.rng.choice(SKINS))
    paint_legs(sheet, legs, fill, material)


def bottom_of(look: Look, legs: Legs) -> float:
    """Return how far down a look reaches, with a wearer's shoes where there is one."""
    return max(legs.end + 34, legs.crotch + 234) if look.parts.get("view") == "person" else legs.end


def hem_seams(sheet: Sheet, legs: Legs, seam: Rgb, up: float = 8, dashes: str = "") -> None:
    """Paint the seams above both hems."""
    for side in (1, -1):
        inner, outer, y = legs.hem(side, up)
        sheet.line(f"M{inner:.1f} {y + 1:.1f}L{outer:.1f} {y:.1f}", seam, 1.3, opacity=0.7, dashes=dashes)


def draw_trousers(sheet: Sheet, look: Look) -> None:
    """Draw woven trousers: chinos, pressed ones or with cargo pockets."""
    style, colour = look.parts.get("style", "chino"), COLOURS[look.colour]
    legs = trouser_cut(sheet, look, look.parts.get("fit", "straight"))
    with placed(sheet, 110, legs.top, bottom_of(look, legs)):
        paint_trousers(
            sheet,
            look,
            legs,
            sheet.paint(look.colour, look.pattern, look.accent, scale=0.75),
            look.material or "cotton",
        )
        seam = edge_of(look.colour)
        waistband(sheet, legs, colour)
        fly(sheet, legs, colour)
        hip_pockets(sheet, legs, colour)
        hem_seams(sheet, legs, seam, 9)
        sheet.shape(ellipse(CENTRE + 6, legs.top + 7.5, 3.6, 3.6), sheet.paint(shaded(colour, -0.5)))
        middle = (legs.crotch + legs.end) / 2
        for side in (1, -1):
            inner, outer, y = legs.hem(side)
            if style == "pressed":
                d = f"M{CENTRE + side * legs.hip * 0.5:.0f} {legs.top + 18}L{CENTRE + side * (legs.hip * 0.5):.0f} {middle:.0f}L{(inner + outer) / 2:.0f} {y:.0f}"
                sheet.crease(d, 0.3, 4)
                sheet.line(d, edge_of(colour), 1.1, opacity=0.6)
            elif style == "cargo":
                x = CENTRE + side * (legs.hip + legs.out) * 0.5
                w = side * 36
                box = polygon([(x, middle - 46), (x - w, middle - 46), (x - w, middle + 2), (x, middle + 2)])
                sheet.shape(box, "#000", opacity=0.10)
                sheet.line(box, edge_of(colour, 0.5), 1.9)
                flap = polygon(
                    [
                        (x + side, middle - 50),
                        (x - w - side, middle - 50),
                        (x - w - side, middle - 34),
                        (x + side, middle - 34),
                    ]
                )
                sheet.shape(flap, "#000", opacity=0.10)
                sheet.line(flap, edge_of(colour, 0.5), 1.9)


def draw_jeans(sheet: Sheet, look: Look) -> None:
    """Draw jeans: visible stitching, rivets, faded thighs, perhaps tears."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    legs, wash = trouser_cut(sheet, look, look.parts.get("fit", "straight")), look.parts.get("wash", "dark")
    thread = thread_of(colour)
    with placed(sheet, 110, legs.top, bottom_of(look, legs)):
        paint_trousers(
            sheet, look, legs, sheet.paint(look.colour, look.pattern, look.accent), look.material or "denim"
        )
        middle = (legs.crotch + legs.end) / 2
        with sheet.clip(legs.outline()):
            for side in (1, -1):
                x = CENTRE + side * legs.hip * 0.52
                if wash != "clean":
                    sheet.light(ellipse(x, legs.crotch + 40, 15, 62), 0.42, 10)
                if wash == "ripped":
                    for y in (legs.crotch + rng.uniform(16, 40), middle + rng.uniform(-8, 12)):
                        _tear(sheet, x + rng.uniform(-3, 3), y, rng.uniform(11, 15))
                sheet.line(
                    f"M{CENTRE + side * (legs.hip - 6):.0f} {legs.top + 46}Q{CENTRE + side * (legs.hip - 2):.0f} {middle - 40:.0f} {CENTRE + side * ((legs.hip + legs.out) / 2 - 5):.0f} {middle:.0f}",
                    thread,
                    1.2,
                    dashes="4 2.5",
                    opacity=0.7,
                )
        waistband(sheet, legs, colour)
        sheet.line(
            f"M{CENTRE - legs.waist + 2:.0f} {legs.top + 3}H{CENTRE + legs.waist - 2:.0f}M{CENTRE - legs.waist:.0f} {legs.top + 12}H{CENTRE + legs.waist:.0f}",
            thread,
            1.1,
            dashes="4 2.5",
        )
        fly(sheet, legs, colour, thread)
        hip_pockets(sheet, legs, colour, curved=True, thread=thread)
        hem_seams(sheet, legs, thread, 8, "4 2.5")
        sheet.shape(ellipse(CENTRE + 5, legs.top + 7.5, 4.2, 4.2), sheet.paint("brass"))
        sheet.line(ellipse(CENTRE + 5, legs.top + 7.5, 4.2, 4.2), "black", 0.8, opacity=0.5)


def _tear(sheet: Sheet, x: float, y: float, half: float) -> None:
    sheet.shape(smooth([(x - half, y), (x, y - 6), (x + half, y), (x, y + 6)]), "#5b4a42", opacity=0.55)
    threads = "".join(
        f"M{x - half + 1:.0f} {y + dy}q{half:.0f} {dy * 0.6:.1f} {2 * half - 2:.0f} 0" for dy in (-3.5, -1, 1.5, 4)
    )
    sheet.line(threads, "white", 1.1, opacity=0.85)


def draw_overall(sheet: Sheet, look: Look) -> None:
    """Draw overalls: trousers with a bib, held by two straps."""
    colour = COLOURS[look.colour]
    legs = Legs(top=128, waist=58, hip=68, crotch=214, out=sheet.rng.uniform(70, 80), width=48, knee=54, end=356)
    fill, material = sheet.paint(look.colour, look.pattern, look.accent), look.material or "polyester"
    with placed(sheet, 110, 26, 356):
        back = smooth(
            [
                (CENTRE - 30, 60),
                (CENTRE - 34, 30),
                (CENTRE - 18, 24),
                (CENTRE, 40),
                (CENTRE + 18, 24),
                (CENTRE + 34, 30),
                (CENTRE + 30, 60),
                (CENTRE, 96),
            ],
            tension=0.7,
        )
        sheet.shape(back, sheet.paint(shaded(colour, -0.4)))
        for side in (1, -1):
            sheet.body(
                polygon(
                    [
                        (CENTRE + side * 24, 28),
                        (CENTRE + side * 40, 28),
                        (CENTRE + side * 40, 96),
                        (CENTRE + side * 26, 96),
                    ]
                ),
                fill,
                material,
                flat=True,
            )
        paint_legs(sheet, legs, fill, material)
        bib = smooth(
            [
                (CENTRE - 44, 84),
                (CENTRE + 44, 84),
                (CENTRE + 50, 112),
                (CENTRE + 62, 140),
                (CENTRE, 146),
                (CENTRE - 62, 140),
                (CENTRE - 50, 112),
            ],
            tension=0.4,
        )
        sheet.body(bib, fill, material)
        pocket = rounded(CENTRE - 24, 98, 48, 36, 5)
        sheet.shape(pocket, "#000", opacity=0.08)
        sheet.line(pocket, edge_of(colour, 0.5), 1.8)
        for side in (1, -1):
            sheet.line(rounded(CENTRE + side * 33 - 9, 84, 18, 15, 3), "silver", 3.4)
        waistband(sheet, Legs(top=138, waist=61), colour, loops=False, height=12)
        hip_pockets(sheet, legs, colour)
        hem_seams(sheet, legs, edge_of(look.colour))
