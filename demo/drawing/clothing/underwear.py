"""Swimwear and underwear."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.upper import (
    edge_of,
    neckband,
    paint_back,
    paint_trunk,
    placed,
)
from demo.drawing.outline import CENTRE, mirrored, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_swimsuit(sheet: Sheet, look: Look) -> None:
    """Draw a women's swimsuit: in one piece, or a bikini."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), look.material or "polyester"
    strap = shaded(colour, -0.12)
    with placed(sheet, 100, 30, 356):
        if look.parts.get("style") == "bikini":
            _bra(sheet, fill, material, colour, strap, top=76, tie=True)
            _briefs(sheet, fill, material, colour, top=rng.uniform(224, 236), tall=92, hip=86, ties=True)
            return
        waist = rng.uniform(50, 56)
        deep = rng.uniform(108, 128)
        back = smooth(
            [(CENTRE - 50, 100), (CENTRE, 132), (CENTRE + 50, 100), (CENTRE + 40, 150), (CENTRE - 40, 150)],
            tension=0.6,
        )
        sheet.shape(back, sheet.paint(shaded(colour, -0.4)))
        for side in (1, -1):
            sheet.tube(
                f"M{CENTRE + side * 34} 40Q{CENTRE + side * 38} 66 {CENTRE + side * 48} 96", strap, 10, shine=0.1
            )
        right = [
            (CENTRE, deep),
            (CENTRE + 30, deep - 16),
            (CENTRE + 45, 86),
            (CENTRE + 53, 88),
            (CENTRE + 66, 130),
            (CENTRE + 64, 150),
            (CENTRE + waist, 206),
            (CENTRE + 72, 270),
            (CENTRE + 44, 304),
            (CENTRE + 24, 334),
            (CENTRE + 12, 345),
            (CENTRE, 347),
        ]
        d = smooth(mirrored(right), tension=0.8)
        sheet.body(d, fill, material)
        for side in (1, -1):
            sheet.crease(f"M{CENTRE + side * 58} 152Q{CENTRE + side * 40} 166 {CENTRE + side * 16} 158", 0.16, 6)
            sheet.line(smooth([(CENTRE + side * (x - CENTRE), y) for x, y in right[7:10]], closed=False), strap, 4)
        sheet.line(
            f"M{CENTRE - 30} {deep - 15:.0f}Q{CENTRE} {deep + 13:.0f} {CENTRE + 30} {deep - 15:.0f}", strap, 3.4
        )


def draw_bra(sheet: Sheet, look: Look) -> None:
    """Draw a bra: with wires and thin straps, or a broad one for sport."""
    colour = COLOURS[look.colour]
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), look.material or "cotton"
    strap = shaded(colour, -0.14)
    if look.parts.get("style") == "sports":
        rng = sheet.rng
        cut = Cut(
            neck=46,
            depth=76,
            neckline="scoop",
            top=70,
            shoulder=72,
            slope=4,
            armpit=176,
            chest=104,
            waist=98,
            waist_y=226,
            hem=96,
            hem_y=270,
            sag=5,
            scoop=rng.uniform(2, 7),
        )
        with placed(sheet, 110, 70, 280, most=1.3):
            paint_back(sheet, cut, colour, label=False)
            paint_trunk(sheet, cut, fill, material, folds=0)
            sheet.crease(f"M{CENTRE} {cut.top + cut.depth + 12}V236", 0.2, 8)
            for side in (1, -1):
                sheet.crease(f"M{CENTRE + side * 88} 216Q{CENTRE + side * 50} 240 {CENTRE + side * 8} 226", 0.2, 7)
            band = (
                f"M{CENTRE - 98} 244Q{CENTRE} 254 {CENTRE + 98} 244L{CENTRE + 96} 272Q{CENTRE} 282 {CENTRE - 96} 272Z"
            )
            sheet.body(band, sheet.paint(strap), material, flat=True)
            neckband(sheet, cut, colour, 5)
        return
    with placed(sheet, 118, 30, 292, most=1.3):
        _bra(sheet, fill, material, colour, strap, top=64, tie=False)


def _bra(sheet: Sheet, fill: str, material: str, colour: Rgb, strap: Rgb, *, top: float, tie: bool) -> None:
    scale = 1.0 if tie else 1.3
    low = top + 112 * scale
    for side in (1, -1):
        x = CENTRE + side * 44 * scale
        sheet.tube(
            f"M{CENTRE + side * 46 * scale:.0f} {top - 30:.0f}Q{CENTRE + side * 58 * scale:.0f} {top + 20:.0f} {x + side * 6:.0f} {top + 50 * scale:.0f}",
            strap,
            5 if tie else 8,
            shine=0.1,
        )
        wing = [
            (x + side * 24 * scale, low - 40 * scale),
            (CENTRE + side * 92 * scale, low - 26 * scale),
            (CENTRE + side * 92 * scale, low - 8),
            (x, low),
        ]
        sheet.body(
            polygon(wing) if not tie else polygon([wing[0], (wing[1][0], low - 9), (wing[2][0], low - 3), wing[3]]),
            sheet.paint(strap),
            material,
            flat=True,
        )
        cup = [
            (x + side * 4, top + 38 * scale),
            (x + side * 40 * scale, low - 36 * scale),
            (x + side * 32 * scale, low - 8),
            (x, low + 3),
            (x - side * 34 * scale, low - 10),
            (x - side * 36 * scale, low - 38 * scale),
            (x - side * 12 * scale, low - 58 * scale),
        ]
        sheet.body(smooth(cup, tension=0.85), fill, material)
        if not tie:
            sheet.line(smooth([cup[1], cup[2], cup[3], cup[4]], closed=False), edge_of(colour, 0.4), 3, opacity=0.7)
            sheet.line(smooth([cup[5], cup[6], cup[0]], closed=False), shaded(colour, 0.35), 4, dashes="1 5")
        sheet.crease(
            f"M{x - 20 * scale:.0f} {low - 24:.0f}Q{x:.0f} {low - 10:.0f} {x + 20 * scale:.0f} {low - 26:.0f}",
            0.14,
            7,
        )
    bridge = polygon(
        [(CENTRE - 11, low - 34), (CENTRE + 11, low - 34), (CENTRE + 13, low - 6), (CENTRE - 13, low - 6)]
    )
    sheet.body(bridge, sheet.paint(strap), material, flat=True)
    if not tie:
        sheet.line(f"M{CENTRE - 6} {low - 32:.0f}l6 5l6 -5", strap, 4)


def _briefs(
    sheet: Sheet,
    fill: str,
    material: str,
    colour: Rgb,
    *,
    top: float,
    tall: float,
    hip: float,
    waist: Rgb | None = None,
    ties: bool = False,
) -> None:
    right = [
        (CENTRE, top + 5),
        (CENTRE + hip - 4, top),
        (CENTRE + hip, top + tall * 0.2),
        (CENTRE + hip * 0.62, top + tall * 0.52),
        (CENTRE + hip * 0.34, top + tall * 0.84),
        (CENTRE + hip * 0.17, top + tall * 0.97),
        (CENTRE, top + tall),
    ]
    d = smooth(mirrored(right), tension=0.6)
    sheet.body(d, fill, material)
    with sheet.clip(d):
        band = f"M{CENTRE - hip:.0f} {top + 2:.0f}Q{CENTRE} {top + 7:.0f} {CENTRE + hip:.0f} {top + 2:.0f}"
        sheet.line(band, edge_of(colour, 0.45), 19 if ties else 35, round_ends=False)
        sheet.line(band, waist or shaded(colour, -0.12), 16 if ties else 31, round_ends=False)
    for side in (1, -1):
        leg = [(CENTRE + side * (x - CENTRE), y) for x, y in right[2:5]]
        sheet.line(smooth(leg, closed=False), shaded(colour, -0.25), 3.4)
        sheet.crease(f"M{CENTRE + side * 20} {top + tall * 0.8:.0f}q{side * 8} -14 {side * 26} -26", 0.14, 6)
        if ties:
            x = CENTRE + side * (hip - 2)
            sheet.line(
                f"M{x:.0f} {top + 6:.0f}q{side * 12} -12 {side * 10} 4q{-side * 6} 10 {-side * 8} 2q{side * 8} 18 {side * 4} 30",
                shaded(colour, -0.14),
                3.4,
            )


def draw_briefs(sheet: Sheet, look: Look) -> None:
    """Draw briefs: a plain elastic waist, high legs."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    fill, material = sheet.paint(look.colour, look.pattern, look.accent), look.material or "cotton"
    waist = COLOURS[look.accent] if look.parts.get("trim") == "contrast" else None
    with placed(sheet, 150, 110, 300, most=1.15):
        _briefs(
            sheet, fill, material, colour, top=120, tall=rng.uniform(150, 176), hip=rng.uniform(132, 146), waist=waist
        )
        if look.parts.get("trim") == "bow":
            for side in (1, -1):
                sheet.shape(
                    polygon([(CENTRE, 130), (CENTRE + side * 13, 122), (CENTRE + side * 13, 138)]),
                    sheet.paint(look.accent),
                )
