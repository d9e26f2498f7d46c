"""Formal shoes and loafers, from the side, toe to the left, standing on y = 350."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import deeper, metal, seam_colour, shoes, surface
from demo.drawing.accessories.laces import laces
from demo.drawing.outline import smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

SOLE: Rgb = (46, 34, 28)


def _welted_sole(sheet: Sheet, heel: float, colour: Rgb = SOLE) -> None:
    """Draw a thin leather sole that rises before a stacked heel."""
    d = smooth(
        [
            (32, 340 - heel * 0.3),
            (40, 347),
            (90, 350),
            (200, 348),
            (250, 347 - heel * 0.5),
            (268, 346 - heel * 0.5),
            (272, 350),
            (352, 350),
            (356, 348),
            (358, 336 - heel),
            (250, 338 - heel * 0.8),
            (140, 338),
            (60, 337 - heel * 0.2),
        ],
        tension=0.35,
    )
    sheet.body(d, sheet.paint(colour), "rubber")


def _formal(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    toe = rng.uniform(-5, 5)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.5)
    seam = seam_colour(look)
    sheet.shape(
        smooth([(206, 250), (228, 212), (258, 206), (300, 236), (344, 222), (338, 270), (230, 280)]), "#241d1a"
    )
    sheet.body(
        smooth([(200, 250), (216, 208), (238, 200), (256, 212), (246, 260)], tension=0.8),
        sheet.paint(deeper(look, 0.2)),
        material,
    )
    upper = smooth(
        [
            (34, 338),
            (36, 322 + toe),
            (58, 304 + toe),
            (104, 290),
            (150, 272),
            (196, 240),
            (228, 214),
            (246, 216),
            (262, 236),
            (296, 244),
            (326, 232),
            (341, 228),
            (347, 242),
            (352, 286),
            (354, 326),
            (240, 338),
            (120, 341),
        ],
        tension=0.85,
    )
    sheet.body(upper, fill, material)
    with sheet.clip(upper):
        sheet.line("M104 286Q92 312 102 342", seam, 2.2, opacity=0.8)
        sheet.line("M108 286Q97 312 107 342", seam, 1.4, opacity=0.7, dashes="3 2.5")
        sheet.line("M140 280Q176 284 190 314Q214 330 262 334", seam, 2.2, opacity=0.8)
        sheet.line("M196 246Q232 262 262 242", seam, 1.8, opacity=0.6)
        sheet.line("M300 244Q292 290 312 336", seam, 1.8, opacity=0.7)
        sheet.crease("M128 286q18 8 20 26", 0.16, 5)
        if look.parts.get("style") == "brogue":
            holes = shaded(COLOURS[look.colour], -0.72)
            sheet.line(
                "M112 288Q101 314 111 342M146 280Q183 287 196 312Q218 327 264 329M294 246Q285 290 304 336",
                holes,
                4.2,
                dashes="0.1 7.5",
            )
            sheet.line("M60 326q-4 -16 14 -14q14 8 4 16", holes, 3.6, dashes="0.1 6")
    if material == "leather":
        sheet.light(smooth([(58, 316 + toe), (80, 304 + toe), (92, 304), (70, 318)]), 0.45, 3)
    laces(
        sheet,
        (164, 264),
        (222, 216),
        5,
        shaded(COLOURS[look.colour], -0.45) if look.colour != "black" else (16, 16, 18),
        22,
    )
    _welted_sole(sheet, 9, rng.choice((SOLE, (30, 28, 28), (96, 64, 40))))


def _loafer(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    detail = look.parts.get("detail", "penny")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.5)
    seam = seam_colour(look)
    sheet.shape(smooth([(168, 262), (200, 252), (300, 262), (346, 238), (340, 290), (200, 296)]), "#3a2c24")
    sheet.body(
        smooth([(166, 270), (176, 234), (200, 222), (214, 240), (206, 276)], tension=0.8),
        sheet.paint(deeper(look, 0.1)),
        material,
    )
    toe = rng.uniform(-4, 5)
    upper = smooth(
        [
            (36, 338),
            (38, 318 + toe),
            (60, 300 + toe),
            (104, 286),
            (150, 262),
            (176, 250),
            (206, 252),
            (240, 270),
            (290, 268),
            (328, 250),
            (343, 243),
            (349, 258),
            (353, 298),
            (355, 330),
            (240, 340),
            (120, 341),
        ],
        tension=0.85,
    )
    sheet.body(upper, fill, material)
    with sheet.clip(upper):
        sheet.line("M50 312Q60 296 110 304Q160 306 196 282", seam, 4.4, opacity=0.8)
        sheet.line("M50 312Q60 296 110 304Q160 306 196 282", deeper(look, 0.6), 4.4, opacity=0.6, dashes="1.5 4")
        strap = smooth([(140, 268), (172, 252), (214, 290), (226, 342), (184, 342), (176, 306)], tension=0.7)
        sheet.body(strap, sheet.paint(look.colour, look.pattern, look.accent, scale=0.5), material)
        sheet.line("M306 262Q296 300 312 340", seam, 1.8, opacity=0.7)
    if detail == "penny":
        sheet.shape("M160 277l22 -10l4 9l-22 11Z", "#1b1614", opacity=0.75)
    elif detail == "tassel":
        for dx in (0, 16):
            sheet.body(f"M{152 + dx} 268l8 -4l8 26l-14 6Z", sheet.paint(deeper(look, 0.25)), material)
            sheet.line(f"M{156 + dx} 274l3 20M{160 + dx} 272l4 20", deeper(look, 0.6), 1.2)
    else:
        sheet.tube("M148 272q16 -16 34 -4q12 10 20 26", metal(sheet), 7, shine=0.8)
    _welted_sole(sheet, 6, rng.choice((SOLE, (30, 28, 28), (216, 210, 198))))


draw_formal_shoes = shoes(_formal)
draw_loafers = shoes(_loafer)
