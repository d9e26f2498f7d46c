"""Robots, kits, clay, paints and telescopes."""

from __future__ import annotations

import math

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.toys.building import RAINBOW, tones
from demo.drawing.toys.vehicles import wheel
from demo.drawing.vessels import DARK, box, can, ink_on, rgb
from demo.look import Look

STEEL: Rgb = (178, 182, 190)


def draw_robot(sheet: Sheet, look: Look) -> None:
    """Draw a robot: on two legs, or on wheels."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    head = rng.uniform(52, 62)
    for side in (1, -1):
        sheet.tube(f"M{200 + side * 76} 196Q{200 + side * 120} 214 {200 + side * 112} 262", STEEL, 20)
        sheet.body(ellipse(200 + side * 112, 272, 21, 21), hex_of(second), "plastic")
    if look.parts.get("base", "wheels") == "wheels":
        sheet.body(rounded(134, 286, 132, 40, 10), hex_of(DARK), "plastic")
        for x in (146, 254):
            wheel(sheet, x, 316, 40, second)
    else:
        for side in (1, -1):
            sheet.tube(f"M{200 + side * 36} 280V336", STEEL, 26)
            sheet.body(rounded(200 + side * 40 - 34, 326, 68, 30, 13), hex_of(second), "plastic")
    sheet.body(rounded(122, 174, 156, 122, 22), hex_of(colour), "plastic")
    sheet.body(rounded(156, 202, 88, 56, 8), "#20262e", "glass", flat=True)
    for i in range(3):
        sheet.shape(ellipse(176 + 24 * i, 230, 8, 8), hex_of((second, (90, 220, 130), (250, 200, 60))[i]))
    sheet.tube("M200 178V156", STEEL, 22)
    sheet.tube(f"M200 {112 - head:.0f}v-22", STEEL, 6)
    sheet.body(ellipse(200, 112 - head - 26, 11, 11), hex_of(second), "plastic")
    sheet.body(rounded(200 - head * 1.4, 112 - head, head * 2.8, head * 1.7, 26), hex_of(colour), "plastic")
    sheet.body(rounded(200 - head * 1.1, 124 - head, head * 2.2, head * 1.2, 18), "#20262e", "glass", flat=True)
    for side in (1, -1):
        sheet.shape(ellipse(200 + side * 28, 112 - head * 0.2, 13, 15), "#7fe9ff")
    sheet.line(f"M184 {118 + head * 0.16:.0f}q16 12 32 0", (127, 233, 255), 4)


def draw_craft_kit(sheet: Sheet, look: Look) -> None:
    """Draw a craft kit: its box, with beads and yarn, or with pencils and paints, before it."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    art = box(sheet, 56, 50, 232, 196, 56, colour)
    with sheet.group(art):
        sheet.shape(rounded(14, 56, 204, 124, 8), hex_of(shaded(second, 0.45)))
        for i in range(7):
            a = math.pi * (0.08 + 0.14 * i)
            sheet.shape(ellipse(116 + 70 * math.cos(a), 82 + 62 * math.sin(a), 13, 13), hex_of(RAINBOW[i]))
        sheet.shape(polygon([(116, 74), (126, 96), (150, 98), (132, 114), (138, 138), (116, 124), (94, 138), (100, 114), (82, 98), (106, 96)]),
                    hex_of(second))  # fmt: skip
        sheet.letters("CRAFT KIT", 116, 40, 20, ink_on(colour), weight=0.2)
    if look.parts.get("contents", "beads") == "beads":
        for k, tone in enumerate((second, RAINBOW[rng.randrange(7)])):
            x = 92 + 86 * k
            sheet.body(ellipse(x, 314, 42, 38), hex_of(tone), "wool")
            for i in range(5):
                sheet.line(
                    f"M{x - 34} {298 + 9 * i}Q{x} {284 + 12 * i} {x + 34} {304 + 8 * i}",
                    shaded(tone, -0.25),
                    2,
                    opacity=0.7,
                )
        for i in range(9):
            sheet.body(ellipse(242 + 15 * i, 342 - 16 * math.sin(i * 0.6), 11, 11), hex_of(RAINBOW[i % 7]), "plastic")
    else:
        for i in range(6):
            paint = hex_of(RAINBOW[i])
            x, y = 60 + 14 * i, 290 + 11 * i
            sheet.body(polygon([(x, y), (x + 150, y - 12), (x + 150, y), (x, y + 12)]), paint, "plastic")
            sheet.shape(polygon([(x, y), (x - 24, y + 8), (x, y + 12)]), "#e8c79a")
            sheet.shape(polygon([(x - 16, y + 5), (x - 24, y + 8), (x - 16, y + 9)]), paint)
        for i in range(3):
            can(sheet, 268 + 38 * i, 306 + 6 * i, 346, 17, (second, RAINBOW[2], RAINBOW[4])[i], tilt=0.3)


def draw_clay(sheet: Sheet, look: Look) -> None:
    """Draw tubs of modelling clay in a pyramid, one open, with a lump and a cutter before them."""
    colours = tones(sheet, look, 6)
    lids = look.parts.get("lids", "coloured") == "coloured"
    for i, (x, y) in enumerate(((96, 186), (200, 186), (304, 186), (148, 72), (252, 72))):
        tone = colours[i]
        can(sheet, x, y + 18, y + 98, 48, tone if lids else (244, 244, 242), "plastic", tilt=0.22)
        if not lids:
            sheet.shape(rounded(x - 48, y + 46, 96, 28, 0), hex_of(tone), opacity=0.9)
        can(sheet, x, y, y + 22, 50, shaded(tone, 0.1), "plastic", tilt=0.22)
    first, second = rgb(look.colour), rgb(look.accent)
    sheet.body("M52 350C44 316 84 300 116 308C152 300 178 322 168 350Q110 362 52 350Z", hex_of(first), "foam")
    sheet.body("M190 352C188 330 214 316 242 324C262 326 268 344 258 354Z", hex_of(second), "foam")
    star = [(318 + (36 if i % 2 == 0 else 17) * math.cos(i * math.pi / 5 - math.pi / 2),
             330 + (30 if i % 2 == 0 else 14) * math.sin(i * math.pi / 5 - math.pi / 2)) for i in range(10)]  # fmt: skip
    sheet.body(polygon(star), hex_of(colours[3]), "foam")


def draw_science_kit(sheet: Sheet, look: Look) -> None:
    """Draw a science kit: its box with a volcano, crystals or planets, and glassware before it."""
    colour, second = rgb(look.colour), rgb(look.accent)
    art = box(sheet, 54, 48, 236, 204, 56, colour)
    ink = ink_on(colour)
    with sheet.group(art):
        subject = look.parts.get("subject", "volcano")
        sheet.shape(rounded(0, 60, 236, 144, 0), "#141a34")
        if subject == "volcano":
            sheet.shape(polygon([(40, 204), (98, 110), (140, 110), (198, 204)]), "#6d4a38")
            sheet.shape(
                "M98 110Q90 70 70 76Q104 66 112 88Q118 56 134 70Q146 62 150 80Q140 88 140 110L148 140L132 124L122 160L110 122L98 142Z",
                "#ff5a1f",
            )
            sheet.shape("M106 110Q108 88 118 92Q128 84 132 110L120 132Z", "#ffd23f")
        elif subject == "crystals":
            for x, tall, tone in (
                (70, 78, "#b58cff"),
                (104, 122, "#7fd8ff"),
                (144, 92, "#ff9ad5"),
                (172, 60, "#9dffcf"),
            ):
                sheet.shape(
                    polygon(
                        [(x - 18, 200), (x - 18, 214 - tall), (x, 194 - tall), (x + 18, 214 - tall), (x + 18, 200)]
                    ),
                    tone,
                )
                sheet.shape(
                    polygon([(x, 200), (x, 194 - tall), (x + 18, 214 - tall), (x + 18, 200)]), "#000000", opacity=0.18
                )
        else:
            for x, y, r, tone in (
                (64, 120, 26, "#f2a93a"),
                (120, 160, 18, "#4fa3ff"),
                (176, 112, 34, "#e8d3a4"),
                (204, 176, 11, "#e0523a"),
            ):
                sheet.shape(ellipse(x, y, r, r), tone)
            sheet.line(ellipse(176, 112, 52, 12), (250, 236, 200), 4)
        sheet.letters("SCIENCE", 118, 42, 25, ink, weight=0.22)
    can(sheet, 268, 296, 348, 13, second, "glass", tilt=0.3)
    can(sheet, 304, 286, 348, 13, shaded(second, 0.3), "glass", tilt=0.3)
    for x, fluid in ((108, second), (196, RAINBOW[(look.seed + 2) % 7])):
        flask = f"M{x - 10} 274V300L{x - 40} 346Q{x - 40} 356 {x - 28} 356H{x + 28}Q{x + 40} 356 {x + 40} 346L{x + 10} 300V274Z"
        sheet.body(flask, "#e4f0f4", "glass")
        with sheet.clip(flask):
            sheet.shape(rounded(x - 42, 320, 84, 40, 0), hex_of(fluid), opacity=0.85)
        sheet.line(flask, (110, 130, 140), 1.6)
        sheet.line(f"M{x - 13} 274h26", (150, 170, 180), 5)


def draw_telescope(sheet: Sheet, look: Look) -> None:
    """Draw a telescope on its tripod."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    for x in (112, 208, 300):
        sheet.tube(f"M204 190L{x} 352", DARK if x != 208 else shaded(DARK, 0.2), 11)
    sheet.tube("M156 278H256", STEEL, 5)
    sheet.body(rounded(184, 168, 40, 40, 8), hex_of(DARK), "metal")
    with sheet.group(f"rotate({rng.uniform(-34, -24):.0f} 204 150)"):
        sheet.body(rounded(84, 126, 216, 52, 6), hex_of(colour), "plastic")
        sheet.body(rounded(292, 116, 66, 72, 6), hex_of(second), "plastic")
        sheet.body(rounded(52, 136, 34, 32, 4), hex_of(DARK), "metal")
        sheet.body("M30 148L52 142V162L46 190H28L34 162Z", hex_of(DARK), "plastic")
        sheet.body(rounded(110, 100, 74, 17, 6), hex_of(second), "plastic")
        sheet.tube("M130 116v12M164 116v12", DARK, 6)
        sheet.line("M96 128V176M284 128V176", second, 6)


def draw_paint_set(sheet: Sheet, look: Look) -> None:
    """Draw an open tin of watercolours, with brushes across it."""
    rng = sheet.rng
    tin, second = rgb(look.colour), rgb(look.accent)
    sheet.body(polygon([(60, 74), (340, 74), (356, 200), (44, 200)]), hex_of(tin), "metal", flat=True)
    sheet.body(polygon([(74, 84), (326, 84), (340, 192), (60, 192)]), "#fbfbf8", "porcelain", flat=True)
    for x in (132, 200, 268):
        sheet.shape(ellipse(x, 138, 27, 32), "#e6e8ea")
        if rng.random() < 0.7:
            sheet.shape(ellipse(x, 142, 20, 22), hex_of(rng.choice(RAINBOW)), opacity=0.75)
    sheet.body(
        polygon([(44, 204), (356, 204), (372, 346), (28, 346)]), hex_of(shaded(tin, -0.15)), "metal", flat=True
    )
    for row in range(2):
        for i in range(7):
            left = 50 + 43.4 * i - row * 3
            sheet.body(rounded(left, 214 + 64 * row, 36, 52, 4), "#f5f5f2", "plastic", flat=True, outline=0.6)
            tone = RAINBOW[i] if row == 0 else shaded(RAINBOW[i], -0.35 if i % 2 else 0.4)
            sheet.body(rounded(left + 4, 219 + 64 * row, 28, 42, 3), hex_of(tone), "foam", flat=True, outline=0)
    with sheet.group(f"rotate({rng.uniform(-26, -18):.0f} 220 290)"):
        sheet.tube("M120 292H300", second, 11)
        sheet.tube("M300 292H334", STEEL, 11)
        sheet.body("M334 285Q362 282 378 292Q362 302 334 299Z", "#4a3526", "wool")
