"""Mugs, flasks, glasses."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.drawing.solids import glass, lines_on, rgb, rim, turned
from demo.look import Look

STEEL: Rgb = (196, 199, 203)
DARK: Rgb = (44, 44, 47)
WINES: tuple[Rgb, ...] = ((110, 18, 40), (236, 216, 140), (240, 160, 160))


def draw_mug(sheet: Sheet, look: Look) -> None:
    """Draw a mug: straight or bellied, its handle to one side."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "ceramic"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    r, top, low = rng.uniform(96, 112), rng.uniform(84, 106), 336
    straight = look.parts.get("shape", "straight") == "straight"
    profile = [(r, top), (r * (0.98 if straight else 1.0), (top + low) / 2), (r * 0.96, low - 12), (r * 0.86, low)]
    if not straight:
        profile = [(r * 0.92, top), (r * 1.02, top + 70), (r * 1.06, top + 140), (r * 0.9, low - 16), (r * 0.62, low)]
    with sheet.group("translate(400 0) scale(-1 1)" if rng.random() < 0.4 else ""):
        with sheet.group("translate(-30 0)"):
            x = 200 + r * 0.94
            a, b = rng.uniform(132, 150), rng.uniform(264, 286)
            sheet.tube(
                f"M{x:.0f} {a:.0f}C{x + 96:.0f} {a - 22:.0f} {x + 96:.0f} {b + 14:.0f} {x - 2:.0f} {b:.0f}",
                colour,
                rng.uniform(20, 26),
            )
            sheet.body(turned(profile), fill, material)
            if material == "steel":
                sheet.line(f"M{200 - r} {top + 2:.0f}A{r} {r * 0.16} 0 0 0 {200 + r} {top + 2:.0f}", STEEL, 5)
            inside: Rgb = (236, 232, 226) if rng.random() < 0.5 else colour
            rim(sheet, profile[0][0], top, inside, lip=6, edge=shaded(colour, 0.15))
            if rng.random() < 0.35:
                sheet.shape(ellipse(200, top + 6, profile[0][0] - 13, 9), "#4a2c1c")


def draw_travel_mug(sheet: Sheet, look: Look) -> None:
    """Draw a travel mug: tapering body and a lid to drink from; a sleeve on glass ones."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "steel"
    r, top = rng.uniform(74, 86), rng.uniform(88, 104)
    profile = [(r, top), (r * 0.94, 190), (r * 0.74, 340), (r * 0.68, 352)]
    lid = (176, 140, 92) if material == "glass" else rng.choice((DARK, DARK, colour))
    d = turned(profile, tension=0.4)
    if material == "glass":
        glass(sheet, d, (214, 228, 232), opacity=0.5)
        sheet.shape(turned([(r * 0.92, top + 60), (r * 0.7, 340)], tension=0), "#7a4a2a", opacity=0.45)
    else:
        sheet.body(d, sheet.paint(look.colour), material)
    if material == "glass" or look.parts.get("sleeve") == "yes":
        sleeve: Rgb = colour if material == "glass" else (88, 86, 84)
        sheet.body(
            turned([(r * 0.945, 196), (r * 0.83, 284)], tension=0),
            hex_of(sleeve),
            "cork" if material == "glass" else "rubber",
        )
    if look.parts.get("handle") == "yes":
        sheet.tube(
            f"M{200 + r * 0.92:.0f} 150C{276 + r:.0f} 140 {270 + r:.0f} 290 {200 + r * 0.8:.0f} 276",
            shaded(colour, -0.1),
            16,
        )
    sheet.body(
        turned([(r * 0.9, top - 32), (r * 1.04, top - 14), (r * 1.04, top + 8)], tension=0.3), hex_of(lid), "plastic"
    )
    sheet.body(ellipse(200, top - 32, r * 0.9, r * 0.145), hex_of(shaded(lid, 0.08)), "plastic", flat=True)
    sheet.shape(ellipse(200 + r * 0.5, top - 30, 12, 4), "#111")


def draw_vacuum_flask(sheet: Sheet, look: Look) -> None:
    """Draw a tall vacuum flask with a cup for a lid, perhaps with a handle."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "steel"
    fill = sheet.paint(look.colour)
    r = rng.uniform(62, 74)
    if look.parts.get("handle") == "yes":
        sheet.tube(
            f"M{200 + r * 0.9:.0f} 152H{240 + r:.0f}Q{256 + r:.0f} 156 {254 + r:.0f} 180V270Q{252 + r:.0f} 296 {198 + r:.0f} 292",
            DARK,
            15,
        )
    cup: Rgb = rng.choice((STEEL, DARK, colour))
    sheet.body(
        turned([(r * 0.72, 104), (r * 0.78, 122), (r, 152), (r, 340), (r * 0.94, 358)], tension=0.5), fill, material
    )
    for y in (162, 334):
        sheet.line(f"M{200 - r:.0f} {y}A{r:.0f} {r * 0.16:.0f} 0 0 0 {200 + r:.0f} {y}", STEEL, 6)
    sheet.body(
        turned([(r * 0.72, 32), (r * 0.78, 44), (r * 0.8, 112)], tension=0.4),
        hex_of(cup),
        "steel" if cup != DARK else "plastic",
    )
    sheet.body(ellipse(200, 32, r * 0.72, r * 0.11), hex_of(shaded(cup, 0.12)), "metal", flat=True)
    sheet.letters(rng.choice(("FJELL", "SUMMIT", "NORD")), 200, 250, 15, lines_on(colour))


def draw_wine_glass(sheet: Sheet, look: Look) -> None:
    """Draw wine glasses with bowl, stem and foot: one, or a pair; filled or empty."""
    rng = sheet.rng
    shape = look.parts.get("shape", "wide")
    filled = look.parts.get("wine", "no")
    places = [(200.0, 1.0)] if rng.random() < 0.6 else [(128.0, 0.86), (272.0, 0.86)]
    bowls = {
        "wide": [(62, 52), (84, 110), (90, 152), (62, 206), (8, 232)],
        "tulip": [(52, 40), (62, 100), (68, 150), (50, 206), (8, 232)],
        "flute": [(34, 30), (40, 90), (40, 150), (28, 206), (6, 240)],
    }
    wine = rng.choice(WINES)
    for x, size in places:
        k = rng.uniform(0.94, 1.08)
        profile = [(r * k, y) for r, y in bowls[shape]]
        with sheet.group(f"translate({x:.0f} 356) scale({size}) translate(-200 -356)"):
            colour = rgb(look)
            glass(
                sheet, turned([(6, 226), (5, 300), (10, 334), (62, 348), (64, 352)], tension=0.6), colour, opacity=0.5
            )
            if filled == "yes":
                level = 2 if shape != "flute" else 1
                inner = [(r - 5, y) for r, y in profile[level:-1]]
                sheet.shape(turned([*inner, (2, profile[-1][1] - 6)]), hex_of(wine), opacity=0.86)
                sheet.shape(
                    ellipse(200, inner[0][1], inner[0][0], inner[0][0] * 0.15), hex_of(shaded(wine, 0.2)), opacity=0.9
                )
            glass(sheet, turned(profile), colour, opacity=0.26)
            sheet.line(
                ellipse(200, profile[0][1], profile[0][0], profile[0][0] * 0.16),
                shaded(colour, -0.5),
                1.6,
                opacity=0.8,
            )
            sheet.line(
                f"M{200 - profile[1][0] * 0.72:.0f} 96Q{200 - profile[2][0] * 0.82:.0f} 140 {200 - profile[3][0] * 0.7:.0f} 190",
                "white",
                6,
                opacity=0.85,
            )


def draw_tumbler(sheet: Sheet, look: Look) -> None:
    """Draw a drinking glass without a stem: tall or low, smooth or cut."""
    rng = sheet.rng
    colour = rgb(look)
    tall = look.parts.get("height", "tall") == "tall"
    top, r = (rng.uniform(56, 76), rng.uniform(76, 88)) if tall else (rng.uniform(150, 166), rng.uniform(104, 118))
    profile = [(r, top), (r * 0.96, 240), (r * rng.uniform(0.76, 0.9), 346)]
    rim(sheet, r, top, shaded(colour, 0.3), lip=3)
    drink = rng.random()
    level = top + 62
    if drink < 0.45:
        tone = rng.choice(((236, 150, 40), (200, 224, 236), (186, 112, 40), (226, 90, 90)))
        inner = turned([(r - 8, level), (r * 0.9 - 6, 260), (r * 0.8 - 4, 332)], tension=0.4)
        sheet.shape(inner, hex_of(tone), opacity=0.62)
        sheet.shape(ellipse(200, level, r - 8, (r - 8) * 0.16), hex_of(shaded(tone, 0.3)), opacity=0.8)
    d = turned(profile, tension=0.4)
    glass(sheet, d, colour, opacity=0.42)
    if look.parts.get("surface", "smooth") == "cut":
        with sheet.clip(d):
            for i in range(-4, 5):
                for lean in (-34, 34):
                    x = 200 + i * r * 0.3
                    sheet.line(f"M{x:.0f} {330}l{lean} {-(330 - top) * 0.62:.0f}", "white", 2.6, opacity=0.75)
                    sheet.line(
                        f"M{x + 3:.0f} {330}l{lean} {-(330 - top) * 0.62:.0f}", shaded(colour, -0.5), 1.2, opacity=0.5
                    )
    sheet.shape(ellipse(200, 338, r * 0.72, r * 0.1), hex_of(shaded(colour, -0.2)), opacity=0.5)
    sheet.line(f"M{200 - r * 0.8:.0f} {top + 24:.0f}L{200 - r * 0.7:.0f} 310", "white", 8, opacity=0.8)
    sheet.line(f"M{200 + r * 0.78:.0f} {top + 34:.0f}L{200 + r * 0.7:.0f} 300", "white", 3, opacity=0.7)
