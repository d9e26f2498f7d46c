"""Mats, cushions, bands and ropes."""

from __future__ import annotations

import math

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, STEEL, accent, fill_of, flipped, rgb, seam
from demo.look import Look


def draw_yoga_mat(sheet: Sheet, look: Look) -> None:
    """Draw a mat: rolled up standing or lying, or half unrolled."""
    rng, colour = sheet.rng, rgb(look)
    fill, material, view = fill_of(sheet, look, 0.7), look.material or "foam", look.parts.get("view", "half")
    inner = shaded(colour, -0.25)
    if view == "half":
        with sheet.group(flipped(sheet)):
            far = rng.uniform(-8, 8)
            sheet.shape(
                polygon([(66, 214), (258, 150), (384, 288 + far), (196, 352 + far), (196, 360 + far), (60, 222)]),
                hex_of(shaded(colour, -0.45)),
            )
            sheet.body(
                polygon([(66, 210), (258, 146), (384, 280 + far), (196, 352 + far)]), fill, material, flat=True
            )
            sheet.shape(polygon([(88, 230), (282, 172), (300, 190), (106, 250)]), "#000", opacity=0.2)
            sheet.body(
                "M48 132L244 68C276 66 296 98 288 130C284 150 274 160 262 164L76 226C40 230 20 200 24 170C28 150 36 138 48 132Z",
                fill,
                material,
            )
            _spiral(sheet, 60, 179, 46, inner, colour)
    elif view == "roll":
        with sheet.group(f"rotate({rng.uniform(-34, -16):.0f} 200 200)"):
            sheet.body(rounded(30, 142, 334, 116, 24), fill, material)
            _spiral(sheet, 44, 200, 57, inner, colour, squash=0.5)
            for x in (130, 272):
                sheet.line(
                    f"M{x} 142Q{x + 12} 200 {x} 258",
                    accent(look) if look.accent != look.colour else DARK,
                    13,
                    round_ends=False,
                )
            sheet.tube("M130 146C150 90 252 90 272 146", accent(look) if look.accent != look.colour else DARK, 9)
    else:
        sheet.body(rounded(138, 36, 124, 318, 18), fill, material)
        sheet.body(ellipse(200, 52, 62, 26), hex_of(shaded(colour, 0.1)), material, flat=True)
        for scale in (0.78, 0.54, 0.3):
            sheet.line(ellipse(200, 52, 62 * scale, 26 * scale), shaded(colour, -0.4), 3)
        for y in (120, 280):
            sheet.line(
                f"M138 {y}Q200 {y + 20} 262 {y}",
                accent(look) if look.accent != look.colour else DARK,
                12,
                round_ends=False,
            )


def _spiral(
    sheet: Sheet,
    x: float,
    y: float,
    r: float,
    inner: tuple[int, int, int],
    colour: tuple[int, int, int],
    *,
    squash: float = 0.86,
) -> None:
    sheet.body(ellipse(x, y, r * squash, r), hex_of(shaded(colour, -0.1)), "foam", flat=True)
    points = [
        (x + r * squash * (1 - t / 34) * math.cos(t * 0.62), y + r * (1 - t / 34) * math.sin(t * 0.62))
        for t in range(32)
    ]
    sheet.line(smooth(points, closed=False), shaded(inner, -0.35), 2.6)


def draw_resistance_band(sheet: Sheet, look: Look) -> None:
    """Draw resistance bands: loops in a set, or one long band with handles."""
    rng, colour = sheet.rng, rgb(look)
    fill, form = fill_of(sheet, look, 0.5), look.parts.get("type", "loops")
    if form == "handles":
        d = "M92 130C60 330 180 340 196 240C206 150 262 120 282 200C296 262 320 290 312 320"
        sheet.tube(d, colour, 15)
        for x, y, turn in ((92, 104, -8), (312, 338, 174)):
            with sheet.group(f"translate({x} {y}) rotate({turn})"):
                sheet.tube("M-2 20L-34 -24H34Z", DARK, 7)
                sheet.body(rounded(-42, -40, 84, 28, 13), "#2b2c30", "foam")
        return
    material = look.material or "cotton"
    shades = (0.0, 0.3, -0.35)
    for i in range(3):
        y = 78 + i * 98
        tone = shaded(colour, shades[i])
        paint = fill if i == 0 else sheet.paint(tone, look.pattern, look.accent, scale=0.5)
        with sheet.group(f"rotate({rng.uniform(-9, 9):.0f} 200 {y})"):
            wide = rng.uniform(136, 150)
            sheet.body(ellipse(200, y - 4, wide, 32), hex_of(shaded(tone, -0.42)), material, flat=True)
            sheet.shape(ellipse(200, y - 6, wide - 10, 25), "#f1f1f1")
            band = f"M{200 - wide} {y - 6}A{wide} 32 0 0 0 {200 + wide} {y - 6}V{y + 42}A{wide} 32 0 0 1 {200 - wide} {y + 42}Z"
            sheet.body(band, paint, material)
            sheet.line(
                f"M{200 - wide + 2} {y + 2}A{wide} 32 0 0 0 {198 + wide} {y + 2}",
                seam(tone),
                1.6,
                dashes="5 4",
                opacity=0.7,
            )
            sheet.letters(("LIGHT", "MEDIUM", "HEAVY")[i], 200, y + 58, 17, seam(tone, 0.9))


def draw_skipping_rope(sheet: Sheet, look: Look) -> None:
    """Draw a skipping rope, loosely coiled, with two handles."""
    rng, colour = sheet.rng, rgb(look)
    material = look.material or "plastic"
    rope = DARK if look.parts.get("rope") == "steel" else colour
    width = 5 if look.parts.get("rope") == "steel" else 9
    wide = rng.uniform(104, 124)
    for i in range(3):
        sheet.tube(ellipse(200 + rng.uniform(-8, 8), 140 + i * 5, wide - i * 10, 88 - i * 9), rope, width)
    for side in (-1, 1):
        x = 200 + side * 62
        sheet.tube(
            f"M{200 + side * 96:.0f} 170C{200 + side * 130:.0f} 230 {x + side * 24:.0f} 230 {x + side * 18} 246",
            rope,
            width,
        )
        with sheet.group(f"rotate({side * -20} {x} 240)"):
            sheet.body(rounded(x - 5, 222, 10, 22, 3), hex_of(STEEL), "metal")
            sheet.body(
                smooth(
                    [(x - 13, 240), (x + 13, 240), (x + 15, 290), (x + 17, 366), (x - 17, 366), (x - 15, 290)],
                    tension=0.5,
                ),
                fill_of(sheet, look) if material != "wood" else "#c99a62",
                material,
            )
            if material == "wood":
                sheet.line(f"M{x - 14} 262h28M{x - 15} 272h30", colour, 6)
            else:
                sheet.line("".join(f"M{x - 14} {290 + i * 11}h28" for i in range(6)), "black", 3, opacity=0.35)


def draw_meditation_cushion(sheet: Sheet, look: Look) -> None:
    """Draw a round pleated cushion, or one shaped like a crescent."""
    rng, colour = sheet.rng, rgb(look)
    fill, material = fill_of(sheet, look, 0.8), look.material or "cotton"
    if look.parts.get("shape") == "crescent":
        sheet.body(
            smooth(
                [
                    (32, 210),
                    (64, 140),
                    (200, 116),
                    (336, 140),
                    (368, 210),
                    (348, 290),
                    (286, 312),
                    (250, 262),
                    (200, 250),
                    (150, 262),
                    (114, 312),
                    (52, 290),
                ]
            ),
            fill,
            material,
        )
        sheet.line("M40 232C60 180 130 156 200 154C270 156 340 180 360 232", seam(colour), 2.4, opacity=0.7)
        return
    high = rng.uniform(104, 126)
    top = 208 - high / 2
    side = f"M40 {top + 34:.0f}C26 {top + 60:.0f} 26 {top + high - 10:.0f} 44 {top + high + 8:.0f}C110 {top + high + 66:.0f} 290 {top + high + 66:.0f} 356 {top + high + 8:.0f}C374 {top + high - 10:.0f} 374 {top + 60:.0f} 360 {top + 34:.0f}Z"
    sheet.body(side, fill, material)
    with sheet.clip(side):
        for i in range(17):
            x = 200 + (i - 8) * 19.6
            bow = math.sqrt(max(0.0, 1 - ((x - 200) / 168) ** 2))
            sheet.crease(
                f"M{x:.0f} {top + 38 + 40 * bow:.0f}L{200 + (x - 200) * 1.02:.0f} {top + high + 6 + 44 * bow:.0f}",
                0.26,
                6,
            )
    sheet.body(ellipse(200, top + 38, 161, 50), fill, material, flat=True)
    sheet.line(ellipse(200, top + 38, 161, 50), seam(colour), 2.4, opacity=0.8)
    for i in range(16):
        angle = i * math.pi / 8
        sheet.line(
            f"M{200 + 26 * math.cos(angle):.0f} {top + 38 + 8 * math.sin(angle):.0f}L{200 + 150 * math.cos(angle):.0f} {top + 38 + 46 * math.sin(angle):.0f}",
            "black",
            2.4,
            opacity=0.13,
        )
    sheet.tube(
        f"M170 {top + high + 26:.0f}C172 {top + high + 62:.0f} 228 {top + high + 62:.0f} 230 {top + high + 26:.0f}",
        shaded(colour, -0.2),
        9,
    )
