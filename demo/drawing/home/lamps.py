"""Lamps and lights."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, mirrored, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import glass, rgb, turned
from demo.look import Look

GLOW: Rgb = (255, 236, 184)


def _shade(sheet: Sheet, look: Look, top: float, low: float, r_top: float, r_low: float, *, cx: float = 200) -> None:
    """Draw a lampshade of cloth, lit from inside."""
    rng = sheet.rng
    d = turned([(r_top, top), (r_low, low)], tilt=0.12, cx=cx, tension=0)
    sheet.shape(ellipse(cx, low, r_low, r_low * 0.12), hex_of(shaded(GLOW, -0.1)))
    sheet.body(d, sheet.paint(look.colour, look.pattern, look.accent, scale=0.6), "linen")
    sheet.shape(ellipse(cx, top, r_top, r_top * 0.12), hex_of(shaded(rgb(look), -0.25)))
    if rng.random() < 0.6:
        sheet.light(ellipse(cx, (top + low) / 2 + 14, r_low * 0.5, (low - top) * 0.3), 0.4, 14)


def draw_table_lamp(sheet: Sheet, look: Look) -> None:
    """Draw a table lamp: with a shade, mushroom-shaped, or jointed."""
    rng = sheet.rng
    style = look.parts.get("style", "shaded")
    colour = rgb(look)
    fill = sheet.paint(look.colour)
    if style == "jointed":
        _jointed(sheet, colour)
        return
    if style == "mushroom":
        stem = rng.uniform(20, 30)
        foot = [(stem, 150), (stem + 2, 240), (stem + 10, 312), (84, 344), (86, 352)]
        sheet.body(turned(foot), fill, "metal")
        r, y = rng.uniform(118, 136), rng.uniform(176, 190)
        cap = f"M{200 - r} {y}C{200 - r} {y - 150} {200 + r} {y - 150} {200 + r} {y}Q200 {y + 34} {200 - r} {y}Z"
        sheet.shape(ellipse(200, y + 6, r * 0.96, 16), hex_of(shaded(GLOW, 0.1)))
        sheet.body(cap, fill, "metal")
        return
    base = rng.choice(("ball", "pole", "vase"))
    rest = hex_of(rng.choice(((196, 160, 84), (60, 60, 62), (234, 228, 216), (176, 132, 88))))
    profile = {
        "ball": [(10, 180), (14, 206), (60, 246), (74, 290), (50, 334), (46, 350)],
        "pole": [(7, 180), (7, 330), (62, 338), (64, 350)],
        "vase": [(12, 180), (22, 210), (34, 250), (56, 310), (50, 350)],
    }[base]
    sheet.body(
        turned(profile, tension=0.9 if base != "pole" else 0.1), rest, "ceramic" if base != "pole" else "metal"
    )
    _shade(sheet, look, rng.uniform(44, 60), rng.uniform(196, 210), rng.uniform(56, 96), rng.uniform(112, 132))


def _jointed(sheet: Sheet, colour: Rgb) -> None:
    rng = sheet.rng
    side = rng.choice((-1, 1))
    knee, head = (200 + side * rng.uniform(46, 66), rng.uniform(190, 206)), (200 - side * 22, rng.uniform(76, 90))
    foot = (200 - side * 26, 332)
    sheet.body(turned([(70, 336), (72, 350)], cx=foot[0]), hex_of(colour), "metal")
    sheet.body(ellipse(foot[0], 336, 70, 11), hex_of(colour), "metal", flat=True)
    for dx in (-5, 5):
        sheet.tube(f"M{foot[0] + dx} 332L{knee[0] + dx:.0f} {knee[1]:.0f}", colour, 7)
        sheet.tube(f"M{knee[0] + dx:.0f} {knee[1]:.0f}L{head[0] + dx:.0f} {head[1]:.0f}", colour, 7)
    sheet.body(ellipse(*knee, 13, 13), hex_of(shaded(colour, -0.2)), "metal")
    with sheet.group(f"translate({head[0]:.0f} {head[1]:.0f}) rotate({side * 28})"):
        sheet.body(f"M{-side * 4 - 17} -26h34l6 30q34 22 38 70h-122q4 -48 38 -70Z", hex_of(colour), "metal")
        sheet.shape(ellipse(0, 74, 61, 10), hex_of(GLOW))
        sheet.line(ellipse(0, 74, 61, 10), shaded(colour, -0.3), 2.5)


def draw_floor_lamp(sheet: Sheet, look: Look) -> None:
    """Draw a floor lamp: an arc, a tripod or a straight pole."""
    rng = sheet.rng
    style = look.parts.get("style", "straight")
    colour = rgb(look)
    if style == "arc":
        side = rng.choice((-1, 1))
        foot, head = 200 - side * 84, 200 + side * 82
        sheet.body(
            turned([(46, 346), (47, 360)], cx=foot), "#e9e7e4" if rng.random() < 0.5 else hex_of(colour), "stone"
        )
        sheet.tube(f"M{foot} 346V170C{foot} 10 {head} -10 {head} 106", colour, 8, shine=0.6)
        sheet.shape(ellipse(head, 162, 60, 10), hex_of(GLOW))
        sheet.body(
            f"M{head - 62} 162C{head - 62} 84 {head + 62} 84 {head + 62} 162Q{head} 172 {head - 62} 162Z",
            hex_of(colour),
            "metal",
        )
        return
    if style == "tripod":
        metal = rng.choice(((190, 150, 104), (92, 62, 44)))
        for x in (-1, 0.25, 1):
            sheet.tube(
                f"M{200 + x * 8:.0f} 150L{200 + x * 82:.0f} {358 - abs(x) * 4 + (8 if x == 0.25 else 0):.0f}",
                metal,
                9,
            )
        sheet.body(ellipse(200, 152, 16, 9), "#33312f", "metal")
    else:
        metal = rng.choice(((44, 44, 47), (196, 160, 84), (206, 209, 213)))
        sheet.body(turned([(52, 348), (54, 358)]), hex_of(metal), "metal")
        sheet.tube("M200 348V120", metal, 7, shine=0.6)
    _shade(sheet, look, rng.uniform(26, 38), rng.uniform(126, 140), rng.uniform(48, 72), rng.uniform(78, 92))


def draw_night_light(sheet: Sheet, look: Look) -> None:
    """Draw a soft glowing night light: a fox, a bear, a rabbit, a moon or a cloud."""
    shape = look.parts.get("shape", "fox")
    fill = sheet.paint(look.colour)
    colour = rgb(look)
    dark = shaded(colour, -0.5)
    sheet.light(ellipse(200, 220, 165, 140), 0.35, 26)
    if shape == "moon":
        sheet.body("M236 56A146 146 0 1 0 330 280A124 124 0 0 1 236 56Z", fill, "rubber")
        sheet.light(ellipse(140, 220, 36, 80), 0.5, 16)
        for x, y, r in ((110, 170, 13), (150, 290, 18), (128, 236, 9)):
            sheet.shape(ellipse(x, y, r, r * 0.8), "#000", opacity=0.1)
        sheet.body(ellipse(200, 348, 76, 12), "#d9b98c", "wood")
        return
    if shape == "cloud":
        points = [
            (74, 296),
            (56, 236),
            (104, 190),
            (128, 130),
            (204, 106),
            (266, 140),
            (292, 190),
            (346, 232),
            (328, 296),
            (200, 312),
        ]
        sheet.body(smooth(points, tension=1.1), fill, "rubber")
        sheet.light(ellipse(200, 220, 90, 56), 0.5, 20)
        _face(sheet, 200, 230, 46, dark)
        return
    ears = {
        "fox": ("M112 176L104 58Q150 84 182 138Z", 1.0),
        "rabbit": ("M146 150C106 60 116 14 140 20C172 28 184 90 186 142Z", 1.0),
        "bear": (ellipse(124, 118, 38, 38), 1.0),
    }[shape][0]
    for turn in ("", "translate(400 0) scale(-1 1)"):
        with sheet.group(turn):
            sheet.body(ears, fill, "rubber")
            if shape == "bear":
                sheet.shape(ellipse(124, 118, 20, 20), "#fff", opacity=0.35)
            elif shape == "rabbit":
                sheet.shape("M150 120C130 70 132 44 144 48C160 54 166 100 168 124Z", "#fff", opacity=0.4)
            else:
                sheet.shape("M122 146L118 88Q144 104 160 130Z", "#fff", opacity=0.4)
    body = mirrored([(200, 104), (268, 122), (306, 190), (312, 280), (284, 346), (240, 354)])
    sheet.body(smooth(body), fill, "rubber")
    sheet.light(ellipse(200, 262, 82, 66), 0.55, 20)
    if shape == "fox":
        sheet.shape("M98 212Q150 204 200 262Q250 204 302 212Q290 282 200 290Q110 282 98 212Z", "#fff", opacity=0.75)
    _face(sheet, 200, 206, 50, dark)
    sheet.shape(ellipse(200, 246 if shape != "fox" else 258, 12, 9), hex_of(shaded(colour, -0.75)))


def _face(sheet: Sheet, x: float, y: float, apart: float, dark: Rgb) -> None:
    asleep = sheet.rng.random() < 0.6
    for dx in (-apart, apart):
        if asleep:
            sheet.line(f"M{x + dx - 14} {y}q14 14 28 0", shaded(dark, -0.4), 4.5)
        else:
            sheet.shape(ellipse(x + dx, y, 9, 11), "#26211f")


def draw_string_lights(sheet: Sheet, look: Look) -> None:
    """Draw hanging string lights; their cable is black, their bulbs coloured."""
    rng = sheet.rng
    bulb = look.parts.get("bulbs", "round")
    colour = rgb(look)
    cable = rng.choice(((40, 40, 42), (40, 40, 42), (60, 84, 60), (232, 232, 230)))
    rows = rng.choice((2, 3)) if bulb == "round" else 3
    for row in range(rows):
        y0 = 50 + row * (270 / rows) + rng.uniform(-10, 10)
        y1, sag = y0 + rng.uniform(-24, 24), rng.uniform(60, 92)
        sheet.tube(f"M22 {y0:.0f}Q200 {y0 + 2 * sag:.0f} 378 {y1:.0f}", cable, 3.4)
        count = 6
        for i in range(count):
            t = (i + 0.5) / count
            x, y = 22 + 356 * t, (1 - t) ** 2 * y0 + 2 * t * (1 - t) * (y0 + 2 * sag) + t * t * y1
            sheet.shape(f"M{x - 6:.0f} {y:.0f}h12v15h-12Z", hex_of(cable))
            if bulb == "lantern":
                sheet.body(ellipse(x, y + 42, 27, 27), hex_of(colour), "paper")
                for dy in (-12, 0, 12):
                    sheet.line(f"M{x - 23:.0f} {y + 42 + dy:.0f}q23 7 46 0", shaded(colour, -0.3), 1, opacity=0.5)
                continue
            for glow in (31, 26):
                sheet.shape(ellipse(x, y + 32, glow, glow), hex_of(shaded(GLOW, 0.4)), opacity=0.3)
            d = (
                ellipse(x, y + 33, 19, 19)
                if bulb == "round"
                else f"M{x - 7:.0f} {y + 14:.0f}q-12 14 -9 28q4 12 16 20q12 -8 16 -20q3 -14 -9 -28Z"
            )
            glass(sheet, d, colour, opacity=0.85)
            sheet.shape(ellipse(x, y + 34, 7, 8), "#fff", opacity=0.7)
