"""Coats and suit jackets: lapels over an open neckline."""

from __future__ import annotations

from dataclasses import replace

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import buttons, collar
from demo.drawing.clothing.knits import paint_hood
from demo.drawing.clothing.upper import (
    SKINS,
    Sleeve,
    edge_of,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
    pose,
)
from demo.drawing.outline import CENTRE, polygon
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_blazer(sheet: Sheet, look: Look) -> None:
    """Draw a suit jacket: single-breasted or double-breasted."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    double = look.parts.get("front") == "double-breasted"
    cut = Cut(neck=30, depth=rng.uniform(98, 118), neckline="v", top=54, shoulder=rng.uniform(84, 90), slope=20, armpit=148,
              chest=(c := rng.uniform(76, 83)), waist=c - rng.uniform(6, 12), waist_y=222, hem=c + 4, hem_y=rng.uniform(330, 344), sag=2)  # fmt: skip
    sleeve = Sleeve(
        length=rng.uniform(212, 224),
        width=60,
        cuff=36,
        angle=pose(rng, long=True, worn=True),
        bend=rng.uniform(4, 12),
    )
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), look.material or "wool"
    with placed(sheet, sleeve.reach(cut), 30, person=look.parts.get("view") == "person"):
        _open_neck(sheet, look, cut, sleeve, colour)
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=2)
        start = cut.top + cut.depth
        shift = 22.0 if double else 5.0
        sheet.line(
            f"M{CENTRE + shift * 0.3:.0f} {start:.0f}L{CENTRE + shift:.0f} {start + 16:.0f}V{cut.hem_y - 22:.0f}Q{CENTRE + shift:.0f} {cut.hem_y:.0f} {CENTRE - 14:.0f} {cut.hem_y + 2:.0f}",
            edge_of(colour, 0.6),
            2.2,
            opacity=0.85,
        )
        if not double:
            sheet.shape(
                polygon([(CENTRE + 4, cut.hem_y - 34), (CENTRE + 20, cut.hem_y + 6), (CENTRE - 8, cut.hem_y + 6)]),
                sheet.paint(shaded(colour, -0.6)),
                opacity=0.75,
            )
        _lapels(sheet, cut, fill, colour, material, 26 if double else 20, back=look.parts.get("view") != "person")
        dark = shaded(colour, -0.55) if sum(colour) > 240 else (92, 92, 96)
        if double:
            for x in (-20, 20):
                buttons(sheet, CENTRE + x, start + 14, start + 66, 3, dark, 5)
        else:
            buttons(sheet, CENTRE, start + 12, start + 50, 2, dark, 5)
        for side in (1, -1):
            _flap(sheet, CENTRE + side * 46, 266, colour)
        sheet.line(f"M{CENTRE + 30} 152l30 -5", edge_of(colour, 0.5), 4.5, opacity=0.8, round_ends=False)


def draw_coat(sheet: Sheet, look: Look) -> None:
    """Draw a coat to the knee: belted wrap, single or double-breasted, or a parka with a hood."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    style = look.parts.get("style", "classic")
    cut = Cut(neck=25, depth=26 if style == "parka" else rng.uniform(66, 84), neckline="v", top=46, shoulder=rng.uniform(64, 70), slope=17,
              armpit=116, chest=(c := rng.uniform(61, 67)), waist=c - (8 if style == "wrap" else 2), waist_y=190, hem=c + rng.uniform(4, 14),
              hem_y=rng.uniform(330, 352) if style != "parka" else 318, sag=3)  # fmt: skip
    sleeve = Sleeve(
        length=188,
        width=52,
        cuff=33,
        angle=pose(rng, long=True, worn=True),
        bend=rng.uniform(2, 9),
        end="band" if style == "wrap" else "hem",
    )
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), look.material or "wool"
    with placed(sheet, sleeve.reach(cut), 16 if style == "parka" else 28, person=look.parts.get("view") == "person"):
        if style == "parka":
            paint_hood(sheet, replace(cut, neck=34), fill, colour, material)
        _open_neck(sheet, look, cut, sleeve, colour)
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=4)
        start, dark = cut.top + cut.depth, shaded(colour, -0.55) if sum(colour) > 240 else (96, 96, 100)
        shift = {"double-breasted": 22.0, "wrap": 20.0}.get(style, 4.0)
        sheet.line(
            f"M{CENTRE:.0f} {start:.0f}L{CENTRE + shift:.0f} {start + 20:.0f}V{cut.hem_y + 3:.0f}",
            edge_of(colour, 0.6),
            2.4,
            opacity=0.85,
        )
        if style == "parka":
            collar(
                sheet,
                cut,
                fill,
                colour,
                spread=24,
                drop=20,
                material=material,
                back=look.parts.get("view") != "person",
            )
            buttons(sheet, CENTRE - 8, start + 14, cut.hem_y - 40, 5, (198, 160, 96), 3.4)
        else:
            _lapels(sheet, cut, fill, colour, material, 26, back=look.parts.get("view") != "person")
        if style == "double-breasted":
            for x in (-19, 21):
                buttons(sheet, CENTRE + x, start + 14, start + 84, 3, dark, 5)
        elif style == "classic":
            buttons(sheet, CENTRE - 3, start + 12, start + 96, 3, dark, 5)
        elif style == "wrap":
            _belt(sheet, cut, colour)
        for side in (1, -1):
            if style == "parka":
                for y in (150, 236):
                    at, w = CENTRE + side * 36, 20
                    sheet.body(
                        polygon([(at - w, y), (at + w, y), (at + w, y + 38), (at - w, y + 38)]),
                        fill,
                        material,
                        flat=True,
                        outline=1.5,
                    )
                    _flap(sheet, at, y, colour)
            else:
                _flap(sheet, CENTRE + side * 40, 236, colour)


def _open_neck(sheet: Sheet, look: Look, cut: Cut, sleeve: Sleeve, colour: Rgb) -> None:
    paint_back(sheet, cut, colour)
    if look.parts.get("view") != "person":
        return
    paint_arms(sheet, cut, sleeve, sheet.rng.choice(SKINS))
    inner: Rgb = (240, 241, 243) if sum(colour) < 600 else (92, 120, 170)
    n = cut.neck
    front = [
        (CENTRE - n, cut.top + 3),
        (CENTRE, cut.top + 34),
        (CENTRE + n, cut.top + 3),
        (CENTRE + n, cut.top + cut.depth),
        (CENTRE - n, cut.top + cut.depth),
    ]
    sheet.shape(polygon(front), sheet.paint(inner))
    collar(sheet, replace(cut, neck=n * 0.86, depth=32), sheet.paint(inner), inner, spread=15, drop=22, back=False)


def _lapels(sheet: Sheet, cut: Cut, fill: str, colour: Rgb, material: str, width: float, *, back: bool) -> None:
    n, top, deep = cut.neck, cut.top, cut.depth
    neck = f"M{CENTRE - n:.0f} {top:.0f}Q{CENTRE} {top - 15:.0f} {CENTRE + n:.0f} {top:.0f}"
    if back:
        sheet.line(neck, edge_of(colour, 0.5), 11)
        sheet.line(neck, shaded(colour, -0.12), 9.4)
    for side in (1, -1):
        low = [
            (n * 0.78, deep * 0.2),
            (n + width * 0.9, deep * 0.32),
            (n + width * 0.55, deep * 0.44),
            (n * 0.9, deep * 0.7),
            (0, deep + 4),
            (n * 0.4, deep * 0.6),
        ]
        high = [
            (n - 2, -6),
            (n + 6, 2),
            (n + width * 0.5, deep * 0.26),
            (n + width * 0.42, deep * 0.34),
            (n * 0.62, deep * 0.38),
            (n * 0.62, deep * 0.2),
        ]
        for points in (low, high):
            d = polygon([(CENTRE + side * x, top + y) for x, y in points])
            sheet.body(d, fill, material, flat=True, outline=1.8)
            sheet.line(d, edge_of(colour), 1, opacity=0.6)


def _flap(sheet: Sheet, x: float, y: float, colour: Rgb) -> None:
    d = polygon([(x - 21, y), (x + 21, y), (x + 20, y + 12), (x - 20, y + 12)])
    sheet.shape(d, "#000", opacity=0.07)
    sheet.line(d, edge_of(colour, 0.5), 1.7, opacity=0.85)


def _belt(sheet: Sheet, cut: Cut, colour: Rgb) -> None:
    y, x = cut.waist_y, cut.waist + 1
    tone = sheet.paint(shaded(colour, -0.08))
    sheet.body(
        polygon([(CENTRE - x, y - 9), (CENTRE + x, y - 9), (CENTRE + x, y + 9), (CENTRE - x, y + 9)]),
        tone,
        "wool",
        flat=True,
        outline=1.8,
    )
    for tail in (((4, 6), (20, 6), (30, 96), (14, 98)), ((-6, 6), (8, 6), (2, 76), (-14, 74))):
        sheet.body(polygon([(CENTRE + 6 + px, y + py) for px, py in tail]), tone, "wool", flat=True, outline=1.6)
    sheet.body(
        polygon([(CENTRE - 5, y - 12), (CENTRE + 17, y - 11), (CENTRE + 18, y + 13), (CENTRE - 4, y + 12)]),
        tone,
        "wool",
        flat=True,
        outline=1.6,
    )
