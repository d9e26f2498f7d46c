"""Dresses and skirts."""

from __future__ import annotations

from dataclasses import replace

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import button_colour, collar, placket
from demo.drawing.clothing.legs import Legs, paint_limbs
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
    small_fill,
)
from demo.drawing.outline import CENTRE, mirrored, polygon, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_HEMS = {"mini": 242.0, "midi": 310.0, "maxi": 370.0}
_FLARES = {"a-line": 88.0, "straight": 56.0, "skater": 112.0, "wrap": 82.0, "shirt": 70.0}


def draw_dress(sheet: Sheet, look: Look) -> None:
    """Draw a dress: a bodice, a waist and a skirt that is narrow or swings."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    style, length = look.parts.get("style", "a-line"), look.parts.get("length", "midi")
    hem_y = _HEMS[length] + rng.uniform(-8, 8)
    share = (hem_y - 134) / 176
    flare = 50 + (_FLARES[style] - 50) * (0.45 + 0.55 * share) + rng.uniform(-5, 8)
    neck, depth, line = {"wrap": (34, 62, "v"), "shirt": (25, 24, "v")}.get(
        style, (33, 28, rng.choice(("crew", "scoop")))
    )
    cut = Cut(neck=neck, depth=depth, neckline=line, top=34, shoulder=rng.uniform(50, 55), slope=12, armpit=86, chest=(c := rng.uniform(46, 51)),
              waist=c - rng.uniform(8, 14), waist_y=134, hem=flare, hem_y=hem_y, sag=5)  # fmt: skip
    sleeves = look.parts.get("sleeves", "none")
    angle = pose(rng, long=sleeves == "long", worn=look.parts.get("view") != "flat")
    sleeve = None
    if sleeves == "long":
        sleeve = Sleeve(length=140, width=39, cuff=24, angle=angle, bend=4, puff=rng.choice((0, 6)), end="gathered")
    elif sleeves == "short":
        sleeve = Sleeve(length=42, width=40, cuff=38, angle=angle)
    elif sleeves == "straps":
        cut = replace(cut, neck=37, shoulder=39, slope=1, top=68, depth=24, neckline="v", armpit=92, scoop=2)
    else:
        cut = replace(cut, shoulder=48, neck=30, slope=7, scoop=8)
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.75), look.material or "cotton"
    person = look.parts.get("view") == "person"
    bottom = 427 if person and length != "maxi" else hem_y + 12
    with placed(sheet, max(sleeve.reach(cut) if sleeve else 70, flare), 8 if person else 26, bottom, most=1.3):
        if person:
            skin = rng.choice(SKINS)
            if length != "maxi":
                paint_limbs(sheet, Legs(150, 44, 50, 196, 36, 30, 30, 352), skin, bare=True)
            paint_arms(sheet, replace(cut, shoulder=54, slope=16, top=34), sleeve, skin)
        else:
            paint_back(sheet, cut, colour)
        if sleeve:
            paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=0)
        _skirt_folds(sheet, cut, 7 if style == "skater" else 5)
        if sleeves == "straps":
            for side in (1, -1):
                sheet.line(
                    f"M{CENTRE + side * 37} 69Q{CENTRE + side * 36} 50 {CENTRE + side * 31} 40",
                    shaded(colour, -0.3),
                    4.6,
                )
                sheet.line(f"M{CENTRE + side * 37} 69Q{CENTRE + side * 36} 50 {CENTRE + side * 31} 40", colour, 3.2)
        _dress_details(sheet, look, cut, style, colour, fill)


def _dress_details(sheet: Sheet, look: Look, cut: Cut, style: str, colour: Rgb, fill: str) -> None:
    seam, w, y = edge_of(colour, 0.45), cut.waist, cut.waist_y
    if style != "shirt":
        neckband(sheet, cut, colour, 3.4, back=look.parts.get("view") != "person")
    for side in (1, -1) if style != "shirt" else ():
        sheet.crease(
            f"M{CENTRE + side * 44} {cut.armpit + 6}Q{CENTRE + side * 26} {cut.armpit + 16} {CENTRE + side * 24} {y - 4}",
            0.12,
            5,
        )
    if style == "skater":
        sheet.line(f"M{CENTRE - w:.0f} {y}Q{CENTRE} {y + 7} {CENTRE + w:.0f} {y}", seam, 2.2, opacity=0.9)
    elif style == "wrap":
        front = f"M{CENTRE} {cut.top + cut.depth:.0f}Q{CENTRE + 18} {y - 22} {CENTRE + 22} {y}Q{CENTRE + 14} {y + 70} {CENTRE + 34} {cut.hem_y + 2:.0f}"
        sheet.line(front, seam, 2.2, opacity=0.9)
        sheet.crease(front, 0.16, 7)
        _sash(sheet, cut, colour, CENTRE + 22)
    elif style == "shirt":
        placket(
            sheet,
            cut,
            "",
            colour,
            button_colour(colour),
            end=cut.hem_y + 2,
            count=8 if cut.hem_y > 260 else 6,
            width=13,
        )
        if look.parts.get("sleeves") != "straps":
            collar(
                sheet,
                cut,
                small_fill(sheet, look, fill),
                colour,
                spread=21,
                drop=22,
                back=look.parts.get("view") != "person",
            )
        _sash(sheet, cut, colour, CENTRE + 6)
    sheet.line(
        f"M{CENTRE - cut.hem + 2:.1f} {cut.hem_y - 6:.1f}Q{CENTRE} {cut.hem_y + 2 * cut.sag - 6:.1f} {CENTRE + cut.hem - 2:.1f} {cut.hem_y - 6:.1f}",
        seam,
        1.1,
        opacity=0.5,
    )


def _sash(sheet: Sheet, cut: Cut, colour: Rgb, knot: float) -> None:
    w, y, tone = cut.waist + 1, cut.waist_y, sheet.paint(shaded(colour, -0.14))
    sheet.body(
        polygon([(CENTRE - w, y - 6), (CENTRE + w, y - 6), (CENTRE + w, y + 6), (CENTRE - w, y + 6)]),
        tone,
        "cotton",
        flat=True,
        outline=1.5,
    )
    for points in (
        ((0, 4), (10, 4), (16, 62), (6, 64)),
        ((-6, 4), (4, 4), (-2, 50), (-12, 48)),
        ((0, 0), (22, -11), (24, 9)),
        ((0, 0), (-22, -11), (-24, 9)),
    ):
        sheet.body(polygon([(knot + px, y + py) for px, py in points]), tone, "cotton", flat=True, outline=1.4)


def _skirt_folds(sheet: Sheet, cut: Cut, count: int) -> None:
    rng = sheet.rng
    with sheet.clip(cut.outline()):
        for i in range(count):
            share = (i + 0.5 + rng.uniform(-0.25, 0.25)) / count * 2 - 1
            x, low = CENTRE + share * cut.waist * 0.85, CENTRE + share * cut.hem * 0.95
            start = cut.waist_y + rng.uniform(6, 40)
            sheet.crease(
                f"M{x:.0f} {start:.0f}Q{(x + low) / 2 - share * 8:.0f} {(start + cut.hem_y) / 2:.0f} {low:.0f} {cut.hem_y + 8:.0f}",
                0.17,
                9,
            )


def draw_skirt(sheet: Sheet, look: Look) -> None:
    """Draw a skirt: a-line, pencil, pleated or gathered in tiers."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    style, length = look.parts.get("style", "a-line"), look.parts.get("length", "midi")
    end = {"mini": 196.0, "midi": 290.0, "maxi": 366.0}[length] + rng.uniform(-8, 6)
    waist = rng.uniform(46, 54)
    share = (end - 40) / 250
    hem = (
        waist
        + {"a-line": 62, "pencil": 12, "pleated": 66, "tiered": 76}[style] * (0.35 + 0.65 * share)
        + rng.uniform(-4, 6)
    )
    hip = waist + 26
    if style == "pencil":
        hem = hip - 10 * share
    right = [
        (CENTRE + waist, 40.0),
        (CENTRE + hip, 104.0),
        (CENTRE + (hem * 0.62 + hip * 0.38 if style != "pencil" else hip + 1), (104 + end) / 2 + 10),
        (CENTRE + hem, end),
    ]
    d = (
        smooth(right, closed=False)
        + f"Q{CENTRE} {end + 14:.0f} {CENTRE - hem:.0f} {end:.0f}"
        + "L"
        + smooth(mirrored(right)[4:], closed=False)[1:]
        + "Z"
    )
    fill, material = sheet.paint(look.colour, look.pattern, look.accent, scale=0.85), look.material or "cotton"
    person = look.parts.get("view") == "person"
    with placed(sheet, hem, 34, max(end + 8, 396 if person else 0), most=1.75):
        if person and length != "maxi":
            paint_limbs(sheet, Legs(60, 54, 64, 140, 48, 36, 36, 362), rng.choice(SKINS), bare=True)
        sheet.body(d, fill, material)
        seam = edge_of(colour, 0.45)
        with sheet.clip(d):
            count = {"pleated": 15, "tiered": 12, "a-line": 6, "pencil": 3}[style]
            for i in range(count):
                at = (i + 0.5 + (0 if style == "pleated" else rng.uniform(-0.3, 0.3))) / count * 2 - 1
                run = f"M{CENTRE + at * waist:.0f} {52 if style in ('pleated', 'tiered') else rng.uniform(70, 110):.0f}Q{CENTRE + at * hip:.0f} 110 {CENTRE + at * hem:.0f} {end + 8:.0f}"
                sheet.crease(run, 0.16, 7)
                if style == "pleated":
                    sheet.line(run, seam, 1.5, opacity=0.7)
            for part in (0.36, 0.7) if style == "tiered" else ():
                y = 40 + (end - 40) * part
                sheet.line(f"M60 {y:.0f}Q{CENTRE} {y + 14:.0f} 340 {y:.0f}", seam, 2.2)
                sheet.line(
                    "".join(f"M{x} {y + 5:.0f}v{rng.uniform(10, 22):.0f}" for x in range(80, 330, 9)),
                    seam,
                    1.6,
                    opacity=0.45,
                )
            if style == "pencil":
                sheet.line(f"M{CENTRE + 22} {end + 6:.0f}V{end - 52:.0f}", seam, 2.6)
        band = polygon(
            [(CENTRE - waist, 36), (CENTRE + waist, 36), (CENTRE + waist + 4, 52), (CENTRE - waist - 4, 52)]
        )
        sheet.body(band, sheet.paint(shaded(colour, -0.12)), material, flat=True, outline=1.6)
        sheet.line(
            f"M{CENTRE - hem + 2:.0f} {end - 7:.0f}Q{CENTRE} {end + 7:.0f} {CENTRE + hem - 2:.0f} {end - 7:.0f}",
            seam,
            1.1,
            opacity=0.5,
        )
