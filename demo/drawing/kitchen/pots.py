"""Pans and pots."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.drawing.solids import flip, glass, lines_on, rgb, rim, round_polygon, turned
from demo.look import Look

DARK: Rgb = (42, 42, 45)
STEEL: Rgb = (196, 199, 203)
WOODS: tuple[Rgb, ...] = ((198, 156, 108), (124, 84, 54))


def draw_saucepan(sheet: Sheet, look: Look) -> None:
    """Draw a saucepan with one long handle, open or with a lid."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "steel"
    fill = sheet.paint(look.colour)
    grip = rng.choice((DARK, STEEL, rng.choice(WOODS)))
    with sheet.group(flip(sheet)), sheet.group("translate(-62 10)"):
        r, top = rng.uniform(106, 116), rng.uniform(176, 196)
        sheet.tube(
            f"M{196 + r:.0f} {top + 26:.0f}Q{280 + r:.0f} {top - 8:.0f} {326 + r - 8:.0f} {top - 18:.0f}", grip, 19
        )
        sheet.body(turned([(r, top), (r * 0.99, 300), (r * 0.93, 334)], tension=0.4, tilt=0.2), fill, material)
        if look.parts.get("lid", "no") == "yes":
            lid = f"M{200 - r - 3:.0f} {top}C{210 - r:.0f} {top - 52:.0f} {190 + r:.0f} {top - 52:.0f} {203 + r:.0f} {top}A{r + 3:.0f} {r * 0.2:.0f} 0 0 1 {197 - r:.0f} {top}Z"
            if rng.random() < 0.5:
                glass(sheet, lid, (206, 218, 222), opacity=0.75)
                sheet.line(f"M{197 - r:.0f} {top}A{r + 3:.0f} {r * 0.2:.0f} 0 0 0 {203 + r:.0f} {top}", STEEL, 6)
            else:
                sheet.body(lid, fill, material)
            sheet.body(turned([(20, top - 64), (12, top - 44)], tilt=0.3), hex_of(grip), "plastic")
        else:
            rim(sheet, r, top, (168, 171, 175), tilt=0.2, lip=5, edge=shaded(colour, 0.2))


def draw_frying_pan(sheet: Sheet, look: Look) -> None:
    """Draw a shallow frying pan at a slant, or from straight above."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "aluminium"
    fill = sheet.paint(look.colour)
    iron = material == "cast iron"
    grip = colour if iron else rng.choice((DARK, STEEL, WOODS[0], WOODS[1]))
    coat: Rgb = shaded(colour, -0.2) if iron else rng.choice(((52, 52, 55), (52, 52, 55), shaded(colour, 0.1)))
    with sheet.group(flip(sheet)):
        if look.parts.get("view") == "top":
            with sheet.group(f"rotate({rng.uniform(-42, -28):.0f} 200 200)"):
                sheet.tube("M246 200H400", grip, 24)
                sheet.shape(ellipse(390, 200, 5, 5), "#fff")
                sheet.body(ellipse(136, 200, 124, 124), fill, material)
                sheet.body(ellipse(136, 200, 113, 113), hex_of(coat), "metal", flat=True)
                sheet.line(ellipse(136, 200, 92, 92), "black", 2.5, opacity=0.35)
            return
        with sheet.group("translate(-28 86) scale(.9)"):
            r, top, tilt = rng.uniform(126, 138), 206, rng.uniform(0.3, 0.4)
            sheet.tube(f"M{190 + r:.0f} {top - 2}Q{250 + r:.0f} {top - 34} {310 + r - 14:.0f} {top - 52}", grip, 20)
            deep = rng.uniform(34, 46)
            sheet.body(
                turned([(r, top), (r * 0.92, top + deep * 0.6), (r * 0.76, top + deep)], tilt=tilt), fill, material
            )
            sheet.body(ellipse(200, top, r, r * tilt), hex_of(shaded(colour, 0.1)), material, flat=True)
            inner = ellipse(200, top + 3, r - 7, (r - 7) * tilt)
            sheet.shape(inner, sheet.gradient([(0, shaded(coat, -0.45)), (0.4, coat), (1, shaded(coat, 0.16))]))
            sheet.line(ellipse(200, top + 13, r * 0.76, r * 0.74 * tilt), "black", 2.5, opacity=0.35)
            if iron:
                sheet.tube(f"M{206 - r:.0f} {top + 10}q-20 4 -14 14", colour, 12)


def _two_handled(sheet: Sheet, r: float, top: float, colour: Rgb) -> None:
    for x in (-1, 1):
        sheet.tube(
            f"M{200 + x * (r - 2):.0f} {top + 22:.0f}h{x * 30}q{x * 10} 2 {x * 8} 20q{x * -4} 14 {x * -40} 12",
            colour,
            14,
        )


def draw_casserole(sheet: Sheet, look: Look) -> None:
    """Draw a casserole with two handles and a lid: round or oval and low."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "cast iron"
    fill = sheet.paint(look.colour)
    low = look.parts.get("shape", "round") == "low"
    r = rng.uniform(138, 144) if low else rng.uniform(120, 130)
    top, foot = (246, 340) if low else (196, 346)
    knob = rng.choice((STEEL, DARK, (205, 164, 76)))
    _two_handled(sheet, r, top, colour)
    sheet.body(turned([(r, top), (r * 0.99, foot - 34), (r * 0.9, foot)], tension=0.6), fill, material)
    lid = f"M{197 - r:.0f} {top}C{206 - r:.0f} {top - 30} {160 - r * 0.3:.0f} {top - 62} 200 {top - 62}C{240 + r * 0.3:.0f} {top - 62} {194 + r:.0f} {top - 30} {203 + r:.0f} {top}A{r + 3:.0f} {r * 0.16:.0f} 0 0 1 {197 - r:.0f} {top}Z"
    sheet.body(lid, fill, material)
    sheet.line(
        f"M{197 - r:.0f} {top}A{r + 3:.0f} {r * 0.16:.0f} 0 0 0 {203 + r:.0f} {top}", "black", 2.4, opacity=0.5
    )
    sheet.line(
        f"M{214 - r:.0f} {top - 12}A{r:.0f} {r * 0.16:.0f} 0 0 0 {186 + r:.0f} {top - 12}",
        shaded(colour, 0.3),
        2,
        opacity=0.6,
    )
    sheet.body(turned([(24, top - 86), (24, top - 76), (11, top - 60)], tilt=0.25), hex_of(knob), "metal")
    sheet.shape(ellipse(200, top - 86, 24, 6), hex_of(shaded(knob, 0.2)))


def draw_wok(sheet: Sheet, look: Look) -> None:
    """Draw a wok: deep round bowl, long handle and helper, perhaps with a wooden lid."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "metal"
    fill = sheet.paint(look.colour)
    grip = rng.choice((DARK, *WOODS))
    with sheet.group(flip(sheet)), sheet.group("translate(-4 68) scale(.86)"):
        r, top, tilt = rng.uniform(138, 146), 186, 0.24
        sheet.tube(f"M{194 + r:.0f} {top}Q{240 + r:.0f} {top - 26} {296 + r - 10:.0f} {top - 44}", grip, 20)
        sheet.tube(f"M{208 - r:.0f} {top + 4}q-34 -12 -30 8q4 14 36 16", grip, 12)
        deep = rng.uniform(116, 132)
        sheet.body(
            turned(
                [(r, top), (r * 0.88, top + deep * 0.5), (r * 0.56, top + deep * 0.92), (r * 0.36, top + deep)],
                tilt=tilt,
            ),
            fill,
            material,
        )
        if look.parts.get("lid", "no") == "yes":
            lid = f"M{200 - r:.0f} {top}C{214 - r:.0f} {top - 66} {186 + r:.0f} {top - 66} {200 + r:.0f} {top}A{r:.0f} {r * tilt:.0f} 0 0 1 {200 - r:.0f} {top}Z"
            sheet.body(lid, "#c49a68", "wood")
            sheet.body(
                round_polygon([(166, top - 72), (234, top - 72), (228, top - 46), (172, top - 46)], 6),
                "#a87c4c",
                "wood",
            )
            return
        sheet.shape(ellipse(200, top, r, r * tilt), hex_of(shaded(colour, 0.2)))
        inside = sheet.gradient([(0, shaded(colour, -0.6)), (0.45, shaded(colour, -0.3)), (1, shaded(colour, 0.12))])
        sheet.shape(ellipse(200, top + 2, r - 5, (r - 5) * tilt), inside)
        sheet.line(ellipse(200, top, r, r * tilt), "black", 1, opacity=0.5)


def draw_pressure_cooker(sheet: Sheet, look: Look) -> None:
    """Draw a pressure cooker: for the hob with a long handle, or electric."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "steel"
    fill = sheet.paint(look.colour)
    if look.parts.get("type", "hob") == "electric":
        sheet.body(turned([(122, 176), (126, 230), (124, 338), (112, 352)], tension=0.4), fill, material)
        sheet.body(
            round_polygon([(138, 240), (262, 240), (254, 330), (146, 330)], 10), "#1d1e21", "plastic", flat=True
        )
        sheet.letters(rng.choice(("0 30", "12 00", "0 15")), 200, 272, 18, "turquoise")
        for i in range(6):
            sheet.shape(ellipse(164 + (i % 3) * 36, 294 + (i // 3) * 18, 8, 5), "#9a9da2")
        _two_handled(sheet, 124, 184, DARK)
        sheet.body(
            "M74 178C80 112 150 92 200 92C250 92 320 112 326 178A126 20 0 0 1 74 178Z", hex_of(DARK), "plastic"
        )
        sheet.tube("M150 104Q200 60 250 104", DARK, 17)
        sheet.body(turned([(11, 92), (13, 108)], cx=278, tilt=0.3), "#b9bcc0", "metal")
        return
    with sheet.group(flip(sheet)), sheet.group("translate(-26 24) scale(.93)"):
        r, top = rng.uniform(110, 118), 190
        sheet.tube(f"M{198 - r:.0f} {top + 22}h-24q-8 4 -6 20q4 10 28 10", DARK, 14)
        sheet.body(turned([(r, top), (r, 310), (r * 0.94, 342)], tension=0.4), fill, material)
        sheet.body(
            round_polygon(
                [(180 + r, top + 6), (330 + r - 34, top - 8), (330 + r - 36, top + 22), (182 + r, top + 36)], 12
            ),
            hex_of(DARK),
            "plastic",
        )
        lid = f"M{196 - r:.0f} {top}C{212 - r:.0f} {top - 52} {188 + r:.0f} {top - 52} {204 + r:.0f} {top}A{r + 4:.0f} {r * 0.16:.0f} 0 0 1 {196 - r:.0f} {top}Z"
        sheet.body(lid, hex_of(shaded(colour, 0.06)), material)
        sheet.line(f"M{196 - r:.0f} {top}A{r + 4:.0f} {r * 0.16:.0f} 0 0 0 {204 + r:.0f} {top}", lines_on(colour), 5)
        sheet.body(
            round_polygon([(180, top - 48), (300 + r - 6, top - 42), (300 + r - 6, top - 18), (180, top - 20)], 12),
            hex_of(DARK),
            "plastic",
        )
        sheet.body(
            turned([(11, top - 80), (11, top - 62), (17, top - 44)], cx=178, tilt=0.3),
            "#c8282e" if rng.random() < 0.5 else "#b9bcc0",
            "metal",
        )
