"""Backpacks, suitcases and duffel bags, from the front."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.accessories.bags import zip_line
from demo.drawing.accessories.common import buckle, deeper, metal, seam_colour, surface
from demo.drawing.outline import mirrored, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_backpack(sheet: Sheet, look: Look) -> None:
    """Draw a backpack: straps behind, the main part, then its closure and a front pocket."""
    rng = sheet.rng
    material = surface(sheet, look, "polyester")
    closure = look.parts.get("closure", "zip")
    rgb = COLOURS[look.colour]
    wide = rng.uniform(92, 108)
    top = rng.uniform(46, 60)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.9)
    pocket_fill = sheet.paint(look.accent) if look.pattern == "plain" and rng.random() < 0.35 else fill
    tone = metal(sheet)
    with sheet.group(f"rotate({rng.uniform(-3, 3):.1f} 200 220)"):
        for side in (-1, 1):
            x = 200 + side * wide
            sheet.tube(
                f"M{200 + side * 40} {top + 20:.0f}C{x + side * 40:.0f} {top + 30:.0f} {x + side * 44:.0f} 240 {x - side * 8:.0f} 330",
                deeper(look, 0.3),
                17,
            )
        sheet.tube(
            f"M178 {top + 10:.0f}Q178 {top - 24:.0f} 200 {top - 24:.0f}T222 {top + 10:.0f}", deeper(look, 0.2), 9
        )
        if closure == "roll-top":
            body = smooth(
                mirrored(
                    [
                        (200, top + 24),
                        (200 + wide - 12, top + 24),
                        (200 + wide, top + 120),
                        (200 + wide + 6, 320),
                        (200 + wide - 16, 354),
                        (200, 358),
                    ]
                ),
                tension=0.5,
            )
            sheet.body(body, fill, material)
            for i in range(3):
                sheet.body(
                    rounded(200 - wide + 8 - i * 3, top + i * 14 - 2, 2 * wide - 16 + i * 6, 20, 9), fill, material
                )
            for side in (-1, 1):
                x = 200 + side * (wide - 16)
                sheet.line(f"M{x:.0f} {top + 30:.0f}V{top + 110:.0f}", (34, 34, 36), 11, round_ends=False)
                sheet.body(rounded(x - 10, top + 66, 20, 26, 4), sheet.paint((40, 40, 42)), "plastic")
            sheet.line(f"M{200 - wide * 0.5:.0f} 300H{200 + wide * 0.5:.0f}", (226, 228, 230), 7)
            zip_line(sheet, 200 - wide + 34, 226, 2 * wide - 68, tone)
            return
        body = smooth(
            mirrored(
                [
                    (200, top),
                    (244, top + 4),
                    (200 + wide - 8, top + 40),
                    (200 + wide, top + 120),
                    (200 + wide + 4, 316),
                    (200 + wide - 14, 352),
                    (200, 358),
                ]
            ),
            tension=0.75,
        )
        sheet.body(body, fill, material)
        for side in (-1, 1):
            sheet.body(
                smooth(
                    [
                        (200 + side * (wide - 14), 262),
                        (200 + side * (wide + 16), 266),
                        (200 + side * (wide + 16), 340),
                        (200 + side * (wide - 10), 346),
                    ],
                    tension=0.6,
                ),
                sheet.paint(deeper(look, 0.25)),
                material,
            )
        if closure == "flap":
            flap = smooth(
                mirrored(
                    [
                        (200, top - 2),
                        (248, top + 2),
                        (200 + wide, top + 46),
                        (200 + wide + 2, top + 118),
                        (200 + wide - 26, top + 148),
                        (200, top + 152),
                    ]
                ),
                tension=0.7,
            )
            _pocket(sheet, look, wide, 244, pocket_fill, material)
            with sheet.group("translate(0 6)"):
                sheet.shape(flap, "#000", opacity=0.25)
            sheet.body(flap, fill, material)
            for x in (156, 244):
                strap = deeper(look, 0.45) if look.material != "canvas" else (122, 78, 44)
                sheet.line(f"M{x} {top + 96:.0f}V{top + 204:.0f}", strap, 15)
                buckle(sheet, x, top + 172, 24, 20, tone)
            return
        arch = f"M{200 - wide + 16:.0f} {top + 150:.0f}V{top + 70:.0f}Q{200 - wide + 22:.0f} {top + 22:.0f} 200 {top + 20:.0f}Q{200 + wide - 22:.0f} {top + 22:.0f} {200 + wide - 16:.0f} {top + 70:.0f}V{top + 150:.0f}"
        sheet.line(arch, (24, 24, 26), 6.5)
        sheet.line(
            arch, shaded(rgb, 0.25) if sum(rgb) < 300 else shaded(rgb, -0.35), 2.6, dashes="2 2", round_ends=False
        )
        _pocket(sheet, look, wide, 216, pocket_fill, material)
        zip_line(sheet, 200 - wide + 32, 236, 2 * wide - 64, tone)
        sheet.body(rounded(176, top + 80, 48, 26, 4), sheet.paint(look.accent), "smooth leather", flat=True)


def _pocket(sheet: Sheet, look: Look, wide: float, top: float, fill: str, material: str) -> None:
    d = smooth(
        mirrored(
            [
                (200, top),
                (200 + wide - 26, top + 2),
                (200 + wide - 14, top + 16),
                (200 + wide - 12, 328),
                (200 + wide - 28, 346),
                (200, 349),
            ]
        ),
        tension=0.5,
    )
    sheet.body(d, fill, material)
    with sheet.group("translate(12 17) scale(.94)"):
        sheet.line(d, seam_colour(look), 1.6, opacity=0.6, dashes="5 3")


def draw_suitcase(sheet: Sheet, look: Look) -> None:
    """Draw an upright trolley case: telescopic handle, ribbed shell or cloth body, wheels."""
    rng = sheet.rng
    hard = look.parts.get("shell", "hard") == "hard"
    material = look.material or "plastic"
    wide = rng.uniform(78, 94)
    top = rng.uniform(108, 124)
    rgb = COLOURS[look.colour]
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    raised = rng.random() < 0.75
    if raised:
        for x in (166.0, 234.0):
            sheet.tube(f"M{x:.0f} {top + 8:.0f}V34", (168, 171, 176), 8, shine=0.7)
        sheet.tube("M160 32H240", (46, 46, 50), 16)
    else:
        sheet.tube(f"M164 {top + 4:.0f}v-12h72v12", (46, 46, 50), 11)
    for side in (-1, 1):
        sheet.body(rounded(200 + side * (wide - 18) - 10, 334, 20, 28, 9), sheet.paint((40, 40, 42)), "rubber")
    sheet.body(
        rounded(200 - wide, top, 2 * wide, 340 - top, 22 if hard else 14), fill, material if hard else "polyester"
    )
    if hard:
        count = rng.choice((4, 5, 6))
        step = 2 * wide / (count + 1)
        for i in range(count):
            x = 200 - wide + step * (i + 1)
            sheet.line(f"M{x:.0f} {top + 26:.0f}V318", (0, 0, 0), 6, opacity=0.2)
            sheet.line(f"M{x + 4:.0f} {top + 26:.0f}V318", (255, 255, 255), 3, opacity=0.3)
        for x, y in ((200 - wide, top), (200 + wide - 30, top), (200 - wide, 310), (200 + wide - 30, 310)):
            sheet.body(rounded(x, y, 30, 30, 13), sheet.paint(shaded(rgb, -0.22)), material)
        sheet.body(rounded(200 + wide - 18, 210, 20, 36, 5), sheet.paint((52, 52, 56)), "plastic")
        sheet.body(rounded(178, top + 14, 44, 13, 3), sheet.paint((206, 208, 212)), "metal", flat=True)
    else:
        for y, low in ((top + 24, top + 100), (top + 112, 322)):
            sheet.body(rounded(200 - wide + 14, y, 2 * wide - 28, low - y, 12), fill, "polyester")
            zip_line(sheet, 200 - wide + 26, y + 13, 2 * wide - 56, (190, 192, 196))
        sheet.line(rounded(200 - wide + 5, top + 5, 2 * wide - 10, 330 - top, 12), deeper(look, 0.5), 4)
        sheet.tube(f"M176 {top + 8:.0f}q0 -18 24 -18t24 18", deeper(look, 0.4), 9)
    sheet.tube(f"M178 {top - 1:.0f}q2 -12 22 -12t22 12", deeper(look, 0.5), 8)


def draw_duffel_bag(sheet: Sheet, look: Look) -> None:
    """Draw a duffel bag: a lying barrel with end panels, zip on top, two handles and end straps."""
    rng = sheet.rng
    material = surface(sheet, look, "canvas")
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    top = rng.uniform(166, 186)
    tone = metal(sheet)
    trim = look.accent if rng.random() < 0.5 else look.colour
    rgb = shaded(COLOURS[trim], -0.2)
    with sheet.group(f"rotate({rng.uniform(-2, 2):.1f} 200 250)"):
        if rng.random() < 0.6:
            strap = f"M44 {top + 40:.0f}C10 {top - 40:.0f} 100 60 210 66S396 {top - 30:.0f} 356 {top + 40:.0f}"
            sheet.line(strap, shaded(rgb, -0.5), 13)
            sheet.line(strap, rgb, 10.5)
        sheet.tube(
            f"M120 {top + 20:.0f}C124 {top - 84:.0f} 276 {top - 84:.0f} 280 {top + 20:.0f}", shaded(rgb, -0.25), 12
        )
        body = smooth(
            mirrored(
                [(200, top), (300, top + 2), (346, top + 24), (362, top + 90), (352, 332), (316, 350), (200, 352)]
            ),
            tension=0.75,
        )
        sheet.body(body, fill, material)
        with sheet.clip(body):
            for side in (-1, 1):
                end = [
                    (200 + side * 170, top - 10),
                    (200 + side * 130, top + 6),
                    (200 + side * 118, top + 90),
                    (200 + side * 128, 356),
                    (200 + side * 176, 356),
                ]
                sheet.shape(smooth(end, tension=0.6), sheet.paint(deeper(look, 0.3)), opacity=0.55)
                sheet.line(smooth(end[1:4], closed=False, tension=0.8), seam_colour(look), 1.8, opacity=0.7)
        zip_line(sheet, 96, top + 14, 208, tone)
        handle = f"M128 352V{top + 30:.0f}C130 {top - 70:.0f} 270 {top - 70:.0f} 272 {top + 30:.0f}V352"
        sheet.line(handle, shaded(rgb, -0.5), 15, round_ends=False)
        sheet.line(handle, rgb, 13, round_ends=False)
        sheet.line(f"M176 {top - 44:.0f}Q200 {top - 50:.0f} 224 {top - 44:.0f}", shaded(rgb, -0.35), 20)
        for x in (128, 272):
            sheet.line(f"M{x - 5} {top + 50:.0f}h10l-10 14h10l-10 -14", seam_colour(look), 1.3)
        if rng.random() < 0.5:
            sheet.body(rounded(148, 262, 104, 66, 8), fill, material)
            zip_line(sheet, 158, 276, 78, tone)
