"""Laptops, monitors, televisions, tablets, e-readers and smartphones."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.electronics.screens import (
    DARK,
    METAL,
    circle,
    fill_of,
    leaning,
    lens,
    page,
    rgb,
    screen,
    seam,
    seen,
)
from demo.drawing.outline import polygon, rounded
from demo.drawing.sheet import Sheet
from demo.look import Look

_RAINBOW = ("#ff4b4b", "#ffa63d", "#f6ea4c", "#54e06a", "#42b8ff", "#a05bff")


def draw_laptop(sheet: Sheet, look: Look) -> None:
    """Draw an open laptop: from the front, from one side, or its lid from behind."""
    rng, colour, material = sheet.rng, rgb(look), look.material or "aluminium"
    fill, view = fill_of(sheet, look), look.parts.get("view", "front")
    gaming = look.parts.get("use") == "gaming"
    if view == "lid":
        with seen(sheet, "angled", skew=7):
            sheet.body(
                polygon([(58, 288), (342, 288), (350, 300), (50, 300)]),
                hex_of(shaded(colour, -0.3)),
                material,
                flat=True,
            )
            sheet.body(rounded(58, 92, 284, 200, 12), fill, material, flat=True)
            if gaming:
                sheet.line("M92 112L150 200L92 276M308 112L250 200L308 276", seam(colour), 4)
            sheet.shape(polygon([(200, 172), (218, 190), (200, 208), (182, 190)]), hex_of(seam(colour, 0.6)))
        return
    with seen(sheet, view, skew=7):
        wide = rng.uniform(124, 132)
        sheet.body(rounded(200 - wide, 66, wide * 2, 172, 9), fill, material, flat=True)
        sheet.shape(rounded(204 - wide, 70, wide * 2 - 8, 164, 6), hex_of(DARK))
        screen(sheet, 211 - wide, 77, wide * 2 - 22, 148, 2)
        sheet.shape(circle(200, 73.5, 1.6), "#556")
        base = [(200 - wide, 236), (200 + wide, 236), (200 + wide + 44, 326), (200 - wide - 44, 326)]
        sheet.body(polygon(base), fill, material, flat=True)
        sheet.body(
            rounded(156 - wide, 324, wide * 2 + 88, 14 if gaming else 9, 5),
            hex_of(shaded(colour, -0.2)),
            material,
            flat=True,
        )
        sheet.shape(rounded(178, 324, 44, 4, 2), "#000", opacity=0.35)
        for row in range(5):
            y, lean = 244 + row * 9.4, 1.4 + row * 4.4
            left, right = 212 - wide - lean, 188 + wide + lean
            step = (right - left) / 14
            for key in range(14):
                tone = _RAINBOW[(key + row) % 6] if gaming else ""
                if tone:
                    sheet.shape(rounded(left + key * step - 0.4, y - 0.6, step - 0.8, 8.4, 2), tone)
                sheet.shape(
                    rounded(left + key * step, y, step - 2, 7, 1.6),
                    hex_of(DARK if gaming or rng.random() < 0.97 else shaded(DARK, 0.1)),
                )
        sheet.shape(polygon([(162, 296), (238, 296), (243, 319), (157, 319)]), "#000", opacity=0.14)
        sheet.line(polygon([(162, 296), (238, 296), (243, 319), (157, 319)]), seam(colour), 1, opacity=0.6)


def draw_monitor(sheet: Sheet, look: Look) -> None:
    """Draw a computer monitor on its stand: flat, or wide and curved."""
    rng, colour = sheet.rng, rgb(look)
    fill, curved = fill_of(sheet, look), look.parts.get("shape") == "curved"
    with seen(sheet, look.parts.get("view", "front"), skew=6):
        sheet.body(polygon([(180, 240), (220, 240), (226, 330), (174, 330)]), hex_of(shaded(colour, -0.1)), "plastic")
        if rng.random() < 0.5:
            sheet.body(polygon([(128, 330), (272, 330), (292, 346), (108, 346)]), fill, "plastic", flat=True)
        else:
            sheet.body("M116 344C130 322 270 322 284 344C260 354 140 354 116 344Z", fill, "plastic", flat=True)
        if curved:
            d = "M22 96Q200 122 378 96V264Q200 244 22 264Z"
            sheet.body(d, fill, "plastic", flat=True)
            with sheet.clip("M29 103Q200 128 371 103V252Q200 234 29 252Z"):
                screen(sheet, 29, 98, 342, 160, 0)
        else:
            top = rng.uniform(72, 84)
            sheet.body(rounded(36, top, 328, 198, 7), fill, "plastic", flat=True)
            sheet.shape(rounded(42, top + 6, 316, 176, 2), hex_of(DARK))
            screen(sheet, 44, top + 8, 312, 172, 1)
            sheet.shape(circle(346, top + 190, 2), "#6fd3ff")


def draw_television(sheet: Sheet, look: Look) -> None:
    """Draw a flat television on its feet, or hung on a wall."""
    rng = sheet.rng
    fill, stand = fill_of(sheet, look), look.parts.get("stand", "feet")
    top = {"feet": 92, "pedestal": 88, "wall": 104}[stand]
    metal = hex_of(rgb(look))
    with seen(sheet, look.parts.get("view", "front"), skew=5):
        if stand == "feet":
            for x, out in ((78, -18), (322, 18)):
                sheet.line(f"M{x} 290L{x + out} 316M{x} 290L{x - out * 0.5:.0f} 316", rgb(look), 6)
        elif stand == "pedestal":
            sheet.body(polygon([(184, 286), (216, 286), (218, 312), (182, 312)]), metal, "metal")
            sheet.body(rounded(120, 308, 160, 12, 5), metal, "metal", flat=True)
        sheet.body(rounded(20, top, 360, 206, 4), fill, "plastic", flat=True)
        sheet.shape(rounded(24, top + 4, 352, 194, 2), "#08080a")
        screen(sheet, 26, top + 6, 348, 190, 1, rng.choice(("landscape", "landscape", "wallpaper", "icons")))


def draw_tablet(sheet: Sheet, look: Look) -> None:
    """Draw a tablet: upright or across, showing its back beside, with or without a pen."""
    rng, colour = sheet.rng, rgb(look)
    fill, material = fill_of(sheet, look), look.material or "aluminium"
    with leaning(sheet, most=5):
        if look.parts.get("view") == "wide":
            sheet.body(rounded(46, 64, 300, 208, 16), fill, material, flat=True)
            lens(sheet, 70, 88, 10)
            sheet.body(rounded(54, 112, 310, 218, 15), hex_of(colour), material, flat=True)
            sheet.shape(rounded(59, 117, 300, 208, 11), hex_of(DARK))
            screen(sheet, 70, 128, 278, 186, 4, rng.choice(("icons", "wallpaper", "landscape")))
        else:
            sheet.body(rounded(134, 42, 208, 296, 16), fill, material, flat=True)
            lens(sheet, 318, 66, 10)
            sheet.body(rounded(60, 56, 214, 300, 15), hex_of(colour), material, flat=True)
            sheet.shape(rounded(65, 61, 204, 290, 11), hex_of(DARK))
            screen(sheet, 76, 72, 182, 268, 4, rng.choice(("icons", "wallpaper", "landscape")))
        if look.parts.get("pen") == "yes":
            with sheet.group("rotate(24 320 250)"):
                sheet.tube("M318 130V330", (240, 240, 240), 11)
                sheet.shape(polygon([(313, 332), (323, 332), (318, 348)]), hex_of(METAL))


def draw_e_reader(sheet: Sheet, look: Look) -> None:
    """Draw an e-reader with a page of text; some have a wide edge to hold and buttons."""
    rng, colour = sheet.rng, rgb(look)
    fill, grip = fill_of(sheet, look), look.parts.get("edge") == "grip"
    with leaning(sheet, most=6):
        sheet.shape(rounded(91, 45, 230, 316, 16), hex_of(shaded(colour, -0.5)))
        sheet.body(rounded(86, 40, 230, 316, 15), fill, "plastic", flat=True)
        right = 48 if grip else 20
        sheet.shape(rounded(105, 62, 210 - right - 5, 270 if grip else 246, 3), hex_of(shaded(colour, -0.45)))
        page(sheet, 107, 64, 206 - right - 5, 266 if grip else 242)
        if grip:
            for y in (160, 206):
                sheet.body(rounded(286, y, 16, 36, 5), hex_of(shaded(colour, -0.2)), "plastic", flat=True)
        else:
            sheet.letters("PAPYRELLE", 200, 340, 10, seam(colour, 0.6))
        if rng.random() < 0.3:
            sheet.shape(rounded(107, 64, 8, 242, 1), "#fff", opacity=0.4)
