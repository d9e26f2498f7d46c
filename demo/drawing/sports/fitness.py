"""Weights, bands, ropes, mats, cushions and machines."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, STEEL, accent, circle, fill_of, flipped, rgb, seam
from demo.look import Look


def draw_dumbbell(sheet: Sheet, look: Look) -> None:
    """Draw a dumbbell: six-sided heads, round ones, or plates; one of them or a pair."""
    rng, form = sheet.rng, look.parts.get("type", "hex")
    if look.parts.get("count") != "pair":
        with sheet.group(f"rotate({rng.choice((0, rng.uniform(-26, 26))):.0f} 200 200)"):
            _dumbbell(sheet, look, form)
        return
    turn, step = rng.uniform(-24, -14), rng.uniform(70, 80)
    for x, y, size in ((222, 200 - step, 0.74), (182, 200 + step * 0.9, 0.8)):
        with sheet.group(f"translate({x} {y:.0f}) rotate({turn:.0f}) scale({size}) translate(-200 -200)"):
            _dumbbell(sheet, look, form)


def _dumbbell(sheet: Sheet, look: Look, form: str) -> None:
    colour, fill = rgb(look), fill_of(sheet, look)
    material = look.material or "rubber"
    bar = "M124 200H276"
    sheet.tube(bar, STEEL, 29)
    sheet.line("".join(f"M{150 + i * 5} 188v24" for i in range(21)), (120, 122, 126), 1.4, opacity=0.6)
    for side in (-1, 1):
        with sheet.group(f"translate(200 200) scale({side} 1) translate(-200 -200)"):
            if form == "plates":
                sheet.body(rounded(352, 186, 26, 28, 6), hex_of(STEEL), "metal")
                for x, r in ((272, 92), (298, 92), (324, 70), (344, 48)):
                    sheet.body(rounded(x, 200 - r, 24, r * 2, 8), fill, material)
                sheet.body(rounded(262, 172, 12, 56, 5), hex_of(STEEL), "metal")
            elif form == "round":
                sheet.body(rounded(270, 128, 102, 144, 30), fill, material)
                sheet.line("M288 132V268M354 132V268", seam(colour), 3, opacity=0.7)
            else:
                d = polygon(
                    [(264, 146), (282, 122), (358, 122), (374, 146), (374, 254), (358, 278), (282, 278), (264, 254)]
                )
                sheet.body(d, fill, material)
                sheet.shape(polygon([(282, 122), (358, 122), (358, 158), (282, 158)]), "#fff", opacity=0.16)
                sheet.shape(polygon([(282, 242), (358, 242), (358, 278), (282, 278)]), "#000", opacity=0.22)
                sheet.line("M282 158H358M282 242H358M282 122L282 278M358 122V278", seam(colour), 1.6, opacity=0.55)
    sheet.letters(f"{sheet.rng.choice((2, 4, 6, 8, 10, 12))}", 320, 212, 26, seam(colour, 1))


def draw_kettlebell(sheet: Sheet, look: Look) -> None:
    """Draw a kettlebell."""
    rng, colour = sheet.rng, rgb(look)
    material = look.material or "cast iron"
    r, lean = rng.uniform(108, 118), rng.uniform(-3, 3)
    with sheet.group(f"rotate({lean:.1f} 200 350)"):
        handle = look.colour if material == "cast iron" else None
        grip = shaded(colour, -0.1) if handle else STEEL
        sheet.tube("M136 190C98 96 128 56 200 56C272 56 302 96 264 190", grip, rng.uniform(32, 38))
        y = 352 - r * 0.94
        d = f"M{200 - r * 0.55:.0f} 352A{r:.0f} {r:.0f} 0 1 1 {200 + r * 0.55:.0f} 352Z"
        sheet.body(d, fill_of(sheet, look), material)
        if look.parts.get("mark", "weight") == "weight":
            sheet.letters(f"{rng.choice((8, 12, 16, 20, 24))}KG", 200, y + 14, 38, seam(colour, 1.0))
        else:
            with sheet.clip(d):
                sheet.line(
                    f"M{200 - r:.0f} {y + 6:.0f}Q200 {y + 34:.0f} {200 + r:.0f} {y + 6:.0f}",
                    accent(look),
                    30,
                    round_ends=False,
                )


def draw_exercise_bike(sheet: Sheet, look: Look) -> None:
    """Draw an exercise bike from the side, with its flywheel in front."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    with sheet.group(flipped(sheet)):
        for x in (66, 300):
            sheet.tube(f"M{x} 350H{x + 42}", DARK, 15)
        sheet.tube("M86 342L200 322L320 342", colour, 15)
        sheet.tube("M148 128L206 322", colour, 17)
        sheet.tube("M206 286L304 118", colour, 17)
        sheet.tube("M304 118L292 336", colour, 14)
        sheet.tube("M176 218L268 184", colour, 13)
        radius = rng.uniform(60, 68)
        sheet.body(circle(292, 268, radius), hex_of((70, 72, 78)), "metal")
        sheet.line(circle(292, 268, radius - 9), accent(look), 5)
        sheet.body(circle(292, 268, 20), fill, "plastic")
        sheet.body(smooth([(170, 300), (200, 262), (290, 250), (306, 290), (214, 338)], tension=0.6), fill, "plastic")
        sheet.body(circle(206, 298, 21), hex_of(STEEL), "metal")
        sheet.tube("M206 298L186 344", STEEL, 9)
        sheet.body(rounded(166, 340, 40, 10, 4), hex_of(DARK), "plastic")
        sheet.body(
            smooth([(96, 110), (140, 104), (196, 116), (190, 130), (140, 134), (104, 130)]), hex_of(DARK), "leather"
        )
        sheet.tube("M304 118L310 86", DARK, 11)
        sheet.tube("M310 92C340 80 362 84 360 60M310 92C300 76 316 62 340 52", DARK, 11)
        sheet.body(polygon([(288, 40), (334, 32), (340, 70), (296, 78)]), "#17181b", "plastic", flat=True)
        sheet.shape(polygon([(294, 45), (330, 39), (334, 65), (300, 71)]), "#6fc7e8")


def draw_treadmill(sheet: Sheet, look: Look) -> None:
    """Draw a flat walking treadmill, with or without a handrail."""
    fill, colour = fill_of(sheet, look), rgb(look)
    with sheet.group(flipped(sheet)):
        if look.parts.get("rail") == "yes":
            for x, y in ((244, 196), (352, 250)):
                sheet.tube(f"M{x} {y}L{x + 6} {y - 158}", colour, 13)
            sheet.tube("M250 40L358 94", colour, 16)
            sheet.body(polygon([(270, 36), (344, 74), (338, 108), (264, 70)]), "#17181b", "plastic", flat=True)
            sheet.shape(polygon([(278, 48), (334, 76), (331, 92), (275, 64)]), "#64d1ff")
        sheet.body(
            polygon([(20, 276), (20, 296), (150, 364), (380, 262), (380, 238)]),
            hex_of(shaded(colour, -0.35)),
            "plastic",
            flat=True,
        )
        sheet.body(polygon([(20, 276), (246, 176), (380, 238), (150, 344)]), fill, "plastic", flat=True)
        sheet.shape(polygon([(40, 278), (214, 202), (322, 252), (150, 330)]), "#1d1e21")
        sheet.line("M96 254L206 305M152 229L262 280", (60, 62, 66), 2)
        sheet.shape(polygon([(246, 196), (262, 189), (344, 228), (328, 235)]), "#0e1012")
        sheet.shape(polygon([(286, 206), (304, 215), (296, 219), (278, 210)]), "#6edcff")
