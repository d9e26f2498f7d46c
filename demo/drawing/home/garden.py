"""Garden tools, barbecues."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of
from demo.drawing.outline import ellipse, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, lines_on, rgb, turn_of, turned
from demo.look import Look

DARK: Rgb = (42, 42, 45)


def draw_barbecue(sheet: Sheet, look: Look) -> None:
    """Draw a barbecue: a kettle on legs, one for the table, or a gas cart."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    style = look.parts.get("style", "kettle")
    if style == "gas":
        space = Space(sheet, (1.3, 1.15, 0.55), turn=turn_of(sheet, 12, 26), pitch=10)
        for x in (-0.3, 0.3):
            cx, cy = space.at(x, 0.03, 0.2)
            sheet.body(ellipse(cx, cy, 11, 11), hex_of(DARK), "rubber")
        space.box((0, 0.06, 0), (0.74, 0.62, 0.48), hex_of(DARK), "metal")
        front = space.face((-0.34, 0.1, 0.25), (0.34, 0.1, 0.25), (0.34, 0.56, 0.25), (-0.34, 0.56, 0.25))
        sheet.body(front, fill, "metal", flat=True)
        space.bar((0, 0.14, 0.255), (0, 0.52, 0.255), (30, 30, 32), 0.012)
        for x in (-0.52, 0.52):
            space.box((x, 0.72, 0), (0.28, 0.05, 0.44), "#c4c7cb", "metal")
        space.box((0, 0.66, 0), (0.76, 0.12, 0.5), "#b9bcc0", "metal")
        for x in (-0.24, 0.0, 0.24):
            cx, cy = space.at(x, 0.72, 0.26)
            sheet.body(ellipse(cx, cy, 11, 11), hex_of(DARK), "plastic")
        space.soft((0, 0.78, -0.02), (0.74, 0.34, 0.42), fill, "metal", radius=30)
        space.bar((-0.24, 0.88, 0.24), (0.24, 0.88, 0.24), (200, 203, 207), 0.03)
        return
    table = style == "tabletop"
    y, r = (236, 138) if table else (168, 122)
    foot = 350 if table else 358
    for x in (-1, 1, 0.15):
        sheet.tube(
            f"M{200 + x * r * 0.5:.0f} {y + 50}L{200 + x * r * (0.62 if table else 0.88):.0f} {foot - (14 if x == 0.15 else 0)}",
            (150, 153, 158) if not table else DARK,
            9,
        )
    if not table:
        sheet.body(ellipse(200 + r * 0.88, 342, 19, 19), hex_of(DARK), "rubber")
        sheet.body(ellipse(200, 316, 58, 9), "#9a9da2", "metal", flat=True)
    bowl = f"M{200 - r} {y}C{200 - r} {y + r * 0.95:.0f} {200 + r} {y + r * 0.95:.0f} {200 + r} {y}Z"
    sheet.body(bowl, fill, "metal")
    opened = rng.random() < 0.45
    if opened:
        sheet.shape(ellipse(200, y, r, r * 0.2), "#1e1e20")
        for i in range(-8, 9):
            half = r * 0.19 * math.sqrt(max(0.0, 1 - (i / 8.6) ** 2))
            sheet.line(f"M{200 + i * r / 8.8:.0f} {y - half:.0f}V{y + half:.0f}", (190, 193, 198), 2.4)
        sheet.tube(ellipse(200, y, r, r * 0.2), colour, 7, shine=0.6)
    else:
        lid = f"M{200 - r} {y}C{200 - r} {y - r * 0.92:.0f} {200 + r} {y - r * 0.92:.0f} {200 + r} {y}Q200 {y + r * 0.16:.0f} {200 - r} {y}Z"
        sheet.body(lid, fill, "metal")
        sheet.line(f"M{200 - r} {y}Q200 {y + r * 0.16:.0f} {200 + r} {y}", (196, 199, 203), 4)
        sheet.tube(f"M172 {y - r * 0.68:.0f}v-18h56v18", DARK, 9)
        sheet.body(ellipse(200 + r * 0.45, y - r * 0.52, 15, 10), "#c4c7cb", "metal")
    for x in (-1, 1):
        sheet.tube(f"M{200 + x * (r - 4)} {y + 22}h{x * 26}v24", DARK, 7)


def draw_secateurs(sheet: Sheet, look: Look) -> None:
    """Draw secateurs, open a little: curved blades, spring, coloured grips."""
    rng = sheet.rng
    fill, colour = sheet.paint(look.colour), rgb(look)
    with sheet.group(f"rotate({rng.uniform(24, 62) * rng.choice((-1, 1)):.0f} 200 200)"):
        opening = rng.uniform(7, 13)
        steel = sheet.gradient([(0, (226, 228, 231)), (0.5, (150, 153, 158)), (1, (206, 209, 212))])
        for side in (-1, 1):
            with sheet.group(
                f"rotate({-side * opening:.1f} 200 152) translate(200 0) scale({-side} 1) translate(-200 0)"
            ):
                blade = (
                    "M192 164Q226 116 214 36Q184 58 182 150Z"
                    if side < 0
                    else "M188 160Q222 110 236 64Q210 60 198 90Q190 120 178 146Z"
                )
                sheet.body(blade, steel, "metal", flat=True)
            with sheet.group(
                f"rotate({-side * opening:.1f} 200 152) translate(200 0) scale({side} 1) translate(-200 0)"
            ):
                grip = smooth(
                    [
                        (186, 150),
                        (204, 160),
                        (226, 220),
                        (238, 290),
                        (234, 356),
                        (220, 368),
                        (210, 352),
                        (206, 280),
                        (194, 210),
                        (180, 166),
                    ],
                    tension=0.8,
                )
                sheet.body(grip, fill, "rubber")
                sheet.line("M208 186Q228 260 224 348", lines_on(colour), 3, opacity=0.5)
        for i in range(5):
            sheet.line(f"M186 {186 + i * 9}l28 5", (160, 163, 168), 3.4)
        sheet.body(ellipse(200, 152, 15, 15), "#b9bcc0", "metal")
        sheet.line("M192 152h16", "black", 2.5)


def draw_garden_tools(sheet: Sheet, look: Look) -> None:
    """Draw hand tools side by side: trowel, fork and weeder, with coloured handles."""
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    steel = sheet.gradient([(0, (110, 113, 118)), (0.45, (206, 209, 213)), (1, (104, 107, 112))])
    tools = ["trowel", "fork", "weeder"]
    rng.shuffle(tools)
    material = look.material or "wood"
    for tool, x, turn in zip(tools, (104, 200, 296), (-9, 0, 9), strict=True):
        with sheet.group(f"rotate({turn + rng.uniform(-3, 3):.1f} {x} 330)"):
            sheet.tube(f"M{x} 216V150", (150, 153, 158), 10, shine=0.6)
            sheet.body(turned([(11, 206), (14, 250), (12, 310), (17, 344), (9, 358)], cx=x, tilt=0.3), fill, material)
            sheet.body(turned([(12, 198), (12, 214)], cx=x, tilt=0.3), "#b4b7bc", "metal")
            if tool == "trowel":
                sheet.body(
                    smooth(
                        [
                            (x, 34),
                            (x + 30, 74),
                            (x + 34, 132),
                            (x + 10, 164),
                            (x - 10, 164),
                            (x - 34, 132),
                            (x - 30, 74),
                        ],
                        tension=0.8,
                    ),
                    steel,
                    "metal",
                )
                sheet.crease(f"M{x} 60V150", 0.3, 6)
            elif tool == "fork":
                for dx in (-26, 0, 26):
                    sheet.tube(
                        f"M{x} 158Q{x + dx * 1.25:.0f} 146 {x + dx} 104L{x + dx * 0.9:.0f} 38",
                        (150, 153, 158),
                        10,
                        shine=0.6,
                    )
            else:
                sheet.body(
                    polygon(
                        [
                            (x - 9, 164),
                            (x - 11, 84),
                            (x - 24, 40),
                            (x - 4, 76),
                            (x + 4, 76),
                            (x + 24, 40),
                            (x + 11, 84),
                            (x + 9, 164),
                        ]
                    ),
                    steel,
                    "metal",
                )
