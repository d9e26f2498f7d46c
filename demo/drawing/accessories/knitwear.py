"""Scarves, socks, gloves and ties."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.accessories.common import deeper, seam_colour, surface, turned
from demo.drawing.outline import Point, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def _fringe(sheet: Sheet, look: Look, left: Point, right: Point, length: float) -> None:
    rng = sheet.rng
    count = 13
    for i in range(count):
        x, y = (left[j] + (right[j] - left[j]) * i / (count - 1) for j in (0, 1))
        colour = look.accent if look.pattern != "plain" and i % 3 == 0 else look.colour
        d = f"M{x:.1f} {y - 2:.1f}q{rng.uniform(-3, 3):.1f} {length / 2:.1f} {rng.uniform(-5, 5):.1f} {length:.1f}"
        sheet.line(d, shaded(COLOURS[colour], -0.4), 4.6)
        sheet.line(d, shaded(COLOURS[colour], -0.06), 3.2)


def draw_scarf(sheet: Sheet, look: Look) -> None:
    """Draw a scarf: looped around a neck that isn't there, folded in half, or knotted."""
    rng = sheet.rng
    material = look.material or "wool"
    fill = sheet.paint(
        look.colour, look.pattern, look.accent, angle=rng.choice((0, 0, 90)) if look.pattern == "striped" else 0
    )
    form = look.parts.get("view", "looped")
    if form == "folded":
        low = 316 + rng.uniform(-8, 10)
        lean = rng.uniform(-5, 5)
        with sheet.group(f"rotate({lean:.1f} 200 200)"):
            _fringe(sheet, look, (188, low - 8), (292, low - 8), 36)
            sheet.body(
                smooth([(150, 44), (252, 42), (298, 60), (300, low - 6), (180, low - 6), (160, 120)], tension=0.4),
                sheet.paint(look.colour, look.pattern, look.accent),
                material,
            )
            _fringe(sheet, look, (106, low), (226, low), 38)
            front = smooth([(108, 60), (130, 40), (252, 40), (230, 62), (232, low), (100, low)], tension=0.35)
            sheet.body(front, fill, material)
            for x in (132, 168, 204):
                sheet.crease(
                    f"M{x + rng.uniform(-8, 8):.0f} 70q{rng.uniform(-10, 10):.0f} 110 {rng.uniform(-8, 8):.0f} 220",
                    0.16,
                    8,
                )
        return
    low = rng.uniform(310, 336)
    for side, reach in ((1, low - 22), (-1, low)):
        hem = [(200 + side * 14, reach), (200 + side * 84, reach - 4)]
        _fringe(sheet, look, hem[0], hem[1], 32)
        tail = smooth(
            turned([(208, 150), (250, 140), (280, 220), (284, reach - 4), (214, reach), (212, 230)], side),
            tension=0.6,
        )
        sheet.body(tail, fill, material)
        for x in (232, 258):
            sheet.crease(smooth(turned([(x, 170), (x + 6, 240), (x - 2, reach - 20)], side), closed=False), 0.18, 8)
    loop = smooth(
        [(84, 116), (110, 58), (200, 38), (290, 58), (316, 116), (290, 172), (200, 200), (110, 172)], tension=0.95
    )
    sheet.body(loop, sheet.paint(look.colour, look.pattern, look.accent, angle=24), material)
    hole = smooth([(134, 94), (200, 70), (266, 94), (246, 118), (200, 128), (154, 118)], tension=0.95)
    sheet.shape(hole, sheet.paint(deeper(look, 0.6)))
    for dy in (0, 22, 42):
        sheet.crease(
            f"M{100 + dy * 0.5:.0f} {118 + dy * 0.6:.0f}Q200 {164 + dy} {300 - dy * 0.5:.0f} {116 + dy * 0.6:.0f}",
            0.22,
            8,
        )
    if form == "knotted":
        knot = smooth([(164, 160), (200, 146), (238, 162), (244, 206), (204, 222), (160, 206)], tension=0.9)
        sheet.body(knot, fill, material)
        sheet.crease("M176 168q24 22 52 34", 0.25, 7)


def draw_socks(sheet: Sheet, look: Look) -> None:
    """Draw a pair of socks, one a little behind the other: ankle, crew or knee length."""
    rng = sheet.rng
    length = look.parts.get("length", "crew")
    top = {"ankle": 196.0, "crew": 104.0, "knee": 32.0}[length] + rng.uniform(-8, 8)
    flip = "translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""
    down = {"ankle": -46, "crew": -12, "knee": 4}[length]
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.75)
    ends = look.accent if look.pattern == "plain" and rng.random() < 0.4 else ""
    with sheet.group(f"translate(0 {down})"), sheet.group(flip):
        for dx, dy, tilt in ((58, -10, rng.uniform(4, 9)), (-24, 8, rng.uniform(-3, 2))):
            with sheet.group(f"translate({dx} {dy}) rotate({tilt:.1f} 220 200)"):
                _sock(sheet, look, top, fill, ends)


def _sock(sheet: Sheet, look: Look, top: float, fill: str, ends: str) -> None:
    material = look.material or "cotton"
    leg = smooth(
        [
            (176, top), (258, top), (258, (top + 250) / 2), (260, 250), (268, 290), (252, 320), (216, 326), (170, 330), (112, 342), (72, 340), (62, 318), (76, 298),
            (122, 282), (164, 262), (178, 236), (176, (top + 230) / 2),
        ],
        tension=0.75,
    )  # fmt: skip
    sheet.body(leg, fill, material)
    tone = sheet.paint(ends or deeper(look, 0.14))
    with sheet.clip(leg):
        sheet.shape(
            smooth([(50, 290), (98, 280), (116, 312), (104, 350), (50, 350)], tension=0.8),
            tone,
            opacity=1 if ends else 0.5,
        )
        sheet.shape(
            smooth([(280, 246), (236, 262), (222, 300), (240, 340), (284, 330)], tension=0.8),
            tone,
            opacity=1 if ends else 0.5,
        )
        sheet.line(
            smooth([(280, 246), (236, 262), (222, 300), (240, 340)], closed=False, tension=0.8),
            seam_colour(look),
            1.4,
            opacity=0.6,
        )
        sheet.shape(f"M160 {top - 4:.0f}H280V{top + 26:.0f}H160Z", tone, opacity=1 if ends else 0.35)
        for i in range(17):
            sheet.line(f"M{174 + i * 5.4:.0f} {top - 2:.0f}v28", (0, 0, 0), 2, opacity=0.22)
        sheet.line(f"M160 {top + 27:.0f}H280", (0, 0, 0), 1.6, opacity=0.3)


def draw_gloves(sheet: Sheet, look: Look) -> None:
    """Draw a pair of gloves, or of mittens, backs up."""
    rng = sheet.rng
    mittens = look.parts.get("fingers") == "mittens"
    material = surface(sheet, look, "wool")
    with sheet.group(f"translate({rng.uniform(-4, 4):.0f} 0)"):
        for side in (-1, 1):
            with sheet.group(
                f"translate({side * 84} {rng.uniform(-8, 8):.0f}) rotate({side * rng.uniform(2, 10):.1f} 200 340)"
            ):
                _glove(sheet, look, material, side, mittens=mittens)


def _glove(sheet: Sheet, look: Look, material: str, side: int, *, mittens: bool) -> None:
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.7)
    thumb = smooth(
        turned([(150, 250), (112, 208), (106, 172), (124, 164), (146, 190), (170, 220)], side), tension=0.9
    )
    sheet.body(thumb, fill, material)
    if mittens:
        hand = [
            (154, 300),
            (146, 200),
            (150, 110),
            (176, 64),
            (206, 54),
            (238, 70),
            (256, 120),
            (254, 210),
            (246, 300),
        ]
        sheet.body(smooth(turned(hand, side), tension=0.85), fill, material)
    else:
        fingers = "".join(
            smooth(
                turned(
                    [
                        (x - 13, 200),
                        (x - 14 + lean, tip + 12),
                        (x + lean, tip),
                        (x + 14 + lean, tip + 12),
                        (x + 14, 200),
                    ],
                    side,
                ),
                tension=0.7,
            )
            for x, tip, lean in ((160, 84, -9), (187, 58, -3), (214, 64, 4), (240, 96, 11))
        )
        sheet.body(fingers, fill, material)
        palm = [
            (154, 310),
            (144, 230),
            (146, 176),
            (172, 164),
            (200, 160),
            (230, 168),
            (256, 184),
            (254, 240),
            (246, 310),
        ]
        sheet.body(smooth(turned(palm, side), tension=0.6), fill, material, outline=0.6)
        for x in (176, 200, 225):
            sheet.crease(smooth(turned([(x, 176), (x + 1, 200), (x, 228)], side), closed=False), 0.18, 5)
    cuff = (
        sheet.paint(look.accent)
        if look.pattern == "plain" and material == "wool" and sheet.rng.random() < 0.3
        else fill
    )
    wrist = polygon(turned([(150, 286), (250, 286), (254, 356), (146, 356)], side))
    sheet.body(wrist, cuff, material)
    if material in ("wool", "fleece"):
        for i in range(14):
            sheet.line(f"M{153 + i * 7.2:.0f} 288L{151 + i * 7.6:.0f} 354", (0, 0, 0), 2.6, opacity=0.22)
    else:
        sheet.line("M150 296H250M149 346H251", seam_colour(look), 1.8, dashes="4 3")


def draw_tie(sheet: Sheet, look: Look) -> None:
    """Draw a tie: knotted and hanging, or folded in loops as in a shop's box."""
    rng = sheet.rng
    angle = 38 if look.pattern == "striped" else 0
    scale = 0.5
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=scale, angle=angle)
    turned_fill = sheet.paint(look.colour, look.pattern, look.accent, scale=scale, angle=-angle)
    material = look.material or "silk"
    if look.parts.get("view", "knotted") == "folded":
        with sheet.group(f"rotate({rng.uniform(-6, 6):.1f} 200 200)"):
            sheet.body(
                smooth([(226, 52), (262, 46), (292, 60), (290, 250), (252, 290), (224, 250)], tension=0.3),
                turned_fill,
                material,
            )
            sheet.body(
                smooth([(112, 60), (146, 40), (262, 46), (242, 70), (150, 76)], tension=0.8), turned_fill, material
            )
            sheet.body(polygon([(108, 62), (150, 74), (236, 70), (246, 300), (186, 358), (116, 302)]), fill, material)
            sheet.crease("M232 84L238 290", 0.2, 8)
            sheet.crease("M118 80Q180 96 232 80", 0.18, 7)
        return
    wide = rng.uniform(38, 50)
    low = rng.uniform(352, 372)
    with sheet.group(f"rotate({rng.uniform(-2, 2):.1f} 200 200)"):
        sheet.tube("M170 36Q200 18 230 36", COLOURS[look.colour], 16, shine=0.1)
        sheet.body(
            polygon([(190, 96), (214, 96), (222, 300), (206, 322), (186, 300)]),
            sheet.paint(deeper(look, 0.25)),
            material,
        )
        sheet.body(
            polygon([(184, 84), (216, 84), (200 + wide, low - 44), (200, low), (200 - wide, low - 44)]),
            fill,
            material,
        )
        sheet.crease(f"M200 92Q196 160 {200 - wide * 0.3:.0f} 240", 0.18, 7)
        sheet.body(
            smooth([(162, 32), (238, 32), (222, 86), (200, 94), (178, 86)], tension=0.3), turned_fill, material
        )
        sheet.crease("M182 40Q196 56 192 84", 0.16, 5)
