"""Smartphones and folding phones."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.electronics.screens import (
    DARK,
    METAL,
    circle,
    fill_of,
    leaning,
    lens,
    plane,
    rgb,
    screen,
    seam,
)
from demo.drawing.outline import rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look


def draw_smartphone(sheet: Sheet, look: Look) -> None:
    """Draw a smartphone: back and front, or the back alone."""
    rng, view = sheet.rng, look.parts.get("view", "pair")
    with leaning(sheet, most=5):
        if view == "back":
            _back(sheet, look, 124, 36)
        else:
            _back(sheet, look, 78 + rng.uniform(-6, 6), 36)
            _front(sheet, look, 174, 46)


def _back(sheet: Sheet, look: Look, x: float, y: float) -> None:
    rng, colour = sheet.rng, rgb(look)
    sheet.body(rounded(x, y, 152, 318, 24), fill_of(sheet, look), look.material or "glass", flat=True)
    sheet.line(rounded(x + 1.5, y + 1.5, 149, 315, 23), shaded(colour, 0.35), 2)
    style = rng.randrange(3)
    if style == 0:
        sheet.body(rounded(x + 12, y + 12, 66, 70, 18), hex_of(shaded(colour, -0.14)), "glass", flat=True)
        spots = ((x + 30, y + 30), (x + 30, y + 63), (x + 60, y + 46))
    elif style == 1:
        sheet.body(rounded(x + 12, y + 14, 40, 104, 20), hex_of(shaded(colour, -0.2)), "glass", flat=True)
        spots = ((x + 32, y + 34), (x + 32, y + 66), (x + 32, y + 98))
    else:
        spots = ((x + 34, y + 34), (x + 34, y + 72), (x + 34, y + 110))
    for at in spots:
        lens(sheet, *at, 15)
    sheet.letters("VOLT", x + 76, y + 250, 10, seam(colour))


def _front(sheet: Sheet, look: Look, x: float, y: float) -> None:
    colour = rgb(look)
    sheet.body(rounded(x, y, 152, 318, 24), hex_of(shaded(colour, 0.1)), "metal", flat=True)
    sheet.shape(rounded(x + 3.4, y + 3.4, 145.2, 311.2, 21), "#060608")
    screen(sheet, x + 8, y + 8, 136, 302, 17, sheet.rng.choice(("icons", "wallpaper")))
    sheet.shape(circle(x + 76, y + 20, 5), "#060608")
    sheet.shape(rounded(x + 151, y + 80, 3, 34, 1.5), hex_of(shaded(colour, -0.3)))


def draw_flip_phone(sheet: Sheet, look: Look) -> None:
    """Draw a folding phone, opened, with large keys."""
    colour, fill = rgb(look), fill_of(sheet, look)
    with leaning(sheet, most=4):
        sheet.body(smooth([(130, 40), (270, 40), (276, 196), (124, 196)], tension=0.25), fill, "plastic", flat=True)
        sheet.shape(rounded(142, 56, 116, 114, 6), hex_of(DARK))
        screen(sheet, 148, 62, 104, 102, 3, "icons")
        sheet.body(rounded(128, 190, 144, 18, 8), hex_of(shaded(colour, -0.35)), "plastic")
        sheet.body(smooth([(124, 204), (276, 204), (268, 362), (132, 362)], tension=0.25), fill, "plastic", flat=True)
        sheet.body(circle(200, 232, 17), hex_of(METAL), "metal")
        with plane(sheet, (146, 256), (1, 0), (0, 1)):
            for i in range(12):
                x, y = i % 3 * 38, i // 3 * 25
                sheet.body(rounded(x, y, 32, 19, 6), "#f2f2f2", "plastic", flat=True, outline=0.8)
                sheet.letters("123456789 0 "[i], x + 16, y + 14, 9, DARK)
