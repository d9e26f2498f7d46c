"""Lanterns, head torches, poles, bottles and coolers."""

from __future__ import annotations

from demo.colours import hex_of, shaded
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.sports.common import DARK, STEEL, accent, circle, fill_of, rgb, seam
from demo.look import Look


def draw_lantern(sheet: Sheet, look: Look) -> None:
    """Draw a camping lantern: a lit globe in a frame, or one that folds flat."""
    colour, fill = rgb(look), fill_of(sheet, look)
    glow = sheet.gradient([(0, (255, 226, 150)), (0.5, (255, 248, 214)), (1, (250, 210, 120))])
    sheet.tube("M112 122C108 14 292 14 288 122", DARK if look.colour != "black" else STEEL, 8)
    if look.parts.get("type") == "folding":
        sheet.body(rounded(104, 92, 192, 56, 18), fill, "plastic")
        for i in range(4):
            y = 146 + i * 34
            sheet.body(
                smooth([(118, y), (282, y), (298, y + 17), (282, y + 34), (118, y + 34), (102, y + 17)], tension=0.6),
                glow,
                "silk",
            )
        sheet.body(rounded(100, 280, 200, 68, 18), fill, "rubber")
        sheet.shape(rounded(130, 104, 140, 16, 4), "#1c2a44")
        sheet.line("M158 104v16M186 104v16M214 104v16M242 104v16", (90, 120, 170), 1.6)
    else:
        sheet.body("M110 128C124 86 160 74 200 74C240 74 276 86 290 128Z", fill, "metal")
        sheet.shape(rounded(124, 126, 152, 140, 18), glow)
        sheet.shape(rounded(176, 140, 48, 116, 22), "#fff", opacity=0.85)
        sheet.line(rounded(124, 126, 152, 140, 18), (150, 130, 90), 2, opacity=0.7)
        for x in (120, 280, 160, 240):
            sheet.tube(f"M{x} 124V272", shaded(colour, -0.2), 7)
        sheet.body(polygon([(110, 262), (290, 262), (304, 350), (96, 350)]), fill, "plastic")
        sheet.body(circle(200, 306, 19), hex_of(shaded(colour, -0.5)), "rubber")
        sheet.line("M200 306V294", "white", 4)


def draw_headlamp(sheet: Sheet, look: Look) -> None:
    """Draw a head torch on its band."""
    colour = rgb(look)
    sheet.tube("M52 190C40 60 360 60 348 190", shaded(colour, -0.2), 28, shine=0.1)
    sheet.body(
        "M40 178C48 246 110 286 200 288C290 286 352 246 360 178L366 214C352 290 290 330 200 332C110 330 48 290 34 214Z",
        fill_of(sheet, look, 0.5),
        "cotton",
    )
    sheet.line("M38 198C56 268 120 308 200 310C280 308 344 268 362 198", accent(look), 5)
    sheet.body(rounded(140, 226, 120, 112, 26), hex_of(shaded(colour, 0.08)), "plastic")
    sheet.body(circle(200, 276, 43), "#1e1f22", "metal")
    sheet.shape(circle(200, 276, 34), sheet.gradient([(0, (255, 255, 240)), (1, (250, 230, 170))]))
    sheet.shape(circle(200, 276, 13), "#fff")
    sheet.line(circle(200, 276, 24), (200, 180, 120), 2)
    sheet.body(rounded(184, 216, 32, 14, 6), "#d0382e", "rubber")


def draw_trekking_poles(sheet: Sheet, look: Look) -> None:
    """Draw a pair of trekking poles, crossed or side by side."""
    rng, colour = sheet.rng, rgb(look)
    lean = rng.uniform(15, 22) if look.parts.get("view", "crossed") == "crossed" else 0
    cork = look.parts.get("grip") == "cork"
    for side in (-1, 1):
        shift = 0 if lean else side * 38
        with sheet.group(f"translate({shift} 0) rotate({side * lean + (0 if lean else 7):.0f} 200 220)"):
            sheet.line("M200 52C170 70 174 112 196 96", DARK, 6)
            sheet.tube("M200 120V236", colour, 15)
            sheet.tube("M200 230V352", shaded(colour, -0.25), 11)
            sheet.body(rounded(189, 222, 22, 24, 5), "#2a2b2e", "plastic")
            sheet.body(
                smooth([(190, 26), (212, 26), (213, 44), (209, 70), (212, 128), (190, 128), (192, 70)], tension=0.6),
                "#b98852" if cork else "#2c2d31",
                "cork" if cork else "foam",
            )
            sheet.body(ellipse(200, 344, 23, 7), "#26272a", "rubber")
            sheet.body(polygon([(196, 348), (204, 348), (201, 376), (199, 376)]), hex_of(STEEL), "metal")
            sheet.line("M200 160V200", accent(look), 15, round_ends=False)


def draw_water_bottle(sheet: Sheet, look: Look) -> None:
    """Draw a water bottle: a steel flask, a waisted one to squeeze, or a clear one; lid with a loop or a spout."""
    rng, colour, material = sheet.rng, rgb(look), look.material or "steel"
    fill, w, lid = fill_of(sheet, look, 0.95), rng.uniform(58, 68), hex_of(DARK)
    squeezed = material == "plastic"
    neck = w * (0.9 if squeezed else 0.62)
    right = [(neck, 98), (neck, 112), (w, 146), (w, 340), (w - 8, 358)]
    if squeezed:
        right = [(neck, 98), (w + 4, 124), (w + 6, 186), (w - 8, 204), (w + 6, 222), (w + 8, 340), (w, 358)]
    d = smooth(
        [(200 + x, y) for x, y in right] + [(200 - x, y) for x, y in reversed(right)],
        tension=0.6 if squeezed else 0.35,
    )
    with sheet.group(f"rotate({rng.uniform(-5, 5):.0f} 200 210)"):
        if material == "glass":
            sheet.shape(d, fill, opacity=0.4)
            with sheet.clip(d):
                sheet.shape("M100 190H300V380H100Z", hex_of(shaded(colour, 0.2)), opacity=0.4)
                sheet.line(d, shaded(colour, -0.5), 9, opacity=0.3)
                sheet.line(f"M{212 - w:.0f} 160V330", "white", 9, opacity=0.6)
                sheet.line("".join(f"M{176 + w:.0f} {180 + i * 24}h14" for i in range(7)), shaded(colour, -0.6), 2)
            sheet.line(d, shaded(colour, -0.6), 1.6, opacity=0.8)
        else:
            sheet.body(d, fill, material)
            sheet.letters("FJELL", 200, 262 if not squeezed else 292, 17, seam(colour, 0.9))
        if look.parts.get("lid") == "spout":
            sheet.body(polygon([(178, 48), (222, 48), (230, 84), (170, 84)]), lid, "plastic")
            sheet.body(rounded(184, 26, 32, 28, 8), hex_of(shaded(colour, 0.2)), "rubber")
        else:
            sheet.tube(f"M{200 - neck:.0f} 76C{200 - neck:.0f} 22 {200 + neck:.0f} 22 {200 + neck:.0f} 76", DARK, 10)
        sheet.body(rounded(196 - neck, 68, neck * 2 + 8, 36, 7), lid, "plastic")


def draw_cooler(sheet: Sheet, look: Look) -> None:
    """Draw a cool box with its handle, or a soft cool bag."""
    colour, fill = rgb(look), fill_of(sheet, look)
    if look.parts.get("type") == "soft":
        sheet.tube(
            "M128 140C130 40 270 40 272 140", accent(look) if look.accent != look.colour else DARK, 11, shine=0.1
        )
        d = smooth([(56, 132), (344, 132), (352, 240), (340, 346), (60, 346), (48, 240)], tension=0.35)
        sheet.body(d, fill, "canvas")
        sheet.body(
            smooth([(54, 128), (200, 110), (346, 128), (346, 154), (54, 154)], tension=0.3),
            hex_of(shaded(colour, 0.16)),
            "canvas",
        )
        sheet.line("M54 154H346", DARK, 5)
        sheet.body(rounded(104, 200, 192, 110, 14), hex_of(shaded(colour, -0.1)), "canvas", flat=True)
        sheet.line("M108 226H292", STEEL, 3)
        return
    lid = hex_of(accent(look)) if look.parts.get("lid") == "contrast" else hex_of(shaded(colour, 0.12))
    handle = DARK if look.colour in ("white", "grey", "sand", "yellow") else (236, 236, 234)
    sheet.tube("M58 190C36 40 364 40 342 190", handle, 16)
    sheet.body(polygon([(46, 166), (354, 166), (334, 350), (66, 350)]), fill, "plastic")
    sheet.body(rounded(36, 118, 328, 58, 16), lid, "plastic")
    sheet.body(rounded(172, 162, 56, 36, 6), hex_of(shaded(colour, -0.4)), "plastic")
    sheet.line("M84 214H316M90 300H310", seam(colour), 3, opacity=0.4)
    for x in (52, 336):
        sheet.body(circle(x, 186, 13), hex_of(shaded(colour, -0.4)), "plastic")
