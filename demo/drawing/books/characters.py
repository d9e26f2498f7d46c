"""Animals of picture books, heroes of comics, vegetables of cookbooks."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet

INK: Rgb = (30, 26, 26)


def _animal(kind: str, sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    """Draw a sitting animal in a scarf of the accent."""
    fur: dict[str, Rgb] = {
        "bear": (150, 98, 58),
        "rabbit": (236, 228, 216),
        "fox": (224, 112, 40),
        "owl": (126, 94, 74),
    }
    tone = fur[kind]
    light = shaded(tone, 0.55)
    x, y = w * 0.5, h * 0.56
    r = w * 0.17
    sheet.body(ellipse(x, y + r * 1.75, r * 1.0, r * 1.15), hex_of(tone), "plush")
    sheet.shape(ellipse(x, y + r * 1.9, r * 0.6, r * 0.8), hex_of(light))
    for side in (1, -1):
        ex = x + side * r * 0.66
        if kind == "rabbit":
            sheet.body(ellipse(x + side * r * 0.42, y - r * 1.35, r * 0.24, r * 0.85), hex_of(tone), "plush")
            sheet.shape(ellipse(x + side * r * 0.42, y - r * 1.3, r * 0.11, r * 0.6), "#f0a6b4")
        elif kind == "bear":
            sheet.body(ellipse(ex, y - r * 0.72, r * 0.36, r * 0.36), hex_of(tone), "plush")
        else:
            ear = [(ex - side * r * 0.4, y - r * 0.5), (ex + side * r * 0.28, y - r * 1.35), (ex + side * r * 0.3, y)]
            sheet.body(polygon(ear), hex_of(tone), "plush")
        sheet.body(ellipse(x + side * r * 0.7, y + r * 2.75, r * 0.4, r * 0.28), hex_of(tone), "plush")
    sheet.body(ellipse(x, y, r * 1.08, r), hex_of(tone), "plush")
    if kind == "fox":
        for side in (1, -1):
            sheet.shape(
                f"M{x:.0f} {y + r * 0.95:.0f}Q{x + side * r * 0.2:.0f} {y:.0f} {x + side * r:.0f} {y + r * 0.1:.0f}Q{x + side * r * 0.8:.0f} {y + r * 0.9:.0f} {x:.0f} {y + r * 0.95:.0f}Z",
                "#ffffff",
            )
    big = kind == "owl"
    for side in (1, -1):
        ex = x + side * r * 0.4
        if big:
            sheet.shape(ellipse(ex, y - 4, r * 0.4, r * 0.42), "#ffffff")
        sheet.shape(ellipse(ex, y - 4, r * 0.13 * (1.5 if big else 1), r * 0.15 * (1.5 if big else 1)), hex_of(INK))
    if big:
        sheet.shape(polygon([(x - 9, y + 6), (x + 9, y + 6), (x, y + 24)]), "#f2a93a")
    else:
        if kind == "bear":
            sheet.shape(ellipse(x, y + r * 0.42, r * 0.46, r * 0.34), hex_of(light))
        sheet.shape(ellipse(x, y + r * (0.78 if kind == "fox" else 0.3), r * 0.15, r * 0.11), hex_of(INK))
    sheet.shape(rounded(x - r * 0.85, y + r * 0.9, r * 1.7, r * 0.34, 8), hex_of(second))
    sheet.shape(rounded(x + r * 0.3, y + r * 1.0, r * 0.36, r * 0.95, 5), hex_of(shaded(second, -0.12)))


def _burst(sheet: Sheet, w: float, h: float, tone: Rgb) -> None:
    x, y = w * 0.5, h * 0.62
    for i in range(14):
        a = i * math.pi / 7
        b = a + math.pi / 14
        sheet.shape(polygon([(x, y), (x + 400 * math.cos(a), y + 400 * math.sin(a)),
                             (x + 400 * math.cos(b), y + 400 * math.sin(b))]), hex_of(tone))  # fmt: skip


def _hero(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    _burst(sheet, w, h, shaded(colour, 0.35))
    x, y = w * 0.5, h * 0.46
    sheet.body(
        f"M{x - 26:.0f} {y + 22:.0f}Q{x - 96:.0f} {y + 90:.0f} {x - 74:.0f} {y + 168:.0f}L{x + 74:.0f} {y + 150:.0f}Q{x + 84:.0f} {y + 80:.0f} {x + 26:.0f} {y + 22:.0f}Z",
        "#c8242f",
        "silk",
    )
    suit = hex_of(second)
    sheet.line(
        f"M{x - 12:.0f} {y + 90:.0f}L{x - 28:.0f} {y + 170:.0f}M{x + 12:.0f} {y + 90:.0f}L{x + 30:.0f} {y + 166:.0f}",
        INK,
        27,
    )
    sheet.line(
        f"M{x - 12:.0f} {y + 90:.0f}L{x - 28:.0f} {y + 170:.0f}M{x + 12:.0f} {y + 90:.0f}L{x + 30:.0f} {y + 166:.0f}",
        second,
        22,
    )
    sheet.line(f"M{x - 34:.0f} {y + 34:.0f}L{x - 58:.0f} {y + 66:.0f}L{x - 30:.0f} {y + 86:.0f}", INK, 22)
    sheet.line(f"M{x - 34:.0f} {y + 34:.0f}L{x - 58:.0f} {y + 66:.0f}L{x - 30:.0f} {y + 86:.0f}", second, 17)
    sheet.line(f"M{x + 34:.0f} {y + 34:.0f}L{x + 62:.0f} {y + 2:.0f}L{x + 66:.0f} {y - 34:.0f}", INK, 22)
    sheet.line(f"M{x + 34:.0f} {y + 34:.0f}L{x + 62:.0f} {y + 2:.0f}L{x + 66:.0f} {y - 34:.0f}", second, 17)
    sheet.body(f"M{x - 42:.0f} {y + 24:.0f}H{x + 42:.0f}L{x + 22:.0f} {y + 100:.0f}H{x - 22:.0f}Z", suit, "polyester")
    sheet.shape(
        polygon(
            [(x + 6, y + 32), (x - 14, y + 58), (x - 2, y + 58), (x - 8, y + 78), (x + 16, y + 50), (x + 3, y + 50)]
        ),
        "#ffe04a",
    )
    sheet.body(ellipse(x, y, 19, 23), "#e8b48c", "silk")
    sheet.shape(
        f"M{x - 20:.0f} {y - 2:.0f}Q{x - 20:.0f} {y - 30:.0f} {x:.0f} {y - 28:.0f}Q{x + 22:.0f} {y - 28:.0f} {x + 20:.0f} {y - 2:.0f}Q{x:.0f} {y - 18:.0f} {x - 20:.0f} {y - 2:.0f}Z",
        hex_of(INK),
    )
    sheet.shape(rounded(x - 17, y - 6, 34, 10, 5), suit)


def _robot(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    _burst(sheet, w, h, shaded(colour, -0.25))
    x, y = w * 0.5, h * 0.46
    for side in (1, -1):
        sheet.tube(f"M{x + side * 46:.0f} {y + 66:.0f}q{side * 30} 20 {side * 24} 56", (150, 154, 162), 17)
        sheet.tube(f"M{x + side * 20:.0f} {y + 120:.0f}v52", (150, 154, 162), 20)
    sheet.body(rounded(x - 48, y + 44, 96, 86, 10), hex_of(second), "metal")
    sheet.body(rounded(x - 34, y - 22, 68, 58, 12), hex_of(second), "metal")
    sheet.line(f"M{x:.0f} {y - 22:.0f}v-18", INK, 4)
    sheet.shape(ellipse(x, y - 42, 6, 6), "#ff4d3d")
    for side in (1, -1):
        sheet.shape(ellipse(x + side * 16, y + 4, 10, 10), "#fff3a0")
        sheet.shape(ellipse(x + side * 16, y + 4, 4, 4), hex_of(INK))
    sheet.line(f"M{x - 18:.0f} {y + 25:.0f}h36", INK, 5, dashes="4 3", round_ends=False)
    sheet.shape(ellipse(x, y + 84, 17, 17), "#ffe04a")


def _bang(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    """A comic burst with a loud word."""
    rng = sheet.rng
    for i in range(12):
        for k in range(9):
            sheet.shape(
                ellipse(w * k / 8, h * (0.3 + 0.06 * i), 2 + i * 0.5, 2 + i * 0.5), hex_of(shaded(colour, -0.3))
            )
    for r, tone in ((0.52, (30, 26, 26)), (0.48, second), (0.34, (255, 252, 240))):
        points = [
            (w / 2 + w * r * q * math.cos(a), h * 0.62 + w * r * q * math.sin(a))
            for a, q in ((i * math.pi / 11, 1.0 if i % 2 else 0.68) for i in range(22))
        ]
        sheet.shape(polygon(points), hex_of(tone))
    word = rng.choice(("POW!", "BAM!", "ZAP!", "WOW!"))
    with sheet.group(f"rotate(-10 {w / 2:.0f} {h * 0.62:.0f})"):
        sheet.letters(word, w / 2, h * 0.62 + 16, 34, (208, 30, 40), weight=0.26)


def _vegetables(sheet: Sheet, w: float, h: float, colour: Rgb, second: Rgb) -> None:
    """A carrot, a tomato and an aubergine on a cloth of the accent."""
    sheet.shape(rounded(w * 0.08, h * 0.42, w * 0.84, h * 0.46, 4), hex_of(second))
    x, y = w / 2, h * 0.64
    with sheet.group(f"rotate(28 {x - 40:.0f} {y:.0f})"):
        for dx in (-8, 0, 8):
            sheet.line(f"M{x - 40:.0f} {y - 46:.0f}q{dx} -18 {dx * 1.8:.0f} -30", (70, 140, 60), 5)
        sheet.body(
            f"M{x - 55:.0f} {y - 40:.0f}Q{x - 40:.0f} {y - 56:.0f} {x - 25:.0f} {y - 40:.0f}L{x - 38:.0f} {y + 62:.0f}H{x - 42:.0f}Z",
            "#ee7d22",
            "wax",
        )
    sheet.body(ellipse(x + 44, y - 22, 31, 28), "#d5321f", "plastic")
    for a in range(5):
        sheet.line(
            f"M{x + 44:.0f} {y - 42:.0f}l{12 * math.cos(a * 1.26):.0f} {7 * math.sin(a * 1.26):.0f}", (60, 120, 50), 5
        )
    with sheet.group(f"rotate(-24 {x + 30:.0f} {y + 46:.0f})"):
        sheet.body(
            f"M{x - 10:.0f} {y + 30:.0f}Q{x + 40:.0f} {y + 20:.0f} {x + 78:.0f} {y + 42:.0f}Q{x + 60:.0f} {y + 76:.0f} {x + 10:.0f} {y + 60:.0f}Z",
            "#5b2a63",
            "plastic",
        )


CHARACTERS: dict[str, Callable[[Sheet, float, float, Rgb, Rgb], None]] = {
    **{name: partial(_animal, name) for name in ("bear", "rabbit", "fox", "owl")},
    "hero": _hero, "robot": _robot, "bang": _bang, "vegetables": _vegetables,
}  # fmt: skip
