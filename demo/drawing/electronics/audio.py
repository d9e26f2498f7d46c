"""Headphones, earbuds, speakers, soundbars and turntables."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, hex_of, shaded
from demo.drawing.electronics.screens import DARK, METAL, circle, fill_of, leaning, rgb, seam
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.look import Look


def _mesh(sheet: Sheet, d: str, colour: Rgb, scale: float = 0.22) -> None:
    """Paint a perforated grille."""
    sheet.shape(d, sheet.paint(shaded(colour, -0.12), "dotted", shaded(colour, -0.55), scale=scale), opacity=0.85)


def draw_headphones(sheet: Sheet, look: Look) -> None:
    """Draw headphones from the front, or turned so that one cup shows its face."""
    rng, colour, material = sheet.rng, rgb(look), look.material or "plastic"
    fill, dark = fill_of(sheet, look), hex_of(shaded(colour, -0.3))
    small = look.parts.get("type") == "on-ear"
    high, wide = (88, 76) if small else (rng.uniform(124, 138), rng.uniform(96, 106))
    top = rng.uniform(44, 56)
    cushion = hex_of(shaded(colour, -0.45) if rng.random() < 0.5 else DARK)
    with leaning(sheet, most=3):
        if look.parts.get("cable") == "wired":
            sheet.tube("M112 310C100 380 170 392 200 372C236 350 290 360 306 386", DARK, 5)
        if look.parts.get("view") == "angled":
            sheet.tube(
                f"M98 226C80 {top + 20:.0f} 140 {top:.0f} 196 {top}C272 {top} 310 {top + 60:.0f} 298 226",
                shaded(colour, -0.2),
                27,
            )
            sheet.line(
                f"M112 200C104 {top + 40:.0f} 152 {top + 17:.0f} 196 {top + 16:.0f}C254 {top + 16:.0f} 290 {top + 60:.0f} 284 200",
                shaded(colour, -0.5),
                9,
            )
            sheet.body(ellipse(138, 268, wide * 0.42, high * 0.56), cushion, "leather")
            sheet.body(ellipse(114, 266, wide * 0.42, high * 0.56), fill, material)
            sheet.body(ellipse(258, 274, wide * 0.68, high * 0.64), cushion, "leather")
            sheet.body(ellipse(274, 272, wide * 0.66, high * 0.62), fill, material)
            sheet.line(ellipse(278, 272, wide * 0.46, high * 0.44), seam(colour), 2.4)
            sheet.body(ellipse(280, 272, wide * 0.22, high * 0.21), dark, material, flat=True)
            sheet.tube("M298 190L296 236", METAL, 9)
        else:
            sheet.tube(f"M100 240C84 {top - 16:.0f} 316 {top - 16:.0f} 300 240", shaded(colour, -0.06), 21)
            sheet.line(f"M118 180C134 {top + 18:.0f} 266 {top + 18:.0f} 282 180", shaded(colour, -0.5), 13)
            for side in (-1, 1):
                x = 200 + side * 106
                sheet.body(rounded(x - 6, 186, 12, 56, 5), hex_of(METAL), "metal")
                sheet.body(rounded(x - 15 - side * 26, 268 - high / 2, 34, high, 17), cushion, "leather")
                sheet.body(rounded(x - 22 + side * 8, 268 - high / 2 + 4, 44, high - 8, 21), fill, material)
                sheet.line(
                    f"M{x - side * 7:.0f} {274 - high / 2:.0f}V{262 + high / 2:.0f}", seam(colour), 1.6, opacity=0.6
                )
        if look.parts.get("microphone") == "boom":
            sheet.tube("M100 296C104 352 140 366 176 352", DARK, 6)
            sheet.body(ellipse(182, 349, 15, 10), hex_of(DARK), "foam")


def _bud(sheet: Sheet, look: Look, x: float, y: float, side: int, scale: float) -> None:
    colour, fill, form = rgb(look), fill_of(sheet, look), look.parts.get("type", "stem")
    with sheet.group(
        f"translate({x:.0f} {y:.0f}) scale({side * scale:.2f} {scale:.2f}) rotate({sheet.rng.uniform(4, 14):.0f})"
    ):
        if form == "hook":
            sheet.tube("M8 -6C-2 -66 62 -72 60 -8C59 20 54 34 46 44", shaded(colour, -0.15), 9)
        if form == "stem":
            sheet.body(rounded(-2, -8, 19, 78, 9), fill, "plastic")
            sheet.shape(rounded(3, 60, 9, 5, 2), hex_of(METAL))
        sheet.body(
            ellipse(-26, 2, 13, 17), hex_of(shaded(colour, -0.3) if form != "stem" else (222, 222, 222)), "rubber"
        )
        sheet.body(ellipse(0, 0, 27, 25), fill, "plastic")
        sheet.shape(ellipse(8, -6, 8, 5), hex_of(DARK), opacity=0.55)
        if form != "stem":
            sheet.line(circle(4, 0, 13), seam(colour), 2)


def draw_earbuds(sheet: Sheet, look: Look) -> None:
    """Draw a pair of buds with their case: open behind them, or closed beside."""
    rng, colour = sheet.rng, rgb(look)
    fill = fill_of(sheet, look)
    if look.parts.get("view", "case") == "case":
        wide = rng.uniform(88, 100)
        sheet.body(rounded(200 - wide, 106, wide * 2, 120, 46), hex_of(shaded(colour, -0.12)), "plastic")
        sheet.shape(rounded(214 - wide, 122, wide * 2 - 28, 100, 38), hex_of(shaded(colour, -0.38)))
        for side in (-1, 1):
            _bud(sheet, look, 200 + side * 44, 196, side, 1.12)
        sheet.body(rounded(200 - wide, 222, wide * 2, 116, 48), fill, "plastic")
        sheet.shape(rounded(200 - wide + 12, 219, wide * 2 - 24, 12, 6), hex_of(shaded(colour, -0.5)))
        sheet.shape(circle(200, 268, 4), "#5fe08a")
        return
    with leaning(sheet, most=6):
        for side in (-1, 1):
            _bud(sheet, look, 200 + side * 74, 118, side, rng.uniform(1.55, 1.7))
        sheet.body(rounded(116, 238, 168, 106, 48), fill, "plastic")
        sheet.line("M117 276H283", seam(colour), 2)
        sheet.shape(circle(200, 300, 4), "#5fe08a")


def draw_speaker(sheet: Sheet, look: Look) -> None:
    """Draw a speaker: a lying cylinder, an upright one, a box with a handle, or a pair for the shelf."""
    rng, colour, material = sheet.rng, rgb(look), look.material or "plastic"
    fill, form = fill_of(sheet, look), look.parts.get("form", "cylinder")
    if form == "cylinder":
        with leaning(sheet, most=4):
            sheet.tube("M78 178C64 140 84 122 104 140", COLOURS[look.accent], 8)
            sheet.body(rounded(50, 138, 300, 134, 62), fill, "foam")
            _mesh(sheet, rounded(82, 140, 236, 130, 34), colour)
            for x in (60, 340):
                sheet.body(ellipse(x, 205, 17, 62), hex_of(shaded(colour, -0.35)), "rubber")
            for i, x in enumerate((168, 200, 232)):
                sheet.line(circle(x, 152, 6) if i == 1 else f"M{x - 6} 152h12", seam(colour, 0.6), 2.6)
            sheet.letters(rng.choice(("SONOREL", "AURELLE", "VOLT")), 200, 226, 20, COLOURS[look.accent])
    elif form == "upright":
        sheet.body("M118 88V320A82 22 0 0 0 282 320V88A82 22 0 0 0 118 88Z", fill, "foam")
        _mesh(sheet, "M118 104V306A82 22 0 0 0 282 306V104A82 22 0 0 1 118 104Z", colour)
        sheet.body(ellipse(200, 88, 82, 22), hex_of(shaded(colour, -0.2)), "plastic", flat=True)
        sheet.line(ellipse(200, 88, 50, 12), (110, 200, 250), 3.4)
        sheet.letters("SONOREL", 200, 292, 12, COLOURS[look.accent])
    elif form == "box":
        sheet.tube("M96 150C96 76 304 76 304 150", shaded(colour, -0.3), 13)
        sheet.body(
            rounded(48, 138, 304, 190, rng.uniform(18, 34)), fill, material if material != "foam" else "plastic"
        )
        _mesh(sheet, rounded(62, 164, 276, 150, 14), shaded(colour, -0.1))
        for x in (132, 268):
            sheet.shape(circle(x, 240, 56), hex_of(shaded(colour, -0.5)), opacity=0.4)
            sheet.line(circle(x, 240, 56), seam(colour), 3, opacity=0.7)
            sheet.shape(circle(x, 240, 20), "#000", opacity=0.3)
        sheet.letters("VOLT", 200, 246, 13, COLOURS[look.accent])
    else:
        for x in (60, 216):
            sheet.shape(
                polygon([(x + 124, 66), (x + 136, 76), (x + 136, 340), (x + 124, 350)]), hex_of(shaded(colour, -0.5))
            )
            sheet.body(rounded(x, 66, 124, 284, 5), fill, material, flat=True)
            for y, r in ((134, 28), (248, 50)):
                sheet.body(circle(x + 62, y, r), hex_of((50, 50, 54)), "metal")
                sheet.body(circle(x + 62, y, r * 0.82), "#1c1c1f", "rubber")
                sheet.body(circle(x + 62, y, r * 0.32), "#2e2e33", "metal")


def draw_soundbar(sheet: Sheet, look: Look) -> None:
    """Draw a soundbar from the front, with or without its subwoofer."""
    colour, fill = rgb(look), fill_of(sheet, look)
    sub = look.parts.get("subwoofer") == "yes"
    y = 292 if sub else 186
    if sub:
        sheet.shape(polygon([(262, 74), (280, 84), (280, 262), (262, 272)]), hex_of(shaded(colour, -0.5)))
        sheet.body(rounded(136, 72, 128, 200, 8), fill, "plastic", flat=True)
        _mesh(sheet, rounded(144, 80, 112, 168, 6), colour)
        sheet.line(circle(200, 162, 42), seam(colour), 3, opacity=0.5)
    with leaning(sheet, most=2 if sub else 5):
        sheet.body(
            polygon([(32, y), (368, y), (376, y + 9), (24, y + 9)]), hex_of(shaded(colour, 0.1)), "plastic", flat=True
        )
        sheet.body(rounded(22, y + 7, 356, sheet.rng.uniform(40, 50), 9), fill, "plastic", flat=True)
        _mesh(sheet, rounded(40, y + 11, 320, 36, 6), colour)
        sheet.letters("STAGE", 200, y + 34, 9, (236, 236, 236))
        for i in range(3):
            sheet.shape(circle(322 + i * 11, y + 30, 2.4), "#8fe3ff")
        for x in (64, 312):
            sheet.shape(rounded(x, y + 50, 26, 6, 2), hex_of(DARK))


def draw_turntable(sheet: Sheet, look: Look) -> None:
    """Draw a record player seen from above its front edge, with its lid open or without it."""
    rng = sheet.rng
    material = look.material or "wood"
    fill = fill_of(sheet, look)
    lid = look.parts.get("lid", "open") == "open"
    if lid:
        d = polygon([(66, 166), (334, 166), (350, 52), (50, 52)])
        sheet.shape(d, "#dfe7ec", opacity=0.45)
        sheet.line(d, (140, 150, 158), 2.4, opacity=0.8)
        sheet.line("M96 66L84 150", "white", 7, opacity=0.5)
    sheet.body(polygon([(62, 160), (338, 160), (380, 296), (20, 296)]), fill, material, flat=True)
    sheet.body(polygon([(20, 296), (380, 296), (378, 334), (22, 334)]), fill, material, flat=True)
    sheet.shape(polygon([(20, 296), (380, 296), (378, 334), (22, 334)]), "#000", opacity=0.22)
    for x in (46, 316):
        sheet.body(rounded(x, 334, 38, 12, 4), hex_of(DARK), "rubber")
    sheet.body(ellipse(170, 230, 122, 60), hex_of(METAL), "metal")
    sheet.body(ellipse(170, 225, 118, 57), "#161618", "plastic")
    for r in (0.9, 0.78, 0.66, 0.54):
        sheet.line(ellipse(170, 225, 118 * r, 57 * r), (84, 84, 90), 1, opacity=0.8)
    label = COLOURS[look.accent] if look.accent != look.colour else (200, 60, 50)
    sheet.shape(ellipse(170, 225, 38, 18), hex_of(label if rng.random() < 0.5 else (214, 80, 52)))
    sheet.shape(ellipse(170, 225, 4, 2.4), "#eee")
    sheet.body(ellipse(318, 196, 26, 14), hex_of(DARK), "metal")
    sheet.tube("M318 192C330 240 300 262 250 254", METAL, 6)
    sheet.body(polygon([(256, 246), (238, 252), (234, 266), (254, 264)]), hex_of(DARK), "plastic")
    sheet.body(ellipse(320, 186, 13, 9), hex_of(METAL), "metal")
    sheet.body(ellipse(340, 274, 12, 7), hex_of(METAL), "metal")
