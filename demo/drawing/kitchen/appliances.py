"""Toasters, blenders, mixers, air fryers, scales."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, is_dark, shaded
from demo.drawing.outline import ellipse, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, glass, lines_on, rgb, rim, round_polygon, turn_of, turned
from demo.look import Look

DARK: Rgb = (42, 42, 45)
STEEL: Rgb = (196, 199, 203)


def draw_toaster(sheet: Sheet, look: Look) -> None:
    """Draw a toaster for two slices, or a long one, perhaps with toast in it."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "steel"
    long = look.parts.get("slots", "two") == "four"
    wide, deep = (0.42, 0.2) if long else (0.29, 0.19)
    space = Space(sheet, (wide, 0.2, deep), turn=turn_of(sheet, 18, 32), pitch=24, extent=300)
    near = -1 if space.turn > 0 else 1
    space.soft((0, 0, 0), (wide - 0.02, 0.03, deep - 0.02), hex_of(DARK), "plastic", radius=10)
    space.soft((0, 0.012, 0), (wide, 0.188, deep), fill, material, radius=24)
    toast = rng.random() < 0.4
    for z in (-deep * 0.2, deep * 0.18):
        w = wide * 0.38
        slot = [(-w, 0.2, z - 0.014), (w, 0.2, z - 0.014), (w, 0.2, z + 0.014), (-w, 0.2, z + 0.014)]
        sheet.shape(space.face(*slot), "#161617")
        sheet.line(space.face(*slot), STEEL, 1.6)
        if toast:
            spans = ((-w * 0.92, -w * 0.06), (w * 0.06, w * 0.92)) if long else ((-w * 0.8, w * 0.8),)
            for left, right in spans:
                slice_ = [(left, 0.2, z), (left, 0.27, z), (right, 0.27, z), (right, 0.2, z)]
                sheet.body(round_polygon([space.at(*point) for point in slice_], 12), "#c98d4b", "foam")
    a, b = space.at(near * (wide / 2 + 0.002), 0.14, 0), space.at(near * (wide / 2 + 0.002), 0.05, 0)
    sheet.line(f"M{a[0]:.0f} {a[1]:.0f}L{b[0]:.0f} {b[1]:.0f}", "black", 6)
    space.soft((near * (wide / 2 + 0.015), 0.13, 0), (0.035, 0.022, 0.06), hex_of(DARK), "plastic", radius=4)
    for x in (-0.3, 0.0, 0.3) if long else (-0.22, 0.22):
        cx, cy = space.at(x * wide, 0.06, deep / 2 + 0.001)
        sheet.body(ellipse(cx, cy, 11, 11), hex_of(STEEL if is_dark(colour) else DARK), "plastic")
        sheet.line(f"M{cx:.0f} {cy:.0f}v-9", "white" if not is_dark(colour) else "black", 2)


def draw_blender(sheet: Sheet, look: Look) -> None:
    """Draw a blender: with a jug on a motor, portable with its cup, or a hand blender."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    kind = look.parts.get("type", "jug")
    material = look.material or "plastic"
    fruit: Rgb = rng.choice(((214, 92, 120), (150, 190, 80), (240, 176, 80)))
    if kind == "hand":
        with sheet.group(f"rotate({rng.uniform(-16, 16):.0f} 200 200)"):
            sheet.body(turned([(20, 34), (29, 50), (26, 110), (30, 176), (22, 206)], tilt=0.2), fill, material)
            sheet.body(
                turned([(19, 204), (15, 296), (26, 322), (42, 344), (42, 362)], tilt=0.2), hex_of(STEEL), "steel"
            )
            sheet.body(ellipse(200, 84, 9, 13), hex_of(DARK), "plastic")
            sheet.body(ellipse(200, 120, 9, 13), hex_of(DARK), "plastic")
        return
    filled = rng.random() < 0.5
    if kind == "portable":
        cup = turned([(62, 92), (66, 226)], tension=0)
        if filled:
            sheet.shape(turned([(59, 130), (61, 222)], tension=0), hex_of(fruit), opacity=0.85)
        glass(sheet, cup, (214, 224, 228), opacity=0.36)
        sheet.line("M154 104V214", "white", 6, opacity=0.7)
        sheet.body(turned([(66, 222), (72, 240), (70, 340), (64, 352)], tension=0.4), fill, material)
        sheet.body(turned([(58, 62), (66, 72), (66, 98)], tension=0.3), fill, material)
        sheet.body(ellipse(200, 62, 58, 9), hex_of(shaded(colour, 0.12)), "plastic", flat=True)
        sheet.tube("M150 62Q200 18 250 62", shaded(colour, -0.1), 9)
        sheet.body(ellipse(200, 290, 16, 16), hex_of(lines_on(colour)), "plastic")
        return
    with sheet.group("translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""):
        sheet.tube("M272 84H318Q336 90 330 120L312 196Q304 212 262 206", DARK, 18)
        if filled:
            sheet.shape(turned([(74, 128), (56, 234)], tension=0), hex_of(fruit), opacity=0.85)
        glass(sheet, turned([(84, 66), (58, 242)], tension=0), (214, 224, 228), opacity=0.4)
        for y in range(110, 220, 22):
            sheet.line(f"M176 {y}h18", "white", 2.5)
        sheet.line("M132 84L152 228", "white", 8, opacity=0.7)
        sheet.line("M182 238l18 -10l18 10", (120, 124, 128), 5)
        sheet.body(turned([(88, 50), (88, 70)], tension=0), hex_of(DARK), "plastic")
        sheet.body(turned([(34, 34), (36, 50)], tension=0), hex_of(DARK), "plastic")
        sheet.body(turned([(66, 238), (70, 258), (100, 336), (96, 352)], tension=0.4), fill, material)
        sheet.body(ellipse(200, 308, 24, 24), hex_of(STEEL), "metal")
        sheet.line("M200 308l9 -16", "black", 3)
        for x in (142, 258):
            sheet.shape(ellipse(x, 314, 8, 7), hex_of(lines_on(colour)))


def draw_stand_mixer(sheet: Sheet, look: Look) -> None:
    """Draw a stand mixer from the side: foot, column, tilted head, bowl."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "metal"
    flipped = rng.random() < 0.5
    with sheet.group("translate(400 0) scale(-1 1)" if flipped else ""):
        sheet.body(
            smooth([(46, 338), (64, 322), (190, 322), (300, 316), (352, 330), (352, 356), (50, 356)], tension=0.5),
            fill,
            material,
        )
        sheet.body(
            smooth([(262, 160), (336, 160), (342, 240), (348, 336), (256, 336), (286, 250)], tension=0.6),
            fill,
            material,
        )
        tool = rng.choice(("whisk", "hook"))
        sheet.tube("M132 184V232", STEEL, 15, shine=0.7)
        if tool == "whisk":
            for dx in (-30, -12, 12, 30):
                sheet.line(f"M132 222Q{132 + dx * 1.5:.0f} 262 132 300", STEEL, 3)
        bowl_glass = look.parts.get("bowl", "steel") == "glass"
        bowl = [(84, 226), (82, 256), (56, 310), (48, 322)]
        if bowl_glass:
            glass(sheet, turned(bowl, cx=136), (214, 224, 228), opacity=0.5)
            sheet.line(ellipse(136, 226, 84, 13), (120, 126, 132), 2)
        else:
            rim(sheet, 84, 226, STEEL, cx=136, lip=4)
            if tool == "whisk":
                sheet.line("M116 236Q112 228 132 222Q152 228 148 236", STEEL, 3)
            sheet.body(turned(bowl, cx=136), hex_of(STEEL), "steel")
        sheet.body(
            smooth(
                [
                    (52, 120),
                    (66, 84),
                    (150, 68),
                    (270, 72),
                    (344, 96),
                    (358, 136),
                    (338, 172),
                    (240, 182),
                    (120, 186),
                    (66, 170),
                ],
                tension=0.8,
            ),
            fill,
            material,
        )
        sheet.line("M60 134Q200 148 352 130", STEEL, 5)
        sheet.body(ellipse(62, 128, 17, 21), hex_of(STEEL), "metal")
        sheet.body(ellipse(262, 150, 10, 10), hex_of(DARK), "plastic")
    word = rng.choice(("BAKE", "ROVANTA", "MIX"))
    sheet.letters(word, 210 if flipped else 190, 112, 13, lines_on(colour))


def draw_air_fryer(sheet: Sheet, look: Look) -> None:
    """Draw an air fryer: one drawer or two, each with its handle, a panel above."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "plastic"
    two = look.parts.get("drawers", "one") == "two"
    wide = 0.4 if two else 0.28
    space = Space(sheet, (wide, 0.32, 0.3), turn=turn_of(sheet, 12, 26), pitch=13)
    space.soft((0, 0, 0), (wide, 0.32, 0.3), fill, material, radius=34)
    panel = [(-wide * 0.4, 0.235), (wide * 0.4, 0.235), (wide * 0.36, 0.295), (-wide * 0.36, 0.295)]
    sheet.shape(round_polygon([space.at(x, y, 0.151) for x, y in panel], 8), "#141518")
    text = sheet.rng.choice(("180", "200", "15"))
    for x in (-0.09, 0.09) if two else (0.0,):
        sheet.letters(text, *space.at(x, 0.257, 0.152), 15, "turquoise")
    drawers = ((-wide * 0.42, -0.006), (0.006, wide * 0.42)) if two else ((-wide * 0.43, wide * 0.43),)
    for left, right in drawers:
        corners = [(left, 0.02), (right, 0.02), (right, 0.215), (left, 0.215)]
        d = round_polygon([space.at(x, y, 0.151) for x, y in corners], 10)
        sheet.shape(d, hex_of(shaded(colour, 0.1 if is_dark(colour) else -0.06)))
        sheet.line(d, "black", 2, opacity=0.65)
        x = (left + right) / 2
        if rng.random() < 0.5 and not two:
            window = [(x - 0.07, 0.13), (x + 0.07, 0.13), (x + 0.07, 0.2), (x - 0.07, 0.2)]
            sheet.shape(round_polygon([space.at(a, b, 0.152) for a, b in window], 8), "#2b1d14")
            sheet.light(space.face(*((a, b, 0.152) for a, b in window)), 0.12, 3)
        space.soft(
            (x, 0.07, 0.19),
            (0.05, 0.045, 0.09),
            hex_of(DARK if not is_dark(colour) else (88, 90, 94)),
            "plastic",
            radius=7,
        )
    x, y = space.at(0, 0.32, -0.02)
    sheet.line(ellipse(x, y, 40, 8), lines_on(colour), 2, opacity=0.5)


def draw_kitchen_scale(sheet: Sheet, look: Look) -> None:
    """Draw a kitchen scale: a flat slab with a display, or with a bowl on it."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "glass"
    bowl = look.parts.get("bowl", "no") == "yes"
    space = Space(
        sheet,
        (0.2, 0.02 if not bowl else 0.12, 0.24),
        turn=turn_of(sheet, 14, 30),
        pitch=38 if not bowl else 24,
        extent=310,
    )
    lid = space.faces((0, 0, 0), (0.2, 0.018, 0.24))[2]
    base = round_polygon([space.at(x, 0, z) for x, _, z in lid], 24)
    sheet.body(base, hex_of(shaded(colour, -0.4)), "plastic")
    top = round_polygon([space.at(x, 0.018, z) for x, _, z in lid], 24)
    sheet.body(top, fill, material)
    if bowl:
        x, y = space.at(0, 0.03, -0.03)
        r = 118
        rim(sheet, r, y - 112, STEEL, cx=x, tilt=0.34)
        sheet.body(turned([(r, y - 112), (r * 0.86, y - 40), (r * 0.42, y)], cx=x, tilt=0.34), hex_of(STEEL), "steel")
    else:
        plate = [(-0.085, 0.019, -0.105), (0.085, 0.019, -0.105), (0.085, 0.019, 0.05), (-0.085, 0.019, 0.05)]
        sheet.line(round_polygon([space.at(*point) for point in plate], 16), lines_on(colour), 2, opacity=0.6)
    screen = [(-0.045, 0.019, 0.068), (0.045, 0.019, 0.068), (0.045, 0.019, 0.102), (-0.045, 0.019, 0.102)]
    sheet.shape(round_polygon([space.at(*point) for point in screen], 4), "#b9c7b4")
    x, y = space.at(0, 0.019, 0.086)
    sheet.letters(rng.choice(("0", "250", "125", "482")), x, y + 8, 16, (30, 34, 30))
    for side_x in (-0.07, 0.07):
        x, y = space.at(side_x, 0.019, 0.085)
        sheet.line(ellipse(x, y, 10, 7), lines_on(colour), 2.4)
