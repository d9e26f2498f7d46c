"""Chargers, power banks, cables, smart bulbs, game controllers, smartwatches and fitness trackers."""

from __future__ import annotations

import math

from demo.colours import hex_of, is_dark, shaded
from demo.drawing.electronics.screens import DARK, METAL, circle, fill_of, leaning, rgb, seam
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_charger(sheet: Sheet, look: Look) -> None:
    """Draw a plug-in charger with pins, or a flat wireless one with its cable."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    if look.parts.get("type") == "wireless":
        sheet.tube("M200 210C200 120 300 120 330 50", shaded(colour, -0.2), 9)
        sheet.body("M48 252V270A152 78 0 0 0 352 270V252Z", hex_of(shaded(colour, -0.35)), "plastic")
        sheet.body(ellipse(200, 252, 152, 78), fill, "plastic", flat=True)
        sheet.line(ellipse(200, 252, 112, 56), seam(colour), 2.4)
        sheet.line("M206 222L186 256H208L196 284", seam(colour, 0.7), 5)
        return
    with leaning(sheet, most=5):
        high = rng.uniform(150, 180)
        for x in (158, 224):
            sheet.body(rounded(x, 44, 19, 80, 8), hex_of(METAL), "metal")
            sheet.body(rounded(x, 86, 19, 40, 3), hex_of(DARK), "plastic")
        sheet.body(rounded(132, 104, 136, 40, 14), hex_of(shaded(colour, -0.12)), "plastic")
        sheet.shape(
            polygon([(276, 140), (300, 152), (300, 138 + high), (276, 134 + high)]), hex_of(shaded(colour, -0.45))
        )
        sheet.body(rounded(98, 128, 196, high + 24, 24), fill, "plastic", flat=True)
        ports = rng.choice((1, 2, 3))
        for i in range(ports):
            y = 136 + (high + 8) * (i + 1) / (ports + 1)
            if i == 2:
                sheet.shape(rounded(160, y - 10, 72, 22, 3), "#111")
                sheet.shape(rounded(166, y - 1, 60, 9, 1), "#e9e9e9")
            else:
                sheet.shape(rounded(168, y - 10, 56, 20, 10), "#111")
                sheet.shape(rounded(178, y - 3, 36, 6, 3), "#a8a8a8")
        sheet.letters(rng.choice(("65W", "30W", "GAN")), 264, 144 + high, 10, seam(colour, 0.7))


def draw_power_bank(sheet: Sheet, look: Look) -> None:
    """Draw a power bank: slim, or rugged with rubber corners."""
    rng, colour = sheet.rng, rgb(look)
    fill, rugged = fill_of(sheet, look), look.parts.get("type") == "rugged"
    with sheet.group(f"rotate({rng.uniform(-14, 14):.0f} 200 200)"):
        wide, high = rng.uniform(150, 176), rng.uniform(286, 304)
        x, y = 200 - wide / 2, 200 - high / 2
        sheet.shape(rounded(x + 9, y + 7, wide, high, 26), hex_of(shaded(colour, -0.5)))
        sheet.body(rounded(x, y, wide, high, 26), fill, look.material or "plastic", flat=True)
        if rugged:
            for cx, cy in ((x, y), (x + wide, y), (x, y + high), (x + wide, y + high)):
                with sheet.clip(rounded(x, y, wide, high, 26)):
                    sheet.body(circle(cx, cy, 46), "#242428", "rubber", flat=True)
            sheet.line(
                f"M{x + 26:.0f} {y + 100:.0f}V{y + high - 100:.0f}M{x + wide - 26:.0f} {y + 100:.0f}V{y + high - 100:.0f}",
                seam(colour),
                6,
                opacity=0.5,
            )
        sheet.shape(rounded(172, y + 9, 22, 8, 4), "#0d0d0f")
        sheet.shape(rounded(204, y + 7, 28, 12, 2), "#0d0d0f")
        lit = rng.randint(1, 4)
        for i in range(4):
            sheet.shape(circle(179 + i * 14, y + 48, 4), "#4fd6ff" if i < lit else "#6b6e74")
        mark = seam(colour, 0.8)
        sheet.line(rounded(174, 168, 46, 74, 9) + "M188 160h18M202 184L190 208H204L194 230", mark, 5)
        sheet.letters(rng.choice(("10000", "20000")), 200, y + high - 50, 16, mark)


def draw_cable(sheet: Sheet, look: Look) -> None:
    """Draw a charging cable, coiled, with a plug at each end."""
    rng, colour = sheet.rng, rgb(look)
    braided = look.parts.get("cover") == "braided"
    width = rng.uniform(9, 12)
    for i in range(rng.choice((3, 4))):
        r = 84 + i * (width + 2) * 0.8
        d = ellipse(200 + rng.uniform(-4, 4), 178 + rng.uniform(-3, 3), r, r * 0.92)
        sheet.tube(d, colour, width)
        if braided:
            sheet.line(d, seam(colour, 0.5), width * 0.5, dashes="2 4", round_ends=False, opacity=0.7)
    for x, side in ((152, -1), (248, 1)):
        d = f"M{200 + side * 40} 262C{200 + side * 14} 290 {x} 286 {x} 316"
        sheet.tube(d, colour, width)
        if braided:
            sheet.line(d, seam(colour, 0.5), width * 0.5, dashes="2 4", round_ends=False, opacity=0.7)
        sheet.body(rounded(x - 10, 308, 20, 18, 4), hex_of(shaded(colour, -0.3)), "rubber")
        sheet.body(
            rounded(x - 17, 318, 34, 38, 8), hex_of(METAL) if braided else hex_of(shaded(colour, -0.08)), "plastic"
        )
        wide = 25 if side < 0 and look.parts.get("ends") == "usb-a" else 19
        sheet.body(rounded(x - wide / 2, 354, wide, 22, 2 if wide == 25 else 7), hex_of(METAL), "metal")
    sheet.body(rounded(188, 88, 24, 22 + 3 * width, 6), hex_of(DARK), "rubber")


def draw_smart_bulb(sheet: Sheet, look: Look) -> None:
    """Draw a smart bulb that glows in its colour."""
    rng, colour = sheet.rng, rgb(look)
    spot = look.parts.get("shape") == "spot"
    with leaning(sheet, most=9):
        if not spot:
            for i in range(7):
                sheet.shape(circle(200, 142, 98 + i * 6), hex_of(shaded(colour, 0.2)), opacity=0.055)
        glow = sheet.gradient([(0, shaded(colour, 0.45)), (0.5, shaded(colour, 0.1)), (1, shaded(colour, -0.12))])
        if spot:
            sheet.body(polygon([(118, 96), (282, 96), (238, 246), (162, 246)]), "#f2f2f0", "plastic")
            sheet.body(ellipse(200, 96, 84, 30), glow, "glass", flat=True)
            sheet.shape(ellipse(200, 94, 54, 17), "#fff", opacity=0.4)
        else:
            sheet.body(
                smooth(
                    [
                        (200, 36),
                        (276, 62),
                        (302, 138),
                        (262, 218),
                        (240, 250),
                        (160, 250),
                        (138, 218),
                        (98, 138),
                        (124, 62),
                    ]
                ),
                glow,
                "glass",
                outline=0.8,
            )
            sheet.shape(ellipse(196, 130, 52, 58), "#fff", opacity=0.3)
        sheet.body(polygon([(154, 240), (246, 240), (234, 292), (166, 292)]), "#f4f4f2", "plastic")
        sheet.line("M186 276C194 266 206 266 214 276M192 284C197 279 203 279 208 284", (120, 130, 140), 2.4)
        sheet.body(rounded(168, 288, 64, 58, 6), hex_of(METAL), "metal")
        for y in (300, 314, 328):
            sheet.line(f"M167 {y}Q200 {y + 9} 233 {y - 3}", shaded(METAL, -0.45), 3)
        sheet.body(polygon([(178, 346), (222, 346), (212, 360), (188, 360)]), "#2b2b2e", "plastic")
        if rng.random() < 0.5:
            sheet.line("M126 108C132 84 148 68 166 60", "white", 8, opacity=0.6)


def draw_game_controller(sheet: Sheet, look: Look) -> None:
    """Draw a gamepad with two sticks, a cross and four buttons."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    dark = hex_of(shaded(colour, -0.55) if not is_dark(colour) else shaded(colour, 0.14))
    offset = look.parts.get("sticks") == "offset"
    with leaning(sheet, most=5):
        for side in (-1, 1):
            sheet.body(rounded(200 + side * 96 - 38, 84, 76, 44, 18), hex_of(shaded(colour, -0.35)), "plastic")
        right = [
            (200, 112),
            (264, 104),
            (320, 120),
            (352, 190),
            (374, 290),
            (352, 336),
            (312, 322),
            (270, 258),
            (200, 250),
        ]
        sheet.body(smooth([*right, *((400 - x, y) for x, y in reversed(right[1:-1]))], tension=0.9), fill, "plastic")
        sheet.body(rounded(158, 118, 84, 58, 10), hex_of(shaded(colour, -0.2)), "plastic", flat=True)
        sheet.shape(rounded(176, 180, 48, 5, 2), "#52c8ff")
        cross, left_stick = ((146, 222), (104, 166)) if offset else ((104, 166), (146, 226))
        for x, y in (left_stick, (254, 226)):
            sheet.body(circle(x, y, 31), dark, "rubber")
            sheet.body(circle(x, y - 3, 23), "#1b1b1e", "rubber")
            sheet.line(circle(x, y - 3, 16), (96, 98, 104), 2)
        x, y = cross
        for d in (rounded(x - 9, y - 27, 18, 54, 4), rounded(x - 27, y - 9, 54, 18, 4)):
            sheet.body(d, dark, "plastic")
        tones = ("#e5484d", "#4f8df5", "#3fb964", "#f0b429") if rng.random() < 0.6 else (dark,) * 4
        for i, tone in enumerate(tones):
            angle = i * math.pi / 2
            sheet.body(circle(296 + 23 * math.cos(angle), 166 + 23 * math.sin(angle), 11.5), tone, "plastic")
        for x in (168, 232):
            sheet.shape(circle(x, 200, 5), dark)
        sheet.shape(circle(200, 224, 8), hex_of(shaded(colour, 0.4)))
