"""Fleece, rain and down jackets."""

from __future__ import annotations

from dataclasses import replace

from demo.colours import COLOURS, shaded
from demo.drawing.clothing.details import placket, slant_pockets, zipper
from demo.drawing.clothing.knits import paint_hood
from demo.drawing.clothing.shells import Shell, jacket_cut, new_shell, paint_shell, standing_collar
from demo.drawing.clothing.upper import (
    SKINS,
    edge_of,
    hem_line,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
)
from demo.drawing.outline import CENTRE, mirrored, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_STEEL = (196, 199, 203)


def draw_fleece(sheet: Sheet, look: Look) -> None:
    """Draw a fleece jacket: fluffy, standing collar, contrasting zip and chest pocket."""
    shell = new_shell(sheet, look, "fleece", jacket_cut(sheet, 322), "rib")
    trim = COLOURS[look.accent] if look.parts.get("trim") == "contrast" else shaded(shell.colour, -0.3)
    with placed(sheet, shell.sleeve.reach(shell.cut), 26, person=look.parts.get("view") == "person"):
        paint_shell(sheet, look, shell, trim)
        if look.parts.get("trim") == "contrast":
            yoke = smooth(
                mirrored([(CENTRE, 96), (CENTRE + 60, 96), (CENTRE + 110, 112), (CENTRE + 110, 30), (CENTRE, 30)]),
                tension=0.3,
            )
            with sheet.clip(shell.cut.outline()):
                sheet.body(yoke, sheet.paint(trim), "polyester", flat=True)
        standing_collar(sheet, shell)
        half = look.parts.get("front") == "half zip"
        zipper(sheet, CENTRE, shell.cut.top + shell.cut.depth - 24, 178 if half else shell.cut.hem_y + 4, trim)
        if not half:
            slant_pockets(sheet, 240, 60, shell.colour, zipped=True)
        pocket = rounded(CENTRE + 24, 136, 40, 42, 4)
        sheet.body(pocket, sheet.paint(trim), "polyester", flat=True)
        sheet.line(f"M{CENTRE + 27} 144h34", _STEEL, 2.4, dashes="2 2")
        sheet.line(
            f"M{CENTRE - shell.cut.hem + 2:.0f} {shell.cut.hem_y - 3:.0f}Q{CENTRE} {shell.cut.hem_y + 5:.0f} {CENTRE + shell.cut.hem - 2:.0f} {shell.cut.hem_y - 3:.0f}",
            trim,
            8,
            round_ends=False,
        )


def draw_rain_jacket(sheet: Sheet, look: Look) -> None:
    """Draw a rain jacket: smooth, with a hood, storm flap, flap pockets and shiny zips."""
    shell = new_shell(sheet, look, "polyester", jacket_cut(sheet, 340, neck=36, depth=34, neckline="v"), "band")
    with placed(sheet, shell.sleeve.reach(shell.cut), 14, person=look.parts.get("view") == "person"):
        paint_hood(sheet, shell.cut, shell.small, shell.colour, shell.material)
        paint_shell(sheet, look, shell, folds=6)
        standing_collar(sheet, shell, 22)
        sheet.light(
            f"M{CENTRE - 62} 110Q{CENTRE - 74} 200 {CENTRE - 60} 300L{CENTRE - 48} 300Q{CENTRE - 58} 200 {CENTRE - 44} 110Z",
            0.28,
            5,
        )
        if look.parts.get("front") == "buttons":
            placket(sheet, shell.cut, "", shell.colour, _STEEL, end=shell.cut.hem_y + 3, count=6, width=26)
        else:
            zipper(sheet, CENTRE, shell.cut.top + 12, shell.cut.hem_y + 3, shell.colour, width=9)
        for side in (1, -1):
            x = CENTRE + side * 46
            sheet.body(
                polygon([(x - 27, 250), (x + 27, 250), (x + 27, 264), (x - 27, 264)]),
                shell.fill,
                shell.material,
                flat=True,
                outline=1.6,
            )
            sheet.line(
                f"M{CENTRE + side * 4} 118L{CENTRE + side * (shell.cut.chest - 4):.0f} 126",
                edge_of(shell.colour),
                1.6,
                opacity=0.7,
            )
        hem_line(sheet, shell.cut, edge_of(look.colour), 11)


def draw_down_jacket(sheet: Sheet, look: Look) -> None:
    """Draw a quilted down jacket or waistcoat: fat horizontal rolls."""
    rng = sheet.rng
    shell = new_shell(sheet, look, "polyester", jacket_cut(sheet, 322, wide=5), "gathered", 74)
    vest = look.parts.get("sleeves") == "none"
    step = rng.uniform(22, 36)
    with placed(
        sheet,
        shell.cut.chest if vest else shell.sleeve.reach(shell.cut),
        14,
        person=look.parts.get("view") == "person",
    ):
        hooded = look.parts.get("hood") == "hood"
        if hooded:
            paint_hood(
                sheet, replace(shell.cut, top=shell.cut.top - 17, neck=45), shell.small, shell.colour, shell.material
            )
        paint_back(sheet, shell.cut, shell.colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, shell.cut, shell.sleeve, rng.choice(SKINS))
        if not vest:
            paint_sleeves(
                sheet,
                shell.cut,
                shell.sleeve,
                shell.fill,
                shell.material,
                edge_of(look.colour),
                shell.colour,
                relief=lambda: _sleeve_rolls(sheet, shell, step),
            )
        paint_trunk(sheet, shell.cut, shell.fill, shell.material, folds=0)
        with sheet.clip(shell.cut.outline()):
            y = shell.cut.shoulder_y + 6
            while y < shell.cut.hem_y + 2:
                _roll(sheet, CENTRE - shell.cut.chest - 10, CENTRE + shell.cut.chest + 10, y, step)
                y += step
        standing_collar(sheet, shell, 32)
        zipper(sheet, CENTRE, shell.cut.top + 4, shell.cut.hem_y + 4, shell.colour, width=8)
        slant_pockets(sheet, 244, 58, shell.colour, length=42, zipped=True)


def _roll(sheet: Sheet, left: float, right: float, y: float, step: float) -> None:
    arc = f"M{left:.0f} {y:.0f}Q{(left + right) / 2:.0f} {y + 10:.0f} {right:.0f} {y:.0f}"
    with sheet.group(f"translate(0 {step * 0.45:.1f})"):
        sheet.line(arc, "white", step * 0.34, opacity=0.10)
        sheet.line(arc, "white", step * 0.16, opacity=0.12)
    sheet.line(arc, "black", 9, opacity=0.12)
    sheet.line(arc, "black", 5, opacity=0.16)
    sheet.line(arc, "black", 1.8, opacity=0.45)


def _sleeve_rolls(sheet: Sheet, shell: Shell, step: float) -> None:
    x, y = CENTRE + shell.cut.shoulder - 4, shell.cut.shoulder_y
    at = 24.0
    while at < shell.sleeve.length - 10:
        share = at / shell.sleeve.length
        middle = x - shell.sleeve.width * 0.16 - shell.sleeve.bend * share * share
        _roll(sheet, middle - shell.sleeve.width * 0.6, middle + shell.sleeve.width * 0.6, y + at, step)
        at += step
