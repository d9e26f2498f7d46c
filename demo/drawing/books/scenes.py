"""Landscapes, figures and food on covers."""

from __future__ import annotations

import math
from collections.abc import Callable

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import Point, ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet

NIGHT = "#121318"


def _ridge(sheet: Sheet, w: float, h: float, level: float, rough: float) -> list[Point]:
    """Return the points of a line of hills, closed along the foot of the cover."""
    rng = sheet.rng
    points = [(w * (i / 7), h * (level + rng.uniform(-rough, rough) + (rough if i % 2 else 0))) for i in range(8)]
    return [(-60, h * 1.2), (-30, points[0][1]), *points, (w + 30, points[-1][1]), (w + 60, h * 1.2)]


def _landscape(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(ellipse(w * sheet.rng.uniform(0.3, 0.7), h * 0.52, w * 0.15, w * 0.15), hex_of(second))
    for i, level in enumerate((0.6, 0.7, 0.82)):
        sheet.shape(smooth(_ridge(sheet, w, h, level, 0.035), tension=0.9), hex_of(shaded(colour, -0.2 - 0.2 * i)))


def _mountains(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(rounded(0, 0, w, h, 0), sheet.gradient([(0, colour), (0.8, shaded(colour, 0.6))], vertical=True))
    for x, y, half in ((0.25, 0.42, 0.42), (0.8, 0.46, 0.4), (0.52, 0.34, 0.36)):
        peak, foot = (w * x, h * y), h * 0.78
        sheet.shape(polygon([peak, (w * (x + half), foot), (w * (x - half), foot)]), "#66727f")
        sheet.shape(polygon([peak, (w * (x + half), foot), (w * (x + 0.05), foot)]), "#4d5763")
        top = [peak, (w * (x + half * 0.3), h * (y + 0.13)), (w * (x + 0.04), h * (y + 0.09)),
               (w * (x - half * 0.3), h * (y + 0.13))]  # fmt: skip
        sheet.shape(polygon(top), "#ffffff")
    sheet.shape(smooth(_ridge(sheet, w, h, 0.76, 0.02)), "#5d8f4e")
    sheet.shape(smooth(_ridge(sheet, w, h, 0.86, 0.02)), "#3d6d3f")


def _beach(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(rounded(0, 0, w, h, 0), sheet.gradient([(0.2, colour), (0.6, (226, 244, 250))], vertical=True))
    sheet.shape(rounded(0, h * 0.56, w, h * 0.2, 0), "#1f9fb5")
    sheet.shape(smooth(_ridge(sheet, w, h, 0.75, 0.01)), "#f1dcae")
    sheet.line(
        f"M{w * 0.26:.0f} {h * 0.86:.0f}Q{w * 0.28:.0f} {h * 0.6:.0f} {w * 0.4:.0f} {h * 0.42:.0f}", (124, 88, 54), 9
    )
    for dx, dy in ((-56, 6), (-40, -26), (0, -38), (42, -22), (54, 12)):
        x, y = w * 0.4, h * 0.42
        sheet.shape(f"M{x:.0f} {y:.0f}Q{x + dx * 0.5:.0f} {y + dy - 20:.0f} {x + dx:.0f} {y + dy + 16:.0f}"
                    f"Q{x + dx * 0.5:.0f} {y + dy * 0.6:.0f} {x:.0f} {y:.0f}Z", "#2d7d46")  # fmt: skip


def _city(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(rounded(0, 0, w, h, 0), sheet.gradient([(0.2, colour), (0.8, (252, 222, 178))], vertical=True))
    rng = sheet.rng
    x = -4.0
    while x < w:
        wide, tall = rng.uniform(22, 36), h * rng.uniform(0.2, 0.4)
        tone = rng.choice(((214, 132, 96), (236, 200, 150), (196, 106, 90), (240, 226, 200)))
        y = h * 0.88 - tall
        sheet.shape(rounded(x, y, wide, tall, 0), hex_of(tone))
        sheet.shape(polygon([(x - 2, y), (x + wide / 2, y - 14), (x + wide + 2, y)]), "#a5482f")
        for k in range(3):
            for m in range(2):
                sheet.shape(rounded(x + 5 + m * wide * 0.42, y + 10 + 22 * k, 6, 10, 1), "#4a5c70")
        x += wide
    sheet.shape(rounded(w * 0.44, h * 0.33, 24, h * 0.55, 0), "#e8d2a8")
    sheet.shape(polygon([(w * 0.44 - 4, h * 0.33), (w * 0.44 + 12, h * 0.26), (w * 0.44 + 28, h * 0.33)]), "#8d3f2c")
    sheet.shape(ellipse(w * 0.44 + 12, h * 0.38, 8, 8), "#ffffff")


def _runner(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y = w / 2, h * 0.66
    for i in range(3):
        sheet.shape(ellipse(x, y + 4, w * (0.42 - 0.1 * i), h * (0.24 - 0.05 * i)), "#ffffff", opacity=0.12)
    sheet.shape(
        polygon([(w * 0.34, h), (w * 0.45, h * 0.78), (w * 0.55, h * 0.78), (w * 0.66, h)]), NIGHT, opacity=0.5
    )
    sheet.shape(ellipse(x + 6, y - 56, 12, 14), NIGHT)
    sheet.line(f"M{x:.0f} {y - 34:.0f}L{x - 6:.0f} {y + 6:.0f}", (18, 19, 24), 26)
    sheet.line(f"M{x - 6:.0f} {y + 8:.0f}l24 22l-8 34M{x - 8:.0f} {y + 8:.0f}l-14 30l-30 12", (18, 19, 24), 12)
    sheet.line(f"M{x + 4:.0f} {y - 36:.0f}l24 18l20 -12M{x - 8:.0f} {y - 34:.0f}l-26 12l-4 24", (18, 19, 24), 9)
    sheet.shape(rounded(0, h * 0.9, w, h * 0.1, 0), NIGHT, opacity=0.7)


def _house(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(ellipse(w * 0.72, h * 0.55, 24, 24), "#f2ecd6")
    sheet.shape(smooth(_ridge(sheet, w, h, 0.84, 0.015)), NIGHT)
    x, y = w * 0.4, h * 0.64
    sheet.shape(polygon([(x - 46, y), (x, y - 42), (x + 46, y)]), NIGHT)
    sheet.shape(rounded(x - 38, y - 2, 76, 74, 0), NIGHT)
    sheet.shape(rounded(x + 18, y - 42, 12, 36, 0), NIGHT)
    sheet.shape(rounded(x - 22, y + 14, 17, 22, 0), "#ffcf4d")
    sheet.line(
        f"M{w * 0.86:.0f} {h:.0f}Q{w * 0.8:.0f} {h * 0.7:.0f} {w * 0.9:.0f} {h * 0.48:.0f}m-6 40l-26 -22m24 44l26 -26",
        (18, 19, 24),
        7,
    )


def _blood(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    """A knife and drops."""
    x = w / 2
    sheet.shape(
        f"M{x - 13:.0f} {h * 0.72:.0f}V{h * 0.5:.0f}Q{x - 12:.0f} {h * 0.46:.0f} {x + 12:.0f} {h * 0.46:.0f}V{h * 0.72:.0f}Z",
        NIGHT,
    )
    sheet.shape(
        f"M{x - 13:.0f} {h * 0.72:.0f}H{x + 13:.0f}V{h * 0.9:.0f}Q{x - 2:.0f} {h * 0.88:.0f} {x - 13:.0f} {h * 0.72:.0f}Z",
        "#d9dde2",
    )
    for dx, y, r in ((10, 0.93, 6), (-40, 0.62, 11), (46, 0.7, 8), (34, 0.56, 5), (-30, 0.78, 6)):
        sheet.shape(f"M{x + dx:.0f} {h * y - 2 * r:.0f}Q{x + dx + 1.6 * r:.0f} {h * y + r:.0f} {x + dx:.0f} {h * y + r:.0f}"
                    f"Q{x + dx - 1.6 * r:.0f} {h * y + r:.0f} {x + dx:.0f} {h * y - 2 * r:.0f}Z", "#b3131c")  # fmt: skip


def _planet(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y, r = w * sheet.rng.uniform(0.4, 0.6), h * 0.64, w * 0.29
    sheet.body(ellipse(x, y, r, r), hex_of(second), "stone")
    with sheet.group(f"rotate(-18 {x:.0f} {y:.0f})"):
        d = f"M{x - r * 0.98:.0f} {y - 6:.0f}A{r * 1.6:.0f} {r * 0.36:.0f} 0 1 0 {x + r * 0.98:.0f} {y - 6:.0f}"
        sheet.line(d, shaded(second, 0.55), 7, opacity=0.9)
    sheet.shape(ellipse(w * 0.16, h * 0.42, 11, 11), "#e9e6da")


def _rocket(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y = w / 2, h * 0.58
    with sheet.group(f"rotate(24 {x:.0f} {y:.0f})"):
        sheet.shape(f"M{x - 16:.0f} {y + 56:.0f}Q{x:.0f} {y + 128:.0f} {x + 16:.0f} {y + 56:.0f}Z", "#ffb534")
        for side in (1, -1):
            sheet.shape(
                f"M{x + side * 22:.0f} {y + 8:.0f}q{side * 26} 24 {side * 24} 58l{-side * 26} -14Z", hex_of(second)
            )
        hull = f"M{x:.0f} {y - 82:.0f}C{x + 36:.0f} {y - 40:.0f} {x + 32:.0f} {y + 30:.0f} {x + 18:.0f} {y + 60:.0f}H{x - 18:.0f}C{x - 32:.0f} {y + 30:.0f} {x - 36:.0f} {y - 40:.0f} {x:.0f} {y - 82:.0f}Z"
        sheet.body(hull, "#eceef2", "metal")
        sheet.shape(ellipse(x, y - 18, 12, 12), hex_of(second))


def _castle(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(ellipse(w * 0.5, h * 0.5, w * 0.26, w * 0.26), "#f6ecca", opacity=0.85)
    dark = "#15161c"
    for dx, tall, wide in ((-46, 84, 22), (-18, 128, 24), (14, 104, 22), (42, 72, 20)):
        x, y = w / 2 + dx, h * 0.8 - tall
        sheet.shape(rounded(x - wide / 2, y, wide, tall + 20, 0), dark)
        sheet.shape(polygon([(x - wide * 0.66, y), (x, y - 34), (x + wide * 0.66, y)]), hex_of(shaded(second, -0.25)))
        sheet.shape(rounded(x - 3, y + 16, 6, 12, 3), "#ffd36b")
    sheet.shape(smooth(_ridge(sheet, w, h, 0.8, 0.03), tension=0.3), dark)


def _dragon(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    sheet.shape(ellipse(w * 0.5, h * 0.58, w * 0.3, w * 0.3), "#f6dd9c", opacity=0.8)
    with sheet.group(f"translate({w / 2 - 100:.0f} {h * 0.58 - 100:.0f})"):
        tone = hex_of(shaded(second, -0.3))
        for side in (1, -1):
            wing = [(100, 96), (128, 40), (196, 28), (176, 62), (186, 92), (156, 86), (150, 116), (126, 100)]
            sheet.shape(polygon([(100 + side * (x - 100), y) for x, y in wing]), tone)
        sheet.line("M104 66C124 84 78 112 100 132C124 152 84 176 116 190", shaded(second, -0.3), 15)
        sheet.shape("M90 74L82 40L94 52L104 36L114 54L126 46L118 76Q104 88 90 74Z", tone)
        sheet.shape("M108 182L142 188L116 202Z", tone)


def _sword(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x = w / 2
    sheet.line(ellipse(x, h * 0.62, w * 0.27, w * 0.27), second, 7)
    sheet.shape(
        polygon([(x - 9, h * 0.5), (x + 9, h * 0.5), (x + 6, h * 0.84), (x, h * 0.87), (x - 6, h * 0.84)]), "#e6e9ee"
    )
    sheet.line(f"M{x:.0f} {h * 0.5:.0f}V{h * 0.84:.0f}", (150, 154, 162), 2)
    sheet.line(f"M{x - 36:.0f} {h * 0.49:.0f}H{x + 36:.0f}M{x:.0f} {h * 0.49:.0f}V{h * 0.42:.0f}", (216, 176, 90), 10)
    sheet.shape(ellipse(x, h * 0.405, 9, 9), hex_of(second))


def _bowl(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    rng = sheet.rng
    x, y, r = w / 2, h * 0.62, w * 0.36
    sheet.body(ellipse(x, y, r, r), hex_of(second), "ceramic")
    sheet.shape(ellipse(x, y, r * 0.78, r * 0.78), hex_of(shaded(second, -0.25)))
    for i in range(16):
        a, q = i * 2.4, r * 0.68 * math.sqrt((i + 0.5) / 16)
        tone = rng.choice(("#d8402c", "#f0a02c", "#5c9c3a", "#86bf4e", "#f4e3b4", "#7c3f6e"))
        sheet.body(ellipse(x + q * math.cos(a), y + q * math.sin(a), rng.uniform(9, 16), rng.uniform(8, 14)), tone,
                   "wax", outline=0.6)  # fmt: skip


def _loaf(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    x, y = w / 2, h * 0.64
    sheet.body(rounded(w * 0.1, y + 30, w * 0.8, 22, 8), hex_of(second), "wood")
    sheet.body(ellipse(x, y - 4, w * 0.34, w * 0.2), "#b9722e", "cork")
    for i in range(4):
        sheet.line(f"M{x - 46 + 26 * i:.0f} {y - 30:.0f}q14 16 6 38", (242, 214, 164), 6)
    sheet.line(f"M{w * 0.14:.0f} {y + 84:.0f}H{w * 0.86:.0f}", second, 4)


SCENES: dict[str, Callable[[Sheet, float, float, Rgb, Rgb], None]] = {
    "landscape": _landscape, "mountains": _mountains, "beach": _beach, "city": _city, "running figure": _runner,
    "house at night": _house, "knife": _blood, "planet": _planet, "rocket": _rocket, "castle": _castle,
    "dragon": _dragon, "sword": _sword, "bowl": _bowl, "loaf": _loaf,
}  # fmt: skip
