"""Sweaters, cardigans and hoodies."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import button_colour, buttons, chest_print, zipper
from demo.drawing.clothing.upper import (
    SKINS,
    Sleeve,
    edge_of,
    neckband,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
    pose,
    rib_hem,
    small_fill,
)
from demo.drawing.outline import CENTRE, mirrored, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_sweater(sheet: Sheet, look: Look) -> None:
    """Draw a sweater: ribbed hem and cuffs; round, v or roll neck; plain or cable knit."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    neck = look.parts.get("neck", "crew")
    cut = _knit_cut(
        sheet,
        {"crew": 36, "v": 35, "roll": 30}[neck],
        {"crew": 24, "v": 62, "roll": 12}[neck],
        "v" if neck == "v" else "crew",
    )
    sleeve, fill = _long_sleeve(sheet, look), sheet.paint(look.colour, look.pattern, look.accent)
    material = look.material or "wool"
    with placed(sheet, sleeve.reach(cut), 26, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=3)
        if look.parts.get("knit") == "cable":
            _cables(sheet, cut, colour)
        rib_hem(sheet, cut, colour)
        if neck == "roll":
            _roll_neck(sheet, cut, colour, material)
        else:
            neckband(sheet, cut, colour, 11, back=look.parts.get("view") != "person")


def draw_hoodie(sheet: Sheet, look: Look) -> None:
    """Draw a hoodie: hood behind the neck, cords, a pouch pocket, with a zip or pulled over the head."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    zipped = look.parts.get("front") == "zip"
    cut = _knit_cut(sheet, 38, 42, "v")
    sleeve, fill = _long_sleeve(sheet, look), sheet.paint(look.colour, look.pattern, look.accent)
    material, small = look.material or "cotton", small_fill(sheet, look, fill)
    with placed(sheet, sleeve.reach(cut), 14, person=look.parts.get("view") == "person"):
        paint_hood(sheet, cut, small, colour, material)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=3)
        rib_hem(sheet, cut, colour)
        top, low = 246, cut.hem_y - 9
        pouch = polygon(
            [
                (CENTRE - 38, top),
                (CENTRE + 38, top),
                (CENTRE + 62, top + 44),
                (CENTRE + 62, low),
                (CENTRE - 62, low),
                (CENTRE - 62, top + 44),
            ]
        )
        sheet.shape(pouch, "#000", opacity=0.07)
        sheet.line(pouch, edge_of(colour, 0.45), 2, opacity=0.8)
        for side in (1, -1):
            sheet.crease(f"M{CENTRE + side * 40:.0f} {top + 4}L{CENTRE + side * 60:.0f} {top + 42}", 0.2, 7)
        if zipped:
            zipper(sheet, CENTRE, cut.top + cut.depth - 4, cut.hem_y + 14, colour)
        _hood_front(sheet, cut, small, colour, material)
        for side in (1, -1):
            length = rng.uniform(48, 72)
            sheet.line(
                f"M{CENTRE + side * 17} {cut.top + 32}q{side * rng.uniform(-3, 5):.1f} {length / 2:.0f} {side * 2} {length:.0f}",
                "white" if sum(colour) < 560 else "charcoal",
                3.4,
            )
        chest_print(sheet, look, 140, 84)


def draw_cardigan(sheet: Sheet, look: Look) -> None:
    """Draw a cardigan: open or buttoned below a deep neckline."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    open_front = look.parts.get("front") == "open"
    long = look.parts.get("length") == "long"
    cut = _knit_cut(sheet, 34, 94, "v", hem_y=350 if long else rng.uniform(318, 332))
    sleeve, fill = _long_sleeve(sheet, look), sheet.paint(look.colour, look.pattern, look.accent)
    material = look.material or "wool"
    with placed(sheet, sleeve.reach(cut), 26, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
            inner = (246, 246, 244) if sum(colour) < 600 else (68, 71, 77)
            sheet.shape(
                smooth(
                    [
                        (CENTRE - 26, cut.top + 44),
                        (CENTRE, cut.top + 52),
                        (CENTRE + 26, cut.top + 44),
                        (CENTRE, cut.top + 110),
                    ]
                ),
                sheet.paint(inner),
            )
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=3)
        rib_hem(sheet, cut, colour, 16)
        low, start = cut.hem_y + 16, cut.top + cut.depth
        if open_front:
            gap = rng.uniform(16, 30)
            hole = f"M{CENTRE - 3} {start - 10}L{CENTRE + 3} {start - 10}L{CENTRE + gap:.0f} {low + 2}L{CENTRE - gap:.0f} {low + 2}Z"
            sheet.shape(hole, sheet.gradient([(0, shaded(colour, -0.5)), (1, shaded(colour, -0.3))], vertical=True))
        for side in (1, -1):
            end = side * gap if open_front else side * 1.0
            band = f"M{CENTRE + side * (cut.neck - 1):.0f} {cut.top}L{CENTRE + side * 1:.0f} {start - 4}L{CENTRE + end:.0f} {low}"
            sheet.line(band, edge_of(colour, 0.45), 14.5, round_ends=False)
            sheet.line(band, shaded(colour, -0.07), 12.5, round_ends=False)
        if not open_front:
            buttons(sheet, CENTRE + 1, start + 8, low - 14, 5, button_colour(colour), 5)
        for side in (1, -1) if long or rng.random() < 0.6 else ():
            sheet.line(
                f"M{CENTRE + side * 24:.0f} {cut.hem_y - 62}h{side * 36}v34h{-side * 36}z",
                edge_of(colour),
                1.6,
                opacity=0.7,
            )


def paint_hood(sheet: Sheet, cut: Cut, fill: str, colour: Rgb, material: str) -> None:
    """Paint a hood as it lies open behind the neck."""
    y, n = cut.top, cut.neck
    outer = smooth(
        mirrored([(CENTRE, y - 36), (CENTRE + n * 0.9, y - 26), (CENTRE + n + 14, y + 2), (CENTRE + n, y + 36)])
    )
    sheet.body(outer, fill, material)
    inner = smooth(
        mirrored([(CENTRE, y - 20), (CENTRE + n * 0.7, y - 12), (CENTRE + n * 0.86, y + 8), (CENTRE + 10, y + 44)])
    )
    sheet.shape(inner, sheet.gradient([(0, shaded(colour, -0.3)), (1, shaded(colour, -0.62))], vertical=True))


def _hood_front(sheet: Sheet, cut: Cut, fill: str, colour: Rgb, material: str) -> None:
    y, n = cut.top, cut.neck
    for side in (1, -1):
        points = [(n + 13, 0), (n + 9, 20), (16, cut.depth + 14), (-2, cut.depth + 6), (n * 0.62, 14), (n * 0.8, -14)]
        d = smooth([(CENTRE + side * x, y + dy) for x, dy in points], tension=0.8)
        sheet.body(d, fill, material, flat=True, outline=1.5)
        sheet.line(
            smooth(
                [(CENTRE + side * x, y + dy) for x, dy in ((n * 0.74, -8), (n * 0.55, 14), (2, cut.depth + 2))],
                closed=False,
            ),
            edge_of(colour),
            1.1,
            opacity=0.7,
        )


def _knit_cut(sheet: Sheet, neck: float, depth: float, neckline: str, hem_y: float = 0) -> Cut:
    rng = sheet.rng
    chest = rng.uniform(80, 90)
    return Cut(
        neck=neck, depth=depth, neckline=neckline, shoulder=rng.uniform(84, 94), chest=chest, waist=chest - rng.uniform(0, 6),
        hem=chest - rng.uniform(2, 10), hem_y=hem_y or rng.uniform(318, 342), top=58, slope=24, armpit=154,
    )  # fmt: skip


def _long_sleeve(sheet: Sheet, look: Look) -> Sleeve:
    rng = sheet.rng
    angle = pose(rng, long=True, worn=look.parts.get("view") != "flat")
    return Sleeve(
        length=rng.uniform(208, 226),
        width=66,
        cuff=34,
        angle=angle,
        bend=rng.uniform(0, 10),
        puff=rng.uniform(3, 9),
        end="rib",
    )


def _roll_neck(sheet: Sheet, cut: Cut, colour: Rgb, material: str) -> None:
    y, n = cut.top, cut.neck
    d = smooth(
        mirrored(
            [
                (CENTRE, y - 33),
                (CENTRE + n * 0.9, y - 30),
                (CENTRE + n + 3, y - 8),
                (CENTRE + n + 2, y + 10),
                (CENTRE, y + 21),
            ]
        ),
        tension=0.7,
    )
    sheet.body(d, sheet.paint(shaded(colour, -0.05)), material)
    with sheet.clip(d):
        ribs = "".join(f"M{CENTRE + x} {y - 36}v60" for x in range(-36, 37, 6))
        sheet.line(ribs, edge_of(colour), 1.3, opacity=0.45)
    sheet.crease(f"M{CENTRE - n} {y - 6}Q{CENTRE} {y + 8} {CENTRE + n} {y - 6}", 0.22, 5)


def _cables(sheet: Sheet, cut: Cut, colour: Rgb) -> None:
    with sheet.clip(cut.outline()):
        for x in (-52, -26, 0, 26, 52):
            start = cut.top + 8
            steps = int((cut.hem_y - start) / 22)
            for sign in (1, -1):
                turns = "".join(f"q{sign * 11 * (-1) ** i} 11 0 22" for i in range(steps))
                sheet.line(f"M{CENTRE + x} {start:.0f}{turns}", edge_of(colour, 0.42), 3.6, opacity=0.6)
                sheet.line(f"M{CENTRE + x - 1.4} {start:.0f}{turns}", shaded(colour, 0.25), 1.4, opacity=0.55)
