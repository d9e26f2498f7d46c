"""Cushions, pillows, duvets, made beds."""

from __future__ import annotations

import math

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, lines_on, rgb, round_polygon, turn_of
from demo.look import Look

CORNERS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


def _pillow(wide: float, high: float, *, pinch: float = 0.07) -> str:
    """Return the outline of a filled pillow around 200, 200, with pointed corners."""
    w, h = wide / 2, high / 2
    a, b, c = 200 - w * 0.5, 200 + w * 0.5, 200 + w * (1 - pinch)
    left, right, top, low = 200 - w, 200 + w, 200 - h, 200 + h
    d, e, f = 200 - h * (1 - pinch), 200 + h * (1 - pinch), 200 - w * (1 - pinch)
    return (
        f"M{left} {top}C{a} {d} {b} {d} {right} {top}C{c} {200 - h * 0.5} {c} {200 + h * 0.5} {right} {low}"
        f"C{b} {e} {a} {e} {left} {low}C{f} {200 + h * 0.5} {f} {200 - h * 0.5} {left} {top}Z"
    )


def draw_cushion(sheet: Sheet, look: Look) -> None:
    """Draw a cushion: square, long or round."""
    rng = sheet.rng
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    shape = look.parts.get("shape", "square")
    material = look.material or "cotton"
    colour = rgb(look)
    with sheet.group(f"translate(0 {14 if shape != 'long' else 24}) rotate({rng.uniform(-9, 9):.1f} 200 200)"):
        if shape == "round":
            r = rng.uniform(138, 152)
            sheet.body(ellipse(200, 200, r, r * 0.97), fill, material)
            for i in range(10):
                x, y = math.cos(i * 0.628), math.sin(i * 0.628)
                sheet.crease(f"M{200 + 14 * x:.0f} {200 + 14 * y:.0f}L{200 + 52 * x:.0f} {200 + 52 * y:.0f}", 0.16, 6)
            sheet.body(ellipse(200, 200, 12, 12), hex_of(shaded(colour, -0.2)), material)
            return
        wide, high = (
            (rng.uniform(312, 330), rng.uniform(196, 214)) if shape == "long" else (rng.uniform(284, 306),) * 2
        )
        w, h = wide / 2, high / 2
        if rng.random() < 0.25:
            for i in range(15):
                y = 200 - h + 2 * h * i / 14
                for x, way in ((200 - w * 0.96, -20), (200 + w * 0.96, 20)):
                    sheet.line(f"M{x:.0f} {y:.0f}h{way}", shaded(colour, -0.1), 4)
        d = _pillow(wide, high, pinch=rng.uniform(0.09, 0.15))
        sheet.body(d, fill, material)
        for sx, sy in CORNERS:
            x, y = 200 + sx * w * 0.92, 200 + sy * h * 0.92
            sheet.crease(f"M{x:.0f} {y:.0f}q{-sx * 26} {-sy * 6} {-sx * 46} {-sy * 40}", 0.2, 7)
        if rng.random() < 0.5:
            sheet.line(d, lines_on(colour), 4)


def draw_pillow(sheet: Sheet, look: Look) -> None:
    """Draw a bed pillow, or a contoured neck pillow."""
    rng = sheet.rng
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    if look.parts.get("shape") == "contoured":
        front = smooth(
            [
                (40, 226),
                (96, 190),
                (156, 222),
                (208, 236),
                (262, 208),
                (318, 182),
                (352, 224),
                (340, 290),
                (200, 300),
                (58, 296),
            ],
            tension=0.8,
        )
        with sheet.group("translate(24 -44)"):
            sheet.body(front, fill, "foam")
        sheet.shape(front, "#000", opacity=0.08)
        sheet.body(front, fill, "cotton")
        sheet.line("M48 284Q200 302 346 280", shaded(rgb(look), -0.25), 2, opacity=0.6, dashes="5 4")
        return
    tilt = rng.uniform(-6, 6)
    places = [(0, 0)] if rng.random() < 0.6 else [(-8, -66), (8, 18)]
    for x, y in places:
        with sheet.group(f"translate({x} {22 + y}) rotate({tilt:.1f} 200 200)"):
            sheet.body(
                _pillow(rng.uniform(316, 332), rng.uniform(186, 206), pinch=0.12), fill, look.material or "cotton"
            )
            for sx, sy in CORNERS:
                start = f"M{200 + sx * 146} {200 + sy * 84}"
                sheet.crease(f"{start}q{-sx * 30} {-sy * 4} {-sx * 64} {-sy * 34}", 0.2, 8)
            sheet.crease(f"M140 {rng.uniform(180, 210):.0f}q60 {rng.uniform(10, 30):.0f} 110 0", 0.14, 10)


def draw_bed_linen(sheet: Sheet, look: Look) -> None:
    """Draw a made bed from its foot's corner: mattress, pillows, duvet in the cover."""
    rng = sheet.rng
    wide = rng.choice((1.1, 1.5, 1.5))
    space = Space(sheet, (wide, 0.62, 1.9), turn=turn_of(sheet, 22, 38), pitch=27, extent=345, ground=362)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.7)
    material = look.material or "cotton"
    wood = hex_of(rng.choice(((206, 172, 128), (110, 80, 58), (216, 212, 206), (120, 122, 128))))
    space.box((0, 0.0, -0.94), (wide + 0.06, 0.78, 0.05), wood)
    space.box((0, 0.06, 0), (wide, 0.14, 1.86), wood)
    space.soft((0, 0.2, 0), (wide - 0.03, 0.18, 1.82), "#f4f2ee", "cotton", radius=8)
    pair = 2 if wide > 1.2 else 1
    for i in range(pair):
        x = (i - (pair - 1) / 2) * wide / 2
        space.soft((x, 0.38, -0.66), (wide / pair - 0.14, 0.15, 0.42), fill, material, radius=20)
    space.soft((0, 0.16, 0.26), (wide + 0.08, 0.28, 1.36), fill, material, radius=18)
    turned_back = space.face(
        (-wide / 2 - 0.04, 0.445, -0.4),
        (wide / 2 + 0.04, 0.445, -0.4),
        (wide / 2 + 0.04, 0.445, -0.18),
        (-wide / 2 - 0.04, 0.445, -0.18),
    )
    sheet.shape(turned_back, "#fff", opacity=0.45)
    sheet.crease(
        space.curve((-wide / 2 - 0.04, 0.44, -0.18), (0, 0.44, -0.17), (wide / 2 + 0.04, 0.44, -0.18)), 0.3, 5
    )
    for _ in range(5):
        x, z = rng.uniform(-0.4, 0.4) * wide, rng.uniform(0, 0.6)
        sheet.crease(
            space.curve((x, 0.44, z), (x + rng.uniform(-0.1, 0.1), 0.44, z + 0.15), (x, 0.44, z + 0.3)), 0.16, 7
        )
    x = -wide / 2 - 0.04 if space.turn > 0 else wide / 2 + 0.04
    for i in range(5):
        z = -0.2 + i * 0.26
        sheet.crease(space.curve((x, 0.4, z), (x, 0.18, z + rng.uniform(-0.04, 0.04))), 0.22, 7)


def draw_duvet(sheet: Sheet, look: Look) -> None:
    """Draw a quilted duvet, folded into a soft pile or laid out with a corner turned."""
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    seam = shaded(rgb(look), -0.3)
    if look.parts.get("view") == "flat":
        d = _pillow(rng.uniform(300, 320), rng.uniform(300, 330), pinch=0.04)
        sheet.body(d, fill, "cotton")
        for i in range(1, 5):
            at = 45 + i * 62
            for line in (f"M{at} 48Q{at + 4} 200 {at} 352", f"M50 {at}Q200 {at + 4} 350 {at}"):
                sheet.crease(line, 0.24, 9)
                sheet.line(line, seam, 1.2, opacity=0.5, dashes="4 3")
        return
    layers = rng.choice((3, 4))
    high = 218 / layers
    lean = rng.uniform(-4, 4)
    for i in range(layers):
        y = 344 - (i + 1) * high
        x, wide = 52 + rng.uniform(-7, 7) + i * lean, 296 + rng.uniform(-10, 10)
        d = f"M{x + 26} {y}H{x + wide - 22}q34 2 34 {high * 0.55:.0f}q-2 {high * 0.5:.0f} -34 {high * 0.52:.0f}H{x + 26}q-36 -4 -36 {-high * 0.54:.0f}q2 {-high * 0.5:.0f} 36 {-high * 0.53:.0f}Z"
        sheet.body(d, fill, "cotton")
        for k in range(1, 5):
            sx = x + wide * k / 5 + rng.uniform(-4, 4)
            sheet.crease(f"M{sx:.0f} {y + 4:.0f}q8 {high * 0.5:.0f} 0 {high - 4:.0f}", 0.26, 10)
    top = 344 - layers * high
    lid = round_polygon([(78, top + 6), (324, top + 6), (286 + lean * 3, top - 54), (112 + lean * 3, top - 54)], 24)
    sheet.body(lid, fill, "cotton", flat=True)
    for k in range(1, 5):
        sheet.crease(f"M{78 + 49 * k} {top + 4:.0f}L{112 + 35 * k} {top - 52:.0f}", 0.22, 9)
    sheet.crease(f"M90 {top - 24:.0f}Q200 {top - 14:.0f} 306 {top - 24:.0f}", 0.22, 9)
