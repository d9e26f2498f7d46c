"""Bags that are carried by hand or on the shoulder, from the front."""

from __future__ import annotations

from demo.colours import COLOURS, Rgb, shaded
from demo.drawing.accessories.common import deeper, metal, seam_colour, surface
from demo.drawing.outline import mirrored, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def zip_line(sheet: Sheet, x: float, y: float, width: float, colour: Rgb) -> None:
    """Draw a zip from left to right, with its puller."""
    sheet.line(f"M{x:.0f} {y:.0f}h{width:.0f}", (24, 24, 26), 6)
    sheet.line(f"M{x:.0f} {y:.0f}h{width:.0f}", colour, 3.4, dashes="1.6 1.6", round_ends=False)
    sheet.tube(f"M{x + width - 6:.0f} {y + 2:.0f}v14", colour, 5, shine=0.7)


def chain(sheet: Sheet, d: str, colour: Rgb) -> None:
    """Draw a chain along a line."""
    sheet.line(d, shaded(colour, -0.5), 9.5, dashes="9 10")
    sheet.line(d, shaded(colour, -0.35), 4)
    sheet.line(d, colour, 7, dashes="9 10")
    sheet.line(d, shaded(colour, 0.55), 2.2, dashes="9 10")


def draw_handbag(sheet: Sheet, look: Look) -> None:
    """Draw a handbag: carrying part behind, then the body, then flap or zip with metal."""
    rng = sheet.rng
    material = surface(sheet, look, "leather")
    carry = look.parts.get("carry", "handles")
    tone = metal(sheet)
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    wide, narrow = rng.uniform(122, 142), rng.uniform(96, 116)
    low = 344 if carry == "handles" else 340
    top = (158 if carry == "handles" else 186) + rng.uniform(-8, 8)
    with sheet.group(f"rotate({rng.uniform(-2, 2):.1f} 200 200)"):
        _carrying(sheet, look, carry, narrow, top, tone)
        body = smooth(
            mirrored(
                [
                    (200, top),
                    (200 + narrow - 10, top),
                    (200 + narrow, top + 8),
                    (200 + wide, low - 22),
                    (200 + wide - 14, low),
                    (200, low + 3),
                ]
            ),
            tension=0.35,
        )
        sheet.body(body, fill, material)
        seam = seam_colour(look)
        if carry == "handles" and rng.random() < 0.6:
            zip_line(sheet, 200 - narrow + 18, top + 12, 2 * narrow - 36, tone)
            sheet.line(
                f"M{200 - narrow + 22:.0f} {top + 26:.0f}L{200 - wide + 34:.0f} {low:.0f}M{200 + narrow - 22:.0f} {top + 26:.0f}L{200 + wide - 34:.0f} {low:.0f}",
                seam,
                1.8,
                opacity=0.7,
                dashes="5 3",
            )
        else:
            drop = rng.uniform(0.45, 0.66) * (low - top) + top
            flap = smooth(
                mirrored(
                    [
                        (200, top - 2),
                        (200 + narrow - 6, top - 2),
                        (200 + narrow + 6, top + 14),
                        (200 + narrow * 0.98, drop - 26),
                        (200 + 40, drop),
                    ]
                ),
                tension=0.45,
            )
            with sheet.group("translate(0 5)"):
                sheet.shape(flap, "#000", opacity=0.22)
            sheet.body(flap, fill, material)
            with sheet.group("translate(20 17) scale(.9)"):
                sheet.line(flap, seam, 1.6, opacity=0.6, dashes="5 3")
            sheet.body(rounded(188, drop - 24, 24, 24, 5), sheet.paint(tone), "metal")
            sheet.line(f"M200 {drop - 17:.0f}v10", (50, 40, 30), 3)
        if carry == "handles":
            for side in (-1, 1):
                sheet.line(
                    f"M{200 + side * narrow * 0.5:.0f} {top + 4:.0f}v26", deeper(look, 0.2), 15, round_ends=False
                )
                sheet.line(f"M{200 + side * narrow * 0.5:.0f} {top + 20:.0f}v0.1", tone, 6)


def _carrying(sheet: Sheet, look: Look, carry: str, narrow: float, top: float, tone: Rgb) -> None:
    rng = sheet.rng
    peak = rng.uniform(40, 62)
    reach = narrow * 0.5
    if carry == "handles":
        for lift, dark in ((16, 0.3), (0, 0.0)):
            d = f"M{200 - reach:.0f} {top + 6:.0f}C{200 - reach:.0f} {peak - lift:.0f} {200 + reach:.0f} {peak - lift:.0f} {200 + reach:.0f} {top + 6:.0f}"
            sheet.tube(d, shaded(COLOURS[look.colour], -dark), 11)
        return
    peak -= 14
    d = f"M{200 - narrow + 4:.0f} {top + 12:.0f}C{200 - narrow * 0.9:.0f} {peak - 30:.0f} {200 + narrow * 0.9:.0f} {peak - 30:.0f} {200 + narrow - 4:.0f} {top + 12:.0f}"
    if carry == "chain":
        chain(sheet, d, tone)
    else:
        sheet.tube(d, deeper(look, 0.08), 10)
    for side in (-1, 1):
        sheet.tube(f"M{200 + side * (narrow - 4) - 7:.0f} {top + 2:.0f}h14v14h-14Z", tone, 4, shine=0.8)


def draw_tote_bag(sheet: Sheet, look: Look) -> None:
    """Draw a tote bag: two long handles and an open, upright body."""
    rng = sheet.rng
    material = surface(sheet, look, "canvas")
    fill = sheet.paint(look.colour, look.pattern, look.accent)
    handle = look.colour if material != "canvas" or rng.random() < 0.6 else look.accent
    top = rng.uniform(148, 164)
    wide = rng.uniform(106, 124)
    slope = rng.uniform(-10, 14)
    reach = wide * 0.48
    peak = rng.uniform(14, 34)
    with sheet.group(f"rotate({rng.uniform(-2, 2):.1f} 200 200)"):
        back = f"M{200 - reach + 6:.0f} {top:.0f}C{200 - reach + 10:.0f} {peak + 4:.0f} {200 + reach - 10:.0f} {peak + 4:.0f} {200 + reach - 6:.0f} {top:.0f}"
        sheet.line(back, shaded(COLOURS[handle], -0.45), 13)
        sheet.shape(
            f"M{200 - wide + slope:.0f} {top + 2:.0f}Q200 {top - 16:.0f} {200 + wide - slope:.0f} {top + 2:.0f}Z",
            sheet.paint(deeper(look, 0.55)),
        )
        body = smooth(
            mirrored(
                [
                    (200, top + 5),
                    (200 + wide - slope, top),
                    (200 + wide + 2, 250),
                    (200 + wide - 3, 346),
                    (200 + wide - 16, 354),
                    (200, 357),
                ]
            ),
            tension=0.3,
        )
        sheet.body(body, fill, material)
        if rng.random() < 0.5 and look.pattern == "plain":
            _print(sheet, look)
        front = f"M{200 - reach:.0f} {top + 34:.0f}L{200 - reach:.0f} {top:.0f}C{200 - reach:.0f} {peak - 10:.0f} {200 + reach:.0f} {peak - 10:.0f} {200 + reach:.0f} {top:.0f}V{top + 34:.0f}"
        sheet.line(front, shaded(COLOURS[handle], -0.5), 14.6, round_ends=False)
        sheet.line(front, COLOURS[handle], 13, round_ends=False)
        sheet.line(front, shaded(COLOURS[handle], 0.3), 3, opacity=0.4)
        seam = seam_colour(look)
        sheet.line(
            f"M{200 - wide + slope + 2:.0f} {top + 16:.0f}Q200 {top + 21:.0f} {200 + wide - slope - 2:.0f} {top + 16:.0f}",
            seam,
            1.6,
            opacity=0.7,
            dashes="4 3",
        )
        for side in (-1, 1):
            x = 200 + side * reach
            sheet.line(f"M{x - 5:.0f} {top + 20:.0f}l10 12m0 -12l-10 12", seam, 1.4)
            sheet.crease(f"M{200 + side * wide * 0.8:.0f} {top + 40:.0f}q{-side * 14} 60 {side * 6} 120", 0.14, 7)


def _print(sheet: Sheet, look: Look) -> None:
    """Draw a printed motif in the accent colour."""
    rng = sheet.rng
    motif = rng.randrange(3)
    if motif == 0:
        sheet.letters(
            rng.choice(("MARKET", "HELLO", "BOOKS", "SUNDAY", "CIAO")), 200, 268, 30, look.accent, weight=0.16
        )
    elif motif == 1:
        sheet.shape("M200 228a34 34 0 1 0 .1 0Z", sheet.paint(look.accent))
        sheet.line("M150 308Q175 294 200 308T250 308", look.accent, 6)
    else:
        for i in range(5):
            with sheet.group(f"rotate({-50 + i * 25} 200 316)"):
                sheet.shape("M200 316Q184 270 200 232Q216 270 200 316Z", sheet.paint(look.accent))
