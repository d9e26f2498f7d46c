"""Make-up, masks, soap and gift sets."""

from __future__ import annotations

from demo.colours import Rgb, hex_of, shaded
from demo.drawing.beauty.bottles import GOLD, SILVER
from demo.drawing.outline import ellipse, polygon, rounded, smooth
from demo.drawing.sheet import Sheet
from demo.drawing.vessels import DARK, PAPER, box, can, can_outline, imprint, ink_on, label, rgb
from demo.look import Look


def draw_lipstick(sheet: Sheet, look: Look) -> None:
    """Draw an open lipstick: case in the accent, metal sleeve, slanted bullet, and its cap beside it."""
    rng = sheet.rng
    colour, case = rgb(look.colour), rgb(look.accent)
    beside = look.parts.get("view") != "alone"
    cx = 158 if beside else 200
    r = rng.uniform(36, 42)
    metal = GOLD if rng.random() < 0.6 else SILVER
    tip = rng.uniform(44, 60)
    bullet = (
        f"M{cx - r * 0.72:.1f} 200V{tip + 62:.0f}C{cx - r * 0.6:.0f} {tip + 20:.0f} {cx + r * 0.2:.0f} {tip:.0f} "
        f"{cx + r * 0.62:.0f} {tip:.0f}Q{cx + r * 0.74:.0f} {tip + 4:.0f} {cx + r * 0.72:.0f} {tip + 20:.0f}V200Z"
    )
    sheet.body(bullet, hex_of(colour), "wax")
    sheet.shape(
        f"M{cx - r * 0.62:.0f} {tip + 62:.0f}C{cx - r * 0.4:.0f} {tip + 24:.0f} {cx + r * 0.2:.0f} {tip + 4:.0f} "
        f"{cx + r * 0.6:.0f} {tip + 4:.0f}C{cx + r * 0.6:.0f} {tip + 34:.0f} {cx:.0f} {tip + 62:.0f} "
        f"{cx - r * 0.62:.0f} {tip + 62:.0f}Z",
        hex_of(shaded(colour, 0.22)),
    )
    can(sheet, cx, 176, 250, r * 0.84, metal, "metal")
    can(sheet, cx, 246, 352, r, case, "plastic")
    sheet.line(f"M{cx - r:.0f} 262a{r:.0f} {r * 0.14:.1f} 0 0 0 {2 * r:.0f} 0", metal, 3)
    if beside:
        can(sheet, 266, 196, 352, r * 1.02, case, "plastic")
        sheet.line(f"M{266 - r:.0f} 342a{r:.0f} {r * 0.14:.1f} 0 0 0 {2 * r:.0f} 0", metal, 4)


def draw_mascara(sheet: Sheet, look: Look) -> None:
    """Draw a mascara: the closed tube, and the wand with its bristles beside it; or the wand alone above it."""
    rng = sheet.rng
    case, band = rgb(look.colour), rgb(look.accent)
    with sheet.group(f"rotate({rng.uniform(-10, -5):.1f} 150 200)"):
        can(sheet, 150, 62, 192, 25, case)
        can(sheet, 150, 192, 204, 26, band, "metal")
        can(sheet, 150, 204, 344, 25, case)
        with sheet.group("rotate(-90 150 274)"):
            sheet.letters("LASH", 150, 281, 15, ink_on(case))
    with sheet.group(f"rotate({rng.uniform(10, 16):.1f} 262 200)"):
        can(sheet, 262, 218, 346, 24, case)
        can(sheet, 262, 206, 218, 24, band, "metal")
        sheet.tube("M262 204V120", DARK, 6)
        curved = look.parts.get("wand") == "curved"
        for i in range(30):
            y = 48 + 3.2 * i
            reach = 15 - abs(i - 15) * 0.28
            shift = (i - 15) ** 2 * 0.07 - 8 if curved else 0
            x = 262 + shift
            sheet.line(f"M{x - reach:.1f} {y + 3:.1f}L{x + reach:.1f} {y - 3:.1f}", DARK, 2)
        sheet.line("M262 140Q" + ("246 94 268 46" if curved else "262 94 262 46"), DARK, 6)


def draw_eyeshadow(sheet: Sheet, look: Look) -> None:
    """Draw an open palette: pans in tones of the colour, mirror in the lid."""
    rng = sheet.rng
    case = rgb(look.accent)
    columns = {"four": 2, "six": 3, "twelve": 6}[look.parts.get("pans", "six")]
    base = rgb(look.colour)
    x0, x1 = (90, 310) if columns == 2 else (40, 360)
    sheet.body(polygon([(x0 + 14, 72), (x1 - 14, 72), (x1, 206), (x0, 206)]), hex_of(case), "plastic")
    sheet.body(polygon([(x0 + 28, 84), (x1 - 28, 84), (x1 - 16, 196), (x0 + 16, 196)]), "#dfe8ee", "glass", flat=True)
    sheet.body(polygon([(x0, 208), (x1, 208), (x1 + 12, 342), (x0 - 12, 342)]), hex_of(case), "plastic", flat=True)
    sheet.body(polygon([(x0 - 12, 342), (x1 + 12, 342), (x1 + 10, 358), (x0 - 10, 358)]), hex_of(shaded(case, -0.3)))
    cell = (x1 - x0 - 16) / columns
    for row in range(2):
        y, height = 218 + 60 * row, 52
        for i in range(columns):
            x = x0 + 8 + i * cell
            tone = shaded(base, rng.uniform(-0.45, 0.6)) if (i + row) % 3 else base
            sheet.body(rounded(x + 3, y, cell - 7, height, 5), hex_of(tone), "foam", flat=True, outline=0.8)
            if rng.random() < 0.35:
                sheet.line(f"M{x + 10:.0f} {y + 40:.0f}l{cell - 22:.0f} -28", shaded(tone, 0.6), 3, opacity=0.35)


def draw_face_mask(sheet: Sheet, look: Look) -> None:
    """Draw a sheet mask's sachet with a face upon it."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    with sheet.group(f"rotate({rng.uniform(-5, 5):.1f} 200 200)"):
        sheet.body(rounded(84, 32, 232, 328, 4), hex_of(colour), "plastic", flat=True)
        for y in (44, 348):
            sheet.line(f"M86 {y}H314", shaded(colour, -0.3), 8, opacity=0.35, dashes="2 3", round_ends=False)
        face = "M140 164C140 96 260 96 260 164C262 226 232 262 200 264C168 262 138 226 140 164Z"
        sheet.body(face, "#fbf7f1", "paper")
        for x in (172, 228):
            sheet.shape(ellipse(x, 170, 15, 8), hex_of(second))
            sheet.line(f"M{x - 15} 170a15 8 0 0 0 30 0", DARK, 1.5, opacity=0.6)
        sheet.line("M200 178Q192 204 202 208", DARK, 1.6, opacity=0.5)
        sheet.shape("M182 228Q200 218 218 228Q200 244 182 228Z", hex_of(second))
        imprint(sheet, 200, 312, 180, 70, ink_on(colour))


def draw_brush_set(sheet: Sheet, look: Look) -> None:
    """Draw make-up brushes in a fan or a row: handles in the colour, hair in the accent."""
    rng = sheet.rng
    handle, hair = rgb(look.colour), rgb(look.accent)
    count = {"five": 5, "eight": 8}[look.parts.get("pieces", "five")]
    metal = GOLD if rng.random() < 0.5 else SILVER
    fan = look.parts.get("view") == "fan"
    for i in range(count):
        at = i - (count - 1) / 2
        x = 200 + at * (18 if fan else 290 / count)
        wide = (11.0, 22.0, 8.0, 17.0, 13.0, 20.0, 7.0, 15.0)[(i + look.seed) % 8] * (1.15 if count == 5 else 0.8)
        top = rng.uniform(44, 96)
        with sheet.group(f"rotate({at * (7 if fan else 0) + rng.uniform(-1, 1):.1f} {x:.0f} 420)"):
            sheet.body(
                f"M{x - 7:.0f} {top + 108:.0f}Q{x - 9:.0f} {top + 170:.0f} {x - 3:.0f} 356H{x + 3:.0f}"
                f"Q{x + 9:.0f} {top + 170:.0f} {x + 7:.0f} {top + 108:.0f}Z",
                hex_of(handle), look.material or "wood",
            )  # fmt: skip
            sheet.body(
                f"M{x - wide * 0.55:.0f} {top + 66:.0f}L{x - 7:.0f} {top + 116:.0f}H{x + 7:.0f}"
                f"L{x + wide * 0.55:.0f} {top + 66:.0f}Z",
                hex_of(metal), "metal",
            )  # fmt: skip
            sheet.body(
                smooth(
                    [(x - wide * 0.5, top + 66), (x - wide, top + 30), (x, top), (x + wide, top + 30),
                     (x + wide * 0.5, top + 66)], tension=0.7,
                ),
                hex_of(hair), "plush",
            )  # fmt: skip


def draw_soap(sheet: Sheet, look: Look) -> None:
    """Draw a bar of soap, alone or in a paper sleeve of the accent."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    round_bar = look.parts.get("shape") == "round"
    if round_bar:
        can(sheet, 200, 218, 276, 124, colour, "wax", tilt=0.5)
        sheet.line(ellipse(200, 214, 96, 46), shaded(colour, -0.25), 3, opacity=0.5)
        sheet.letters("SAVON", 200, 226, 24, shaded(colour, -0.3))
    else:
        top = [(58, 214), (206, 150), (346, 208), (198, 282)]
        sheet.body(polygon([(58, 214), (198, 282), (198, 338), (58, 266)]), hex_of(shaded(colour, -0.06)), "wax")
        sheet.body(polygon([(198, 282), (346, 208), (346, 262), (198, 338)]), hex_of(shaded(colour, -0.18)), "wax")
        sheet.body(smooth(top, tension=0.12), hex_of(shaded(colour, 0.1)), "wax", flat=True)
        if look.parts.get("wrapping") == "sleeve":
            band = [(118, 188), (264, 178 - 4), (264 + 22, 183), (140, 253)]
            band = [(112, 190), (158, 171), (300, 232), (252, 256)]
            sheet.body(polygon(band), hex_of(second), "paper", flat=True)
            sheet.body(
                polygon([(252, 256), (300, 232), (300, 286), (252, 310)]), hex_of(shaded(second, -0.2)), "paper"
            )
        else:
            with sheet.group("matrix(.9 -.42 .9 .42 62 214)"):
                sheet.line(rounded(28, 20, 108, 108, 12), shaded(colour, -0.25), 3, opacity=0.5)
                sheet.letters("SAVON", 82, 84, 20, shaded(colour, -0.3))
    if look.parts.get("wrapping") == "sleeve" and round_bar:
        sheet.body("M168 160H232V338Q200 342 168 338Z", hex_of(second), "paper", flat=True)
    for _ in range(5):
        x, y, r = rng.uniform(40, 340), rng.uniform(318, 352), rng.uniform(5, 13)
        sheet.shape(ellipse(x, y, r, r), "#eef6fa", opacity=0.75)
        sheet.line(ellipse(x, y, r, r), (150, 175, 190), 1, opacity=0.7)


def draw_gift_set(sheet: Sheet, look: Look) -> None:
    """Draw an open gift box with a bottle, a jar, a soap and a candle before its lid, tied with a bow."""
    rng = sheet.rng
    colour, second = rgb(look.colour), rgb(look.accent)
    if look.parts.get("view") == "closed":
        box(sheet, 70, 142, 210, 190, 64, colour, "paper", slope=0.05)
        sheet.shape(polygon([(162, 146), (192, 148), (192, 338), (162, 336)]), hex_of(second))
        sheet.shape(polygon([(70, 232), (280, 242), (280, 268), (70, 258)]), hex_of(second))
        sheet.shape(polygon([(280, 242), (344, 216), (344, 242), (280, 268)]), hex_of(shaded(second, -0.25)))
        sheet.shape(polygon([(162, 146), (192, 148), (256, 122), (226, 120)]), hex_of(shaded(second, 0.1)))
        _bow(sheet, 208, 130, 1.25, second)
        return
    sheet.body(rounded(46, 66, 308, 200, 6), hex_of(shaded(colour, -0.3)), "paper", flat=True)
    tall = rng.uniform(96, 116)
    sheet.body(rounded(82, tall, 52, 200, 12), hex_of(shaded(second, 0.2)), "plastic")
    can(sheet, 108, tall - 34, tall + 2, 16, GOLD, "metal")
    label(sheet, 108, 190, 42, 60, PAPER)
    sheet.body(rounded(146, tall + 34, 44, 160, 20), "#e9dcc8", "plastic")
    can(sheet, 168, tall + 8, tall + 36, 14, DARK)
    can(sheet, 232, 176, 270, 36, shaded(colour, 0.55), "glass")
    sheet.line("M232 170V160", DARK, 2)
    sheet.body(ellipse(232, 152, 5, 9), "#f7a93a", "wax", outline=0)
    can(sheet, 306, 200, 270, 34, PAPER, "plastic")
    can(sheet, 306, 186, 204, 35, GOLD, "metal")
    for i in range(26):
        x = 56 + 11.4 * i
        sheet.line(f"M{x:.0f} 268q{rng.uniform(-9, 9):.0f} -16 {rng.uniform(-12, 12):.0f} -30", (226, 210, 170), 3)
    sheet.body(polygon([(36, 256), (364, 256), (354, 352), (46, 352)]), hex_of(colour), "paper", flat=True)
    sheet.shape(polygon([(37, 290), (363, 290), (360, 312), (40, 312)]), hex_of(second))
    _bow(sheet, 200, 300, 1.2, second)


def _bow(sheet: Sheet, x: float, y: float, scale: float, colour: Rgb) -> None:
    with sheet.group(f"translate({x:.0f} {y:.0f}) scale({scale:.2f})"):
        for side in (1, -1):
            sheet.body(f"M0 4L{side * 26} 40L{side * 12} 38L{side * 6} 46Z", hex_of(shaded(colour, -0.12)), "silk")
            sheet.body(f"M0 0C{side * 20} -34 {side * 58} -30 {side * 52} 0C{side * 50} 22 {side * 20} 16 0 0Z",
                       hex_of(colour), "silk")  # fmt: skip
        sheet.body(rounded(-9, -9, 18, 20, 6), hex_of(shaded(colour, 0.1)), "silk")


def draw_lip_balm(sheet: Sheet, look: Look) -> None:
    """Draw a stick of lip balm, open, and its cap."""
    r = sheet.rng.uniform(34, 40)
    colour, case = rgb(look.colour), rgb(look.accent)
    sheet.body(can_outline(160, 92, 170, r * 0.78, 0.35), hex_of(colour), "wax")
    sheet.body(ellipse(160, 92, r * 0.78, r * 0.28), hex_of(shaded(colour, 0.25)), "wax", flat=True, outline=0.6)
    can(sheet, 160, 150, 326, r, case)
    can(sheet, 160, 322, 352, r * 1.02, shaded(case, -0.2))
    imprint(sheet, 160, 240, r * 1.7, 100, ink_on(case))
    can(sheet, 266, 262, 352, r, case)
