"""Caps, beanies and sun hats."""

from __future__ import annotations

from demo.colours import COLOURS, shaded
from demo.drawing.accessories.common import around, deeper, seam_colour
from demo.drawing.outline import ellipse, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_cap(sheet: Sheet, look: Look) -> None:
    """Draw a baseball cap from the side, its peak to the left, or from the front."""
    rng = sheet.rng
    flip = "translate(400 0) scale(-1 1)" if rng.random() < 0.5 else ""
    with sheet.group(flip):
        if look.parts.get("view", "side") == "front":
            _cap_from_front(sheet, look)
        else:
            _cap_from_side(sheet, look)


def _cap_from_side(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = look.material or "cotton"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    peak_fill = sheet.paint(look.accent) if look.pattern == "plain" and rng.random() < 0.3 else fill
    high = 96 + rng.uniform(-10, 12)
    with sheet.group(f"rotate({rng.uniform(-6, 6):.1f} 200 200)"):
        crown = smooth(
            [
                (122, 262),
                (122, 196),
                (160, high + 24),
                (240, high),
                (318, high + 28),
                (356, 200),
                (358, 268),
                (300, 288),
                (200, 284),
            ],
            tension=0.85,
        )
        sheet.body(crown, fill, material)
        seam = seam_colour(look)
        sheet.line(f"M244 {high:.0f}Q176 170 172 282M244 {high:.0f}Q290 180 286 288", seam, 1.8, opacity=0.7)
        sheet.line(
            f"M240 {high:.0f}Q172 170 167 282M249 {high:.0f}Q296 180 292 288", seam, 1.2, opacity=0.6, dashes="4 3"
        )
        sheet.body(ellipse(243, high, 12, 6), fill, material)
        for x, y in ((204, 156), (300, 164)):
            sheet.shape(ellipse(x, y, 4, 4), "#000", opacity=0.5)
        sheet.line("M120 262Q210 292 358 268", deeper(look, 0.35), 4)
        peak = smooth(
            [(196, 276), (140, 250), (92, 254), (44, 282), (28, 302), (60, 306), (130, 296), (186, 292)], tension=0.85
        )
        sheet.body(peak, peak_fill, material)
        for i in range(3):
            sheet.line(
                f"M{48 + i * 16} {296 - i * 4}Q110 {262 + i * 6} 168 {276 + i * 4}",
                seam,
                1.3,
                opacity=0.5,
                dashes="4 3",
            )
        _badge(sheet, look, 148, 214)


def _cap_from_front(sheet: Sheet, look: Look) -> None:
    rng = sheet.rng
    material = look.material or "cotton"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    peak_fill = sheet.paint(look.accent) if look.pattern == "plain" and rng.random() < 0.3 else fill
    crown = smooth(
        [(86, 262), (90, 190), (134, 112), (200, 90), (266, 112), (310, 190), (314, 262), (200, 276)], tension=0.85
    )
    sheet.body(crown, fill, material)
    seam = seam_colour(look)
    sheet.line("M200 90V270M194 91V270M206 91V270", seam, 1.3, opacity=0.5)
    sheet.line("M190 92Q124 160 122 270M210 92Q276 160 278 270", seam, 1.8, opacity=0.6)
    sheet.body(ellipse(200, 90, 13, 6), fill, material)
    under = smooth(
        [(60, 322), (120, 290), (200, 280), (280, 290), (340, 322), (270, 316), (200, 312), (130, 316)], tension=0.8
    )
    sheet.shape(under, sheet.paint(deeper(look, 0.6)))
    peak = smooth(
        [
            (88, 258),
            (200, 246),
            (312, 258),
            (346, 306),
            (350, 326),
            (290, 304),
            (200, 294),
            (110, 304),
            (50, 326),
            (54, 306),
        ],
        tension=0.75,
    )
    sheet.line("M88 256Q200 240 312 256", (0, 0, 0), 6, opacity=0.3)
    sheet.body(peak, peak_fill, material)
    for i in range(3):
        sheet.line(
            f"M{62 + i * 9} {306 - i * 13}Q200 {272 - i * 9} {338 - i * 9} {306 - i * 13}",
            seam,
            1.3,
            opacity=0.5,
            dashes="4 3",
        )
    _badge(sheet, look, 200, 190)


def _badge(sheet: Sheet, look: Look, x: float, y: float) -> None:
    rng = sheet.rng
    mark = rng.randrange(3)
    if mark == 0:
        sheet.letters(rng.choice(("M", "A", "H", "T", "O")), x, y + 20, 42, look.accent, weight=0.2)
    elif mark == 1:
        sheet.body(rounded(x - 30, y - 14, 60, 34, 6), sheet.paint(look.accent), "smooth leather", flat=True)


def draw_beanie(sheet: Sheet, look: Look) -> None:
    """Draw a knitted hat with a turned-up cuff, plain on top or with a pompom."""
    rng = sheet.rng
    material = look.material or "wool"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.9)
    pompom = look.parts.get("top") == "pompom"
    high = (112 if pompom else 84) + rng.uniform(-10, 10)
    wide = 112 + rng.uniform(-8, 10)
    if pompom:
        fluff = sheet.paint(look.accent if rng.random() < 0.6 else look.colour)
        ball = []
        for i in range(24):
            radius = 40 + rng.uniform(-5, 5)
            ball.append(around(200, high - 20, radius, radius, i / 24))
        sheet.body(smooth(ball), fluff, "plush")
    crown = smooth(
        [
            (200 - wide, 290),
            (200 - wide + 2, 226),
            (200 - wide * 0.72, high + 44),
            (200, high),
            (200 + wide * 0.72, high + 44),
            (200 + wide - 2, 226),
            (200 + wide, 290),
        ],
        tension=0.9,
    )
    sheet.body(crown, fill, material)
    with sheet.clip(crown):
        for i in range(-8, 9):
            x = 200 + i * wide / 8
            sheet.line(
                f"M{200 + i * 3:.0f} {high - 4:.0f}Q{x:.0f} {high + 40:.0f} {x:.0f} 300", (0, 0, 0), 2.4, opacity=0.2
            )
            sheet.line(
                f"M{203 + i * 3:.0f} {high - 4:.0f}Q{x + 5:.0f} {high + 40:.0f} {x + 5:.0f} 300",
                (255, 255, 255),
                2,
                opacity=0.12,
            )
    tall = rng.uniform(66, 84)
    low = 334.0
    cuff = smooth(
        [
            (200 - wide - 5, low - tall),
            (200, low - tall + 5),
            (200 + wide + 5, low - tall),
            (200 + wide + 4, low),
            (200, low + 7),
            (200 - wide - 4, low),
        ],
        tension=0.25,
    )
    sheet.body(cuff, fill, material)
    with sheet.clip(cuff):
        for i in range(-11, 12):
            x = 200 + i * wide / 10.5
            sheet.line(f"M{x:.0f} {low - tall - 4:.0f}V{low + 10:.0f}", (0, 0, 0), 3, opacity=0.24)
            sheet.line(f"M{x + 5:.0f} {low - tall - 4:.0f}V{low + 10:.0f}", (255, 255, 255), 2.4, opacity=0.14)
    if rng.random() < 0.5:
        sheet.body(
            rounded(200 + wide * 0.35, low - tall * 0.66, 40, 24, 3),
            sheet.paint(look.accent),
            "smooth leather",
            flat=True,
        )


def draw_sun_hat(sheet: Sheet, look: Look) -> None:
    """Draw a wide-brimmed hat, a little from above, with a band in the accent colour."""
    rng = sheet.rng
    material = look.material or "straw"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    rx, ry = rng.uniform(160, 176), rng.uniform(44, 64)
    cy = 262 + rng.uniform(-6, 6)
    top = cy - rng.uniform(128, 146)
    with sheet.group(f"rotate({rng.uniform(-9, 9):.1f} 200 230)"):
        wave = rng.uniform(-12, 12)
        brim = smooth(
            [
                (200 - rx, cy + wave * 0.5),
                (200 - rx * 0.7, cy - ry * 0.75),
                (200, cy - ry),
                (200 + rx * 0.7, cy - ry * 0.75),
                (200 + rx, cy - wave * 0.5),
                (200 + rx * 0.68, cy + ry * 0.8),
                (200, cy + ry + wave * 0.4),
                (200 - rx * 0.68, cy + ry * 0.8),
            ]
        )
        sheet.body(brim, fill, material)
        with sheet.clip(brim):
            for share in (0.62, 0.74, 0.86):
                sheet.line(ellipse(200, cy, rx * share, ry * share), seam_colour(look), 1.6, opacity=0.45)
        sheet.shade(ellipse(212, cy + 6, 104, 30), 0.35, 7)
        crown = smooth(
            [
                (112, cy),
                (118, cy - 60),
                (134, top + 24),
                (166, top + 2),
                (200, top + 8),
                (236, top + 2),
                (266, top + 24),
                (282, cy - 60),
                (288, cy),
                (200, cy + 24),
            ],
            tension=0.8,
        )
        sheet.body(crown, fill, material)
        band = f"M113 {cy - 38:.0f}Q200 {cy - 8:.0f} 287 {cy - 38:.0f}L289 {cy:.0f}Q200 {cy + 26:.0f} 111 {cy:.0f}Z"
        sheet.body(band, sheet.paint(look.accent), "silk", outline=0.8)
        if rng.random() < 0.55:
            sheet.body(f"M262 {cy - 24:.0f}l30 -8l4 30l-32 4Z", sheet.paint(look.accent), "silk")
            sheet.body(
                f"M264 {cy - 10:.0f}l22 50l-16 -2l-8 10l-10 -44Z",
                sheet.paint(shaded(COLOURS[look.accent], -0.15)),
                "silk",
            )
