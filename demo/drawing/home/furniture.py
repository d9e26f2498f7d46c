"""Desks, tables, shelves."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, hex_of, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, rgb, turn_of, turned
from demo.look import Look

METALS: tuple[Rgb, ...] = ((40, 40, 43), (236, 236, 236), (170, 173, 178))


def draw_desk(sheet: Sheet, look: Look) -> None:
    """Draw a desk: plain, with drawers, or on lifting columns."""
    rng = sheet.rng
    wide, deep = rng.uniform(1.25, 1.5), rng.uniform(0.58, 0.7)
    space = Space(sheet, (wide, 0.75, deep), turn=turn_of(sheet, 16, 36), pitch=20)
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    style = look.parts.get("style", "plain")
    metal = rng.choice(METALS)
    near = -1 if space.turn > 0 else 1
    half_w, half_d = wide / 2 - 0.06, deep / 2 - 0.05
    if style == "standing":
        for side in (-near, near):
            at = side * (half_w - 0.12)
            space.box((at, 0, 0), (0.07, 0.03, deep - 0.04), hex_of(metal))
            space.box((at, 0.03, 0), (0.075, 0.38, 0.075), hex_of(metal))
            space.box((at, 0.4, 0), (0.055, 0.32, 0.055), hex_of(shaded(metal, 0.2)))
        space.box((0, 0.66, 0), (wide - 0.4, 0.05, 0.06), hex_of(metal))
    else:
        for z in (-1, 1):
            for side in (-near, near):
                if style == "drawers" and side == near:
                    continue
                space.bar((side * half_w, 0.7, z * half_d), (side * half_w, 0, z * half_d), rgb(look), 0.05)
        if style == "drawers":
            x = near * (half_w - 0.14)
            space.box((x, 0.0, 0), (0.4, 0.7, deep - 0.06), fill, material)
            for y in (0.05, 0.27, 0.49):
                front = deep / 2 - 0.03
                corners = [(x - 0.17, y), (x + 0.17, y), (x + 0.17, y + 0.18), (x - 0.17, y + 0.18)]
                sheet.line(space.face(*((a, b, front) for a, b in corners)), "black", 1.6, opacity=0.6)
                space.bar((x - 0.05, y + 0.12, front + 0.01), (x + 0.05, y + 0.12, front + 0.01), metal, 0.02)
        else:
            space.box((0, 0.6, deep / 2 - 0.06), (wide - 0.14, 0.1, 0.02), fill)
    space.box((0, 0.7, 0), (wide, 0.04, deep), fill, material)
    if style == "standing":
        space.box((near * -wide * 0.3, 0.68, deep / 2), (0.12, 0.02, 0.02), "#202022")


def draw_table(sheet: Sheet, look: Look, *, low: bool) -> None:
    """Draw a coffee table (`low`) or a dining table: rectangular or round."""
    rng = sheet.rng
    material = look.material or "wood"
    fill = sheet.paint(look.colour)
    if look.parts.get("shape") == "round":
        _round_table(sheet, look, fill, material, low=low)
        return
    wide, deep, high = (1.1, 0.6, rng.uniform(0.36, 0.44)) if low else (rng.uniform(1.5, 1.8), 0.9, 0.75)
    space = Space(sheet, (wide, high, deep), turn=turn_of(sheet, 18, 36), pitch=19)
    near = -1 if space.turn > 0 else 1
    metal = rng.choice((*METALS[:1], rgb(look), rgb(look)))
    thick = 0.05 if low else 0.08
    half_w, half_d = wide / 2 - 0.07, deep / 2 - 0.07

    def legs(z: float) -> None:
        for x in (-near, near):
            space.bar((x * half_w, high - 0.04, z * half_d), (x * half_w, 0, z * half_d), metal, thick)

    legs(-1)
    if low and rng.random() < 0.6:
        space.box((0, high * 0.3, 0), (wide - 0.14, 0.025, deep - 0.12), fill, material)
    if not low:
        space.box((0, high - 0.14, half_d), (wide - 0.2, 0.1, 0.02), fill)
    legs(1)
    space.box((0, high - 0.05, 0), (wide, 0.05 if low else 0.06, deep), fill, material)


def _round_table(sheet: Sheet, look: Look, fill: str, material: str, *, low: bool) -> None:
    rng = sheet.rng
    top_y = rng.uniform(212, 226) if low else rng.uniform(140, 154)
    r, tilt = rng.uniform(142, 156), 0.3
    colour = rgb(look)
    foot_y = 338 if low else 340
    if rng.random() < 0.5:
        for dx, dy in ((-0.35, -0.5), (0.45, -0.45), (-0.6, 0.35), (0.55, 0.4)):
            sheet.tube(
                f"M{200 + dx * r:.0f} {top_y + dy * r * tilt:.0f}L{200 + dx * r * 1.18:.0f} {foot_y + dy * r * tilt * 0.7:.0f}",
                colour, 12,
            )  # fmt: skip
    else:
        sheet.body(
            turned([(16, top_y), (13, (top_y + foot_y) / 2), (22, foot_y - 8), (70, foot_y + 6)]), fill, material
        )
    sheet.body(turned([(r, top_y), (r, top_y + 13)], tilt=tilt), fill, material)
    sheet.shape(turned([(r, top_y), (r, top_y + 13)], tilt=tilt), "#000", opacity=0.16)
    sheet.body(ellipse(200, top_y, r, r * tilt), fill, material, flat=True)
    sheet.shape(ellipse(200, top_y, r, r * tilt), "#fff", opacity=0.1)


BOOKS = ("red", "navy", "mustard", "teal", "cream", "burgundy", "olive", "charcoal", "coral", "light blue")


def draw_bookcase(sheet: Sheet, look: Look) -> None:
    """Draw a bookcase: closed at the sides, a leaning ladder, or cubes."""
    rng = sheet.rng
    style = look.parts.get("style", "tall")
    wide, high, deep = {"tall": (0.8, 1.75, 0.3), "ladder": (0.72, 1.75, 0.42), "cube": (1.12, 1.12, 0.34)}[style]
    space = Space(sheet, (wide, high, deep), turn=turn_of(sheet, 14, 30), pitch=10)
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    near = -1 if space.turn > 0 else 1
    tiers = 3 if style == "cube" else rng.choice((4, 5, 5))
    filled = rng.random() < 0.65
    if style == "ladder":
        frame = rng.choice(((40, 40, 43), rgb(look)))
        space.bar((-near * wide / 2, 0, -deep / 2), (-near * wide / 2, high, -deep / 2), frame, 0.035)
        space.bar((-near * wide / 2, 0, deep / 2), (-near * wide / 2, high, -deep / 2 + 0.05), frame, 0.035)
        for i in range(tiers):
            y = 0.08 + i * (high - 0.2) / (tiers - 1)
            front = deep / 2 - (deep - 0.05) * y / high
            d = front + deep / 2
            space.box((0, y, (front - deep / 2) / 2), (wide, 0.03, d), fill, material)
            if filled and i < tiers - 1:
                _books(space, -wide * 0.42, y + 0.03, -deep / 2 + d * 0.6, wide * rng.uniform(0.3, 0.8))
        space.bar((near * wide / 2, 0, -deep / 2), (near * wide / 2, high, -deep / 2), frame, 0.035)
        space.bar((near * wide / 2, 0, deep / 2), (near * wide / 2, high, -deep / 2 + 0.05), frame, 0.035)
        return
    back = space.face(*space.faces((0, 0, -deep), (wide, high, deep))[1])
    sheet.body(back, fill, material, flat=True)
    sheet.shape(back, "#000", opacity=0.3)
    far = -near * (wide / 2 - 0.02)
    inner = [(far, 0.0, -deep / 2), (far, 0.0, deep / 2), (far, high, deep / 2), (far, high, -deep / 2)]
    sheet.body(space.face(*inner), fill, material, flat=True)
    sheet.shape(space.face(*inner), "#000", opacity=0.18)
    gap = (high - 0.1) / tiers
    for i in range(tiers):
        y = 0.06 + i * gap
        space.box((0, y, 0), (wide - 0.02, 0.03, deep), fill)
        columns = 3 if style == "cube" else 1
        for c in range(columns):
            left = -wide / 2 + 0.05 + c * wide / 3
            room = (wide / columns - 0.1) * rng.uniform(0.45, 0.95)
            if filled and rng.random() < 0.8:
                _books(space, left, y + 0.03, deep * 0.3, room, tall=gap * 0.8)
        for c in range(1, columns):
            space.box((-wide / 2 + c * wide / 3, y, 0), (0.025, gap, deep), fill)
    side_fill = fill
    space.box((near * (wide / 2 - 0.02), 0, 0), (0.035, high, deep), side_fill, material)
    space.box((far, 0, deep / 2 - 0.01), (0.035, high, 0.02), fill)
    space.box((0, 0, deep / 2 - 0.02), (wide - 0.05, 0.06, 0.02), fill)
    space.box((0, high - 0.035, 0), (wide, 0.035, deep), fill, material)


def _books(space: Space, left: float, y: float, z: float, room: float, tall: float = 0.26) -> None:
    rng = space.sheet.rng
    x = left
    while x < left + room:
        thick, high = rng.uniform(0.025, 0.055), tall * rng.uniform(0.7, 1)
        space.box((x + thick / 2, y, z), (thick, high, 0.14), hex_of(COLOURS[rng.choice(BOOKS)]))
        x += thick + 0.003
