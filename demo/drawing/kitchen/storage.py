"""Boxes for food."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse, rounded
from demo.drawing.sheet import Sheet
from demo.drawing.solids import Space, glass, lines_on, rgb, round_polygon, turn_of, turned
from demo.look import Look

FOODS: tuple[Rgb, ...] = ((110, 164, 72), (226, 110, 50), (236, 206, 130), (176, 60, 50))


def draw_food_container(sheet: Sheet, look: Look) -> None:
    """Draw food containers with coloured snap lids: one, or a stack."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour)
    material = look.material or "glass"
    round_ = look.parts.get("shape", "rectangular") == "round"
    count = rng.choice((1, 2, 3))
    high = {1: 130.0, 2: 104.0, 3: 82.0}[count]
    for i in range(count):
        k = 1 - i * 0.13
        low = 346 - i * (high + 6) if count > 1 else 326
        top = low - high + 20
        tint = hex_of(rng.choice(FOODS))
        r = 138 * k
        d = (
            turned([(r, top), (r * 0.92, low)], tension=0)
            if round_
            else round_polygon(
                [(200 - r - 12, top), (200 + r + 12, top), (200 + r, low + 12), (200 - r, low + 12)], 22
            )
        )
        if rng.random() < 0.6:
            food = (
                turned([(r * 0.94, top + high * 0.3), (r * 0.9, low - 3)], tension=0)
                if round_
                else round_polygon(
                    [
                        (196 - r, top + high * 0.32),
                        (204 + r, top + high * 0.32),
                        (195 + r, low + 7),
                        (205 - r, low + 7),
                    ],
                    16,
                )
            )
            sheet.shape(food, tint, opacity=0.75)
        if material == "glass":
            glass(sheet, d, (206, 222, 226), opacity=0.45)
            sheet.line(f"M{206 - r:.0f} {top + 20:.0f}L{214 - r * 0.96:.0f} {low - 12:.0f}", "white", 7, opacity=0.8)
        else:
            sheet.body(d, hex_of(shaded(colour, 0.35)), material)
        if round_:
            sheet.body(turned([(r + 5, top - 16), (r + 6, top + 2)], tension=0), fill, "plastic")
            sheet.body(ellipse(200, top - 16, r + 5, (r + 5) * 0.16), fill, "plastic", flat=True)
        else:
            sheet.body(
                round_polygon(
                    [(200 - r, top - 42), (200 + r, top - 42), (200 + r + 18, top - 14), (200 - r - 18, top - 14)], 12
                ),
                fill,
                "plastic",
                flat=True,
            )
            sheet.line(
                round_polygon(
                    [(212 - r, top - 36), (188 + r, top - 36), (194 + r, top - 20), (206 - r, top - 20)], 8
                ),
                lines_on(colour),
                2,
                opacity=0.5,
            )
            sheet.body(rounded(182 - r, top - 16, 2 * r + 36, 20, 8), fill, "plastic")
            for x in (-0.45, 0.45):
                sheet.body(rounded(200 + x * r - 24, top - 12, 48, 34, 6), hex_of(shaded(colour, 0.12)), "plastic")


def draw_lunch_box(sheet: Sheet, look: Look) -> None:
    """Draw a lunch box: closed with clasps, or open and showing its compartments."""
    rng = sheet.rng
    colour, fill = rgb(look), sheet.paint(look.colour, look.pattern, look.accent, scale=0.6)
    material = look.material or "plastic"
    space = Space(sheet, (0.24, 0.07, 0.17), turn=turn_of(sheet, 12, 26), pitch=40, extent=310)
    if look.parts.get("view", "closed") == "open":
        space.soft((0, 0, 0), (0.24, 0.05, 0.17), fill, material, radius=26)
        tray = hex_of(shaded(colour, 0.45))
        cells = [(-0.112, -0.078, 0.13, 0.156), (0.026, -0.078, 0.086, 0.074), (0.026, 0.004, 0.086, 0.074)]
        for x, z, w, d in cells:
            corners = [(x, z), (x + w, z), (x + w, z + d), (x, z + d)]
            outline = round_polygon([space.at(a, 0.052, b) for a, b in corners], 16)
            sheet.shape(outline, tray)
            food = shaded(rng.choice(FOODS), rng.uniform(-0.1, 0.2))
            with sheet.clip(outline):
                for _ in range(9):
                    cx, cy = space.at(x + rng.uniform(0.1, 0.9) * w, 0.05, z + rng.uniform(0.15, 0.9) * d)
                    sheet.body(
                        ellipse(cx, cy, rng.uniform(14, 22), rng.uniform(11, 17)),
                        hex_of(shaded(food, rng.uniform(-0.14, 0.14))),
                        "rubber",
                    )
            sheet.line(outline, "black", 2.4, opacity=0.45)
        return
    space.soft((0, 0, 0), (0.24, 0.04, 0.17), hex_of(shaded(colour, 0.3)), material, radius=26)
    space.soft((0, 0.034, 0), (0.25, 0.032, 0.18), fill, material, radius=30)
    lid = [(-0.1, 0.067, -0.07), (0.1, 0.067, -0.07), (0.1, 0.067, 0.07), (-0.1, 0.067, 0.07)]
    sheet.line(round_polygon([space.at(*point) for point in lid], 20), lines_on(colour), 3, opacity=0.6)
    for x in (-0.06, 0.06):
        clasp = [
            (x - 0.018, 0.06, 0.091),
            (x + 0.018, 0.06, 0.091),
            (x + 0.018, 0.02, 0.093),
            (x - 0.018, 0.02, 0.093),
        ]
        sheet.body(round_polygon([space.at(*point) for point in clasp], 5), hex_of(lines_on(colour)), "plastic")
