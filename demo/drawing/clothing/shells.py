"""What jackets share: their cut, their sleeves and trunk, and a standing collar."""

from __future__ import annotations

from dataclasses import dataclass

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.upper import (
    SKINS,
    Sleeve,
    edge_of,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    pose,
    small_fill,
)
from demo.drawing.outline import CENTRE, mirrored, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


@dataclass(frozen=True)
class Shell:
    """What jackets share once their sleeves and trunk are painted."""

    cut: Cut
    sleeve: Sleeve
    fill: str
    small: str  # of collars and hoods
    colour: Rgb
    material: str


def new_shell(sheet: Sheet, look: Look, material: str, cut: Cut, sleeve_end: str = "hem", width: float = 66) -> Shell:
    """Return a jacket of a look: long sleeves, the look's material or the usual one."""
    rng = sheet.rng
    angle = pose(rng, long=True, worn=look.parts.get("view") != "flat")
    sleeve = Sleeve(
        length=rng.uniform(208, 224),
        width=width,
        cuff=38,
        angle=angle,
        bend=rng.uniform(0, 10),
        puff=4,
        end=sleeve_end,
    )
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    return Shell(cut, sleeve, fill, small_fill(sheet, look, fill), COLOURS[look.colour], look.material or material)


def paint_shell(sheet: Sheet, look: Look, shell: Shell, rib: Rgb | None = None, folds: int = 3) -> None:
    """Paint back, wearer, sleeves and trunk."""
    paint_back(sheet, shell.cut, shell.colour)
    if look.parts.get("view") == "person":
        paint_arms(sheet, shell.cut, shell.sleeve, sheet.rng.choice(SKINS))
    paint_sleeves(
        sheet, shell.cut, shell.sleeve, shell.fill, shell.material, edge_of(look.colour), rib or shell.colour
    )
    paint_trunk(sheet, shell.cut, shell.fill, shell.material, folds=folds)


def jacket_cut(
    sheet: Sheet, hem_y: float, *, neck: float = 33, depth: float = 26, wide: float = 0, neckline: str = "crew"
) -> Cut:
    """Return a straight cut to the hip, a little different each time; `wide` is added to its chest."""
    rng = sheet.rng
    chest = rng.uniform(80, 88) + wide
    return Cut(
        neck=neck, depth=depth, neckline=neckline, shoulder=rng.uniform(84, 92) + wide * 0.5, chest=chest, waist=chest - rng.uniform(0, 6),
        hem=chest + rng.uniform(-3, 3), hem_y=hem_y + rng.uniform(-8, 8), top=60, slope=24, armpit=154,
    )  # fmt: skip


def standing_collar(sheet: Sheet, shell: Shell, height: float = 30, fill: str = "") -> None:
    """Paint a collar that stands up, closed at the front."""
    y, n = shell.cut.top, shell.cut.neck
    back = smooth(
        mirrored([(CENTRE, y - height + 4), (CENTRE + n * 0.8, y - height), (CENTRE + n + 3, y), (CENTRE, y + 12)]),
        tension=0.7,
    )
    sheet.shape(back, sheet.paint(shaded(shell.colour, -0.45)))
    for side in (1, -1):
        points = [
            (n * 0.86, -height),
            (n + 5, 2),
            (n * 0.6, shell.cut.depth),
            (0, shell.cut.depth + 5),
            (1, shell.cut.depth - 26),
            (n * 0.5, -height * 0.45),
        ]
        sheet.body(
            smooth([(CENTRE + side * x, y + dy) for x, dy in points], tension=0.5),
            fill or shell.small,
            shell.material,
            flat=True,
            outline=1.5,
        )
