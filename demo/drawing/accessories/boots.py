"""Boots, from the side, toe to the left, standing on y = 350."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import deeper, metal, seam_colour, shoes, surface
from demo.drawing.accessories.laces import laces
from demo.drawing.outline import Point, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_TOPS = {"chelsea": 168, "lace-up": 122, "knee-high": 34, "snow": 128}
_LOW = 150  # boots lower than this are ankle boots


def _upper(top: float, wide: float) -> list[Point]:
    """Return the outline of a boot whose shaft ends at `top`."""
    calf = wide + (12 if top < 60 else 0)
    return [
        (48, 334), (50, 312), (72, 292), (112, 282), (154, 268), (184, 240), (194, 206), (196 - calf, (top + 200) / 2), (196 - calf, top + 6),
        (200 - calf, top), (330 + calf * 0.6, top), (336 + calf * 0.6, top + 6), (336 + calf * 0.5, (top + 200) / 2), (338, 220), (346, 280), (348, 334), (200, 340),
    ]  # fmt: skip


def _boot(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    style = look.parts.get("style", "chelsea")
    material = surface(sheet, look, "leather")
    top = _TOPS[style] + rng.uniform(-8, 8)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    upper = smooth(_upper(top, rng.uniform(-4, 6)), tension=0.7)
    seam = seam_colour(look)
    if style == "chelsea":
        sheet.tube(f"M326 {top + 6:.0f}q6 -26 14 -18q4 8 -2 24", COLOURS[look.colour], 7)
    sheet.body(upper, fill, material)
    with sheet.clip(upper):
        if style == "chelsea":
            gore = smooth([(222, top - 4), (296, top - 4), (284, 258), (262, 272), (240, 258)], tension=0.5)
            sheet.shape(gore, sheet.paint(deeper(look, 0.55) if look.colour != "black" else (58, 58, 62)))
            for x in range(226, 296, 6):
                sheet.line(f"M{x} {top:.0f}L{262 + (x - 261) * 0.55:.0f} 262", (0, 0, 0), 1.8, opacity=0.35)
            sheet.line(gore, seam, 1.6, opacity=0.7)
        elif style == "knee-high":
            sheet.line(f"M316 {top:.0f}Q310 240 330 334", seam, 1.6, opacity=0.6)
            for y in (214, 232, 196):
                sheet.crease(f"M196 {y}q40 {rng.uniform(8, 22):.0f} 90 {rng.uniform(-6, 10):.0f}", 0.16, 6)
        else:
            sheet.line("M160 264Q196 292 250 292Q300 292 346 288M112 280Q96 304 106 340", seam, 2, opacity=0.75)
            sheet.line(f"M252 {top:.0f}Q244 220 238 290", seam, 1.8, opacity=0.7)
        sheet.crease("M160 270q24 10 38 34", 0.16, 6)
    if style in ("lace-up", "snow"):
        count = 8
        laces(sheet, (160, 262), (206, 206), 4, shaded(deeper(look, 0.3), 0.0), 28)
        laces(sheet, (206, 196), (208, top + 18), count - 3, shaded(deeper(look, 0.3), 0.0), 30)
    if style == "snow":
        _fur(sheet, top)
    _boot_sole(sheet, style)


def _fur(sheet: Sheet, top: float) -> None:
    rng = sheet.rng
    points = [(184 + i * 10, top - 14 + rng.uniform(-8, 4)) for i in range(17)]
    points += [(346 - i * 10, top + 18 + rng.uniform(-4, 8)) for i in range(17)]
    sheet.body(smooth(points), sheet.paint((236, 226, 208)), "plush")


def _boot_sole(sheet: Sheet, style: str) -> None:
    rng = sheet.rng
    rugged = style in ("lace-up", "snow") or rng.random() < 0.2
    thick = 28 if rugged else 14
    colour: Rgb = rng.choice(((34, 32, 32), (34, 32, 32), (70, 52, 40)))
    top = 350 - thick
    d = smooth(
        [
            (42, top - 8),
            (42, 346),
            (60, 350),
            (222, 350),
            (232, 344),
            (256, 344),
            (262, 350),
            (354, 350),
            (356, 346),
            (354, top - 8),
            (240, top - 2),
            (110, top - 3),
        ],
        tension=0.35,
    )
    sheet.body(d, sheet.paint(colour), "rubber")
    sheet.line(
        f"M46 {top + 1:.0f}Q200 {top + 7:.0f} 352 {top + 1:.0f}",
        (214, 172, 96) if rugged else shaded(colour, 0.3),
        1.8,
        dashes="4 3",
    )
    if rugged:
        for x in range(52, 350, 17):
            sheet.line(f"M{x} 350l2 -9", (0, 0, 0), 4, opacity=0.6)


def _hiking_boot(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "suede")
    top = rng.uniform(138, 156)
    accent = COLOURS[look.accent]
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    sheet.body(
        smooth([(196, 200), (196, top - 6), (212, top - 24), (246, top - 18), (256, top + 30)], tension=0.7),
        sheet.paint(deeper(look, 0.3)),
        "polyester",
    )
    upper = smooth(_upper(top, 0), tension=0.7)
    sheet.body(upper, fill, material)
    with sheet.clip(upper):
        sheet.shape("M196 210Q250 200 330 226Q290 262 250 300Q214 270 176 262Z", sheet.paint(deeper(look, 0.3)))
        sheet.line("M160 266Q196 296 236 302Q262 260 330 232", accent, 5)
        sheet.body(
            smooth([(296, 340), (304, 286), (332, 262), (360, 260), (360, 340)], tension=0.6),
            sheet.paint(deeper(look, 0.45)),
            "rubber",
        )
        sheet.body(
            smooth([(40, 342), (44, 306), (74, 288), (100, 300), (112, 342)], tension=0.7),
            sheet.paint((46, 46, 48)),
            "rubber",
        )
        collar = smooth(
            [(190, top - 10), (350, top - 10), (350, top + 30), (262, top + 44), (190, top + 30)], tension=0.5
        )
        sheet.body(collar, sheet.paint(deeper(look, 0.4)), "polyester")
        for i in range(3):
            sheet.line(
                f"M226 {top + 6 + i * 9:.0f}Q280 {top + 16 + i * 9:.0f} 344 {top + 4 + i * 9:.0f}",
                (0, 0, 0),
                1.6,
                opacity=0.35,
            )
    hook = metal(sheet)
    laces(sheet, (156, 266), (200, 214), 4, accent, 28)
    laces(sheet, (204, 200), (206, top + 10), 4, accent, 30)
    for i in range(4):
        sheet.line(f"M{232 + i * 0.5:.0f} {top + 24 + i * 17:.0f}h0.1", hook, 8)
    sheet.tube(f"M328 {top + 8:.0f}q8 -24 16 -16q2 10 -4 22", accent, 6)
    sole: Rgb = rng.choice(((38, 38, 40), (58, 50, 44), (84, 86, 88)))
    d = smooth(
        [
            (40, 316),
            (36, 340),
            (52, 350),
            (224, 350),
            (230, 340),
            (250, 340),
            (258, 350),
            (350, 350),
            (362, 342),
            (358, 312),
            (240, 322),
            (110, 320),
        ],
        tension=0.4,
    )
    sheet.body(d, sheet.paint(sole), "rubber")
    sheet.line("M40 328Q200 336 360 324", accent if rng.random() < 0.5 else shaded(sole, 0.35), 3)
    for x in range(50, 360, 19):
        sheet.shape(f"M{x} 351l3 -13h7l3 13Z", "#000", opacity=0.75)


draw_boots = shoes(_boot)
draw_hiking_boots = shoes(_hiking_boot)
