"""Vacuum cleaners, purifiers, fans, heaters."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, lines_on, rgb, round_polygon, turn_of, turned
from demo.look import Look

DARK: Rgb = (46, 47, 51)


def draw_vacuum_cleaner(sheet: Sheet, look: Look) -> None:
    """Draw a cordless stick vacuum or one that is pulled by its hose; to the left or to the right."""
    with sheet.group("translate(400 0) scale(-1 1)" if sheet.rng.random() < 0.5 else ""):
        (_stick if look.parts.get("type", "stick") == "stick" else _canister)(sheet, look)


def _stick(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    with sheet.group(f"rotate({rng.uniform(8, 20):.1f} 200 250)"):
        sheet.tube("M196 150V326", rng.choice((colour, (190, 193, 198))), 15, shine=0.6)
        sheet.body(rounded(168, 66, 58, 108, 22), fill, "plastic")
        glass_fill = sheet.gradient([(0, (150, 156, 164)), (0.4, (226, 230, 234)), (1, (120, 126, 134))])
        sheet.body(rounded(172, 108, 50, 54, 12), glass_fill, "plastic")
        sheet.body(round_polygon([(182, 26), (216, 26), (222, 74), (176, 74)], 10), fill, "plastic")
        sheet.tube("M222 44Q282 40 276 96Q272 138 226 130", DARK, 17)
        sheet.body(rounded(252, 96, 34, 50, 8), hex_of(DARK), "plastic")
        sheet.body(ellipse(199, 88, 13, 13), hex_of(lines_on(colour)), "plastic")
    with sheet.group(f"translate({rng.uniform(-34, -26):.0f} 0)"):
        sheet.body(round_polygon([(164, 318), (204, 318), (216, 340), (150, 340)], 8), hex_of(DARK), "plastic")
        sheet.body(round_polygon([(112, 334), (248, 334), (262, 364), (98, 364)], 12), fill, "plastic")
        sheet.shape(rounded(110, 354, 140, 9, 4), "#2b2b2e")


def _canister(sheet: Sheet, look: Look) -> None:
    fill, colour = sheet.paint(look.colour), rgb(look)
    hose = "M196 232C150 90 60 60 74 150"
    sheet.tube(hose, DARK, 17, shine=0.2)
    sheet.line(hose, (110, 112, 116), 15, opacity=0.5, dashes="2 5", round_ends=False)
    sheet.tube("M74 142L122 326", (190, 193, 198), 12, shine=0.6)
    sheet.body(round_polygon([(60, 326), (154, 326), (168, 354), (46, 354)], 9), hex_of(DARK), "plastic")
    d = smooth([(178, 300), (196, 226), (262, 196), (338, 222), (368, 290), (352, 338), (200, 342)], tension=0.8)
    sheet.body(d, fill, "plastic")
    sheet.body(ellipse(322, 314, 40, 40), hex_of(DARK), "rubber")
    sheet.body(ellipse(322, 314, 22, 22), hex_of(shaded(colour, -0.1)), "plastic")
    sheet.body(ellipse(208, 338, 17, 17), hex_of(DARK), "rubber")
    sheet.line("M214 262Q260 226 322 244", lines_on(colour), 3, opacity=0.7)
    sheet.tube("M232 204Q266 176 300 204", DARK, 10)


def draw_robot_vacuum(sheet: Sheet, look: Look) -> None:
    """Draw a robot vacuum cleaner, perhaps at its station, from above at a slant or straight from above."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    top = look.parts.get("view") == "top"
    station = look.parts.get("station") == "yes" and not top
    if station:
        space = Space(sheet, (0.9, 1.1, 0.7), turn=turn_of(sheet, 6, 20), pitch=12, extent=250, ground=300)
        space.soft((0, 0, -0.1), (0.86, 1.1, 0.6), fill, "plastic", radius=16)
        sheet.shape(
            space.face((-0.3, 0.05, 0.2), (0.3, 0.05, 0.2), (0.3, 0.4, 0.2), (-0.3, 0.4, 0.2)),
            "#26272a",
            opacity=0.85,
        )
    r, tilt = (152, 1.0) if top else (116 if station else 158, rng.uniform(0.4, 0.5))
    cy = 204 if top else (278 if station else 216)
    thick = 4 if top else r * 0.26
    for x in (-1, 1):
        for k in range(3):
            a = -math.pi / 2 + x * (0.75 + 0.22 * k)
            sheet.line(
                f"M{200 + x * r * 0.6:.0f} {cy + thick + r * tilt * 0.7:.0f}l{math.cos(a) * 0 + x * (34 - k * 12):.0f} {8 + k * 9:.0f}",
                DARK,
                2.5,
            )
    sheet.body(turned([(r, cy), (r, cy + thick)], tilt=tilt), hex_of(shaded(colour, -0.25)), "plastic")
    sheet.line(
        f"M{200 - r:.0f} {cy + thick * 0.5:.0f}A{r} {r * tilt:.0f} 0 0 0 {200 + r:.0f} {cy + thick * 0.5:.0f}",
        DARK,
        max(3, thick * 0.24),
        opacity=0.7,
    )
    sheet.body(ellipse(200, cy, r, r * tilt), fill, "plastic")
    sheet.line(ellipse(200, cy, r * 0.9, r * tilt * 0.9), lines_on(colour), 1.8, opacity=0.6)
    hub_y, hub = cy - r * tilt * 0.2, r * 0.3
    sheet.body(turned([(hub, hub_y - thick * 0.5), (hub, hub_y)], tilt=tilt), hex_of(DARK), "plastic")
    sheet.body(
        ellipse(200, hub_y - thick * 0.5, hub, hub * tilt), hex_of(shaded(colour, -0.12)), "plastic", flat=True
    )
    for x in (-12, 12):
        sheet.shape(
            ellipse(200 + x, cy + r * tilt * 0.55, 6, 6 * tilt), "#38b6e8" if x < 0 else hex_of(lines_on(colour))
        )


def draw_air_purifier(sheet: Sheet, look: Look) -> None:
    """Draw an air purifier: a cylinder or a box with a grille."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    if look.parts.get("shape", "round") == "box":
        space = Space(sheet, (0.42, 0.66, 0.24), turn=turn_of(sheet, 16, 32), pitch=10)
        space.soft((0, 0, 0), (0.42, 0.66, 0.24), fill, "plastic", radius=14)
        for i in range(11):
            y = 0.08 + i * 0.03
            a, b = space.at(-0.16, y, 0.12), space.at(0.16, y, 0.12)
            sheet.line(f"M{a[0]:.0f} {a[1]:.0f}L{b[0]:.0f} {b[1]:.0f}", lines_on(colour), 3.6, opacity=0.75)
        sheet.shape(
            space.curve((-0.05, 0.53, 0.12), (0, 0.57, 0.12), (0.05, 0.53, 0.12), (0, 0.49, 0.12), closed=True),
            "#22262b",
        )
        sheet.line(
            space.curve((-0.05, 0.53, 0.12), (0, 0.57, 0.12), (0.05, 0.53, 0.12), (0, 0.49, 0.12), closed=True),
            "turquoise",
            2.5,
        )
        return
    r, top = rng.uniform(92, 112), rng.uniform(50, 84)
    d = turned([(r - 4, top), (r, top + 30), (r, 340), (r - 8, 352)], tension=0.4, tilt=0.2)
    sheet.body(d, fill, "plastic")
    with sheet.clip(d):
        for row in range(11):
            for k in range(-9, 10):
                around = k * 0.165
                x, y = 200 + r * math.sin(around), 216 + row * 11 + r * 0.16 * math.cos(around)
                sheet.shape(ellipse(x, y, 2.8 * math.cos(around) + 0.4, 2.8), hex_of(shaded(colour, -0.62)))
    sheet.shape(ellipse(200, top, r - 4, (r - 4) * 0.2), hex_of(shaded(colour, -0.3)))
    sheet.body(ellipse(200, top, r - 12, (r - 12) * 0.2), hex_of(DARK), "plastic", flat=True)
    for k in range(1, 5):
        sheet.line(ellipse(200, top, (r - 12) * k / 5, (r - 12) * k / 25), (120, 122, 126), 1.2)
    sheet.shape(ellipse(200, top + 76, 24, 24), "#20242a")
    sheet.line(ellipse(200, top + 76, 24, 24), "turquoise", 3)


def draw_fan(sheet: Sheet, look: Look) -> None:
    """Draw a fan: a tower, on a pedestal, or for the table."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    style = look.parts.get("style", "tower")
    if style == "tower":
        half, top = rng.uniform(40, 50), rng.uniform(34, 50)
        sheet.body(turned([(84, 340), (88, 354)], tilt=0.24), fill, "plastic")
        d = turned([(half - 4, top), (half, top + 24), (half + 4, 336)], tension=0.4, tilt=0.24)
        sheet.body(d, fill, "plastic")
        sheet.shape(rounded(200 - half * 0.6, top + 62, half * 1.2, 330 - top - 100, 10), "#17181a", opacity=0.82)
        for i in range(int((330 - top - 110) / 9)):
            sheet.line(
                f"M{200 - half * 0.56:.0f} {top + 70 + i * 9:.0f}h{half * 1.12:.0f}",
                shaded(colour, -0.1),
                3.4,
                opacity=0.85,
            )
        sheet.shape(ellipse(200, top, half - 9, (half - 9) * 0.22), hex_of(DARK))
        sheet.letters("24", 200, top + 48, 15, "turquoise")
        return
    table = style == "table"
    cy, r = (166, 126) if table else (138, 108)
    if table:
        sheet.body(turned([(15, 262), (17, 326), (84, 342), (88, 354)], tension=0.5), fill, "plastic")
    else:
        sheet.tube("M200 220V346", colour, 12)
        sheet.body(turned([(22, 216), (20, 262)], tension=0), fill, "plastic")
        sheet.body(turned([(78, 348), (82, 360)], tilt=0.2), fill, "plastic")
    blade = shaded(colour, -0.18 if sum(colour) > 200 else 0.3)
    sheet.shape(ellipse(200, cy, r, r), hex_of(shaded(colour, -0.5)), opacity=0.3)
    start, count = rng.uniform(0, 90), rng.choice((3, 4, 5))
    for i in range(count):
        with sheet.group(f"rotate({start + i * 360 / count:.0f} 200 {cy})"):
            sheet.body(
                f"M196 {cy - 14}C150 {cy - r * 0.5:.0f} 160 {cy - r * 0.9:.0f} 196 {cy - r * 0.9:.0f}Q252 {cy - r * 0.8:.0f} 208 {cy - 12}Z",
                hex_of(blade),
                "plastic",
            )
    for i in range(36):
        a = math.tau * i / 36
        sheet.line(
            f"M{200 + 24 * math.cos(a):.1f} {cy + 24 * math.sin(a):.1f}L{200 + r * math.cos(a + 0.16):.1f} {cy + r * math.sin(a + 0.16):.1f}",
            colour,
            1.7,
            opacity=0.95,
        )
    for k in (1.0, 0.66):
        sheet.tube(ellipse(200, cy, r * k, r * k), colour, 7 if k == 1 else 2.6)
    sheet.body(ellipse(200, cy, 26, 26), fill, "plastic")


def draw_heater(sheet: Sheet, look: Look) -> None:
    """Draw a heater: an oil radiator with ribs, a flat convector, or a fan heater."""
    colour, fill = rgb(look), sheet.paint(look.colour)
    style = look.parts.get("style", "radiator")
    if style == "radiator":
        with sheet.group("translate(400 0) scale(-1 1)" if sheet.rng.random() < 0.5 else ""):
            count = sheet.rng.choice((7, 8, 9))
            step = 230 / count
            for x, y in ((86.0, 346.0), (300.0, 326.0)):
                sheet.tube(f"M{x - 24} {y}h52", DARK, 8)
                for dx in (-24, 28):
                    sheet.body(ellipse(x + dx, y + 6, 9, 9), hex_of(DARK), "rubber")
            for i in range(count):
                x, y = 306 - i * step, 96 + i * 2.4
                sheet.body(rounded(x - 34, y, 44, 234, 20), fill, "metal")
                sheet.line(rounded(x - 24, y + 26, 22, 182, 11), lines_on(colour), 2, opacity=0.5)
            sheet.body(round_polygon([(46, 112), (88, 108), (88, 352), (46, 352)], 12), hex_of(DARK), "plastic")
            for y in (170.0, 226.0):
                sheet.body(ellipse(67, y, 14, 15), hex_of((206, 208, 212)), "plastic")
                sheet.line(f"M67 {y}v-13", "black", 2.5)
        return
    if style == "convector":
        space = Space(sheet, (0.8, 0.46, 0.1), turn=turn_of(sheet, 14, 28), pitch=9)
        for x in (-0.28, 0.28):
            space.box((x, 0, 0), (0.04, 0.04, 0.2), hex_of(DARK))
        space.soft((0, 0.04, 0), (0.8, 0.42, 0.09), fill, "metal", radius=9)
        for y in (0.09, 0.115, 0.14, 0.38, 0.405):
            for k in range(12):
                x = -0.34 + k * 0.058
                a, b = space.at(x, y, 0.046), space.at(x + 0.04, y, 0.046)
                sheet.line(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}", (34, 34, 36), 3, opacity=0.7)
        x, y = space.at(0.33, 0.3, 0.046)
        sheet.body(ellipse(x, y, 8, 9), hex_of(DARK), "plastic")
        return
    space = Space(sheet, (0.26, 0.34, 0.2), turn=turn_of(sheet, 12, 28), pitch=12)
    space.soft((0, 0, 0), (0.26, 0.34, 0.2), fill, "plastic", radius=26)
    grille = round_polygon(
        [space.at(x, y, 0.1) for x, y in ((-0.1, 0.03), (0.1, 0.03), (0.1, 0.21), (-0.1, 0.21))], 12
    )
    sheet.shape(grille, "#1c1c1e")
    with sheet.clip(grille):
        sheet.shape(
            polygon([space.at(x, y, 0.1) for x, y in ((-0.1, 0.03), (0.1, 0.03), (0.1, 0.21), (-0.1, 0.21))]),
            sheet.gradient([(0, (30, 28, 28)), (0.5, (226, 92, 40)), (1, (30, 28, 28))], vertical=True),
            opacity=0.75,
        )
        for i in range(13):
            a, b = space.at(-0.1 + i * 0.0167, 0.02, 0.1), space.at(-0.1 + i * 0.0167, 0.22, 0.1)
            sheet.line(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}", shaded(colour, -0.15), 3.2)
    for x in (-0.05, 0.05):
        cx, cy = space.at(x, 0.275, 0.1)
        sheet.body(ellipse(cx, cy, 19, 20), hex_of(DARK), "plastic")
        sheet.line(f"M{cx:.0f} {cy:.0f}v-16", "white", 3)
