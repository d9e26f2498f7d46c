"""Wallets and belts."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import buckle, circle, deeper, metal, seam_colour, surface
from demo.drawing.outline import ellipse, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_CARDS: tuple[Rgb, ...] = ((60, 110, 180), (190, 60, 60), (70, 140, 100), (216, 178, 90), (120, 90, 150))


def draw_wallet(sheet: Sheet, look: Look) -> None:
    """Draw a wallet, closed with its edge to the left, open with cards and notes, or a slim card holder."""
    form = look.parts.get("form", "closed")
    with sheet.group(f"rotate({sheet.rng.uniform(-5, 5):.1f} 200 200)"):
        if form == "open":
            _open_wallet(sheet, look)
        elif form == "card holder":
            _card_holder(sheet, look)
        else:
            _closed_wallet(sheet, look)


def _closed_wallet(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    high = rng.uniform(92, 112)
    wide = rng.uniform(134, 150)
    left, top = 200 - wide, 206 - high
    sheet.body(
        rounded(left + 5, top + 8, 2 * wide - 4, 2 * high - 2, 12),
        sheet.paint(deeper(look, 0.35)),
        material,
        flat=True,
    )
    if rng.random() < 0.4:
        sheet.body(
            rounded(left + 30, top - 10, 2 * wide - 60, 40, 3), sheet.paint((190, 206, 180)), "paper", flat=True
        )
    d = rounded(left, top, 2 * wide, 2 * high, 14)
    sheet.body(d, fill, material, flat=True)
    seam = seam_colour(look)
    sheet.line(rounded(left + 8, top + 8, 2 * wide - 16, 2 * high - 16, 8), seam, 1.8, opacity=0.85, dashes="5 3.4")
    sheet.crease(f"M{left + 3:.0f} {top + 16:.0f}V{top + 2 * high - 16:.0f}", 0.35, 9)
    mark = rng.randrange(3)
    if mark == 0:
        tab = smooth(
            [
                (200 + wide + 6, 186),
                (200 + wide - 60, 186),
                (200 + wide - 72, 206),
                (200 + wide - 60, 226),
                (200 + wide + 6, 226),
            ],
            tension=0.4,
        )
        sheet.body(tab, fill, material)
        sheet.body(circle(200 + wide - 52, 206, 9), sheet.paint(metal(sheet)), "metal")
    elif mark == 1:
        sheet.letters(
            rng.choice(("PAVELLO", "CALVERRO")), 200 + wide - 60, top + 2 * high - 26, 10, deeper(look, 0.6)
        )
    else:
        sheet.body(
            rounded(200 + wide - 60, top + 2 * high - 48, 34, 22, 4), sheet.paint(metal(sheet)), "metal", flat=True
        )


def _open_wallet(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    top, low = 122 + rng.uniform(-8, 8), 292
    inside = sheet.paint(deeper(look, 0.14))
    for i in range(2):
        sheet.body(
            rounded(44 + i * 8, top - 22 + i * 8, 312 - i * 16, 60, 3),
            sheet.paint((196 - i * 10, 212, 186)),
            "paper",
            flat=True,
        )
    sheet.body(rounded(26, top, 348, low - top, 14), fill, material, flat=True)
    for left in (36, 206):
        count = rng.choice((3, 4))
        for i in range(count):
            y = top + 22 + i * 28
            if rng.random() < 0.6:
                sheet.body(
                    rounded(left + 10, y - 14, 138, 40, 6), sheet.paint(rng.choice(_CARDS)), "plastic", flat=True
                )
            sheet.body(f"M{left} {y:.0f}H{left + 158}V{low - 8}H{left}Z", inside, material, flat=True)
            sheet.line(f"M{left + 2} {y + 4:.0f}H{left + 156}", seam_colour(look), 1.4, opacity=0.8, dashes="4 3")
    sheet.crease(f"M200 {top + 4:.0f}V{low - 4}", 0.5, 9)


def _card_holder(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    top = 132 + rng.uniform(-8, 8)
    for i in range(rng.choice((2, 3))):
        sheet.body(
            rounded(80 + i * 3, top - 34 + i * 15, 240 - i * 6, 80, 8),
            sheet.paint(rng.choice(_CARDS)),
            "plastic",
            flat=True,
        )
    sheet.body(rounded(68, top, 264, 172, 14), fill, material, flat=True)
    for i in range(3):
        y = top + 24 + i * 26
        sheet.line(f"M72 {y:.0f}H328", (0, 0, 0), 4, opacity=0.35)
        sheet.line(f"M72 {y + 4:.0f}H328", seam_colour(look), 1.5, dashes="4 3")
    sheet.line(rounded(76, top + 8, 248, 156, 9), seam_colour(look), 1.5, opacity=0.7, dashes="4 3")


def draw_belt(sheet: Sheet, look: Look) -> None:
    """Draw a belt: coiled and seen from above at an angle, or flat with its buckle closed."""
    if look.parts.get("view", "coiled") == "coiled":
        _coiled(sheet, look)
    else:
        _buckled(sheet, look)


def _strap_band(
    sheet: Sheet, look: Look, cx: float, cy: float, rx: float, ry: float, high: float, fill: str, material: str
) -> None:
    """Draw one turn of the coil: the inside of its far half, then the outside of its near half."""
    far = f"M{cx - rx:.1f} {cy:.1f}A{rx:.1f} {ry:.1f} 0 0 1 {cx + rx:.1f} {cy:.1f}V{cy + high:.1f}A{rx:.1f} {ry:.1f} 0 0 0 {cx - rx:.1f} {cy + high:.1f}Z"
    near = f"M{cx - rx:.1f} {cy:.1f}A{rx:.1f} {ry:.1f} 0 0 0 {cx + rx:.1f} {cy:.1f}V{cy + high:.1f}A{rx:.1f} {ry:.1f} 0 0 1 {cx - rx:.1f} {cy + high:.1f}Z"
    sheet.body(far, sheet.paint(deeper(look, 0.4)), "smooth leather")
    sheet.body(near, fill, material)
    sheet.line(ellipse(cx, cy, rx, ry), shaded(COLOURS[look.colour], 0.25), 2.4)


def _coiled(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.4)
    tone = metal(sheet)
    high = rng.uniform(62, 80)
    cy, ry = 190 + rng.uniform(-8, 8), rng.uniform(56, 72)
    for shrink in (0, 18, 34):
        rx = 138 - shrink
        _strap_band(sheet, look, 196 + shrink * 0.25, cy, rx, ry * rx / 138, high, fill, material)
    # The outer turn's near half once more, over the inner ones.
    near = f"M58 {cy:.1f}A138 {ry:.1f} 0 0 0 334 {cy:.1f}V{cy + high:.1f}A138 {ry:.1f} 0 0 1 58 {cy + high:.1f}Z"
    sheet.body(near, fill, material)
    seam = seam_colour(look)
    for at in (7, high - 7):
        sheet.line(f"M60 {cy + at:.1f}A138 {ry:.1f} 0 0 0 332 {cy + at:.1f}", seam, 1.6, opacity=0.85, dashes="5 3.5")
    for i in range(4):
        x = 226.0 + i * 22
        y = cy + high / 2 + ry * (1 - ((x - 196) / 138) ** 2) ** 0.5
        sheet.shape(ellipse(x, y, 3, 4), "#14110f", opacity=0.85)
    x, y = 128.0, cy + high / 2 + ry * 0.86
    sheet.body(rounded(x + 34, y - high / 2 - 2, 16, high + 6, 4), sheet.paint(deeper(look, 0.12)), "smooth leather")
    with sheet.group(f"rotate(10 {x:.0f} {y:.0f})"):
        buckle(sheet, x, y - 2, 52, high + 16, tone)


def _buckled(sheet: Sheet, look: Look) -> None:
    """Draw the belt lying as an oval, its buckle in front."""
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    tone = metal(sheet)
    high = rng.uniform(38, 50)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.35)
    ry = rng.uniform(70, 90)
    _strap_band(sheet, look, 200, 178, 166, ry, high, fill, material)
    y = 178 + ry + high / 2
    tongue = f"M184 {y - high / 2:.0f}H286Q304 {y - high / 2:.0f} 306 {y - 10:.0f}Q300 {y + high / 2:.0f} 282 {y + high / 2 - 2:.0f}H184Z"
    sheet.body(tongue, fill, material)
    sheet.line(
        f"M190 {y - high / 2 + 6:.0f}H284M190 {y + high / 2 - 7:.0f}H284", seam_colour(look), 1.5, dashes="5 3"
    )
    for i in range(4):
        sheet.shape(circle(206 + i * 20, y, 3), "#14110f", opacity=0.8)
    sheet.body(
        rounded(236 + rng.uniform(-8, 8), y - high / 2 - 3, 15, high + 6, 4),
        sheet.paint(deeper(look, 0.15)),
        "smooth leather",
    )
    buckle(sheet, 172, y, 54, high + 20, tone)
