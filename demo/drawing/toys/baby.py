"""Toys for babies and toddlers, and for bath and garden."""

from __future__ import annotations

import math

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.toys.building import RAINBOW, tones
from demo.drawing.toys.vehicles import WOOD
from demo.drawing.vessels import DARK, can, rgb
from demo.look import Look


def draw_xylophone(sheet: Sheet, look: Look) -> None:
    """Draw a xylophone from above: bars that shorten to the right, and two mallets."""
    rng = sheet.rng
    frame, tip = rgb(look.colour), rgb(look.accent)
    bars = 8
    with sheet.group(f"rotate({rng.uniform(-12, -4):.0f} 200 200)"):
        sheet.body(polygon([(34, 128), (366, 168), (366, 190), (34, 156)]), hex_of(frame), "wood")
        sheet.body(polygon([(34, 266), (366, 226), (366, 248), (34, 294)]), hex_of(frame), "wood")
        two = look.parts.get("colours") == "two-tone"
        for i in range(bars):
            half = 112 - 8.5 * i
            tone = (frame, tip)[i % 2] if two else RAINBOW[i % 7]
            x = 44 + 40 * i
            sheet.body(rounded(x, 210 - half, 34, 2 * half, 7), hex_of(tone), look.material or "wood", flat=True)
            for y in (210 - half * 0.6, 210 + half * 0.6):
                sheet.shape(ellipse(x + 17, y, 4, 4), "#55575c")
    for turn, x in ((34, 190), (58, 240)):
        with sheet.group(f"rotate({turn + rng.uniform(-4, 4):.0f} {x} 220)"):
            sheet.tube(f"M{x} 190V350", WOOD, 9)
            sheet.body(ellipse(x, 182, 19, 19), hex_of(tip), "wood")


def draw_rattle(sheet: Sheet, look: Look) -> None:
    """Draw a rattle: a ball on a handle, or a teething ring with beads."""
    colour, second = rgb(look.colour), rgb(look.accent)
    colours = tones(sheet, look, 8)
    material = look.material or "wood"
    if look.parts.get("form", "handle") == "ring":
        sheet.line(ellipse(200, 210, 112, 112), shaded(colour, -0.3), 40)
        sheet.line(ellipse(200, 210, 112, 112), colour, 36)
        sheet.line(ellipse(196, 205, 112, 112), shaded(colour, 0.5), 8, opacity=0.5)
        for i in range(5):
            a = math.pi * (1.22 + 0.14 * i)
            sheet.body(
                ellipse(200 + 112 * math.cos(a), 210 + 112 * math.sin(a), 30, 30), hex_of(colours[i]), material
            )
        for side in (1, -1):
            sheet.body(ellipse(200 + side * 22, 318 - 20, 24, 52), hex_of(second), "cotton")
        return
    with sheet.group(f"rotate({sheet.rng.uniform(18, 40):.0f} 200 200)"):
        sheet.tube("M200 200V318", shaded(colour, 0.1), 24)
        sheet.line(ellipse(200, 336, 26, 26), shaded(colour, -0.2), 17)
        for i in range(3):
            sheet.body(rounded(180, 206 + 24 * i, 40, 22, 10), hex_of(colours[i]), material)
        sheet.body(ellipse(200, 120, 82, 82), hex_of(colour), material)
        sheet.body("M120 108Q200 138 280 108V132Q200 164 120 132Z", hex_of(second), material, outline=0.6)
        for k in range(5):
            sheet.shape(ellipse(142 + 29 * k, 78 - 8 * math.sin(k * 0.8), 7, 7), hex_of(second))


def draw_play_mat(sheet: Sheet, look: Look) -> None:
    """Draw a padded mat with a gym of two arches, or of wooden poles, and toys that hang from it."""
    colours = tones(sheet, look, 6)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    round_mat = look.parts.get("shape", "round") == "round"
    mat = ellipse(200, 300, 172, 60) if round_mat else polygon([(84, 246), (316, 246), (374, 352), (26, 352)])
    sheet.body(mat, fill, "cotton", flat=True)
    sheet.line(mat, rgb(look.accent), 7)
    hang: list[tuple[float, float]] = []
    if look.parts.get("gym", "arches") == "poles":
        for a, b in (
            ((92, 330), (122, 92)),
            ((152, 330), (118, 92)),
            ((248, 330), (282, 92)),
            ((308, 330), (278, 92)),
        ):
            sheet.tube(f"M{a[0]} {a[1]}L{b[0]} {b[1]}", WOOD, 12)
        sheet.tube("M100 104H300", WOOD, 13)
        hang = [(140, 104), (200, 104), (260, 104)]
    else:
        tone = rgb(look.accent)
        sheet.tube("M70 268C90 40 250 30 330 330", tone, 15)
        sheet.tube("M330 268C310 40 150 30 70 330", shaded(tone, -0.08), 15)
        hang = [(128, 136), (200, 92), (272, 136)]
    for i, (x, y) in enumerate(hang):
        drop = 58 + 10 * (i % 2)
        sheet.line(f"M{x} {y}v{drop}", DARK, 2)
        tone = colours[i]
        if i == 1:
            star = [(x + (24 if k % 2 == 0 else 11) * math.cos(k * math.pi / 5 - math.pi / 2),
                     y + drop + 20 + (24 if k % 2 == 0 else 11) * math.sin(k * math.pi / 5 - math.pi / 2)) for k in range(10)]  # fmt: skip
            sheet.body(polygon(star), hex_of(tone), "plush")
        else:
            sheet.body(ellipse(x, y + drop + 18, 20, 20), hex_of(tone), "plush")


def draw_bath_duck(sheet: Sheet, look: Look) -> None:
    """Draw a rubber duck from the side, on water; or with a hat of the accent."""
    colour, second = rgb(look.colour), rgb(look.accent)
    wide = sheet.rng.uniform(0.94, 1.06)
    with sheet.group(f"translate(200 0) scale({wide:.2f} 1) translate(-200 0)"):
        sheet.body(
            "M60 222C52 196 74 192 96 212C130 222 160 206 196 212C260 206 318 216 326 262C330 320 270 352 190 350"
            "C104 348 56 296 60 222Z",
            hex_of(colour), "rubber",
        )  # fmt: skip
        sheet.body(ellipse(254, 142, 76, 78), hex_of(colour), "rubber")
        sheet.body(
            "M112 258C140 222 220 232 236 268C222 316 150 318 112 258Z", hex_of(shaded(colour, -0.07)), "rubber"
        )
        sheet.body("M318 146Q344 132 366 150Q352 160 366 170Q338 184 316 166Z", "#ee7a1c", "rubber")
        sheet.shape(ellipse(284, 122, 12, 15), hex_of(DARK))
        sheet.shape(ellipse(288, 116, 4, 5), "#ffffff")
        if look.parts.get("hat") == "cap":
            sheet.body("M190 98C196 44 300 34 316 96Q252 84 190 98Z", hex_of(second), "rubber")
            sheet.body("M300 90Q346 88 352 104Q330 110 306 100Z", hex_of(shaded(second, -0.2)), "rubber")
        elif look.parts.get("hat") == "scarf":
            sheet.body("M190 196Q250 226 308 192L312 214Q250 248 188 218Z", hex_of(second), "rubber")
            sheet.body("M204 218L182 276L214 282L230 226Z", hex_of(second), "rubber")


def draw_bath_boats(sheet: Sheet, look: Look) -> None:
    """Draw two little boats, one with a funnel and one with a sail."""
    colours = tones(sheet, look, 5)
    colour, second = rgb(look.colour), rgb(look.accent)
    for x, y, size, hull, top in ((118, 300, 1.0, colour, second), (282, 322, 0.85, second, colour)):
        with sheet.group(f"translate({x} {y}) scale({size})"):
            if size == 1.0:
                can(sheet, 0, -122, -70, 18, colours[1])
                sheet.body(rounded(-48, -84, 96, 52, 10), hex_of(top), "plastic")
                for k in (-24, 0, 24):
                    sheet.shape(ellipse(k, -60, 8, 8), "#dff0f6")
            else:
                sheet.tube("M0 -36V-196", WOOD, 8)
                sheet.body("M8 -190Q70 -120 76 -56H8Z", hex_of(top), "cotton")
                sheet.body("M-8 -170Q-50 -110 -52 -56H-8Z", hex_of(colours[3]), "cotton")
            sheet.body("M-92 -36Q0 -26 92 -36Q84 40 36 46H-36Q-84 40 -92 -36Z", hex_of(hull), "plastic")
            sheet.line("M-88 -16Q0 -4 88 -16", top, 8)


def draw_bubbles(sheet: Sheet, look: Look) -> None:
    """Draw a bubble wand in its bottle, with soap bubbles: a round or a heart-shaped ring."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    sheet.tube("M222 316L258 118", second, 13)
    ring = ellipse(268, 76, 42, 42)
    if look.parts.get("form") == "heart":
        ring = "M260 120C196 84 218 18 266 56C320 26 334 92 260 120Z"
    sheet.line(ring, shaded(second, -0.2), 13)
    sheet.line(ring, second, 9)
    can(sheet, 180, 222, 352, 58, colour, "plastic", tilt=0.2)
    can(sheet, 180, 196, 222, 34, second, "plastic", tilt=0.2)
    sheet.shape(ellipse(180, 292, 32, 32), "#ffffff", opacity=0.85)
    sheet.line(ellipse(180, 292, 17, 17), colour, 3)
    for _ in range(9):
        x, y, r = rng.uniform(40, 185), rng.uniform(40, 165), rng.uniform(9, 26)
        sheet.shape(ellipse(x, y, r, r), "#d3ecf8", opacity=0.5)
        sheet.line(ellipse(x, y, r, r), rng.choice(((150, 196, 232), (220, 170, 220), (160, 214, 196))), 2)
        sheet.shape(ellipse(x - r * 0.35, y - r * 0.4, r * 0.2, r * 0.14), "#ffffff")


def draw_play_kitchen(sheet: Sheet, look: Look) -> None:
    """Draw a toy kitchen from the front: hob, sink with tap, oven door, shelf above."""
    colour, second = rgb(look.colour), rgb(look.accent)
    pale = shaded(colour, 0.2)
    sheet.body(rounded(64, 40, 272, 170, 8), hex_of(shaded(colour, -0.1)), "foam", flat=True)
    sheet.body(rounded(82, 58, 110, 52, 4), hex_of(shaded(second, 0.25)), "foam", flat=True)
    sheet.body("M222 58H306L318 112H210Z", hex_of(second), "metal")
    for i in range(3):
        x = 96 + 32 * i
        sheet.tube(f"M{x} 134v12", DARK, 3)
        sheet.body(ellipse(x, 160, 8, 16), ("#9aa0a8", hex_of(second), "#c98a54")[i], "metal")
    sheet.body(rounded(52, 190, 296, 20, 5), hex_of(WOOD), "wood", flat=True)
    sheet.tube("M118 190V158Q120 146 142 150V164", (190, 194, 200), 8)
    for x in (238, 294):
        sheet.body(ellipse(x, 191, 22, 6), "#2c2c30", "plastic", flat=True)
    sheet.body(smooth([(272, 172), (318, 172), (314, 188), (276, 188)], tension=0.3), hex_of(second), "metal")
    sheet.tube("M318 176h26", DARK, 5)
    sheet.body(rounded(60, 210, 280, 146, 4), hex_of(colour), "foam", flat=True)
    sheet.body(rounded(74, 222, 118, 122, 5), hex_of(pale), "foam", flat=True)
    sheet.tube("M174 262v34", second, 7)
    sheet.body(rounded(206, 250, 120, 94, 5), hex_of(pale), "foam", flat=True)
    sheet.body(rounded(222, 276, 88, 54, 5), "#33353b", "glass", flat=True)
    sheet.tube("M226 264h80", second, 7)
    for i in range(4):
        sheet.body(ellipse(220 + 30 * i, 232, 9, 9), hex_of(second), "wood")
