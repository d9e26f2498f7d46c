"""Keyboards, mice, webcams, drives, routers and printers."""

from __future__ import annotations

from demo.colours import COLOURS, hex_of, is_dark, shaded
from demo.drawing.electronics.screens import DARK, METAL, circle, fill_of, leaning, lens, plane, rgb, seam
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.look import Look

_GLOW = ("#ff4b6b", "#ff9a3d", "#f6ea4c", "#54e08a", "#42b8ff", "#a05bff")


def draw_keyboard(sheet: Sheet, look: Look) -> None:
    """Draw a keyboard from above, or lying at an angle."""
    rng, colour = sheet.rng, rgb(look)
    full, lit = look.parts.get("layout") == "full", look.parts.get("light") == "rgb"
    columns = 19 if full else 15
    step = 344 / columns
    rows = 6
    key = step * (1.06 if full else 0.98)
    high = rows * key + 16
    slanted = look.parts.get("view") == "angled"
    lean = rng.choice((-1, 1)) * rng.uniform(0.2, 0.28) if slanted else rng.uniform(-0.03, 0.03)
    origin = (38 + lean * 0.42 * high, 200 - high * 0.48 - lean * 164)
    caps = hex_of(shaded(colour, 0.12 if is_dark(colour) else 0.35))
    accent = hex_of(COLOURS[look.accent])
    with plane(sheet, origin, (0.9, lean * 0.9), (-lean * 0.8, 0.96)):
        sheet.body(rounded(0, 8, 360, high, 10), hex_of(shaded(colour, -0.4)), "plastic", flat=True)
        sheet.body(rounded(0, 0, 360, high, 10), fill_of(sheet, look), look.material or "plastic", flat=True)
        sheet.shape(rounded(5, 5, 350, high - 10, 5), hex_of(shaded(colour, -0.5)))
        edges = []
        for row in range(rows):
            x, y = 8.0, 8 + row * key + (3 if row else 0) - 2
            while x < 350:
                gap = full and abs(x - (8 + step * 14.6)) < step * 0.5
                wide = step * (
                    6.0
                    if row == 5 and 4 * step < x < 5.5 * step
                    else rng.choice((1, 1, 1, 1, 1.4))
                    if x > step * 12
                    else 1
                )
                wide = min(wide, 352 - x)
                if gap:
                    x += step * 0.5
                elif wide > step * 0.45 and not (row == 0 and abs(x / step - 1.9) < 0.5):
                    if lit:
                        sheet.shape(rounded(x - 0.3, y - 0.5, wide - 0.4, key - 0.4, 3), _GLOW[int(x / 60) % 6])
                    special = (row == 0 and x < 10) or (row == 3 and x > step * 12 and not full)
                    sheet.shape(
                        rounded(x + 0.7, y + 0.6, wide - 2.6, key - 2.6, 3), accent if special and not lit else caps
                    )
                    edges.append(f"M{x + 3:.1f} {y + key - 3.6:.1f}h{wide - 6:.1f}")
                x += wide if not gap else 0
        sheet.line("".join(edges), "black", 1.6, opacity=0.28)


def draw_mouse(sheet: Sheet, look: Look) -> None:
    """Draw a mouse: an everyday one, a vertical one, or one for games."""
    rng, colour, form = sheet.rng, rgb(look), look.parts.get("type", "classic")
    fill, line = fill_of(sheet, look), seam(colour, 0.55)
    if look.parts.get("cable") == "wired":
        sheet.tube("M200 92C206 44 254 66 262 20", DARK, 5)
    if form == "vertical":
        sheet.body(
            smooth([(66, 340), (84, 250), (150, 120), (222, 74), (296, 128), (334, 340)], tension=0.8),
            fill,
            "plastic",
        )
        sheet.body(
            smooth([(180, 96), (228, 80), (290, 136), (314, 240), (240, 250), (204, 180)], tension=0.8),
            hex_of(shaded(colour, -0.16)),
            "plastic",
        )
        sheet.line("M214 206C236 190 270 186 304 190M222 96C240 120 250 150 254 186", line, 2.4)
        sheet.body(rounded(238, 122, 15, 42, 7), hex_of(METAL), "metal")
        for y in (206, 236):
            sheet.body(rounded(134, y, 44, 15, 7), hex_of(shaded(colour, -0.35)), "plastic")
        return
    gaming, wide = form == "gaming", rng.uniform(82, 92)
    with leaning(sheet, most=12):
        outline = [
            (200, 74),
            (200 + wide * 0.72, 86),
            (200 + wide * 0.98, 160),
            (200 + wide * (0.86 if gaming else 0.96), 216),
            (200 + wide, 280),
            (200 + wide * 0.6, 344),
            (200, 356),
        ]
        d = smooth([*outline, *((400 - x, y) for x, y in reversed(outline[1:-1]))])
        sheet.body(d, fill, "plastic")
        sheet.line(f"M200 75V200M{202 - wide:.0f} 206Q200 {230 if gaming else 204} {198 + wide:.0f} 206", line, 2.6)
        sheet.body(rounded(190, 104, 20, 62, 10), hex_of(shaded(colour, -0.55)), "rubber")
        sheet.body(
            rounded(194, 112, 12, 46, 6), _GLOW[rng.randrange(6)] if gaming else hex_of((120, 122, 126)), "rubber"
        )
        if gaming:
            sheet.line(
                f"M{212 - wide:.0f} 246C150 330 160 340 200 340C240 340 250 330 {188 + wide:.0f} 246",
                _rainbow(rng.randrange(6)),
                5,
            )
            for y in (168, 198):
                sheet.shape(rounded(205 - wide, y - 14, 11, 26, 5), hex_of(DARK))
        else:
            sheet.letters("KV", 200, 312, 13, line)


def _rainbow(i: int) -> tuple[int, int, int]:
    return ((255, 75, 107), (255, 154, 61), (120, 224, 84), (84, 224, 190), (66, 184, 255), (160, 91, 255))[i]


def draw_webcam(sheet: Sheet, look: Look) -> None:
    """Draw a webcam on its clip."""
    colour, fill, form = rgb(look), fill_of(sheet, look), look.parts.get("body", "bar")
    dark = hex_of(shaded(colour, -0.3))
    with leaning(sheet, most=3):
        sheet.tube("M150 330C110 360 70 350 40 382", DARK, 6)
        sheet.body(polygon([(178, 240), (222, 240), (230, 296), (170, 296)]), dark, "plastic")
        sheet.body(rounded(122, 288, 156, 26, 10), fill, "plastic")
        sheet.body(polygon([(140, 314), (260, 314), (250, 350), (150, 350)]), dark, "rubber", flat=True)
        if form == "round":
            sheet.body(circle(200, 164, 96), fill, "plastic")
            lens(sheet, 200, 160, 58)
            sheet.shape(circle(200, 244, 4), "#7fe0ff")
        else:
            high = sheet.rng.uniform(94, 112)
            sheet.body(rounded(48, 146, 304, high, high / 2), fill, "plastic")
            sheet.shape(rounded(62, 158, 276, high - 24, high / 2), "#0c0c0f")
            lens(sheet, 200, 146 + high / 2, high * 0.39)
            for x in (96, 304):
                sheet.line(
                    "".join(f"M{x - 10 + 7 * i} {134 + high / 2:.0f}v24" for i in range(4)), (110, 112, 118), 2.4
                )
            sheet.shape(circle(256, 146 + high / 2, 3.4), "#7fe0ff")


def draw_external_drive(sheet: Sheet, look: Look) -> None:
    """Draw a portable drive with its cable, or a memory stick."""
    rng, colour, material = sheet.rng, rgb(look), look.material or "plastic"
    fill, form = fill_of(sheet, look), look.parts.get("type", "ssd")
    if form == "stick":
        with sheet.group(f"rotate({rng.uniform(-52, -30):.0f} 200 200)"):
            sheet.body(rounded(296, 170, 74, 60, 3), hex_of(METAL), "metal", flat=True)
            for y in (182, 206):
                sheet.shape(rounded(326, y, 15, 12, 1), hex_of(shaded(METAL, -0.6)))
            sheet.body(rounded(50, 158, 250, 84, 16), fill, material)
            sheet.shape(circle(76, 200, 11), hex_of(shaded(colour, -0.6)))
            sheet.letters("64 GB", 196, 210, 22, seam(colour, 0.8))
        return
    with leaning(sheet, most=9):
        wide, high = (200, 262) if form == "hdd" else (160, 244)
        x, y = 200 - wide / 2, 116
        sheet.tube(f"M{200} {y + 6}C196 60 250 36 290 58C330 84 330 130 346 160", DARK, 8)
        sheet.body(rounded(184, y - 24, 32, 28, 5), "#2a2a2e", "plastic")
        sheet.shape(rounded(x + 7, y + 8, wide, high, 20), hex_of(shaded(colour, -0.5)))
        sheet.body(rounded(x, y, wide, high, 20 if form == "ssd" else 12), fill, material, flat=True)
        if form == "ssd":
            sheet.line(
                "".join(f"M{x + 16} {y + 60 + i * 9}h{wide - 32}" for i in range(15)), seam(colour), 2, opacity=0.5
            )
            sheet.letters("SSD", 200, y + 36, 19, seam(colour, 0.9))
        else:
            sheet.line(rounded(x + 14, y + 14, wide - 28, high - 28, 8), seam(colour), 1.6, opacity=0.6)
            sheet.letters("2 TB", 200, y + 152, 27, seam(colour, 0.8))
        sheet.shape(circle(x + wide - 24, y + high - 22, 4), "#5fd0ff")


def draw_router(sheet: Sheet, look: Look) -> None:
    """Draw a router with aerials, or the round towers of a mesh."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    if look.parts.get("type") == "mesh":
        count = rng.choice((2, 3))
        for i in range(count):
            scale = (0.78, 0.92, 1.0)[i + 3 - count]
            x = 200 + (i - (count - 1) / 2) * (250 / count)
            with sheet.group(f"translate({x:.0f} 340) scale({scale:.2f})"):
                sheet.body("M-62 -186V-14A62 15 0 0 0 62 -14V-186Z", fill, "plastic")
                sheet.body(ellipse(0, -186, 62, 17), hex_of(shaded(colour, 0.1)), "plastic", flat=True)
                sheet.line(ellipse(0, -186, 40, 10), seam(colour), 2, opacity=0.6)
                sheet.shape(rounded(-13, -44, 26, 5, 2), "#46c8f4")
        return
    aerials = rng.choice((2, 4))
    for i in range(aerials):
        x = 200 + (i - (aerials - 1) / 2) * (250 / (aerials - 1)) * (0.9 if aerials == 4 else 1)
        top = x + (x - 200) * 0.26
        sheet.tube(f"M{x:.0f} 240L{top:.0f} {rng.uniform(64, 80):.0f}", shaded(colour, -0.1), 15, shine=0.25)
    sheet.body(polygon([(64, 224), (336, 224), (376, 300), (24, 300)]), fill, "plastic", flat=True)
    sheet.line(
        "".join(f"M{108 + i * 16} 236L{96 + i * 17:.0f} 268" for i in range(13)), seam(colour), 3, opacity=0.55
    )
    sheet.body(
        polygon([(24, 300), (376, 300), (368, 336), (32, 336)]), hex_of(shaded(colour, -0.18)), "plastic", flat=True
    )
    for i in range(6):
        sheet.shape(circle(116 + i * 32, 318, 4), "#5fe08a" if rng.random() < 0.75 else "#ffb03d")


def draw_printer(sheet: Sheet, look: Look) -> None:
    """Draw a printer that copies and scans: paper goes in behind and comes out in front."""
    rng, colour, fill = sheet.rng, rgb(look), fill_of(sheet, look)
    dark = hex_of(shaded(colour, -0.6))
    sheet.body(
        polygon([(112, 150), (288, 150), (276, 44), (124, 44)]), hex_of(shaded(colour, -0.25)), "plastic", flat=True
    )
    sheet.shape(polygon([(128, 150), (272, 150), (263, 58), (137, 58)]), "#fbfbf8")
    sheet.body(
        polygon([(52, 146), (348, 146), (374, 196), (26, 196)]), hex_of(shaded(colour, 0.12)), "plastic", flat=True
    )
    sheet.body(rounded(26, 194, 348, 132, 12), fill, "plastic", flat=True)
    sheet.line("M28 214H372", seam(colour), 2)
    sheet.body(polygon([(232, 200), (352, 200), (356, 236), (228, 236)]), dark, "plastic", flat=True)
    sheet.shape(rounded(244, 206, 56, 24, 3), "#5aa9e6")
    for i in range(3):
        sheet.shape(circle(316 + i * 14, 218, 4), "#e8e8e8" if i else "#5fe08a")
    sheet.shape(rounded(76, 256, 248, 46, 5), "#111214")
    sheet.body(
        polygon([(92, 290), (308, 290), (336, 352), (64, 352)]), hex_of(shaded(colour, -0.3)), "plastic", flat=True
    )
    sheet.shape(polygon([(108, 284), (292, 284), (314, 342), (86, 342)]), "#fdfdfb")
    hue = rng.choice(_GLOW)
    sheet.shape(polygon([(122, 300), (278, 300), (290, 330), (110, 330)]), hue, opacity=0.8)
    sheet.line("M120 292H250", (120, 120, 120), 2)
    sheet.letters("JET", 56, 240, 11, seam(colour, 0.7))
