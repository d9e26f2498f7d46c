"""Balls, rackets, goggles and boards."""

from __future__ import annotations

import math

from demo.colours import hex_of
from demo.drawing.outline import Point, ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, accent, circle, fill_of, rgb, seam
from demo.look import Look

_R = 148.0


def _skin(look: Look) -> str:
    """Return the surface of a ball: its leather is fine-grained."""
    return "smooth leather" if look.material in ("", "leather") else look.material


def _globe(x: float, y: float, z: float, tilt: float) -> tuple[float, float, float]:
    y, z = y * math.cos(tilt) - z * math.sin(tilt), y * math.sin(tilt) + z * math.cos(tilt)
    return x, y, z


def _pentagons() -> list[tuple[float, float, float]]:
    """Return the centres of a football's twelve dark patches."""
    golden = (1 + math.sqrt(5)) / 2
    size = math.hypot(1, golden)
    centres = []
    for a in (-1, 1):
        for b in (-golden, golden):
            centres += [(0.0, a / size, b / size), (a / size, b / size, 0.0), (b / size, 0.0, a / size)]
    return centres


def draw_football(sheet: Sheet, look: Look) -> None:
    """Draw a football: classic patches, or the swirls of a modern match ball."""
    rng, colour = sheet.rng, rgb(look)
    outline = circle(200, 204, _R)
    sheet.body(outline, fill_of(sheet, look), _skin(look), outline=1.4)
    dark = accent(look) if look.accent != look.colour else (DARK if look.colour != "black" else (240, 240, 240))
    tilt, spin = rng.uniform(0.1, 0.9), rng.uniform(0, math.pi)
    with sheet.clip(outline):
        if look.parts.get("panels") == "swirls":
            for i in range(3):
                with sheet.group(f"rotate({i * 120 + math.degrees(spin):.0f} 200 204)"):
                    sheet.shape(
                        "M200 204C230 150 300 130 352 150C330 110 270 84 214 110C170 132 176 180 200 204Z",
                        hex_of(dark),
                    )
                    sheet.line(
                        "M200 204C250 190 300 190 350 220M214 110C190 90 180 70 182 50",
                        seam(colour),
                        2.4,
                        opacity=0.6,
                    )
        else:
            for centre in _pentagons():
                _patch(sheet, centre, tilt, spin, dark, colour)
        sheet.light(ellipse(150, 140, 50, 34), 0.35, 16)


def _patch(
    sheet: Sheet,
    centre: tuple[float, float, float],
    tilt: float,
    spin: float,
    dark: tuple[int, int, int],
    colour: tuple[int, int, int],
) -> None:
    x, y, z = _globe(
        centre[0] * math.cos(spin) - centre[1] * math.sin(spin),
        centre[0] * math.sin(spin) + centre[1] * math.cos(spin),
        centre[2],
        tilt,
    )
    if z < -0.12:
        return
    others = [
        _globe(a * math.cos(spin) - b * math.sin(spin), a * math.sin(spin) + b * math.cos(spin), c, tilt)
        for a, b, c in _pentagons()
    ]
    near = [o for o in others if 0.3 < o[0] * x + o[1] * y + o[2] * z < 0.6]
    corners: list[tuple[float, Point]] = []
    for ox, oy, oz in near:
        px, py, pz = x * 0.7 + ox * 0.36, y * 0.7 + oy * 0.36, z * 0.7 + oz * 0.36
        size = math.sqrt(px * px + py * py + pz * pz)
        far = (x * 0.5 + ox * 0.5, y * 0.5 + oy * 0.5)
        angle = math.atan2(py / size - y, px / size - x)
        corners.append((angle, (200 + _R * px / size, 204 + _R * py / size)))
        if oz > -0.3:
            sheet.line(
                f"M{200 + _R * px / size:.1f} {204 + _R * py / size:.1f}L{200 + _R * far[0] * 1.17:.1f} {204 + _R * far[1] * 1.17:.1f}",
                seam(colour),
                2.2,
                opacity=0.7,
            )
    points = [point for _, point in sorted(corners)]
    sheet.shape(polygon(points), hex_of(dark))


def draw_basketball(sheet: Sheet, look: Look) -> None:
    """Draw a basketball with its eight panels."""
    rng = sheet.rng
    outline = circle(200, 204, _R)
    with sheet.group(f"rotate({rng.uniform(-40, 40):.0f} 200 204)"):
        sheet.body(outline, fill_of(sheet, look), _skin(look), outline=1.4)
        line = (24, 22, 22) if look.colour != "black" else (214, 170, 70)
        bow = rng.uniform(0.5, 0.72)
        with sheet.clip(outline):
            sheet.line(
                f"M52 204Q200 {204 + 60 * (1 - bow):.0f} 348 204M200 56Q{200 + 60 * (1 - bow):.0f} 204 200 352",
                line,
                5,
            )
            for side in (-1, 1):
                sheet.line(
                    f"M{200 + side * 118} 96C{200 + side * 10:.0f} 160 {200 + side * 10:.0f} 260 {200 + side * 118} 312",
                    line,
                    5,
                )
            sheet.light(ellipse(146, 142, 44, 30), 0.3, 16)
        sheet.letters("GOALBURY", 200, 168, 15, line)


def draw_tennis_racket(sheet: Sheet, look: Look) -> None:
    """Draw a tennis racket, with a ball now and then."""
    rng, colour = sheet.rng, rgb(look)
    trim = accent(look) if look.accent != look.colour else DARK
    with sheet.group(f"rotate({rng.uniform(18, 44) * rng.choice((-1, 1)):.0f} 200 200)"):
        head = ellipse(200, 128, 76, 98)
        with sheet.clip(head):
            sheet.line(
                "".join(f"M{128 + i * 12} 26V232" for i in range(13))
                + "".join(f"M120 {34 + i * 12}H280" for i in range(17)),
                (226, 226, 214),
                1.5,
            )
            sheet.line("".join(f"M{128 + i * 12} 26V232" for i in range(13)), (130, 130, 130), 0.5, opacity=0.7)
        sheet.tube("M146 200L192 282M254 200L208 282", colour, 13)
        sheet.tube(head, colour, 14)
        sheet.line("M134 84A76 98 0 0 1 266 84", trim, 7, opacity=0.9)
        sheet.line("M152 210L172 246M248 210L228 246", trim, 6)
        sheet.body(rounded(186, 268, 28, 28, 6), fill_of(sheet, look), "plastic")
        sheet.body(
            rounded(187, 288, 26, 100, 5), hex_of(DARK if look.colour != "black" else (230, 230, 228)), "rubber"
        )
        sheet.line("".join(f"M187 {300 + i * 12}l26 8" for i in range(7)), (120, 120, 124), 2, opacity=0.8)
    if look.parts.get("ball") == "yes":
        sheet.body(circle(328, 326, 34), "#d3e23c", "plush")
        sheet.line("M298 312C320 318 332 336 330 358M326 294C330 312 344 324 360 326", (246, 246, 240), 4)
