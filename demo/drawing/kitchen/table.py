"""Plates, bowls, tins, mats."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, glass, lines_on, rgb, rim, round_polygon, turn_of, turned
from demo.look import Look


def draw_plate(sheet: Sheet, look: Look) -> None:
    """Draw a plate from above, or a few at a slant."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour, look.pattern, look.accent), rgb(look)
    material = look.material or "ceramic"
    rimmed = look.parts.get("shape", "rimmed") == "rimmed"
    if look.parts.get("view", "above") == "above":
        r = rng.uniform(148, 158)
        sheet.body(ellipse(200, 200, r, r), fill, material, flat=True)
        inner = r * (0.7 if rimmed else 0.9)
        sheet.line(ellipse(202, 203, inner, inner), "white", 5, opacity=0.5)
        sheet.line(ellipse(200, 200, inner, inner), shaded(colour, -0.45), 3.4, opacity=0.5)
        sheet.line(ellipse(200, 200, r - 3, r - 3), lines_on(colour), 2.4, opacity=0.5)
        return
    count = rng.choice((1, 3, 4))
    tilt, r = rng.uniform(0.3, 0.4), rng.uniform(146, 156)
    for i in range(count):
        y = 262 + 7 * count - i * 14
        if i == 0:
            sheet.body(turned([(r * 0.94, y + 6), (r * 0.8, y + 18), (r * 0.5, y + 26)], tilt=tilt), fill, material)
        sheet.shape(ellipse(200, y + 6, r, r * tilt), hex_of(shaded(colour, -0.4)))
        sheet.body(ellipse(200, y, r, r * tilt), fill, material, flat=True)
        if i == count - 1:
            k = 0.7 if rimmed else 0.88
            sheet.shape(ellipse(200, y + 5, r * k, r * k * tilt), "#000", opacity=0.13)
            sheet.shape(ellipse(200, y + 9, r * k * 0.93, r * k * tilt * 0.9), fill, opacity=0.55)
            sheet.line(ellipse(200, y + 4, r * k, r * k * tilt), shaded(colour, -0.4), 2.6, opacity=0.5)


def draw_bowl(sheet: Sheet, look: Look) -> None:
    """Draw a bowl: deep or wide."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), rgb(look)
    material = look.material or "ceramic"
    deep = look.parts.get("shape", "deep") == "deep"
    r, top, tilt = rng.uniform(136, 148), (180 if deep else 220), rng.uniform(0.24, 0.32)
    low = 342 if deep else 330
    d = turned(
        [(r, top), (r * 0.95, top + (low - top) * 0.4), (r * 0.66, top + (low - top) * 0.84), (r * 0.42, low)],
        tilt=tilt,
    )
    if material == "glass":
        rim(sheet, r, top, shaded(colour, 0.2), tilt=tilt, lip=3)
        glass(sheet, d, colour, opacity=0.5)
        return
    sheet.body(turned([(r * 0.42, low - 8), (r * 0.4, low + 8)], tilt=tilt, tension=0), fill, material)
    sheet.body(d, fill, material)
    inside: Rgb = (
        shaded(colour, -0.04) if rng.random() < 0.6 or material in {"wood", "bamboo", "steel"} else (244, 241, 234)
    )
    rim(sheet, r, top, inside, tilt=tilt, lip=5, edge=shaded(colour, 0.2))


def draw_baking_tin(sheet: Sheet, look: Look) -> None:
    """Draw a baking tin: round springform, loaf tin, muffin tray or ring."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    material = look.material or "metal"
    shape = look.parts.get("shape", "springform")
    if shape in {"springform", "ring"}:
        r, top, tilt = rng.uniform(142, 150), 200, 0.3
        low = 310
        wall = [(r, top), (r, low)] if shape == "springform" else [(r, top), (r * 0.94, low - 30), (r * 0.8, low)]
        sheet.body(turned(wall, tilt=tilt, tension=0 if shape == "springform" else 0.8), fill, material)
        rim(sheet, r, top, shaded(colour, -0.06), tilt=tilt, lip=6, edge=shaded(colour, 0.3))
        if shape == "springform":
            sheet.line(
                f"M{200 - r:.0f} {low - 12}A{r:.0f} {r * tilt:.0f} 0 0 0 {200 + r:.0f} {low - 12}",
                lines_on(colour),
                4,
                opacity=0.7,
            )
            sheet.body(rounded(252, 266, 22, 66, 5), "#c4c7cb", "metal")
            sheet.tube("M254 278q-40 12 -58 12", (196, 199, 203), 8)
        else:
            for i in range(-5, 6):
                x = 200 + r * 0.96 * i / 5.6
                drop = (1 - (i / 5.6) ** 2) ** 0.5 * r * tilt
                sheet.crease(
                    f"M{x:.0f} {top + drop + 6:.0f}L{200 + (x - 200) * 0.86:.0f} {low + drop * 0.7:.0f}", 0.3, 6
                )
            sheet.body(turned([(24, top - 12), (38, top + 30)], tilt=tilt), fill, material)
            sheet.shape(ellipse(200, top - 12, 24, 7), "#18181a")
        return
    wide, deep, high = (0.3, 0.13, 0.08) if shape == "loaf" else (0.34, 0.25, 0.025)
    space = Space(
        sheet, (wide, high, deep), turn=turn_of(sheet, 16, 30), pitch=30 if shape == "loaf" else 42, extent=324
    )
    if shape == "loaf":
        k = 0.86
        outer = [
            (-wide / 2, high, deep / 2),
            (wide / 2, high, deep / 2),
            (wide / 2, high, -deep / 2),
            (-wide / 2, high, -deep / 2),
        ]
        base = [(x * k, 0.0, z * k) for x, _, z in outer]
        near = 0 if space.turn > 0 else 1
        front = space.face(outer[0], outer[1], base[1], base[0])
        side = space.face(outer[near], outer[3 - near], base[3 - near], base[near])
        sheet.body(side, fill, material, flat=True)
        sheet.shape(side, "#000", opacity=0.22)
        sheet.body(front, fill, material, flat=True)
        sheet.shape(space.face(*outer), hex_of(shaded(colour, -0.5)))
        inner = [(x * k, 0.0, z * k) for x, _, z in outer]
        with sheet.clip(space.face(*outer)):
            sheet.body(space.face(outer[3], outer[2], inner[2], inner[3]), fill, material, flat=True)
            sheet.shape(space.face(*inner), hex_of(shaded(colour, -0.3)))
        sheet.tube(space.face(*outer), colour, 7, shine=0.5)
        return
    space.soft((0, 0, 0), (wide, high, deep), fill, material, radius=18)
    for row in (-0.08, 0.0, 0.08):
        for column in (-0.12, -0.04, 0.04, 0.12):
            x, y = space.at(column, high, row)
            rim(sheet, 27, y, shaded(colour, -0.2), cx=x, tilt=0.68, lip=3, edge=shaded(colour, 0.35))


def draw_baking_mat(sheet: Sheet, look: Look) -> None:
    """Draw a thin baking mat, lying with printed rings or half rolled up."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    ink = lines_on(colour)
    if look.parts.get("view", "lying") == "rolled":
        mat = round_polygon([(64, 150), (290, 118), (372, 300), (130, 348)], 10)
        sheet.body(mat, fill, "rubber", flat=True)
        sheet.line(round_polygon([(80, 162), (284, 134), (356, 292), (140, 334)], 8), ink, 3, opacity=0.7)
        with sheet.group("rotate(-8 176 136)"):
            sheet.body(rounded(48, 108, 256, 52, 26), fill, "rubber")
            sheet.body(ellipse(64, 134, 15, 26), hex_of(shaded(colour, -0.2)), "rubber", flat=True)
            sheet.line("M64 134m-7 0a7 12 0 1 1 7 12a4 6 0 1 1 -2 -10", ink, 2)
        return
    with sheet.group(
        f"translate(200 204) matrix(1 {rng.uniform(-0.12, 0.12):.2f} {rng.choice((-1, 1)) * rng.uniform(0.05, 0.3):.2f} .72 0 0) translate(-200 -200)"
    ):
        sheet.shape(rounded(48, 86, 304, 236, 14), hex_of(shaded(colour, -0.4)))
        sheet.body(rounded(48, 81, 304, 236, 14), fill, "rubber", flat=True)
        sheet.line(rounded(60, 93, 280, 212, 8), ink, 4, opacity=0.75)
        rings = rng.random() < 0.6
        for row in range(3):
            for column in range(4):
                x, y = 102 + column * 65, 132 + row * 67
                if rings:
                    sheet.line(ellipse(x, y, 22, 22), ink, 2.4, opacity=0.75)
        if not rings:
            for i in range(1, 9):
                sheet.line(f"M{60 + i * 31} 93V305", ink, 1.2, opacity=0.5)
            for i in range(1, 7):
                sheet.line(f"M60 {93 + i * 30}H340", ink, 1.2, opacity=0.5)
