"""Candles, vases, clocks, mirrors, frames."""

from __future__ import annotations

import math

from demo.colours import COLOURS, Rgb, hex_of, is_dark, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.solids import glass, lines_on, rgb, rim, turned
from demo.look import Look


def draw_candle(sheet: Sheet, look: Look) -> None:
    """Draw a candle: in a glass with a label, a pillar, or tapers."""
    rng = sheet.rng
    style = look.parts.get("style", "jar")
    colour = rgb(look)
    fill = sheet.paint(look.colour)
    if style == "tapers":
        for x in (118, 200, 282):
            top = rng.uniform(84, 120)
            sheet.body(turned([(3, top), (11, top + 16), (13, 318)], cx=x, tilt=0.25), fill, "wax")
            _flame(sheet, x, top, 0.8)
            sheet.body(turned([(16, 316), (17, 330), (38, 342), (40, 350)], cx=x, tilt=0.22), "#c4a054", "metal")
        return
    wide, top = rng.uniform(92, 112), rng.uniform(128, 156)
    if style == "pillar":
        tall = rng.uniform(96, 120)
        wide *= 0.82
        sheet.body(turned([(wide, tall), (wide, 344)], tension=0), fill, "wax")
        rim(sheet, wide, tall, shaded(colour, 0.2), lip=6, edge=shaded(colour, 0.25))
        sheet.light(ellipse(200, tall + 26, wide * 0.7, 26), 0.35, 12)
        _flame(sheet, 200, tall + 2, 1.1)
        return
    jar = turned([(wide, top), (wide, 336), (wide - 8, 346)], tension=0.3)
    glass(sheet, jar, (214, 220, 222), opacity=0.5)
    sheet.body(turned([(wide - 7, top + 42), (wide - 7, 332), (wide - 12, 338)], tension=0.3), fill, "wax")
    sheet.shape(ellipse(200, top + 42, wide - 7, (wide - 7) * 0.16), hex_of(shaded(colour, 0.28)))
    _flame(sheet, 200, top + 42, 1.0)
    sheet.line(ellipse(200, top, wide, wide * 0.16), (120, 126, 130), 2, opacity=0.7)
    label = f"M{200 - wide * 0.55:.0f} 226q{wide * 0.55:.0f} 12 {wide * 1.1:.0f} 0v66q{-wide * 0.55:.0f} 12 {-wide * 1.1:.0f} 0Z"
    sheet.body(label, "#f7f3ea" if not is_dark(colour) or rng.random() < 0.8 else "#2c2b2a", "paper", flat=True)
    sheet.letters(rng.choice(("CERA", "NOTTE", "FIG", "CEDAR", "AMBER")), 200, 262, 14, "charcoal")
    sheet.line("M178 278Q200 281 222 278", "grey", 1.6)
    sheet.light(f"M{212 - wide:.0f} {top + 20:.0f}h9V320h-9Z", 0.7, 2)


def _flame(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.line(f"M{x} {y}v{-16 * size:.0f}", (52, 44, 40), 3)
    if sheet.rng.random() < 0.75:
        sheet.light(ellipse(x, y - 36 * size, 26 * size, 34 * size), 0.5, 9)
        flame = f"M{x} {y - 64 * size:.0f}q{15 * size:.0f} {28 * size:.0f} {10 * size:.0f} {42 * size:.0f}q{-10 * size:.0f} {14 * size:.0f} {-20 * size:.0f} 0q{-5 * size:.0f} {-16 * size:.0f} {10 * size:.0f} {-42 * size:.0f}Z"
        sheet.shape(flame, "#f9b233")
        sheet.shape(ellipse(x, y - 26 * size, 5 * size, 11 * size), "#fff0bd")


VASES: dict[str, list[tuple[float, float]]] = {
    "classic": [(52, 84), (40, 112), (58, 160), (100, 222), (104, 276), (66, 342), (62, 350)],
    "bottle": [(26, 70), (22, 112), (26, 150), (84, 214), (106, 276), (84, 338), (70, 350)],
    "cylinder": [(76, 86), (74, 200), (76, 346), (74, 352)],
    "round": [(40, 138), (36, 152), (96, 188), (132, 250), (106, 318), (64, 350)],
}


def draw_vase(sheet: Sheet, look: Look) -> None:
    """Draw a vase, empty or with flowers."""
    rng = sheet.rng
    colour = rgb(look)
    k = rng.uniform(0.92, 1.1)
    profile = [(r * k, y) for r, y in VASES[look.parts.get("shape", "classic")]]
    (mouth, y), material = profile[0], look.material or "ceramic"
    d = turned(profile)
    if look.parts.get("flowers") == "yes":
        _flowers(sheet, y)
    if material == "glass":
        rim(sheet, mouth, y, shaded(colour, 0.2), lip=3)
        glass(sheet, d, colour, opacity=0.62)
        sheet.light(turned([(r * 0.12, a) for r, a in profile[2:-1]], cx=200 - profile[2][0] * 0.5), 0.6, 3)
    else:
        sheet.body(d, sheet.paint(look.colour, look.pattern, look.accent, scale=0.8), material)
        rim(sheet, mouth, y, shaded(colour, -0.3), lip=5, edge=shaded(colour, 0.12))
    if look.parts.get("surface") == "ribbed":
        with sheet.clip(d):
            for i in range(-5, 6):
                side = smooth([(200 + r * math.sin(i * 0.28), a + 4) for r, a in profile], closed=False)
                sheet.crease(side, 0.26, 5)


def _flowers(sheet: Sheet, y: float) -> None:
    rng = sheet.rng
    petals = COLOURS[rng.choice(("pink", "white", "yellow", "coral", "lilac", "cream"))]
    tall = min(y - 30, 110)
    for i in range(7):
        x = 200 + (i - 3) * rng.uniform(15, 24)
        top = y - tall * rng.uniform(0.45, 1) + abs(i - 3) * 5
        sheet.line(f"M200 {y + 10:.0f}Q{200 + (x - 200) * 0.3:.0f} {y - 20:.0f} {x:.0f} {top:.0f}", (70, 116, 62), 3)
        if i % 2:
            sheet.shape(f"M{x:.0f} {top + 30:.0f}q20 -16 30 4q-18 12 -30 -4Z", "#5d8f56")
        for a in range(5):
            px, py = x + 10 * math.cos(a * 1.257), top + 10 * math.sin(a * 1.257)
            sheet.shape(ellipse(px, py, 8.5, 8.5), hex_of(shaded(petals, -0.04 * a)))
        sheet.shape(ellipse(x, top, 5, 5), "#d9a63a")


def draw_wall_clock(sheet: Sheet, look: Look) -> None:
    """Draw a round wall clock: rim, face, figures or ticks, hands."""
    rng = sheet.rng
    colour = rgb(look)
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    sheet.body(ellipse(200, 204, 156, 156), fill, material)
    whole = look.parts.get("face", "white") == "coloured"
    face: Rgb = colour if whole else (250, 249, 246)
    width = rng.uniform(10, 24)
    r = 156 - width
    sheet.shape(ellipse(200, 204, r, r), hex_of(face))
    if whole:
        sheet.body(ellipse(200, 204, r, r), fill, material, flat=True)
    sheet.line(ellipse(200, 204, r, r), "black", 3, opacity=0.35)
    ink: Rgb = (248, 248, 246) if is_dark(face) else (40, 40, 43)
    figures = look.parts.get("figures", "numbers") == "numbers"
    for hour in range(1, 13):
        a = math.radians(hour * 30 - 90)
        if figures:
            x, y = 200 + (r - 24) * math.cos(a), 204 + (r - 24) * math.sin(a)
            sheet.letters(str(hour), x, y + 9, 18, ink, weight=0.16)
        else:
            long = 22 if hour % 3 == 0 else 13
            sheet.line(
                f"M{200 + (r - 12) * math.cos(a):.1f} {204 + (r - 12) * math.sin(a):.1f}"
                f"L{200 + (r - 12 - long) * math.cos(a):.1f} {204 + (r - 12 - long) * math.sin(a):.1f}", ink, 5,
            )  # fmt: skip
    at = rng.uniform(0, 12)
    for turn, length, thick in ((at / 12, 0.5, 8.0), (at % 1, 0.76, 5.5)):
        a = math.tau * turn - math.pi / 2
        sheet.line(
            f"M{200 - 14 * math.cos(a):.1f} {204 - 14 * math.sin(a):.1f}L{200 + r * length * math.cos(a):.1f} {204 + r * length * math.sin(a):.1f}",
            ink,
            thick,
        )
    a = rng.uniform(0, math.tau)
    sheet.line(f"M200 204L{200 + r * 0.8 * math.cos(a):.1f} {204 + r * 0.8 * math.sin(a):.1f}", "red", 2)
    sheet.shape(ellipse(200, 204, 7, 7), hex_of(ink))


def draw_mirror(sheet: Sheet, look: Look) -> None:
    """Draw a framed mirror: round, rectangular, arched, or on a stand."""
    rng = sheet.rng
    shape = look.parts.get("shape", "round")
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    width = rng.uniform(8, 16)
    half, high = rng.uniform(92, 112), rng.uniform(290, 312)

    def outline(inset: float) -> str:
        if shape == "round":
            return ellipse(200, 204, 152 - inset, 152 - inset)
        left, top, bottom = 200 - half + inset, 202 - high / 2 + inset, 202 + high / 2 - inset
        if shape == "arched":
            r = half - inset
            return f"M{left:.1f} {bottom:.1f}V{top + r:.1f}A{r:.1f} {r:.1f} 0 0 1 {400 - left:.1f} {top + r:.1f}V{bottom:.1f}Z"
        return rounded(left, top, 2 * (half - inset), bottom - top, 4)

    sheet.body(outline(0), fill, material)
    glassy = sheet.gradient([(0, (178, 194, 204)), (0.45, (228, 236, 240)), (1, (170, 186, 198))])
    sheet.shape(outline(width), glassy)
    with sheet.clip(outline(width)):
        for x, w in ((30, 46), (98, 18), (250, 70)):
            sheet.shape(
                polygon([(x + 120, 20), (x + 120 + w, 20), (x - 90 + w, 390), (x - 90, 390)]), "#fff", opacity=0.42
            )
        sheet.line(outline(width), "black", 6, opacity=0.3)
    sheet.line(outline(width), "black", 1.2, opacity=0.5)


def draw_picture_frame(sheet: Sheet, look: Look) -> None:
    """Draw a picture frame with mount and picture: upright or across."""
    rng = sheet.rng
    fill = sheet.paint(look.colour)
    material = look.material or "wood"
    upright = look.parts.get("format", "upright") == "upright"
    w, h = (
        (rng.uniform(216, 240), rng.uniform(292, 312)) if upright else (rng.uniform(296, 316), rng.uniform(214, 238))
    )
    x, y, thick = 200 - w / 2, 204 - h / 2, rng.uniform(15, 26)
    with sheet.group(f"rotate({rng.uniform(-2, 2):.1f} 200 200)"):
        sheet.body(rounded(x, y, w, h, 2), fill, material)
        for corner in (
            f"M{x} {y}l{thick} {thick}",
            f"M{x + w} {y}l{-thick} {thick}",
            f"M{x} {y + h}l{thick} {-thick}",
            f"M{x + w} {y + h}l{-thick} {-thick}",
        ):
            sheet.line(corner, lines_on(rgb(look)), 1.6, opacity=0.8)
        x, y, w, h = x + thick, y + thick, w - 2 * thick, h - 2 * thick
        sheet.shape(rounded(x, y, w, h, 1), "#f6f4ef")
        sheet.line(f"M{x} {y + h}V{y}H{x + w}", "black", 4, opacity=0.3)
        m = rng.uniform(24, 36)
        x, y, w, h = x + m, y + m, w - 2 * m, h - 2 * m
        sheet.shape(
            rounded(x, y, w, h, 0.5), sheet.gradient([(0, (176, 208, 230)), (1, (244, 224, 204))], vertical=True)
        )
        with sheet.clip(rounded(x, y, w, h, 0.5)):
            sheet.shape(ellipse(x + w * rng.uniform(0.3, 0.7), y + h * 0.4, w * 0.13, w * 0.13), "#f6d083")
            for k, tone in ((0.52, (140, 164, 170)), (0.66, (94, 128, 124)), (0.82, (60, 88, 84))):
                d = [
                    (x - 20, y + h * k + 14),
                    (x + w * 0.3, y + h * k - rng.uniform(6, 26)),
                    (x + w * 0.7, y + h * k + 12),
                    (x + w + 20, y + h * k - 10),
                    (x + w + 20, y + h + 30),
                    (x - 20, y + h + 30),
                ]
                sheet.shape(smooth(d, tension=0.7), hex_of(tone))
        sheet.shape(
            polygon([(x + w * 0.5, y - m), (x + w * 0.8, y - m), (x + w * 0.3, y + h + m), (x, y + h + m)]),
            "#fff",
            opacity=0.14,
        )
