"""Goggles and boards."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, accent, circle, fill_of, rgb
from demo.look import Look


def draw_swimming_goggles(sheet: Sheet, look: Look) -> None:
    """Draw swimming goggles with their strap."""
    rng, colour = sheet.rng, rgb(look)
    mirrored = look.parts.get("lens", "clear") == "mirrored"
    drop = rng.uniform(-8, 8)
    sheet.tube(f"M60 208C16 {92 + drop:.0f} 384 {92 + drop:.0f} 340 208", shaded(colour, -0.1), 15, shine=0.2)
    sheet.tube(f"M62 216C40 {140 + drop:.0f} 360 {140 + drop:.0f} 338 216", shaded(colour, -0.25), 10, shine=0.2)
    sheet.tube("M176 226C190 204 210 204 224 226", colour, 12)
    for side in (-1, 1):
        with sheet.group(f"translate(200 0) scale({side} 1) translate(-200 0)"):
            outer = smooth(
                [(216, 226), (234, 190), (290, 178), (344, 200), (350, 238), (318, 272), (256, 274), (222, 256)]
            )
            inner = smooth(
                [(228, 226), (242, 200), (290, 191), (332, 208), (337, 234), (310, 260), (258, 262), (232, 248)]
            )
            sheet.body(outer, fill_of(sheet, look), "rubber")
            if mirrored:
                sheet.shape(
                    inner,
                    sheet.gradient(
                        [(0, (255, 120, 170)), (0.4, (255, 190, 90)), (0.7, (70, 200, 230)), (1, (90, 90, 220))]
                    ),
                )
            else:
                sheet.shape(
                    inner, sheet.gradient([(0, shaded(colour, 0.75)), (1, shaded(colour, 0.3))]), opacity=0.85
                )
            sheet.shape(smooth([(244, 212), (270, 198), (300, 200), (262, 226)]), "#fff", opacity=0.5)
            sheet.body(rounded(338, 206, 22, 32, 6), hex_of(shaded(colour, -0.35)), "plastic")


def draw_ski_goggles(sheet: Sheet, look: Look) -> None:
    """Draw ski goggles: one wide lens, a frame and a broad strap."""
    rng, colour = sheet.rng, rgb(look)
    strap = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    hue = rng.choice(((255, 140, 40), (40, 150, 255), (240, 70, 130), (60, 200, 140)))
    with sheet.group(f"rotate({rng.uniform(-4, 4):.0f} 200 200)"):
        sheet.body(
            f"M70 150C40 {104 + rng.uniform(-8, 8):.0f} 360 {104 + rng.uniform(-8, 8):.0f} 330 150L336 196C350 140 50 140 64 196Z",
            hex_of(shaded(colour, -0.3)),
            "cotton",
            flat=True,
        )
        for side in (-1, 1):
            x = 200 + side * 150
            sheet.body(
                polygon([(x, 162), (x + side * 30, 150), (x + side * 30, 240), (x, 250)]), strap, "cotton", flat=True
            )
            sheet.line(f"M{x + side * 3} 206L{x + side * 29} 196", accent(look), 12, round_ends=False)
        right = [
            (200, 128),
            (284, 132),
            (346, 156),
            (362, 206),
            (346, 262),
            (292, 286),
            (238, 274),
            (216, 250),
            (200, 244),
        ]
        d = smooth([*right, *((400 - x, y) for x, y in reversed(right[1:-1]))], tension=0.8)
        sheet.body(d, fill_of(sheet, look), "rubber")
        inner = [
            (200, 142),
            (282, 146),
            (334, 166),
            (346, 206),
            (332, 252),
            (290, 270),
            (248, 260),
            (224, 236),
            (200, 230),
        ]
        lens = smooth([*inner, *((400 - x, y) for x, y in reversed(inner[1:-1]))], tension=0.8)
        if look.parts.get("lens", "mirrored") == "mirrored":
            sheet.shape(
                lens,
                sheet.gradient([(0, shaded(hue, 0.2)), (0.35, hue), (0.65, shaded(hue, -0.45)), (1, (90, 60, 160))]),
            )
        else:
            sheet.shape(lens, sheet.gradient([(0, (70, 72, 80)), (0.5, (36, 38, 44)), (1, (16, 17, 20))]))
        with sheet.clip(lens):
            sheet.shape(polygon([(96, 120), (160, 120), (112, 280), (48, 280)]), "#fff", opacity=0.3)
            sheet.shape(polygon([(178, 120), (194, 120), (146, 280), (130, 280)]), "#fff", opacity=0.22)


def draw_paddle_board(sheet: Sheet, look: Look) -> None:
    """Draw a stand-up board on end, with its paddle beside it."""
    rng, colour = sheet.rng, rgb(look)
    paddle = look.parts.get("paddle", "yes") == "yes"
    with sheet.group(f"rotate({rng.uniform(-12, 12):.0f} 200 200)"):
        x = 178 if paddle else 200
        half = [(0, 18), (36, 48), (60, 120), (62, 220), (50, 310), (30, 372), (0, 382)]
        points = [(x + dx, y) for dx, y in half] + [(x - dx, y) for dx, y in reversed(half[1:-1])]
        d = smooth(points, tension=0.9)
        sheet.shape(smooth([(px + 6, py + 2) for px, py in points], tension=0.9), hex_of(shaded(colour, -0.5)))
        sheet.body(d, fill_of(sheet, look, 1.4), "plastic", flat=True)
        with sheet.clip(d):
            trim = accent(look)
            if look.pattern == "plain":
                sheet.line(f"M{x - 80} 70Q{x} 120 {x + 80} 70M{x - 80} 92Q{x} 142 {x + 80} 92", trim, 9)
                sheet.line(d, trim, 9, opacity=0.9)
            sheet.body(
                rounded(x - 44, 166, 88, 156, 16),
                hex_of(shaded(colour, 0.45 if sum(colour) < 500 else -0.25)),
                "foam",
                flat=True,
            )
            sheet.line("".join(f"M{x - 40} {178 + i * 12}h80" for i in range(12)), "black", 1.2, opacity=0.3)
            sheet.line(f"M{x - 34} 132L{x + 34} 162M{x + 34} 132L{x - 34} 162", DARK, 3)
        sheet.body(rounded(x - 16, 236, 32, 10, 5), hex_of(DARK), "rubber")
        sheet.line(circle(x, 346, 6), DARK, 4)
        if paddle:
            sheet.tube("M288 62V300", DARK, 7)
            sheet.tube("M272 62H304", DARK, 8)
            sheet.body(
                smooth([(288, 290), (304, 310), (308, 350), (296, 378), (280, 378), (268, 350), (272, 310)]),
                fill_of(sheet, look),
                "plastic",
            )
