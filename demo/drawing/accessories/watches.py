"""Wristwatches."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, is_dark, shaded
from demo.drawing.accessories.common import GOLDEN, SILVERY, around, circle, seam_colour
from demo.drawing.outline import ellipse, rounded
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_watch(sheet: Sheet, look: Look) -> None:
    """Draw a wristwatch upright: strap in the main colour, dial in the accent colour."""
    rng = sheet.rng
    strap = look.parts.get("strap", "leather")
    square = look.parts.get("face") == "square"
    wide = rng.uniform(33, 42)
    radius = rng.uniform(76, 90)
    rgb = COLOURS[look.colour]
    case: Rgb = GOLDEN if look.colour in ("gold", "brown", "tan") and rng.random() < 0.7 else SILVERY
    if strap == "steel":
        case = rgb
    elif rng.random() < 0.2:
        case = (46, 46, 50)
    fill = sheet.paint(look.colour)
    with sheet.group(f"rotate({rng.uniform(-3, 3):.1f} 200 200)"):
        for side in (-1, 1):
            end = 200 + side * 182
            d = f"M{200 - wide:.0f} 200L{200 - wide * 0.78:.0f} {end:.0f}Q200 {end + side * 10:.0f} {200 + wide * 0.78:.0f} {end:.0f}L{200 + wide:.0f} 200Z"
            sheet.body(d, fill, {"leather": "smooth leather", "steel": "metal", "rubber": "rubber"}[strap])
            _strap_detail(sheet, look, strap, d, wide, side)
            for x in (-wide - 3, wide - 9):
                sheet.body(
                    rounded(200 + x, 200 + side * radius - 16 if side > 0 else 200 - radius - 10, 12, 26, 4),
                    sheet.paint(case),
                    "metal",
                )
        sheet.body(rounded(200 + radius - 4, 191, 15, 18, 4), sheet.paint(case), "metal")
        if square:
            r = radius * 0.92
            sheet.body(rounded(200 - r, 200 - r, 2 * r, 2 * r, 20), sheet.paint(case), "metal")
            sheet.shape(rounded(200 - r + 11, 200 - r + 11, 2 * r - 22, 2 * r - 22, 12), sheet.paint(look.accent))
        else:
            sheet.body(circle(200, 200, radius), sheet.paint(case), "metal")
            sheet.line(circle(200, 200, radius - 8), shaded(case, -0.4), 2)
            sheet.shape(circle(200, 200, radius - 12), sheet.paint(look.accent))
        _dial(sheet, look, radius - 16, square=square)


def _strap_detail(sheet: Sheet, look: Look, strap: str, d: str, wide: float, side: int) -> None:
    with sheet.clip(d):
        if strap == "steel":
            for i in range(4, 13):
                y = 200 + side * i * 15.5
                sheet.line(f"M150 {y:.0f}H250", (0, 0, 0), 2.6, opacity=0.45)
                sheet.line(f"M150 {y + 3:.0f}H250", (255, 255, 255), 1.6, opacity=0.5)
            sheet.line(
                f"M{200 - wide * 0.36:.0f} 200V{200 + side * 190}M{200 + wide * 0.36:.0f} 200V{200 + side * 190}",
                (0, 0, 0),
                2,
                opacity=0.4,
            )
        elif strap == "leather":
            for way in (-1, 1):
                sheet.line(
                    f"M{200 + way * (wide - 6):.0f} 200L{200 + way * (wide * 0.78 - 6):.0f} {200 + side * 178}",
                    seam_colour(look),
                    2,
                    dashes="6 4",
                )
        else:
            for i in range(5):
                y = 200 + side * (104 + i * 14)
                sheet.shape(ellipse(200 - wide * 0.4, y, 4, 3), "#000", opacity=0.5)
                sheet.shape(ellipse(200 + wide * 0.4, y, 4, 3), "#000", opacity=0.5)
        if side > 0 and strap != "steel":
            for i in range(4):
                sheet.shape(ellipse(200, 306 + i * 17, 3, 4), "#000", opacity=0.6)
    if side < 0 and strap != "steel":
        sheet.tube(f"M{200 - wide * 0.86:.0f} 30V14H{200 + wide * 0.86:.0f}V30", SILVERY, 6, shine=0.7)


def _dial(sheet: Sheet, look: Look, radius: float, *, square: bool) -> None:
    rng = sheet.rng
    ink: Rgb = (244, 244, 240) if is_dark(COLOURS[look.accent]) else (34, 34, 38)
    style = rng.randrange(3)
    for mark in range(12):
        x, y = around(200.0, 200.0, radius - 7, radius - 7, mark / 12)
        if style == 0 or mark % 3:
            inner = around(200, 200, radius - 18, radius - 18, mark / 12)
            sheet.line(f"M{x:.1f} {y:.1f}L{inner[0]:.1f} {inner[1]:.1f}", ink, 4 if mark % 3 == 0 else 2.4)
        else:
            x, y = around(200, 200, radius - 14, radius - 14, mark / 12)
            sheet.letters(str(mark or 12), x, y + 7, 14, ink, weight=0.15)
    if style == 2 and not square:
        for x, y in ((172.0, 210.0), (228.0, 210.0), (200.0, 236.0)):
            sheet.line(circle(x, y, 14), ink, 1.6, opacity=0.7)
            sheet.line(f"M{x} {y}l6 -8", ink, 1.6)
    hour, minute = rng.choice(((10 / 12 + 0.014, 0.17), (1.8 / 12, 0.83), (rng.random(), rng.random())))
    for share, length, width in ((hour, 0.5, 6), (minute, 0.76, 4)):
        x, y = around(200, 200, radius * length, radius * length, share)
        sheet.line(f"M200 200L{x:.1f} {y:.1f}", ink, width)
    x, y = around(200, 200, radius * 0.8, radius * 0.8, rng.random())
    sheet.line(f"M200 200L{x:.1f} {y:.1f}", (200, 50, 50) if rng.random() < 0.4 else ink, 1.5)
    sheet.shape(circle(200, 200, 5), sheet.paint(ink))
    sheet.shape(
        f"M{200 - radius * 0.6:.0f} {200 + radius * 0.5:.0f}L{200 + radius * 0.1:.0f} {200 - radius * 0.8:.0f}L{200 + radius * 0.5:.0f} {200 - radius * 0.6:.0f}L{200 - radius * 0.2:.0f} {200 + radius * 0.75:.0f}Z",
        "#fff",
        opacity=0.1,
    )
