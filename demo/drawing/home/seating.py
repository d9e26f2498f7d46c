"""Chairs, sofas."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, rgb, turn_of
from demo.look import Look

LEG_WOODS: tuple[Rgb, ...] = ((190, 150, 104), (150, 106, 66), (92, 62, 44))
DARK_METAL: Rgb = (44, 44, 47)


def draw_sofa(sheet: Sheet, look: Look) -> None:
    """Draw a sofa, or an armchair with one seat."""
    rng = sheet.rng
    seats = look.parts.get("seats", "3")
    count = {"1": 1, "2": 2}.get(seats, 3)
    wide = 0.5 * count + (0.4 if count > 1 else 0.36)
    high = rng.uniform(0.76, 0.88)
    corner = seats == "corner"
    depth = 1.45 if corner else 0.86
    space = Space(sheet, (wide, high, depth), turn=turn_of(sheet, 16, 34), pitch=16)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.7)
    material = look.material or "cotton"
    back = -depth / 2
    arm = rng.uniform(0.14, 0.2)
    arm_high = rng.uniform(0.52, 0.62)
    near = -1 if space.turn > 0 else 1
    wood = rng.choice(LEG_WOODS)
    for x in (-1.0, 1.0):
        for z in (back + 0.1, back + 0.78):
            space.bar((x * (wide / 2 - 0.09), 0.1, z), (x * (wide / 2 - 0.07), 0, z), wood, 0.04)
    space.soft((0, 0.12, back + 0.13), (wide - 0.06, high - 0.12, 0.24), fill, material)
    inner = wide - 2 * arm

    def side_arm(side: float) -> None:
        space.soft((side * (wide - arm) / 2, 0.1, back + 0.43), (arm, arm_high, 0.84), fill, material)

    side_arm(-near)
    space.soft((0, 0.1, back + 0.5), (inner, 0.2, 0.68), fill, material, radius=6)
    each = inner / count
    for i in range(count):
        x = -inner / 2 + each * (i + 0.5)
        space.soft((x, 0.42, back + 0.28), (each - 0.02, high - 0.44, 0.16), fill, material, radius=18)
        space.soft((x, 0.3, back + 0.54), (each - 0.012, 0.15, 0.62), fill, material, radius=12)
    if corner:
        x = -near * (inner - each) / 2
        space.soft((x, 0.1, back + 1.1), (each, 0.2, 0.66), fill, material, radius=6)
        space.soft((x, 0.3, back + 0.86), (each - 0.012, 0.15, 1.16), fill, material, radius=12)
    side_arm(near)


def draw_chair(sheet: Sheet, look: Look) -> None:
    """Draw a dining chair: with slats, upholstered, or a moulded shell."""
    rng = sheet.rng
    style = look.parts.get("style", "slatted")
    space = Space(sheet, (0.47, 0.86, 0.5), turn=turn_of(sheet, 16, 42), pitch=13)
    colour = rgb(look)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    material = look.material or "wood"
    frame: Rgb = colour if style == "slatted" else rng.choice((*LEG_WOODS, DARK_METAL))
    near = -1 if space.turn > 0 else 1
    splay = rng.uniform(0.0, 0.03)

    def leg(x: float, z: float) -> None:
        space.bar((x * 0.19, 0.44, z * 0.19), (x * (0.2 + splay), 0, z * (0.2 + splay)), frame, 0.038)

    leg(-near, -1)
    leg(near, -1)
    if style == "slatted":
        for x in (-1.0, 1.0):
            space.bar((x * 0.2, 0.42, -0.2), (x * 0.2, 0.85, -0.26), frame, 0.038)
        bars = rng.randrange(2, 5)
        if rng.random() < 0.5:
            for i in range(bars):
                y = 0.58 + 0.26 * i / (bars - 1)
                space.box((0, y - 0.03, -0.2 - (y - 0.42) * 0.14), (0.38, 0.055, 0.02), fill)
        else:
            space.box((0, 0.78, -0.25), (0.4, 0.07, 0.025), fill)
            for i in range(bars + 1):
                x = -0.13 + 0.26 * i / bars
                space.bar((x, 0.44, -0.2), (x, 0.8, -0.25), frame, 0.02)
        space.box((0, 0.42, 0), (0.44, 0.04, 0.44), fill, material)
    elif style == "shell":
        edge = [(-0.2, 0.47, 0.2), (-0.23, 0.46, 0), (-0.22, 0.56, -0.17), (-0.19, 0.8, -0.24)]
        top = [(0.0, 0.85, -0.26)]
        shell = [*edge, *top, *((-x, y, z) for x, y, z in reversed(edge)), (0, 0.44, 0.24)]
        leg(-near, 1)
        leg(near, 1)
        sheet.body(smooth([space.at(*point) for point in shell], tension=0.9), fill, material)
        sheet.crease(space.curve((-0.19, 0.46, -0.12), (0, 0.45, -0.15), (0.19, 0.46, -0.12)), 0.2, 9)
        return
    else:
        space.soft((0, 0.47, -0.21), (0.44, 0.38, 0.07), fill, material, radius=22)
        space.soft((0, 0.4, 0.0), (0.46, 0.09, 0.45), fill, material, radius=12)
    leg(-near, 1)
    leg(near, 1)


def draw_office_chair(sheet: Sheet, look: Look) -> None:
    """Draw an office chair: star foot on castors, column, seat, armrests, back."""
    rng = sheet.rng
    space = Space(sheet, (0.66, 1.16, 0.66), turn=turn_of(sheet, 18, 40), pitch=13)
    fill = sheet.paint(look.colour)
    colour = rgb(look)
    frame = rng.choice((DARK_METAL, DARK_METAL, (186, 189, 194)))
    turn = rng.uniform(0, 1)
    for i in range(5):
        angle = turn + i * math.tau / 5
        x, z = 0.32 * math.cos(angle), 0.32 * math.sin(angle)
        cx, cy = space.at(x, 0.025, z)
        space.bar((0, 0.13, 0), (x, 0.07, z), frame, 0.04)
        sheet.body(ellipse(cx, cy, 9, 9), hex_of(DARK_METAL))
        sheet.shape(ellipse(cx, cy, 3, 3), "#77787c")
    space.bar((0, 0.12, 0), (0, 0.42, 0), (150, 152, 156), 0.055, shine=0.6)
    space.bar((0, 0.42, -0.2), (0, 0.62, -0.27), frame, 0.06)
    mesh = look.parts.get("back", "mesh") == "mesh"
    outline = [(-0.2, 0.56, -0.23), (-0.235, 0.8, -0.28), (-0.19, 1.04, -0.27), (0, 1.07, -0.27)]
    back = [*outline, *((-x, y, z) for x, y, z in reversed(outline[:-1])), (0, 0.53, -0.22)]
    d = smooth([space.at(*point) for point in back], tension=0.8)
    if mesh:
        sheet.shape(d, hex_of(colour), opacity=0.62)
        with sheet.clip(d):
            for i in range(46):
                x = 60 + i * 6.2
                sheet.line(f"M{x:.0f} 20l90 260M{x + 90:.0f} 20l-90 260", shaded(colour, -0.4), 1, opacity=0.5)
        sheet.tube(d, colour, 10)
        sheet.crease(space.curve((-0.2, 0.7, -0.25), (0, 0.68, -0.24), (0.2, 0.7, -0.25)), 0.4, 9)
    else:
        sheet.body(d, fill, look.material or "leather")
        for y in (0.72, 0.88):
            sheet.crease(space.curve((-0.2, y, -0.25), (0, y - 0.02, -0.24), (0.2, y, -0.25)), 0.3, 6)
    if look.parts.get("headrest") == "yes":
        space.bar((0, 1.05, -0.27), (0, 1.12, -0.27), frame, 0.04)
        space.soft((0, 1.08, -0.25), (0.28, 0.1, 0.06), fill, look.material or "cotton", radius=12)
    near = -1 if space.turn > 0 else 1

    def armrest(x: float) -> None:
        space.bar((x * 0.22, 0.46, -0.02), (x * 0.29, 0.48, -0.02), frame, 0.04)
        space.bar((x * 0.29, 0.48, -0.02), (x * 0.29, 0.66, -0.02), frame, 0.04)
        space.soft((x * 0.29, 0.66, 0.0), (0.075, 0.035, 0.25), hex_of(DARK_METAL), "rubber", radius=5)

    armrest(-near)
    space.soft((0, 0.43, 0.02), (0.48, 0.09, 0.47), fill, look.material or "cotton", radius=20)
    armrest(near)
