"""Kettles, teapots."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.outline import ellipse
from demo.drawing.sheet import Sheet
from demo.drawing.solids import flip, glass, rgb, turned
from demo.look import Look

DARK: Rgb = (42, 42, 45)
WOODS: tuple[Rgb, ...] = ((198, 156, 108), (124, 84, 54))


def draw_kettle(sheet: Sheet, look: Look) -> None:
    """Draw a kettle: electric on its base, gooseneck, or for the hob."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "steel"
    fill = sheet.paint(look.colour)
    style = look.parts.get("style", "electric")
    grip = rng.choice((DARK, DARK, rng.choice(WOODS)))
    with sheet.group(flip(sheet)):
        if style == "hob":
            sheet.tube("M104 200C110 44 290 44 296 200", grip, 15)
            sheet.body("M286 220Q340 200 352 150L374 158Q366 240 296 290Z", fill, material)
            sheet.body(
                turned([(44, 168), (112, 196), (140, 270), (134, 336), (120, 350)], tension=0.8), fill, material
            )
            sheet.body(turned([(40, 158), (48, 168)], tension=0.3), fill, material)
            sheet.body(ellipse(200, 146, 14, 13), hex_of(grip), "plastic")
            return
        sheet.body(turned([(96, 340), (100, 356)], tension=0.2), hex_of(DARK), "plastic")
        if style == "gooseneck":
            sheet.tube("M270 300C350 300 300 190 318 150Q330 128 364 138", colour, 14, shine=0.6)
            sheet.tube("M126 150C30 130 40 260 92 282", grip, 18)
            sheet.body(turned([(66, 142), (76, 180), (104, 320), (104, 340)], tension=0.5), fill, material)
        else:
            sheet.tube("M128 98C24 84 40 250 84 296", grip, 22)
            sheet.body("M262 116L330 100Q326 140 286 170Z", fill, material)
            sheet.body(turned([(72, 104), (78, 140), (98, 280), (100, 340)], tension=0.5), fill, material)
            if rng.random() < 0.5:
                sheet.body("M190 190h20v116h-20Z", "#a8c6d6", "glass")
                for y in range(206, 300, 16):
                    sheet.line(f"M193 {y}h9", "black", 1.4, opacity=0.6)
        top = 142 if style == "gooseneck" else 104
        r = 66 if style == "gooseneck" else 72
        sheet.body(
            f"M{200 - r} {top}C{200 - r} {top - 34} {200 + r} {top - 34} {200 + r} {top}A{r} {r * 0.16} 0 0 1 {200 - r} {top}Z",
            hex_of(shaded(colour, -0.08)),
            material,
        )
        sheet.body(turned([(12, top - 44), (9, top - 24)], tilt=0.3), hex_of(DARK), "plastic")
        sheet.shape(ellipse(200, top - 44, 12, 4), hex_of(shaded(DARK, 0.25)))


def draw_teapot(sheet: Sheet, look: Look) -> None:
    """Draw a round teapot: spout, handle, lid with a knob."""
    rng = sheet.rng
    colour, material = rgb(look), look.material or "ceramic"
    fill = sheet.paint(look.colour, look.pattern, look.accent, scale=0.8)
    with sheet.group(flip(sheet)):
        sheet.body("M272 296C330 290 316 190 362 156L382 170C360 200 372 330 270 336Z", fill, material)
        if look.parts.get("handle", "side") == "top":
            sheet.tube("M106 196C96 30 304 30 294 196", rng.choice((colour, *WOODS)), 13)
        else:
            sheet.tube("M104 212C10 180 16 320 112 312", colour, 21)
        r = rng.uniform(108, 116)
        body = turned([(48, 166), (92, 182), (r, 246), (r * 0.92, 310), (62, 346)])
        if material == "glass":
            sheet.shape(
                turned([(r * 0.96, 236), (r * 0.98, 260), (r * 0.86, 310), (58, 340)]), "#b0651f", opacity=0.7
            )
            glass(sheet, body, colour, opacity=0.4)
        else:
            sheet.body(body, fill, material)
        sheet.body(
            "M148 172Q200 112 252 172Q200 190 148 172Z", fill, material if material != "glass" else "porcelain"
        )
        sheet.line("M148 172Q200 190 252 172", "black", 2, opacity=0.45)
        sheet.body(ellipse(200, 132, 15, 14), fill, material if material != "glass" else "porcelain")
