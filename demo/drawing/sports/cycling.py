"""Bicycles, helmets, lights and locks."""

from __future__ import annotations

import math
from itertools import pairwise

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, STEEL, accent, circle, fill_of, flipped, rgb, seam
from demo.look import Look


def _wheel(sheet: Sheet, x: float, y: float, r: float, tyre: float) -> None:
    turn = sheet.rng.uniform(0, 0.3)
    spokes = "".join(
        f"M{x + 5 * math.cos(a + 0.9):.1f} {y + 5 * math.sin(a + 0.9):.1f}L{x + r * 0.93 * math.cos(a):.1f} {y + r * 0.93 * math.sin(a):.1f}"
        for a in (turn + i * math.pi / 11 for i in range(22))
    )
    sheet.line(spokes, (120, 122, 126), 0.9, opacity=0.8)
    sheet.line(circle(x, y, r), (30, 30, 32), tyre)
    sheet.line(circle(x, y, r - tyre * 0.75), (176, 178, 182), 3)
    sheet.body(circle(x, y, 7), hex_of(STEEL), "metal")


def draw_bicycle(sheet: Sheet, look: Look) -> None:
    """Draw a bicycle from the side: for the city, the road, the mountains, children, or with a motor."""
    rng, colour, form = sheet.rng, rgb(look), look.parts.get("type", "city")
    frame, kids = fill_of(sheet, look), form == "kids"
    r = 58 if kids else rng.uniform(72, 77)
    rear, front, axle = (98.0, 350 - r - 6), (302.0, 350 - r - 6), (184.0, 350 - r + 6)
    tyre = {"road": 4.5, "mountain": 11, "kids": 9}.get(form, 6.5)
    seat, head = ((158.0, 172.0), (272.0, 152.0)) if not kids else ((162.0, 204.0), (272.0, 186.0))
    tube = 11 if form == "electric" else 8
    with sheet.group(flipped(sheet)):
        for x, y in (rear, front):
            _wheel(sheet, x, y, r, tyre)
        fittings = form in ("city", "electric")
        if fittings:
            for x, y in (rear, front):
                sheet.line(
                    f"M{x - r * 0.9:.0f} {y - r * 0.62:.0f}A{r + 9} {r + 9} 0 0 1 {x + r * 0.8:.0f} {y - r * 0.72:.0f}",
                    colour,
                    5,
                )
            sheet.tube("M52 190H150", DARK, 6)
            sheet.line(f"M70 192L{rear[0]:.0f} {rear[1]:.0f}L130 192", DARK, 4)
        fork = f"M{head[0]:.0f} {head[1]:.0f}L{head[0] + 8:.0f} {head[1] + 34:.0f}L{front[0]:.0f} {front[1]:.0f}"
        sheet.tube(fork, DARK if form == "mountain" else colour, 9 if form == "mountain" else 7)
        sheet.tube(f"M{rear[0]} {rear[1]}L{axle[0]} {axle[1]}", colour, 6)
        sheet.tube(f"M{rear[0]} {rear[1]}L{seat[0] + 3} {seat[1] + 14}", colour, 5)
        sheet.tube(f"M{seat[0]} {seat[1]}L{axle[0]} {axle[1]}", colour, tube)
        low = (head[0] + 6, head[1] + 26)
        sheet.tube(f"M{low[0]} {low[1]}L{axle[0]} {axle[1]}", colour, tube + (4 if form == "electric" else 1))
        if form in ("city", "electric") and look.parts.get("frame") == "step-through":
            sheet.tube(
                f"M{head[0]} {head[1] + 10}C{head[0] - 40} {head[1] + 70} {axle[0] + 36} {axle[1] - 40} {axle[0] - 8} {axle[1] - 40}",
                colour,
                tube,
            )
        else:
            sheet.tube(f"M{seat[0] + 5} {seat[1] + 16}L{head[0] + 2} {head[1] + 8}", colour, tube)
        if form == "electric":
            sheet.body(rounded(axle[0] - 16, axle[1] - 17, 34, 30, 10), "#2b2c30", "plastic")
            sheet.line(f"M{low[0] - 16:.0f} {low[1] + 20:.0f}L{axle[0] + 28:.0f} {axle[1] - 26:.0f}", DARK, 8)
        if look.pattern != "plain":
            sheet.shape(rounded(axle[0] + 20, axle[1] - 60, 30, 12, 3), frame)
        top = head[1] - 28
        sheet.tube(f"M{head[0] + 6} {head[1] + 22}L{head[0] - 6} {top}", colour if form != "road" else DARK, 8)
        grips = {
            "road": f"M{head[0] - 6} {top}h26c22 0 20 34 -4 34",
            "mountain": f"M{head[0] - 16} {top - 4}h34",
            "kids": f"M{head[0] - 6} {top}C{head[0] - 10} {top - 34} {head[0] - 40} {top - 34} {head[0] - 48} {top - 30}",
        }
        sheet.tube(
            grips.get(
                form, f"M{head[0] + 4} {top}C{head[0]} {top - 22} {head[0] - 22} {top - 18} {head[0] - 46} {top - 12}"
            ),
            DARK,
            7,
        )
        sheet.tube(f"M{seat[0]} {seat[1]}L{seat[0] - 7} {seat[1] - 30}", STEEL, 6)
        sx, sy = seat[0] - 8, seat[1] - 34
        sheet.body(
            smooth(
                [
                    (sx - 26, sy - 4),
                    (sx + 4, sy - 3),
                    (sx + 32, sy),
                    (sx + 30, sy + 6),
                    (sx, sy + 8),
                    (sx - 22, sy + 10),
                ]
            ),
            "#7a4c2a" if form == "city" and rng.random() < 0.5 else "#26262a",
            "leather",
        )
        sheet.line(
            f"M{rear[0]} {rear[1] - 8}L{axle[0]} {axle[1] - 15}M{rear[0]} {rear[1] + 8}L{axle[0]} {axle[1] + 15}",
            (60, 60, 64),
            2.4,
        )
        sheet.line(circle(*axle, 15), (70, 72, 76), 5)
        sheet.tube(f"M{axle[0]} {axle[1]}L{axle[0] + 20} {axle[1] + 30}", DARK, 6)
        sheet.body(rounded(axle[0] + 8, axle[1] + 28, 28, 8, 3), hex_of(DARK), "plastic")
        if fittings:
            sheet.body(circle(head[0] + 14, head[1] + 2, 9), "#fff6cf", "glass")
        if kids:
            sheet.line(f"M{rear[0]} {rear[1]}l16 {r - 12}", DARK, 5)
            sheet.line(circle(rear[0] + 16, 342, 13), accent(look), 6)


def draw_bike_helmet(sheet: Sheet, look: Look) -> None:
    """Draw a bike helmet from the side: with long vents, or round with few."""
    rng, colour = sheet.rng, rgb(look)
    fill, form = fill_of(sheet, look), look.parts.get("type", "road")
    with sheet.group(flipped(sheet)), sheet.group(f"rotate({rng.uniform(-6, 4):.0f} 200 200)"):
        sheet.line("M108 250C130 300 180 340 214 352M268 256C262 300 240 336 214 352", DARK, 7)
        sheet.body(rounded(196, 342, 36, 20, 6), "#26262a", "plastic")
        if form == "urban":
            sheet.body(
                "M46 250C30 110 110 52 206 52C310 52 372 130 362 238C356 262 330 262 310 254C250 236 150 240 84 262C62 268 50 266 46 250Z",
                fill,
                "plastic",
            )
            sheet.body(
                "M292 244C330 236 372 236 386 250C380 264 330 266 296 258Z", hex_of(shaded(colour, -0.4)), "plastic"
            )
            for x, y in ((130, 122), (188, 98), (252, 104)):
                sheet.shape(ellipse(x, y, 24, 9), "#141416")
            sheet.line("M52 228C140 196 260 192 358 216", seam(colour), 3, opacity=0.6)
            if look.parts.get("light") == "rear":
                sheet.body(rounded(48, 186, 30, 52, 10), "#ff3d3d", "glass")
        else:
            sheet.body(
                "M34 216C40 116 128 62 226 70C318 78 374 150 378 222C372 252 340 246 318 240C250 226 170 232 108 262C70 276 36 262 34 216Z",
                fill,
                "plastic",
            )
            for d in (
                "M92 190C120 128 170 96 236 92C190 120 150 150 126 204Z",
                "M146 212C170 160 210 126 280 108C244 140 220 170 208 212Z",
                "M232 210C248 176 272 148 316 136C298 160 286 184 282 212Z",
                "M62 196C66 166 80 146 100 128C88 156 84 180 84 208Z",
                "M310 212C320 194 330 178 346 170C352 186 354 202 352 216Z",
            ):
                sheet.shape(d, "#17171a")
            sheet.line("M44 240C110 236 250 196 372 228", accent(look), 7, opacity=0.95)
            if look.parts.get("light") == "rear":
                sheet.body(rounded(34, 214, 28, 44, 10), "#ff3d3d", "glass")
            if form == "mountain":
                sheet.body(
                    "M300 168C350 150 384 168 390 198C366 190 338 196 318 206Z",
                    hex_of(shaded(colour, -0.35)),
                    "plastic",
                )


def draw_bike_light(sheet: Sheet, look: Look) -> None:
    """Draw bike lights: a front lamp, a rear lamp, or the set."""
    which = look.parts.get("type", "set")
    if which == "set":
        with sheet.group("translate(-10 10) scale(.76)"):
            _front_light(sheet, look)
        with sheet.group("translate(188 126) scale(.56)"):
            _rear_light(sheet, look)
    elif which == "rear":
        _rear_light(sheet, look)
    else:
        _front_light(sheet, look)


def _front_light(sheet: Sheet, look: Look) -> None:
    colour, fill = rgb(look), fill_of(sheet, look)
    sheet.body(rounded(144, 270, 112, 72, 24), "#2a2b2e", "rubber")
    sheet.shape(rounded(168, 306, 64, 40, 16), "#8f9196")
    sheet.body(
        polygon([(96, 92), (304, 92), (320, 120), (300, 282), (100, 282), (80, 120)]),
        fill,
        look.material or "plastic",
    )
    sheet.body(circle(200, 180, 84), hex_of(shaded(colour, -0.4)), "metal")
    sheet.shape(
        circle(200, 180, 70), sheet.gradient([(0, (250, 252, 255)), (0.5, (200, 210, 224)), (1, (150, 162, 180))])
    )
    for r in (52, 34):
        sheet.line(circle(200, 180, r), (150, 160, 176), 2.4)
    sheet.shape(circle(200, 180, 19), "#fff8d8")
    sheet.shape(ellipse(176, 146, 22, 12), "#fff", opacity=0.8)
    sheet.body(rounded(180, 84, 40, 15, 6), "#d23b32", "rubber")


def _rear_light(sheet: Sheet, look: Look) -> None:
    fill = fill_of(sheet, look)
    sheet.body(rounded(106, 40, 188, 312, 40), fill, look.material or "plastic", flat=True)
    sheet.body(rounded(126, 60, 148, 230, 30), "#d9161c", "glass", flat=True)
    for row in range(4):
        for column in range(2):
            sheet.shape(circle(168 + column * 64, 98 + row * 50, 16), "#ff8f84")
            sheet.shape(circle(168 + column * 64, 98 + row * 50, 7), "#fff0e8")
    sheet.body(circle(200, 320, 15), "#2a2b2e", "rubber")


def draw_bike_lock(sheet: Sheet, look: Look) -> None:
    """Draw a bike lock: a shackle, a folding one, a chain or a coiled cable."""
    rng, colour = sheet.rng, rgb(look)
    fill, form = fill_of(sheet, look), look.parts.get("type", "u-lock")
    if form == "u-lock":
        with sheet.group(f"rotate({rng.uniform(-18, 18):.0f} 200 200)"):
            sheet.tube("M128 300V146C128 20 272 20 272 146V300", shaded(colour, -0.1), 27)
            sheet.body(rounded(84, 284, 232, 62, 26), fill, "rubber")
            sheet.body(circle(200, 315, 19), hex_of(STEEL), "metal")
            sheet.line("M200 306v18", DARK, 5)
    elif form == "folding":
        points = [(96.0, 300.0), (76.0, 150.0), (160.0, 56.0), (276.0, 76.0), (330.0, 180.0), (290.0, 296.0)]
        for a, b in pairwise(points):
            sheet.tube(f"M{a[0]} {a[1]}L{b[0]} {b[1]}", colour, 30, shine=0.25)
        for x, y in points:
            sheet.body(circle(x, y, 11), hex_of(STEEL), "metal")
        sheet.body(rounded(70, 276, 250, 66, 22), fill, "rubber")
        sheet.body(circle(286, 309, 18), hex_of(STEEL), "metal")
        sheet.line("M286 300v18", DARK, 5)
    elif form == "chain":
        for i in range(26):
            angle = math.pi * 0.62 + i * math.pi * 1.76 / 25
            x, y = 200 + 128 * math.cos(angle), 178 + 116 * math.sin(angle)
            with sheet.group(f"translate({x:.0f} {y:.0f}) rotate({math.degrees(angle) + 90:.0f})"):
                sheet.tube(rounded(-16, -10 if i % 2 else -5, 32, 20 if i % 2 else 10, 9), colour, 7)
        sheet.body(rounded(148, 262, 104, 88, 18), hex_of(shaded(colour, -0.4)), "metal")
        sheet.body(circle(200, 306, 18), hex_of(STEEL), "metal")
        sheet.line("M200 298v17", DARK, 5)
    else:
        for i in range(5):
            sheet.tube(ellipse(200 + rng.uniform(-5, 5), 130 + i * 22, 128, 62), colour, 17)
        sheet.tube("M86 236C90 300 130 320 160 318", colour, 17)
        sheet.tube("M314 236C310 290 290 318 250 318", colour, 17)
        sheet.body(rounded(148, 288, 116, 60, 20), "#26272b", "plastic")
        sheet.letters("4702", 206, 326, 17, (236, 236, 236))
