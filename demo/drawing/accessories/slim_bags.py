"""Clutches and laptop bags, from the front."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.accessories.bags import zip_line
from demo.drawing.accessories.common import deeper, metal, seam_colour, surface
from demo.drawing.outline import mirrored, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_clutch(sheet: Sheet, look: Look) -> None:
    """Draw a clutch: a flat bag with an envelope flap, or a frame with a clasp."""
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    tone = metal(sheet)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    top, low = 142 + rng.uniform(-10, 6), 312 + rng.uniform(-8, 12)
    with sheet.group(f"rotate({rng.uniform(-5, 5):.1f} 200 220)"):
        if look.parts.get("closure") == "clasp":
            body = smooth(
                mirrored([(200, top), (308, top + 2), (336, top + 60), (338, low - 16), (318, low), (200, low + 4)]),
                tension=0.5,
            )
            sheet.body(body, fill, material)
            for x in (-70, -24, 24, 70):
                sheet.crease(f"M{200 + x} {top + 16:.0f}q{x * 0.14:.0f} 40 {x * 0.2:.0f} 90", 0.16, 7)
            sheet.tube(
                f"M90 {top + 14:.0f}Q92 {top:.0f} 106 {top:.0f}H294Q308 {top:.0f} 310 {top + 14:.0f}",
                tone,
                12,
                shine=0.8,
            )
            for dx in (-7, 7):
                sheet.body(
                    f"M{200 + dx - 8} {top - 12:.0f}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0Z", sheet.paint(tone), "metal"
                )
            return
        sheet.body(rounded(48, top, 304, low - top, 12), fill, material, flat=True)
        drop = top + (low - top) * rng.uniform(0.6, 0.76)
        flap = smooth(
            [
                (48, top + 2),
                (200, top - 2),
                (352, top + 2),
                (350, top + 24),
                (214, drop),
                (200, drop + 4),
                (186, drop),
                (50, top + 24),
            ],
            tension=0.2,
        )
        with sheet.group("translate(0 5)"):
            sheet.shape(flap, "#000", opacity=0.25)
        sheet.body(flap, fill, material, flat=True)
        seam = seam_colour(look)
        sheet.line(
            f"M56 {top + 18:.0f}L188 {drop - 10:.0f}Q200 {drop - 4:.0f} 212 {drop - 10:.0f}L344 {top + 18:.0f}",
            seam,
            1.6,
            opacity=0.7,
            dashes="5 3",
        )
        sheet.body(f"M190 {drop - 16:.0f}a10 10 0 1 0 20 0a10 10 0 1 0 -20 0Z", sheet.paint(tone), "metal")
        if rng.random() < 0.4:
            sheet.tube(f"M350 {top + 40:.0f}q26 34 8 84q-16 20 -22 -10q-4 -40 14 -74", COLOURS[look.colour], 8)


def draw_laptop_bag(sheet: Sheet, look: Look) -> None:
    """Draw a laptop bag: a briefcase with short handles, a front pocket and a shoulder strap."""
    rng = sheet.rng
    material = surface(sheet, look, "polyester")
    tone = metal(sheet)
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    top, low = 150 + rng.uniform(-6, 6), 342
    rgb = COLOURS[look.colour]
    with sheet.group(f"rotate({rng.uniform(-1.5, 1.5):.1f} 200 200)"):
        if rng.random() < 0.65:
            strap = f"M52 {top + 18:.0f}C30 90 90 44 200 40S372 90 348 {top + 18:.0f}"
            sheet.line(strap, shaded(rgb, -0.5), 13)
            sheet.line(strap, shaded(rgb, -0.12), 10)
            sheet.line("M150 44Q200 36 252 46", shaded(rgb, -0.35), 22)
        sheet.tube(
            f"M150 {top + 6:.0f}V{top - 34:.0f}Q150 {top - 50:.0f} 168 {top - 50:.0f}H232Q250 {top - 50:.0f} 250 {top - 34:.0f}V{top + 6:.0f}",
            shaded(rgb, -0.18),
            13,
        )
        sheet.line(f"M172 {top - 50:.0f}H228", deeper(look, 0.45), 18)
        sheet.body(rounded(42, top, 316, low - top, 18), fill, material)
        zip_line(sheet, 64, top + 16, 268, tone)
        split = top + rng.uniform(62, 84)
        sheet.body(rounded(60, split, 280, low - split - 12, 12), fill, material)
        zip_line(sheet, 74, split + 14, 246, tone)
        seam = seam_colour(look)
        sheet.line(rounded(66, split + 26, 268, low - split - 46, 9), seam, 1.5, opacity=0.6, dashes="5 3")
        for x in (150, 250):
            sheet.line(f"M{x} {top + 4:.0f}V{split + 4:.0f}", shaded(rgb, -0.3), 15, round_ends=False)
        sheet.body(rounded(182, low - 52, 36, 18, 3), sheet.paint(look.accent), "leather", flat=True)
        sheet.line(polygon([(42, top + 26), (52, top + 26)]), tone, 5)
