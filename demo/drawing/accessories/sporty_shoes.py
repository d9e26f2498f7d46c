"""Sneakers and running shoes, from the side, toe to the left, standing on y = 350."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, is_dark, shaded
from demo.drawing.accessories.common import deeper, seam_colour, shoes, surface
from demo.drawing.accessories.laces import laces
from demo.drawing.outline import smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

WHITE: Rgb = (242, 242, 239)
BLACK: Rgb = (36, 36, 38)
GUM: Rgb = (176, 128, 82)


def _lace_colour(look: Look, rng_white: bool) -> Rgb:
    rgb = COLOURS[look.colour]
    if is_dark(rgb):
        return WHITE if rng_white else shaded(rgb, 0.12)
    return WHITE if look.colour != "white" or rng_white else shaded(rgb, -0.1)


def _sneaker(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    high = look.parts.get("height") == "high"
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    lift = (74 if high else 0) + rng.uniform(-4, 6)
    lean = 20 if high else 0
    thick = rng.uniform(24, 34)
    base = 350 - thick + 6
    collar = 214 - lift
    sole = WHITE if rng.random() < 0.72 else rng.choice((BLACK, GUM, shaded(COLOURS[look.colour], 0.1)))
    laces_white = rng.random() < 0.6
    # The tongue and the dark inside first.
    sheet.body(
        smooth(
            [
                (204 + lean, collar + 30),
                (214 + lean, collar - 22),
                (236 + lean, collar - 30),
                (260 + lean, collar - 8),
                (262, collar + 60),
            ],
            tension=0.8,
        ),
        sheet.paint(deeper(look, 0.12)),
        material,
    )
    sheet.shape(
        smooth([(240, collar + 20), (290, collar + 4), (338, collar - 6), (330, collar + 40), (260, collar + 60)]),
        "#26262a",
    )
    dip = collar + (8 if high else 24)
    upper = smooth(
        [
            (46, base + 2),
            (47, base - 18),
            (64, base - 38),
            (100, base - 50),
            (140, base - 62),
            (178, collar + 46 + lift * 0.35),
            (212, collar + 6),
            (228, collar - 8),
            (244, collar + 4),
            (284, dip),
            (322, collar - 2),
            (342, collar - 10),
            (350, collar + 14),
            (347, base - 50),
            (354, base - 20),
            (352, base + 2),
            (200, base + 6),
        ],
        tension=0.8,
    )
    sheet.body(upper, fill, material)
    seam = seam_colour(look)
    with sheet.clip(upper):
        _sneaker_panels(sheet, look, base, collar)
    sheet.line(smooth([(112, base - 4), (106, base - 30), (112, base - 54)], closed=False), seam, 1.8, opacity=0.75)
    sheet.line(
        smooth([(140, base - 58), (160, base - 48), (196, base - 62), (246 + lean, collar + 12)], closed=False),
        seam,
        1.8,
        opacity=0.75,
    )
    laces(sheet, (148, base - 60), (218 + lean, collar + 2), 8 if high else 6, _lace_colour(look, laces_white))
    bottom = smooth(
        [
            (40, base - 2),
            (38, 344),
            (52, 350),
            (200, 350),
            (345, 350),
            (360, 343),
            (359, base - 8),
            (330, base - 4),
            (200, base + 2),
            (80, base - 3),
        ],
        tension=0.6,
    )
    sheet.body(bottom, sheet.paint(sole), "rubber")
    sheet.line(f"M42 {base + 9:.0f}Q200 {base + 13:.0f} 357 {base + 3:.0f}", shaded(sole, -0.28), 1.6)
    if look.material == "canvas":
        sheet.line(f"M42 {base + 15:.0f}Q200 {base + 19:.0f} 357 {base + 9:.0f}", COLOURS[look.accent], 2.6)
        sheet.body(
            smooth([(40, base + 4), (40, base - 20), (62, base - 34), (92, base - 10), (96, base + 4)], tension=0.8),
            sheet.paint(WHITE),
            "rubber",
        )


def _sneaker_panels(sheet: Sheet, look: Look, base: float, collar: float) -> None:
    """Draw the trim in the accent colour: heel tab, and one of several marks on the side."""
    rng = sheet.rng
    accent = COLOURS[look.accent]
    fill = sheet.paint(accent)
    sheet.body(
        smooth([(318, collar - 14), (356, collar - 20), (358, collar + 34), (330, collar + 34)], tension=0.5),
        fill,
        "leather",
    )
    if look.material == "canvas":
        return
    mark = rng.randrange(4)
    if mark == 0:
        for i in range(3):
            x = 196 + 24 * i
            sheet.shape(f"M{x} {base + 2:.0f}L{x + 22} {base - 64 - i * 3:.0f}h13L{x + 13} {base + 2:.0f}Z", fill)
    elif mark == 1:
        sheet.shape(
            f"M158 {base - 22:.0f}C210 {base + 4:.0f} 260 {base - 22:.0f} 318 {base - 62:.0f}C280 {base - 18:.0f} 230 {base + 22:.0f} 158 {base - 22:.0f}Z",
            fill,
        )
    elif mark == 2:
        sheet.shape(
            f"M284 {base + 4:.0f}C280 {base - 30:.0f} 292 {base - 60:.0f} 318 {base - 74:.0f}L356 {base - 66:.0f}V{base + 4:.0f}Z",
            fill,
        )
    else:
        sheet.line(f"M176 {base - 12:.0f}L236 {base - 44:.0f}L262 {base - 14:.0f}L300 {base - 56:.0f}", accent, 9)


def _runner(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    accent = COLOURS[look.accent]
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    heel, toe = rng.uniform(40, 52), rng.uniform(24, 30)
    high = 350 - heel
    collar = rng.uniform(196, 206)
    sheet.body(
        smooth([(206, 236), (214, collar - 22), (236, collar - 28), (258, collar), (256, 260)], tension=0.8),
        sheet.paint(accent),
        "polyester",
    )
    sheet.shape(
        smooth([(240, collar + 20), (290, collar + 10), (342, collar - 14), (334, 250), (260, 262)]), "#2a2a2e"
    )
    upper = smooth(
        [
            (36, 338 - toe),
            (40, 318 - toe),
            (66, 304 - toe),
            (110, 292 - toe),
            (150, 276 - toe),
            (196, 232),
            (222, collar - 2),
            (240, collar + 6),
            (280, collar + 34),
            (318, collar + 16),
            (346, collar - 18),
            (356, collar - 16),
            (352, 250),
            (362, high - 4),
            (350, high + 14),
            (160, 344 - toe),
        ],
        tension=0.85,
    )
    sheet.body(upper, fill, "polyester")
    with sheet.clip(upper):
        for i in range(0, 300, 9):  # mesh
            sheet.line(f"M{50 + i} 200l-40 140", deeper(look, 0.5), 1.2, opacity=0.22)
        trim = rng.randrange(3)
        if trim == 0:
            for i in range(4):
                x = 170 + i * 27
                sheet.line(f"M{x} 330Q{x + 14} 290 {x + 8 + i * 5} {262 - i * 6}", accent, 8 - i)
        elif trim == 1:
            sheet.shape(
                f"M130 {344 - toe:.0f}Q220 330 250 266L276 250Q270 310 330 {high:.0f}L330 350H130Z",
                sheet.paint(accent),
            )
        else:
            sheet.line("M160 300C210 322 262 300 300 256M176 312C226 330 280 312 318 270", accent, 7)
        sheet.body(
            smooth([(322, 250), (352, 236), (372, high + 20), (316, high + 20), (306, high - 16)], tension=0.7),
            sheet.paint(shaded(accent, -0.1)),
            "rubber",
        )
        sheet.shape(
            smooth([(30, 340 - toe), (38, 306 - toe), (74, 302 - toe), (88, 342 - toe)], tension=0.8),
            sheet.paint(deeper(look, 0.25)),
        )
    laces(sheet, (154, 280 - toe), (220, collar + 2), 6, WHITE if look.colour != "white" else accent, 24)
    sole = rng.choice((WHITE, WHITE, BLACK, shaded(accent, 0.15)))
    middle = smooth(
        [
            (28, 334 - toe),
            (24, 334),
            (46, 347),
            (110, 350),
            (250, 346),
            (352, 349),
            (374, 338),
            (372, high + 4),
            (358, high - 6),
            (310, high + 6),
            (240, high + 16),
            (140, 342 - toe),
            (70, 338 - toe),
        ],
        tension=0.8,
    )
    sheet.body(middle, sheet.paint(sole), "foam")
    with sheet.clip(middle):
        sheet.line(
            f"M30 336C120 {350 - toe:.0f} 190 346 250 {high + 28:.0f}S340 {high + 22:.0f} 374 {high + 14:.0f}",
            shaded(sole, -0.25),
            2.2,
        )
        sheet.line("M20 349Q110 355 250 348T376 346", accent if rng.random() < 0.5 else BLACK, 9)


draw_sneakers = shoes(_sneaker)
draw_running_shoes = shoes(_runner)
