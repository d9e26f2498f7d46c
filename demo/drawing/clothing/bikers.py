"""Denim and leather jackets."""

from __future__ import annotations

from demo.colours import shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import buttons, chest_pocket, collar, placket, slant_pockets, zipper
from demo.drawing.clothing.shells import jacket_cut, new_shell, paint_shell, standing_collar
from demo.drawing.clothing.upper import (
    edge_of,
    placed,
    rib_hem,
)
from demo.drawing.outline import CENTRE, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_STEEL = (196, 199, 203)


def draw_denim_jacket(sheet: Sheet, look: Look) -> None:
    """Draw a denim jacket: collar, yoke seams, flap pockets, metal buttons, waistband."""
    shell = new_shell(sheet, look, "denim", jacket_cut(sheet, 304, neck=32, depth=32, neckline="v"), "band")
    thread = (206, 152, 84) if sum(shell.colour) < 560 else shaded(shell.colour, -0.4)
    with placed(sheet, shell.sleeve.reach(shell.cut), 26, 350, person=look.parts.get("view") == "person"):
        paint_shell(sheet, look, shell)
        cut = shell.cut
        sheet.light(smooth([(CENTRE - 44, 170), (CENTRE - 24, 230), (CENTRE - 46, 280), (CENTRE - 60, 220)]), 0.2, 9)
        sheet.light(smooth([(CENTRE + 44, 170), (CENTRE + 24, 230), (CENTRE + 46, 280), (CENTRE + 60, 220)]), 0.2, 9)
        for side in (1, -1):
            seams = (
                f"M{CENTRE + side * 9} 136L{CENTRE + side * (cut.chest - 6):.0f} 136",
                f"M{CENTRE + side * 26} 152L{CENTRE + side * 14} {cut.hem_y - 12:.0f}",
                f"M{CENTRE + side * 62} 152L{CENTRE + side * 44} {cut.hem_y - 12:.0f}",
            )
            for d in seams:
                sheet.line(d, edge_of(shell.colour, 0.5), 2.2, opacity=0.75)
                with sheet.group(f"translate({side * 2.6} 2.6)"):
                    sheet.line(d, thread, 1.2, dashes="4 2.5")
            chest_pocket(sheet, CENTRE + side * 44, 140, shell.colour, width=36, flap=True)
            buttons(sheet, CENTRE + side * 44, 150, 150, 1, (198, 160, 96), 3.4)
        placket(sheet, cut, "", shell.colour, (198, 160, 96), end=cut.hem_y - 4, count=5, width=18)
        band = f"M{CENTRE - cut.hem:.0f} {cut.hem_y - 12:.0f}Q{CENTRE} {cut.hem_y - 5:.0f} {CENTRE + cut.hem:.0f} {cut.hem_y - 12:.0f}l-2 22Q{CENTRE} {cut.hem_y + 18:.0f} {CENTRE - cut.hem + 2:.0f} {cut.hem_y + 10:.0f}Z"
        sheet.body(band, shell.fill, shell.material, flat=True, outline=1.8)
        sheet.line(
            f"M{CENTRE - cut.hem + 3:.0f} {cut.hem_y - 8:.0f}Q{CENTRE} {cut.hem_y - 1:.0f} {CENTRE + cut.hem - 3:.0f} {cut.hem_y - 8:.0f}",
            thread,
            1.2,
            dashes="4 2.5",
        )
        collar(
            sheet,
            cut,
            shell.small,
            shell.colour,
            spread=32,
            drop=32,
            material=shell.material,
            back=look.parts.get("view") != "person",
        )


def draw_leather_jacket(sheet: Sheet, look: Look) -> None:
    """Draw a leather jacket: a biker's with lapels and a slanting zip, or a bomber with ribs."""
    biker = look.parts.get("style", "biker") == "biker"
    cut = jacket_cut(
        sheet, 300 if biker else 312, neck=33, depth=74 if biker else 26, neckline="v" if biker else "crew"
    )
    shell = new_shell(sheet, look, "leather", cut, "hem" if biker else "rib")
    with placed(sheet, shell.sleeve.reach(cut), 26, 348, person=look.parts.get("view") == "person"):
        paint_shell(sheet, look, shell, shaded(shell.colour, -0.3), folds=5)
        if not biker:
            rib_hem(sheet, cut, shaded(shell.colour, -0.3), 22)
            standing_collar(sheet, shell, 20, sheet.paint(shaded(shell.colour, -0.3)))
            zipper(sheet, CENTRE, cut.top + 14, cut.hem_y + 12, shell.colour)
            slant_pockets(sheet, 226, 58, shell.colour)
            return
        start = cut.top + cut.depth
        sheet.line(
            f"M{CENTRE - 4} {start - 6:.0f}L{CENTRE + 20} {cut.hem_y:.0f}",
            edge_of(shell.colour, 0.6),
            7,
            round_ends=False,
        )
        sheet.line(
            f"M{CENTRE - 4} {start - 6:.0f}L{CENTRE + 20} {cut.hem_y:.0f}", _STEEL, 3, dashes="2 2", round_ends=False
        )
        for side in (1, -1):
            lapel = [
                (cut.neck * 0.72, -4),
                (cut.neck + 16, 18),
                (cut.neck + 26, 46),
                (cut.neck + 6, 58),
                (2, cut.depth + 6),
            ]
            sheet.body(
                polygon([(CENTRE + side * x, cut.top + y) for x, y in lapel]),
                shell.fill,
                shell.material,
                flat=True,
                outline=1.8,
            )
            buttons(sheet, CENTRE + side * (cut.neck + 17), cut.top + 46, cut.top + 46, 1, _STEEL, 3)
            x = CENTRE + side * 46
            sheet.line(f"M{x - side * 16} 250L{x + side * 12} 222", _STEEL, 3.4, dashes="2 2")
        collar(
            sheet,
            Cut(neck=cut.neck, top=cut.top, depth=22),
            shell.small,
            shell.colour,
            spread=30,
            drop=22,
            material=shell.material,
            back=look.parts.get("view") != "person",
        )
        y = cut.hem_y - 20
        sheet.line(
            f"M{CENTRE - cut.hem + 1:.0f} {y:.0f}Q{CENTRE} {y + 8:.0f} {CENTRE + cut.hem - 1:.0f} {y:.0f}",
            edge_of(shell.colour, 0.5),
            2,
            opacity=0.8,
        )
        sheet.line(rounded(CENTRE - 24, y + 6, 17, 13, 2), _STEEL, 2.6)
