"""Necklaces, earrings, rings and bracelets."""

from __future__ import annotations

from math import atan, pi

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import around, circle, deeper
from demo.drawing.outline import ellipse, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_STONES: dict[str, Rgb] = {
    "clear stone": (214, 230, 238),
    "blue stone": (34, 80, 190),
    "red stone": (190, 20, 48),
    "green stone": (20, 130, 84),
}


def gem(sheet: Sheet, x: float, y: float, radius: float, colour: Rgb) -> None:
    """Draw a cut stone."""
    corners = [around(x, y, radius, radius, i / 8 + 1 / 16) for i in range(8)]
    table = [around(x, y, radius * 0.55, radius * 0.55, i / 8 + 1 / 16) for i in range(8)]
    for i in range(8):
        tone = shaded(colour, (0.45, 0.15, -0.1, -0.3, -0.4, -0.25, 0.0, 0.3)[i])
        (ax, ay), (bx, by) = corners[i], corners[(i + 1) % 8]
        (cx, cy), (dx, dy) = table[(i + 1) % 8], table[i]
        sheet.shape(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}L{cx:.1f} {cy:.1f}L{dx:.1f} {dy:.1f}Z", sheet.paint(tone))
    sheet.shape("M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in table) + "Z", sheet.paint(shaded(colour, 0.2)))
    sheet.line(
        "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in corners) + "Z", shaded(colour, -0.55), 1, opacity=0.7
    )
    sheet.shape(circle(x - radius * 0.2, y - radius * 0.25, radius * 0.16), "#fff", opacity=0.9)


def pearl(sheet: Sheet, x: float, y: float, radius: float, colour: Rgb) -> None:
    """Draw a round bead."""
    sheet.shape(circle(x, y, radius), sheet.paint(shaded(colour, -0.28)))
    sheet.shape(circle(x - radius * 0.08, y - radius * 0.1, radius * 0.86), sheet.paint(colour))
    sheet.shape(circle(x - radius * 0.3, y - radius * 0.34, radius * 0.3), "#fff", opacity=0.8)


def fine_chain(sheet: Sheet, d: str, colour: Rgb, width: float = 3.6) -> None:
    """Draw a fine chain."""
    sheet.line(d, shaded(colour, -0.45), width + 1.2)
    sheet.line(d, colour, width)
    sheet.line(d, shaded(colour, -0.5), width, dashes="1.4 4.2", round_ends=False)
    sheet.line(d, shaded(colour, 0.6), width * 0.35, dashes="3 2.6")


def draw_necklace(sheet: Sheet, look: Look) -> None:
    """Draw a necklace laid out: a chain with a pendant or a stone, or a string of pearls."""
    rng = sheet.rng
    rgb = COLOURS[look.colour]
    rx, low = rng.uniform(92, 122), rng.uniform(270, 300)
    form = look.parts.get("style", "pendant")
    d = f"M200 34C{200 - rx * 1.3:.0f} 34 {200 - rx * 1.3:.0f} {low - 80:.0f} 200 {low:.0f}C{200 + rx * 1.3:.0f} {low - 80:.0f} {200 + rx * 1.3:.0f} 34 200 34"
    if form == "pearls":
        size = rng.uniform(10, 13)
        count = int(2 * pi * (rx + 88) / (2 * size))
        colour = rgb if look.colour not in ("gold", "silver", "rose gold") else (244, 238, 228)
        for i in range(count):
            x, y = around(200, 202, rx + 26, 150, i / count)
            pearl(sheet, x, y, size, colour)
        sheet.body(ellipse(200, 52, 12, 8), sheet.paint(rgb), "metal")
        return
    fine_chain(sheet, d, rgb, 4.4)
    sheet.line("M192 34h16", rgb, 7)
    if form in _STONES:
        sheet.line(f"M200 {low:.0f}v14", rgb, 4)
        sheet.shape(circle(200, low + 34, 30), sheet.paint(shaded(rgb, -0.2)))
        gem(sheet, 200, low + 34, 26, _STONES[form])
        return
    sheet.tube(circle(200, low + 4, 6), rgb, 3.4)
    shape = rng.randrange(3)
    y = low + 40
    if shape == 0:
        sheet.body(
            f"M200 {y + 32:.0f}C150 {y:.0f} 172 {y - 42:.0f} 200 {y - 16:.0f}C228 {y - 42:.0f} 250 {y:.0f} 200 {y + 32:.0f}Z",
            sheet.paint(rgb),
            "gold",
        )
    elif shape == 1:
        sheet.body(circle(200, y, 30), sheet.paint(rgb), "gold")
        sheet.line(circle(200, y, 24), shaded(rgb, -0.4), 1.6)
    else:
        sheet.body(
            smooth([(200, y - 34), (222, y + 8), (200, y + 32), (178, y + 8)], tension=0.7), sheet.paint(rgb), "gold"
        )


def draw_earrings(sheet: Sheet, look: Look) -> None:
    """Draw a pair of earrings: hoops, studs with a stone, or drops."""
    rng = sheet.rng
    rgb = COLOURS[look.colour]
    form = look.parts.get("style", "hoops")
    size = rng.uniform(0.9, 1.1)
    stone = rng.choice(list(_STONES.values()))
    thick = rng.choice((8, 13))
    for side in (-1, 1):
        x = 200 + side * 84
        with sheet.group(f"translate({x} 200) scale({size:.2f}) rotate({side * rng.uniform(-3, 5):.1f})"):
            if form == "hoops":
                sheet.tube("M-6 -104A66 88 0 1 0 14 -104", rgb, thick, shine=0.8)
                sheet.line("M-6 -104Q4 -112 14 -104", shaded(rgb, -0.3), 3)
            elif form == "studs":
                sheet.body(circle(0, 0, 50), sheet.paint(rgb), "gold")
                gem(sheet, 0, 0, 42, stone)
                for i in range(4):
                    px, py = around(0, 0, 44, 44, i / 4 + 1 / 8)
                    pearl(sheet, px, py, 6, rgb)
            else:
                sheet.tube("M-4 -96Q-6 -140 14 -134T22 -104", rgb, 4.6, shine=0.8)
                fine_chain(sheet, "M-4 -92V-30", rgb, 4)
                drop = smooth([(-4, -34), (30, 34), (22, 66), (-4, 78), (-30, 66), (-38, 34)], tension=0.8)
                sheet.body(drop, sheet.paint(rgb), "gold")
                sheet.body(
                    smooth([(-4, -12), (18, 36), (-4, 62), (-26, 36)], tension=0.8), sheet.paint(stone), "glass"
                )


def draw_ring(sheet: Sheet, look: Look) -> None:
    """Draw a finger ring standing, seen a little from above: a plain band or one with a stone."""
    rng = sheet.rng
    rgb = COLOURS[look.colour]
    stone = _STONES.get(look.parts.get("style", "band"))
    wide = rng.uniform(16, 24) if stone else rng.uniform(26, 38)
    cy = 226.0
    with sheet.group(f"rotate({rng.uniform(-14, 14):.1f} 200 220)"):
        shift = wide * 0.5
        with sheet.group(f"translate({shift:.1f} {-shift * 0.35:.1f})"):
            sheet.line(circle(200, cy, 106), shaded(rgb, -0.55), wide)
        tones = (-0.5, -0.3, 0.0, 0.5, 0.75, 0.3, -0.05)
        for i, tone in enumerate(tones):
            sheet.line(circle(200 - i * 0.4, cy - i * 0.4, 106), shaded(rgb, tone), wide * (1 - i / len(tones)))
        if stone:
            for side in (-1, 1):
                sheet.tube(f"M{200 + side * 16} {cy - 106:.0f}L{200 + side * 38} {cy - 146:.0f}", rgb, 7, shine=0.8)
            gem(sheet, 200, cy - 140, 44, stone)
            for side in (-1, 1):
                pearl(sheet, 200 + side * 40, cy - 152, 5, rgb)


def draw_bracelet(sheet: Sheet, look: Look) -> None:
    """Draw a bracelet lying, seen from above at an angle: a bangle, a chain or beads."""
    rng = sheet.rng
    rgb = COLOURS[look.colour]
    form = look.parts.get("style", "bangle")
    rx, ry = rng.uniform(130, 150), rng.uniform(82, 112)
    with sheet.group(f"rotate({rng.uniform(-12, 12):.1f} 200 200)"):
        if form == "beads":
            size = rng.uniform(13, 17)
            count = int(2 * pi * (rx + ry) / 2 / (2 * size))
            for i in range(count):
                x, y = around(200, 200, rx, ry, i / count)
                pearl(sheet, x, y, size, COLOURS[look.accent] if i % 6 == 0 else rgb)
        elif form == "chain":
            count = 22
            for i in range(count):
                x, y = around(200, 200, rx, ry, i / count)
                px, py = around(200, 200, rx, ry, (i + 0.25) / count)
                turn = 0 if px == x else (py - y) / (px - x)
                with sheet.group(f"translate({x:.1f} {y:.1f}) rotate({_degrees(turn):.1f})"):
                    sheet.tube(ellipse(0, 0, 22, 10 if i % 2 else 13), rgb, 7, shine=0.8)
            sheet.body(circle(200, 200 + ry + 34, 19), sheet.paint(rgb), "gold")
            sheet.tube(circle(200, 200 + ry + 12, 6), rgb, 3)
        else:
            high = rng.uniform(26, 52)
            stops = [
                (0.0, shaded(rgb, -0.3)),
                (0.2, shaded(rgb, 0.55)),
                (0.45, rgb),
                (0.75, shaded(rgb, -0.3)),
                (1.0, shaded(rgb, 0.1)),
            ]
            far = f"M{200 - rx:.0f} 186A{rx:.0f} {ry:.0f} 0 0 1 {200 + rx:.0f} 186v{high:.0f}A{rx:.0f} {ry:.0f} 0 0 0 {200 - rx:.0f} {186 + high:.0f}Z"
            near = f"M{200 - rx:.0f} 186A{rx:.0f} {ry:.0f} 0 0 0 {200 + rx:.0f} 186v{high:.0f}A{rx:.0f} {ry:.0f} 0 0 1 {200 - rx:.0f} {186 + high:.0f}Z"
            sheet.body(
                far,
                sheet.gradient([(0, deeper(look, 0.2)), (0.5, deeper(look, 0.5)), (1, deeper(look, 0.15))]),
                "gold",
            )
            sheet.body(near, sheet.gradient(stops), "gold")
            sheet.line(ellipse(200, 186, rx, ry), shaded(rgb, 0.4), 3)


def _degrees(slope: float) -> float:
    return atan(slope) * 180 / pi
