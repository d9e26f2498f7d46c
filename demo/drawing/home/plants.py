"""Plants in their pots."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, lines_on, rgb, rim, turn_of, turned
from demo.look import Look

LEAF: Rgb = (74, 128, 70)


def _leaf(sheet: Sheet, x: float, y: float, tx: float, ty: float, wide: float, colour: Rgb) -> None:
    """Draw a leaf from its stalk to its tip."""
    dx, dy = tx - x, ty - y
    length = math.hypot(dx, dy) or 1
    nx, ny = -dy / length * wide, dx / length * wide
    mx, my = x + dx * 0.5, y + dy * 0.5
    d = f"M{x:.1f} {y:.1f}Q{mx + nx:.1f} {my + ny:.1f} {tx:.1f} {ty:.1f}Q{mx - nx:.1f} {my - ny:.1f} {x:.1f} {y:.1f}Z"
    sheet.shape(d, hex_of(colour))
    sheet.shape(f"M{x:.1f} {y:.1f}Q{mx + nx:.1f} {my + ny:.1f} {tx:.1f} {ty:.1f}Z", "#fff", opacity=0.12)
    sheet.line(f"M{x:.1f} {y:.1f}L{tx:.1f} {ty:.1f}", shaded(colour, -0.3), 1.2, opacity=0.7)


def _plant(sheet: Sheet, y: float, spread: float) -> None:
    rng = sheet.rng
    form = rng.choice(("bush", "blades", "palm", "cactus"))
    if form == "cactus":
        sheet.body(f"M172 {y}V{y - 96}a28 28 0 0 1 56 0V{y}Z", hex_of(LEAF), "plush")
        for x in (182, 192, 201, 211, 220):
            sheet.line(f"M{x} {y - 4}V{y - 104}", shaded(LEAF, 0.4), 1.6, opacity=0.7, dashes="2 6")
        return
    count = {"bush": 26, "blades": 12, "palm": 11}[form]
    for i in range(count):
        a = -math.pi / 2 + (i / (count - 1) - 0.5) * (2.7 if form != "blades" else 1.3)
        length = rng.uniform(84, 140) if form != "bush" else rng.uniform(40, 130)
        tone = shaded(LEAF, rng.uniform(-0.3, 0.22))
        tx, ty = 200 + length * math.cos(a) * spread, y - length * abs(math.sin(a)) - 8
        if form == "bush":
            sheet.line(f"M200 {y}L{tx:.0f} {ty:.0f}", shaded(LEAF, -0.3), 2)
            _leaf(sheet, tx - 16 * math.cos(a), ty + 14, tx + 20 * math.cos(a), ty - 20, 17, tone)
        elif form == "blades":
            _leaf(sheet, 200 + (i - count / 2) * 4, y + 4, tx, ty, 12, tone)
        else:
            mx, my = 200 + (tx - 200) * 0.45, ty - 16
            sheet.line(f"M200 {y}Q{mx:.0f} {my:.0f} {tx:.0f} {ty + 24:.0f}", shaded(LEAF, -0.2), 2.4)
            _leaf(sheet, mx, (y + my) / 2, tx, ty + 24, 16, tone)


def draw_plant_pot(sheet: Sheet, look: Look) -> None:
    """Draw a plant pot: conical, round or square; with a plant or empty."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "ceramic"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    planted = look.parts.get("plant", "yes") == "yes"
    top = rng.uniform(196, 214) if planted else rng.uniform(118, 136)
    k = 1.0 if planted else 1.42
    r = rng.uniform(84, 98) * k
    shape = look.parts.get("shape", "conical")
    soil = (74, 54, 42)
    if shape == "conical":
        sheet.body(turned([(r * 0.9, top + 20), (r * 0.66, 350)], tension=0), fill, material)
        sheet.body(turned([(r, top), (r * 0.97, top + 34 * k)], tension=0), fill, material)
    else:
        profile = [(r * 0.86, top), (r * 1.06, (top + 300) / 2), (r * 0.98, 318), (r * 0.6, 350)]
        sheet.body(
            turned(
                profile if shape == "round" else [(r * 0.95, top), (r * 0.95, 346)],
                tension=0.9 if shape == "round" else 0,
            ),
            fill,
            material,
        )
    mouth = r * {"conical": 1.0, "round": 0.86}.get(shape, 0.95)
    rim(sheet, mouth, top, shaded(colour, -0.4), lip=7, edge=shaded(colour, 0.12))
    if planted:
        sheet.shape(ellipse(200, top + 3, mouth - 10, mouth * 0.11), hex_of(soil))
        _plant(sheet, top + 4, rng.uniform(0.85, 1.05))


def draw_herb_garden(sheet: Sheet, look: Look) -> None:
    """Draw an indoor herb garden: a tank with pods, a lamp over it."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    space = Space(sheet, (0.5, 0.52, 0.24), turn=turn_of(sheet, 10, 24), pitch=14)
    space.bar((0, 0.1, -0.1), (0, 0.5, -0.1), shaded(colour, -0.1), 0.03)
    space.soft((0, 0, 0), (0.5, 0.11, 0.22), fill, "plastic", radius=9)
    for z in (-0.05, 0.05):
        for x in (-0.16, 0.0, 0.16):
            cx, cy = space.at(x, 0.11, z)
            sheet.shape(ellipse(cx, cy, 19, 8), hex_of(lines_on(colour)))
            for _ in range(9):
                a, length = rng.uniform(-2.7, -0.45), rng.uniform(30, 76)
                tx, ty = cx + length * 0.7 * math.cos(a), cy + length * math.sin(a)
                _leaf(sheet, (cx + tx) / 2, (cy + ty) / 2, tx, ty, 11, shaded(LEAF, rng.uniform(-0.2, 0.3)))
    sheet.light(space.face((-0.2, 0.47, 0.06), (0.2, 0.47, 0.06), (0.24, 0.3, 0.06), (-0.24, 0.3, 0.06)), 0.3, 8)
    space.soft((0, 0.48, 0), (0.48, 0.035, 0.2), fill, "plastic", radius=6)
