"""T-shirts, polo shirts, shirts and blouses."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.clothing.cut import Cut
from demo.drawing.clothing.details import button_colour, chest_pocket, chest_print, collar, placket
from demo.drawing.clothing.upper import (
    SKINS,
    Sleeve,
    edge_of,
    hem_line,
    neckband,
    paint_arms,
    paint_back,
    paint_sleeves,
    paint_trunk,
    placed,
    pose,
    small_fill,
)
from demo.drawing.outline import CENTRE, polygon
from demo.drawing.sheet import Sheet
from demo.look import Look

_NECKS = {"crew": (37, 27), "v": (36, 54), "scoop": (46, 48), "boat": (58, 14), "square": (48, 46)}


def draw_t_shirt(sheet: Sheet, look: Look) -> None:
    """Draw a T-shirt."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    long = look.parts.get("sleeves") == "long"
    neck, depth = _NECKS[look.parts.get("neck", "crew")]
    line = look.parts.get("neck", "crew")
    cut = Cut(
        neck=neck, depth=depth * rng.uniform(0.94, 1.1), neckline=line if line in ("v", "scoop") else "crew",
        shoulder=rng.uniform(82, 90), chest=(c := rng.uniform(76, 86)), waist=c - rng.uniform(0, 9),
        hem=c + rng.uniform(-3, 5), hem_y=rng.uniform(322, 350), top=54,
    )  # fmt: skip
    worn = look.parts.get("view") != "flat"
    angle = pose(rng, long=long, worn=worn)
    if long:
        sleeve = Sleeve(length=rng.uniform(206, 226), width=58, cuff=31, angle=angle, bend=rng.uniform(0, 8))
    else:
        sleeve = Sleeve(length=rng.uniform(70, 86), width=rng.uniform(62, 70), cuff=rng.uniform(56, 64), angle=angle)
    material = look.material or "cotton"
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    with placed(sheet, sleeve.reach(cut), 30, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material)
        neckband(sheet, cut, colour, 8 if line != "scoop" else 5, back=look.parts.get("view") != "person")
        hem_line(sheet, cut, edge_of(look.colour))
        chest_print(sheet, look, cut.top + max(62.0, cut.depth + 26))


def draw_polo(sheet: Sheet, look: Look) -> None:
    """Draw a polo shirt: a soft collar and a short placket."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    long = look.parts.get("sleeves") == "long"
    cut = Cut(neck=32, depth=34, neckline="v", shoulder=rng.uniform(82, 88), chest=(c := rng.uniform(77, 84)), waist=c - 5,
              hem=c + 1, hem_y=rng.uniform(326, 346), top=58)  # fmt: skip
    angle = pose(rng, long=long, worn=look.parts.get("view") != "flat")
    sleeve = Sleeve(length=212, width=58, cuff=32, angle=angle, end="rib") if long else Sleeve(
        length=rng.uniform(74, 84), width=64, cuff=54, angle=angle, end="rib")  # fmt: skip
    trim = look.parts.get("trim") == "contrast"
    edge = COLOURS[look.accent] if trim else colour
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    material = look.material or "cotton"
    with placed(sheet, sleeve.reach(cut), 30, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), edge)
        paint_trunk(sheet, cut, fill, material)
        hem_line(sheet, cut, edge_of(look.colour))
        placket(
            sheet, cut, sheet.paint(shaded(colour, -0.05)), colour, button_colour(colour), end=cut.top + 104, count=3
        )
        collar(sheet, cut, sheet.paint(edge), edge, drop=26, back=look.parts.get("view") != "person")
        chest_print(sheet, look, cut.top + 76)


def draw_shirt(sheet: Sheet, look: Look) -> None:
    """Draw a shirt that buttons all the way down."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    long = look.parts.get("sleeves", "long") == "long"
    casual = look.parts.get("style") == "casual"
    cut = Cut(neck=31, depth=32, neckline="v", shoulder=rng.uniform(82, 90), chest=(c := rng.uniform(76, 85)),
              waist=c - rng.uniform(1, 10), hem=c + 2, hem_y=rng.uniform(322, 336), sag=13, top=56)  # fmt: skip
    angle = pose(rng, long=long, worn=look.parts.get("view") != "flat")
    sleeve = Sleeve(length=rng.uniform(210, 226), width=60, cuff=34, angle=angle, bend=rng.uniform(0, 10), end="band") if long else Sleeve(
        length=84, width=68, cuff=62, angle=angle)  # fmt: skip
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    material = look.material or "cotton"
    with placed(sheet, sleeve.reach(cut), 30, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material)
        seam = edge_of(look.colour)
        for side in (1, -1):
            sheet.line(
                f"M{CENTRE + side * cut.neck:.1f} {cut.top + 12:.1f}L{CENTRE + side * cut.shoulder:.1f} {cut.shoulder_y + 12:.1f}",
                seam,
                1.2,
                opacity=0.55,
            )
        if casual:
            for side in (1, -1):
                chest_pocket(sheet, CENTRE + side * 41, 142, colour, width=38, flap=True)
        elif rng.random() < 0.6:
            chest_pocket(sheet, CENTRE + 42, 138, colour, width=38)
        placket(sheet, cut, "", colour, button_colour(colour), end=cut.hem_y + cut.sag - 2, count=7)
        collar(
            sheet,
            cut,
            small_fill(sheet, look, fill),
            colour,
            material=material,
            back=look.parts.get("view") != "person",
        )
        hem_line(sheet, cut, seam, 6)


def draw_blouse(sheet: Sheet, look: Look) -> None:
    """Draw a flowing top for women: v, round or tied neck, full sleeves."""
    rng, colour = sheet.rng, COLOURS[look.colour]
    sleeves, neck = look.parts.get("sleeves", "long"), look.parts.get("neck", "v")
    width, depth = {"v": (34, 58), "round": (40, 26), "bow": (30, 14), "square": (50, 46)}[neck]
    cut = Cut(neck=width, depth=depth, neckline={"round": "crew", "bow": "crew"}.get(neck, neck), shoulder=rng.uniform(72, 80),
              chest=(c := rng.uniform(72, 78)), waist=c - rng.uniform(-4, 10), hem=c + rng.uniform(8, 22), hem_y=rng.uniform(310, 336),
              sag=6, top=56, slope=20)  # fmt: skip
    angle = pose(rng, long=sleeves == "long", worn=look.parts.get("view") != "flat")
    if sleeves == "long":
        sleeve = Sleeve(length=212, width=64, cuff=28, angle=angle, puff=rng.uniform(8, 17), end="gathered")
    elif sleeves == "puff":
        sleeve = Sleeve(length=84, width=82, cuff=50, angle=angle + 6, end="gathered")
    else:
        sleeve = Sleeve(length=66, width=72, cuff=80, angle=angle, end="raw")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.85)
    material = look.material or "silk"
    with placed(sheet, sleeve.reach(cut), 30, person=look.parts.get("view") == "person"):
        paint_back(sheet, cut, colour)
        if look.parts.get("view") == "person":
            paint_arms(sheet, cut, sleeve, rng.choice(SKINS))
        paint_sleeves(sheet, cut, sleeve, fill, material, edge_of(look.colour), colour)
        paint_trunk(sheet, cut, fill, material, folds=6)
        neckband(sheet, cut, colour, 3.5, back=look.parts.get("view") != "person")
        for x in (-0.6, -0.2, 0.25, 0.62):
            sheet.crease(
                f"M{CENTRE + x * 62:.0f} {cut.hem_y - 78:.0f}Q{CENTRE + x * 76:.0f} {cut.hem_y - 40:.0f} {CENTRE + x * 84:.0f} {cut.hem_y:.0f}",
                0.2,
                6,
            )
        if neck == "bow":
            _bow(sheet, cut.top + cut.depth + 2, sheet.paint(shaded(colour, -0.1)), material)


def _bow(sheet: Sheet, y: float, fill: str, material: str) -> None:
    for side in (1, -1):
        tail = [(0, 0), (side * 10, 4), (side * 26, 82), (side * 8, 88)]
        loop = [(0, 0), (side * 46, -16), (side * 50, 16)]
        for points in (tail, loop):
            sheet.body(polygon([(CENTRE + px, y + py) for px, py in points]), fill, material, flat=True)
    sheet.body(
        polygon([(CENTRE - 7, y - 7), (CENTRE + 7, y - 7), (CENTRE + 7, y + 8), (CENTRE - 7, y + 8)]),
        fill,
        material,
        flat=True,
    )
