"""Smartwatches and fitness trackers."""

from __future__ import annotations

import math

from demo.colours import COLOURS, hex_of, shaded
from demo.drawing.electronics.screens import circle, fill_of, leaning, rgb, screen, seam
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_smartwatch(sheet: Sheet, look: Look) -> None:
    """Draw a smartwatch with a square or a round screen on its strap."""
    rng, colour = sheet.rng, rgb(look)
    fill, leather = fill_of(sheet, look), look.material == "leather"
    material = "smooth leather" if leather else look.material or "rubber"
    case = (
        COLOURS[rng.choice(("black", "silver", "silver", "gold"))] if look.colour != "black" else COLOURS["charcoal"]
    )
    with leaning(sheet, most=6):
        for sign in (-1, 1):
            strap = [
                (200 - 54, 200 + sign * 80),
                (200 - 40, 200 + sign * 172),
                (200 + 40, 200 + sign * 172),
                (200 + 54, 200 + sign * 80),
            ]
            sheet.body(polygon(strap), fill, material)
            if leather:
                sheet.line(
                    "".join(f"M{200 + s * 48} {200 + sign * 92}L{200 + s * 35} {200 + sign * 170}" for s in (-1, 1)),
                    seam(colour),
                    2,
                    dashes="5 4",
                )
            elif sign > 0:
                for i in range(4):
                    sheet.shape(ellipse(200, 306 + i * 16, 6, 4), hex_of(shaded(colour, -0.6)))
            else:
                sheet.body(rounded(158, 26, 84, 20, 6), hex_of(shaded(colour, -0.25)), material)
        sheet.body(rounded(296, 172, 15, 34, 6), hex_of(shaded(case, -0.1)), "metal")
        round_face = look.parts.get("face") == "round"
        outer = circle(200, 200, 104) if round_face else rounded(106, 94, 188, 212, 52)
        inner = circle(200, 200, 90) if round_face else rounded(118, 106, 164, 188, 42)
        sheet.body(outer, hex_of(case), "metal")
        sheet.shape(inner, "#07080a")
        with sheet.clip(inner):
            _watch_face(sheet)
        sheet.shape(polygon([(130, 110), (210, 110), (150, 290), (120, 290)]), "#fff", opacity=0.06)


def _watch_face(sheet: Sheet) -> None:
    rng = sheet.rng
    hues = rng.sample(((255, 82, 82), (126, 232, 80), (64, 196, 255), (255, 196, 60), (210, 120, 255)), 3)
    style = rng.randrange(3)
    if style == 0:
        screen(sheet, 100, 90, 200, 220, 0, "wallpaper")
        sheet.letters(f"{rng.randint(10, 23)} {rng.randint(10, 59)}", 200, 194, 32, "white")
        sheet.letters("MON 12", 200, 224, 14, "white")
        return
    if style == 1:
        for i, hue in enumerate(hues):
            r = 66 - i * 19
            sheet.line(circle(200, 200, r), shaded(hue, -0.7), 15)
            end = rng.uniform(0.8, 1.8) * math.pi
            x, y = 200 + r * math.sin(end), 200 - r * math.cos(end)
            sheet.line(f"M200 {200 - r}A{r} {r} 0 {int(end > math.pi)} 1 {x:.1f} {y:.1f}", hue, 15)
        return
    for hour in range(12):
        angle = hour * math.pi / 6
        sheet.line(
            f"M{200 + 66 * math.sin(angle):.1f} {200 - 66 * math.cos(angle):.1f}L{200 + 78 * math.sin(angle):.1f} {200 - 78 * math.cos(angle):.1f}",
            "white",
            4,
        )
    sheet.line("M200 200L166 166", "white", 7)
    sheet.line(f"M200 200L{200 + rng.uniform(-8, 30):.0f} 136", "white", 5)
    sheet.line("M200 216L232 254", hues[0], 2.4)


def draw_fitness_tracker(sheet: Sheet, look: Look) -> None:
    """Draw a slim band with a narrow screen."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    with sheet.group(f"rotate({rng.uniform(-16, 16):.0f} 200 200)"):
        sheet.body(
            smooth(
                [
                    (172, 28),
                    (228, 28),
                    (234, 110),
                    (240, 200),
                    (234, 290),
                    (228, 372),
                    (172, 372),
                    (166, 290),
                    (160, 200),
                    (166, 110),
                ],
                tension=0.7,
            ),
            fill,
            "rubber",
        )
        for i in range(5):
            sheet.shape(ellipse(200, 318 + i * 11, 5, 3.4), hex_of(shaded(colour, -0.6)))
        sheet.body(rounded(166, 40, 68, 18, 6), hex_of(shaded(colour, -0.25)), "rubber")
        sheet.body(rounded(160, 98, 80, 204, 38), "#0b0c0e", "glass", flat=True)
        hue = rng.choice(((255, 82, 110), (126, 232, 80), (64, 196, 255)))
        sheet.letters(str(rng.randint(10, 23)), 200, 166, 30, "white")
        sheet.letters(str(rng.randint(10, 59)), 200, 206, 30, "white")
        sheet.line("M176 250h12l6 -14l10 26l6 -12h14", hue, 3.4)
        sheet.letters(str(rng.randint(1000, 9999)), 200, 284, 11, hue)
