"""Blankets, towels, rugs."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.solids import lines_on, rgb, round_polygon
from demo.look import Look


def draw_blanket(sheet: Sheet, look: Look) -> None:
    """Draw a folded blanket or throw: fringed, knitted or plain."""
    rng = sheet.rng
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    colour = rgb(look)
    weave = look.parts.get("style", "fringed")
    material = look.material or "wool"
    layers = 3
    high = rng.uniform(40, 48)
    for i in range(layers):
        y = 340 - (i + 1) * high
        x, wide = 58 + rng.uniform(-6, 6), 284 + rng.uniform(-8, 8)
        d = f"M{x} {y}H{x + wide - 22}a22 {high / 2} 0 0 1 0 {high}H{x}q-8 {-high / 2:.0f} 0 {-high}Z"
        sheet.body(d, fill, material)
    top = 340 - layers * high
    panel = round_polygon([(60, top + 8), (338, top + 8), (300, top - 116), (98, top - 116)], 16)
    sheet.body(panel, fill, material, flat=True)
    hang = [(76, top - 96), (210, top - 96), (204, 318), (66, 318)]
    sheet.body(round_polygon(hang, 10), fill, material, flat=True)
    sheet.crease(f"M210 {top - 94:.0f}L204 316", 0.25, 7)
    if weave == "fringed":
        for i in range(18):
            x = 68 + i * 7.9
            sheet.line(
                f"M{x:.0f} 316q{rng.uniform(-3, 3):.0f} 14 {rng.uniform(-4, 4):.0f} {rng.uniform(28, 36):.0f}",
                shaded(colour, rng.uniform(-0.18, 0.1)),
                4.2,
            )
    elif weave == "knitted":
        for column in range(9):
            x = 80 + column * 14.5
            for row in range(15):
                y = top - 86 + row * 25
                if y < 306:
                    sheet.line(f"M{x - 6:.0f} {y:.0f}l6 11l6 -11", shaded(colour, -0.34), 3.2, opacity=0.55)
    else:
        for x in (102, 138, 174):
            sheet.crease(f"M{x} {top - 90:.0f}V312", 0.14, 6)


def draw_towel(sheet: Sheet, look: Look) -> None:
    """Draw towels: a folded pile, or one hanging from a rail."""
    rng = sheet.rng
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    colour = rgb(look)
    material = look.material or "cotton"
    if look.parts.get("view") == "hanging":
        sheet.tube("M30 66H370", (190, 193, 198), 10, shine=0.7)
        left, wide = rng.uniform(76, 92), rng.uniform(216, 240)
        d = f"M{left} 58q{wide / 2:.0f} -12 {wide:.0f} 0l{rng.uniform(-3, 5):.0f} {rng.uniform(284, 298):.0f}q{-wide / 2:.0f} 8 {-wide:.0f} 0Z"
        sheet.body(d, fill, material)
        for i in range(3):
            x = left + wide * (0.2 + 0.3 * i)
            sheet.crease(f"M{x:.0f} 72q{rng.uniform(-6, 6):.0f} 120 0 240", 0.16, 9)
        for y in (296.0, 304.0, 312.0):
            sheet.line(f"M{left + 3} {y}h{wide - 4:.0f}", lines_on(colour), 2.4, opacity=0.5)
        return
    count = rng.choice((2, 3, 4))
    high = rng.uniform(52, 64) if count > 2 else 78
    for i in range(count):
        y = 346 - (i + 1) * high
        x, wide = 66 + rng.uniform(-5, 5), 268 + rng.uniform(-8, 8)
        for half in (high * 0.5, 0):
            d = f"M{x + 6} {y + half}H{x + wide - 14}a16 {high / 4} 0 0 1 0 {high / 2}H{x + 6}q-10 {-high / 4:.0f} 0 {-high / 2:.0f}Z"
            sheet.body(d, fill, material)
    top = 346 - count * high
    lid = round_polygon([(66, top + 4), (336, top + 4), (304, top - 46), (100, top - 46)], 12)
    sheet.body(lid, fill, material, flat=True)
    sheet.line(
        f"M{282} {top - 44:.0f}L{310} {top + 2:.0f}M{274} {top - 44:.0f}L{301} {top + 2:.0f}",
        lines_on(colour),
        2.4,
        opacity=0.55,
    )


def draw_rug(sheet: Sheet, look: Look) -> None:
    """Draw a rug: seen from above or lying on the floor; rectangular or round."""
    rng = sheet.rng
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    colour = rgb(look)
    material = look.material or "wool"
    flat = look.parts.get("view", "lying") == "flat"
    if look.parts.get("shape") == "round":
        place = "" if flat else "translate(0 118) scale(1 .5)"
        with sheet.group(place):
            r = rng.uniform(150, 165)
            if not flat:
                sheet.shape(ellipse(200, 208, r, r), hex_of(shaded(colour, -0.45)))
            sheet.body(ellipse(200, 200, r, r), fill, material, flat=True)
            sheet.line(ellipse(200, 200, r - 10, r - 10), lines_on(colour), 3, opacity=0.6)
        return
    wide = rng.uniform(205, 235) if flat else rng.uniform(256, 280)
    lean = rng.choice((-1, 1)) * rng.uniform(0.1, 0.28)
    place = (
        ""
        if flat
        else f"translate(200 216) matrix(1 {-0.08 if lean > 0 else 0.08} {-lean:.2f} .6 0 0) translate(-200 -200)"
    )
    with sheet.group(place):
        left, top, high = 200 - wide / 2, 52, 300
        for i in range(int(wide / 8)):
            for y, way in ((top, -16), (top + high, 16)):
                sheet.line(f"M{left + 5 + i * 8:.0f} {y}v{way}", shaded(colour, 0.35), 3)
        if not flat:
            sheet.shape(rounded(left, top + 7, wide, high, 3), hex_of(shaded(colour, -0.45)))
        sheet.body(rounded(left, top, wide, high, 3), fill, material, flat=True)
        if look.pattern == "plain":
            border = lines_on(colour)
            for inset, width in ((14, 4), (24, 1.6)):
                sheet.line(
                    rounded(left + inset, top + inset, wide - 2 * inset, high - 2 * inset, 2),
                    border,
                    width,
                    opacity=0.6,
                )
